"""A cluster's certificates: two nodes of one authority believe each other, and nobody else."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from talkoot.base.clock import system_clock
from talkoot.base.errors import BadFile, NotAllowed
from talkoot.voting.cluster import TlsFiles, certificates

DAY = timedelta(days=1)


def made(folder: Path, node: str = "node", *, at: datetime | None = None) -> TlsFiles:
    return certificates(folder, node, at=at or system_clock(), valid=DAY)


def context(files: TlsFiles, side: ssl.Purpose) -> ssl.SSLContext:
    found = ssl.create_default_context(side, cafile=str(files.authority))
    found.load_cert_chain(files.certificate, files.key)
    found.check_hostname = False
    found.verify_mode = ssl.CERT_REQUIRED
    found.verify_flags |= ssl.VERIFY_X509_STRICT
    return found


def shake_hands(client: TlsFiles, server: TlsFiles) -> None:
    """A handshake in memory, to its end on both sides. Raises ``ssl.SSLError``."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asks = context(client, ssl.Purpose.SERVER_AUTH).wrap_bio(back, there)
    answers = context(server, ssl.Purpose.CLIENT_AUTH).wrap_bio(there, back, server_side=True)
    done: set[ssl.SSLObject] = set()
    for side in (asks, answers) * 3:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        done.add(side)
    assert done == {asks, answers}


def test_two_nodes_of_one_authority_believe_each_other(tmp_path: Path) -> None:
    one, two = made(tmp_path, "one"), made(tmp_path, "two")
    assert one.authority == two.authority
    shake_hands(one, two)
    shake_hands(two, one)


def test_a_node_of_another_authority_is_refused_on_either_side(tmp_path: Path) -> None:
    ours, theirs = made(tmp_path / "ours"), made(tmp_path / "theirs")
    for client, server in ((ours, theirs), (theirs, ours)):
        with pytest.raises(ssl.SSLError, match="verify failed"):
            shake_hands(client, server)


def test_a_certificate_ends(tmp_path: Path) -> None:
    old = made(tmp_path, at=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(ssl.SSLError, match="expired"):
        shake_hands(old, old)


def test_keys_are_readable_by_this_account_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    made(folder)
    assert {file.name for file in folder.iterdir()} == {
        "ca.pem",
        "ca-key.pem",
        "node.pem",
        "node-key.pem",
    }
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600, 0o600, 0o600, 0o600]


def test_a_nodes_certificate_is_never_replaced(tmp_path: Path) -> None:
    before = made(tmp_path).certificate.read_bytes()
    with pytest.raises(NotAllowed, match="has its certificate already"):
        made(tmp_path)
    assert (tmp_path / "node.pem").read_bytes() == before


@pytest.mark.parametrize("name", ["", "ca", "../out", "a b", "-x", "a/b"])
def test_a_name_that_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotAllowed, match="no name for a node"):
        made(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_an_authority_that_cannot_be_read_signs_nothing(tmp_path: Path) -> None:
    made(tmp_path, "one")
    (tmp_path / "ca-key.pem").write_text("no key")
    with pytest.raises(BadFile, match="cannot be read"):
        made(tmp_path, "two")
    assert not (tmp_path / "two.pem").exists()


def test_the_key_of_another_authority_signs_nothing(tmp_path: Path) -> None:
    made(tmp_path / "one")
    made(tmp_path / "two")
    (tmp_path / "one" / "ca-key.pem").write_bytes((tmp_path / "two" / "ca-key.pem").read_bytes())
    with pytest.raises(BadFile, match="is not the key of"):
        made(tmp_path / "one", "other")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    files = made(tmp_path)
    with pytest.raises(BadFile, match=r"absent\.pem: there is no such file"):
        TlsFiles(authority=files.authority, certificate=tmp_path / "absent.pem", key=files.key)
