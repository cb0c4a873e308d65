"""A count on a cluster: the bytes of one machine, whoever dies; and nobody else is let in."""

import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import dask
import distributed
import pytest
from distributed import Client, Security
from distributed.comm import CommClosedError

from talkoot.base.clock import system_clock
from talkoot.base.errors import NotAllowed, Unavailable
from talkoot.voting.cluster import (
    BadShard,
    Manifest,
    Scheduler,
    certificates,
    counted_by,
    counted_here,
    manifest_of,
    on_dask,
    shard_jobs,
    workers_here,
    workers_of,
)
from talkoot.voting.results import PartCount, files_of, finished
from tests.voting.cluster.made_up import a_large_folder, a_small_folder
from tests.voting.cluster.processes import START_S, Machines, ends_its_worker, machines
from tests.voting.cluster.test_shards import damage, put

ROWS, PARTS = 20_000, 40


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with two workers, for the tests that leave them alive."""
    with machines(tmp_path_factory.mktemp("cluster"), workers=2) as found:
        yield found


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """An election in many small shards."""
    return a_large_folder(tmp_path_factory.mktemp("large") / "shards", rows=ROWS, parts=PARTS)


def nothing() -> None:
    """Nobody watches."""


def public(part: PartCount, manifest: Manifest) -> list[bytes]:
    count = finished(part, manifest.definition)
    return [file.body for file in files_of(manifest.definition, manifest.head, count)]


@pytest.fixture(scope="module")
def expected(manifest: Manifest) -> list[bytes]:
    """The public files as one machine makes them."""
    return public(counted_here(shard_jobs(manifest), one_done=nothing), manifest)


def test_two_workers_come_to_the_bytes_of_one_machine(
    cluster: Machines, manifest: Manifest, expected: list[bytes]
) -> None:
    done = []
    with workers_of(cluster.scheduler) as client:
        client.wait_for_workers(2, timeout=START_S)
        part = counted_by(client, shard_jobs(manifest), one_done=lambda: done.append(1))
    assert public(part, manifest) == expected
    assert len(done) == PARTS


def test_workers_of_this_machine_come_to_the_same_bytes(
    manifest: Manifest, expected: list[bytes]
) -> None:
    with workers_here(2, at=system_clock()) as client:
        assert client.scheduler.address.startswith("tls://127.0.0.1:")
        assert nothing_is_shown(client)
        part = counted_by(client, shard_jobs(manifest), one_done=nothing)
    assert public(part, manifest) == expected


def nothing_is_shown(client: Client) -> bool:
    """Whether the scheduler's web server, plain and on loopback, answers nobody with anything."""
    port = client.scheduler_info()["services"]["dashboard"]
    for path in ("/health", "/metrics", "/info/main/workers.html", "/json/counts.json"):
        asked = HTTPConnection("127.0.0.1", port, timeout=START_S)
        asked.request("GET", path)
        status = asked.getresponse().status
        asked.close()
        if status != HTTPStatus.NOT_FOUND:
            return False
    return True


def test_a_worker_killed_in_the_middle_changes_nothing_but_the_time(
    cluster: Machines, manifest: Manifest, expected: list[bytes]
) -> None:
    """The first part is done, and the only worker that has it is gone before anybody asks."""
    cluster.more_workers(1)
    killed: list[int] = []

    def kill_who_has_it() -> None:
        if not killed:
            address = next(worker for worker, keys in client.has_what().items() if keys)
            os.kill(pids[address], signal.SIGKILL)
            killed.append(pids[address])

    with workers_of(cluster.scheduler) as client:
        client.wait_for_workers(3, timeout=START_S)
        pids = client.run(os.getpid)
        part = counted_by(client, shard_jobs(manifest), one_done=kill_who_has_it)
    (dead,) = [worker for worker in cluster.workers if worker.pid in killed]
    assert dead.wait(START_S) == -signal.SIGKILL
    assert public(part, manifest) == expected


def test_a_bad_shard_is_named_by_the_worker_that_read_it(cluster: Machines, tmp_path: Path) -> None:
    manifest = a_small_folder(tmp_path / "shards")
    file = damage(manifest, 1, put("items", 0, 5))
    jobs = shard_jobs(manifest_of(manifest.folder))
    with workers_of(cluster.scheduler) as client, pytest.raises(BadShard) as raised:
        counted_by(client, jobs, one_done=nothing)
    assert str(raised.value) == f"{file}, row 0, items: names a project beyond 4"


def test_an_address_without_tls_is_refused(cluster: Machines) -> None:
    plain = cluster.scheduler.address.replace("tls://", "tcp://")
    with pytest.raises(NotAllowed, match="must begin with tls://"):
        Scheduler(address=plain, tls=cluster.tls)


def test_a_client_without_tls_is_not_let_in(cluster: Machines) -> None:
    plain = cluster.scheduler.address.replace("tls://", "tcp://")
    with pytest.raises(OSError, match=r"tcp://"):
        Client(plain, timeout=5, set_as_default=False)


def test_a_client_without_a_certificate_is_not_let_in(cluster: Machines) -> None:
    context = ssl.create_default_context(cafile=str(cluster.tls.authority))
    context.check_hostname = False
    host, _, port = cluster.scheduler.address.removeprefix("tls://").partition(":")
    with (
        socket.create_connection((host, int(port)), timeout=START_S) as bare,
        context.wrap_socket(bare) as talking,
        pytest.raises(ssl.SSLError, match="certificate required"),
    ):
        talking.recv(1)


def test_a_client_of_another_authority_is_not_let_in(cluster: Machines, tmp_path: Path) -> None:
    theirs = certificates(tmp_path, "node", at=system_clock(), valid=timedelta(days=1))
    security = Security(
        require_encryption=True,
        tls_ca_file=str(cluster.tls.authority),
        tls_client_cert=str(theirs.certificate),
        tls_client_key=str(theirs.key),
    )
    with pytest.raises(CommClosedError, match="tls://"):
        Client(cluster.scheduler.address, security=security, timeout=5, set_as_default=False)


def test_a_scheduler_that_is_lost_is_one_sentence(tmp_path: Path, manifest: Manifest) -> None:
    with (
        machines(tmp_path, workers=1) as lost,
        workers_of(lost.scheduler) as client,
        pytest.raises(Unavailable, match="the scheduler was lost; nothing was counted"),
    ):
        counted_by(client, shard_jobs(manifest), one_done=lost.process.kill)


def test_a_last_worker_that_is_lost_is_one_sentence(
    tmp_path: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "LOOK_S", 0.5)
    with (
        machines(tmp_path, workers=1) as lost,
        workers_of(lost.scheduler) as client,
        pytest.raises(Unavailable, match="no worker is left to count with"),
    ):
        counted_by(client, shard_jobs(manifest), one_done=lost.workers[0].kill)


def test_a_scheduler_without_workers_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "CONNECT_S", 1.0)
    with (
        machines(tmp_path, workers=0) as bare,
        pytest.raises(Unavailable, match="has no worker"),
        workers_of(bare.scheduler),
    ):
        pytest.fail("there is nobody to count")


def test_an_address_where_nobody_is_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "CONNECT_S", 1.0)
    tls = certificates(tmp_path, "node", at=system_clock(), valid=timedelta(days=1))
    nowhere = Scheduler(address="tls://127.0.0.1:9", tls=tls)
    with pytest.raises(Unavailable, match="does not answer"), workers_of(nowhere):
        pytest.fail("nobody listens there")


def test_without_dask_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(Unavailable, match="install the extra `cluster`"),
        workers_here(1, at=system_clock()),
    ):
        pytest.fail("there is nobody to count")


def test_workers_that_do_not_start_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def starts(**_options: object) -> None:
        raise RuntimeError("Cluster failed to start: no room")

    monkeypatch.setattr(distributed, "LocalCluster", starts)
    with (
        pytest.raises(Unavailable, match=r"the workers do not start: .*no room"),
        workers_here(1, at=system_clock()),
    ):
        pytest.fail("there is nobody to count")


def test_a_part_that_ends_every_worker_is_given_up(
    manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_dask, "part_counted", ends_its_worker)
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        workers_here(1, at=system_clock()) as client,
        pytest.raises(Unavailable, match="a part ended its worker 1 times"),
    ):
        counted_by(client, shard_jobs(manifest)[:1], one_done=nothing)
