"""Many parts on many machines: handed out, counted, summed and fetched by Dask, under TLS.

Dask (Rocklin, 2015; https://distributed.dask.org) hands a part whose worker died to another one; a
part is a pure function of what it reads, so that changes nothing but the time. Importing Dask takes
about a second: it happens here, when something is counted on it.
"""

import logging
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from talkoot.base.errors import NotAllowed, Unavailable
from talkoot.voting.cluster.certificates import TlsFiles, certificates
from talkoot.voting.cluster.here import FAN_IN, Progress
from talkoot.voting.cluster.work import Job, part_counted
from talkoot.voting.results import PartCount, added

if TYPE_CHECKING:
    from distributed import Client, Future, Security

TLS = "tls://"
LOOPBACK = "127.0.0.1"
CONNECT_S = 60.0
"""How long scheduler and first worker may take to answer; machines on one network take under 5."""
LOOK_S = 20.0
"""How often we ask whether any worker is left while none answers."""
RUN_LASTS = timedelta(days=7)
"""How long the certificates of one run are valid; the longest count takes hours."""


_NO_PAGES: dict[str, list[str]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """Where a cluster that runs already is to be found. Raises :class:`NotAllowed` without TLS."""

    address: str
    tls: TlsFiles

    def __post_init__(self) -> None:
        """Refuse to send ballots where anybody could read them."""
        if not self.address.startswith(TLS):
            raise NotAllowed(
                f"the scheduler's address is {self.address}; it must begin with {TLS}, for what"
                " workers are told and answer is confidential"
            )


@contextmanager
def workers_here(number: int, *, at: datetime) -> Iterator["Client"]:
    """Run a scheduler and ``number`` worker processes on this machine for a while.

    ``at``: now, in UTC. Each run has an authority and a certificate of its own, gone at its end.
    Raises :class:`Unavailable` where they do not start.
    """
    with tempfile.TemporaryDirectory(prefix="talkoot-cluster-") as folder:
        files = certificates(Path(folder) / "tls", "node", at=at, valid=RUN_LASTS)
        security = _security(files)
        with (
            _processes(number, folder, security) as address,
            _connected(address, security) as client,
        ):
            yield client


@contextmanager
def _processes(number: int, folder: str, security: "Security") -> Iterator[str]:
    """Give the scheduler's address."""
    import dask
    from distributed import LocalCluster

    with dask.config.set(_NO_PAGES):
        try:
            cluster = LocalCluster(
                n_workers=number,
                threads_per_worker=1,
                processes=True,
                host=LOOPBACK,
                protocol=TLS,
                security=security,
                scheduler_port=0,
                # Its web server cannot be left out: it gets any free port, and nothing to show.
                scheduler_kwargs={"dashboard": False, "dashboard_address": f"{LOOPBACK}:0"},
                # Nothing is spilled to disk, and a large part is no reason to kill its worker.
                memory_limit=0,
                local_directory=folder,
                silence_logs=logging.CRITICAL,
            )
        except (RuntimeError, OSError) as err:
            raise Unavailable(f"the workers do not start: {err}") from err
        with cluster:
            yield cluster.scheduler_address


@contextmanager
def workers_of(scheduler: Scheduler) -> Iterator["Client"]:
    """Use the workers of a scheduler that runs already.

    Raises :class:`Unavailable` where it does not answer, does not believe our certificate or has no
    worker.
    """
    with _connected(scheduler.address, _security(scheduler.tls)) as client:
        yield client


def counted_by(client: "Client", jobs: Sequence[Job], *, one_done: Progress) -> PartCount:
    """Count every part on the workers, and add up.

    ``one_done`` is called for each part as it is finished. Raises what counting a part raises, and
    :class:`Unavailable` where scheduler or workers are lost for good.
    """
    from distributed import CancelledError
    from distributed.comm import CommClosedError
    from distributed.scheduler import KilledWorker

    try:
        parts = client.map(part_counted, jobs, pure=False)
        waiting, sums = set(parts), _summed(client, parts)
        # Whoever holds a part holds it in its worker's memory, after it was added as well.
        del parts
        _awaited(client, waiting, one_done)
        return added(client.gather(sums))
    except KilledWorker as err:
        raise Unavailable(
            f"a part ended its worker {err.allowed_failures + 1} times, on one machine after"
            " another: is their memory too small for it? More --parts make each smaller"
        ) from err
    except (CancelledError, CommClosedError) as err:
        raise Unavailable("the scheduler was lost; nothing was counted: start again") from err
    except RuntimeError as err:
        if "deserialization" not in str(err):
            raise
        raise Unavailable("the scheduler's machine has another version of Talkoot") from err


def _summed(client: "Client", parts: "Sequence[Future]") -> "Sequence[Future]":
    """Sums of sums, on the workers, until few enough are left to fetch."""
    sums = parts
    while len(sums) > FAN_IN:
        groups = [sums[start : start + FAN_IN] for start in range(0, len(sums), FAN_IN)]
        sums = [client.submit(added, group, pure=False) for group in groups]
    return sums


def _awaited(client: "Client", waiting: "set[Future]", one_done: Progress) -> None:
    """Wait for all parts, and let go of each.

    Raises the first error, or :class:`Unavailable` with no worker left.
    """
    from distributed import wait

    while waiting:
        try:
            done, _ = wait(waiting, timeout=LOOK_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            if not client.nthreads():
                raise Unavailable("no worker is left to count with") from None
            continue
        waiting -= done
        for part in done:
            if part.status != "finished":
                part.result()
            one_done()


def _security(files: TlsFiles) -> "Security":
    """What both ways of counting on workers begin with, and so what says that Dask is missing."""
    try:
        from distributed import Security
    except ImportError as err:
        raise Unavailable("counting on workers needs Dask: install the extra `cluster`") from err

    own = {"cert": str(files.certificate), "key": str(files.key)}
    roles = ("client", "scheduler", "worker")
    return Security(
        require_encryption=True,
        tls_min_version=ssl.TLSVersion.TLSv1_3,
        tls_ca_file=str(files.authority),
        **{f"tls_{role}_{name}": file for role in roles for name, file in own.items()},
    )


@contextmanager
def _connected(address: str, security: "Security") -> Iterator["Client"]:
    from distributed import Client

    try:
        client = Client(address, security=security, timeout=CONNECT_S, set_as_default=False)
    except OSError as err:
        raise Unavailable(f"the scheduler at {address} does not answer: {err}") from err
    with client, client.as_current():
        try:
            client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError as err:
            raise Unavailable(f"the scheduler at {address} has no worker") from err
        yield client
