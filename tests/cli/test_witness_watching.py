"""`talkoot witness` against a board over HTTP: it grows, goes away, comes back, lies."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talkoot.cli.witness import Board, Forked, _watched, witness
from talkoot.voting.board import Checkpoint, Note, is_signed, key_in
from tests.cli.test_witness import LOG, Told, leaves


@dataclass(slots=True)
class Shown:
    """What is shown at an address, and the signatures that were handed in there."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def show(self, board: Told) -> None:
        """Show another state of the board."""
        self.files = dict(board.files)

    @property
    def sizes(self) -> list[int]:
        """How large the board was in each signature."""
        return [Checkpoint.read(note.text).size for note in self.notes]


@contextmanager
def serving(shown: Shown, port: int = 0) -> Iterator[int]:
    """Serve a board on a loopback port; give the port."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = shown.files.get(self.path.removeprefix("/public/board/"))
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["content-length"]))
            shown.notes.append(Note.read(octets))
            self.send_response(201)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", port), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True)
class Post:
    """A witness's files, and the command that uses them."""

    folder: Path

    @property
    def key(self) -> Path:
        """Where the key is."""
        return self.folder / "witness.key"

    @property
    def state(self) -> Path:
        """Where it keeps what it saw."""
        return self.folder / "seen.json"

    def looks(self, port: int, *more: str) -> Result:
        """Run the command once."""
        url = f"http://127.0.0.1:{port}/public"
        files = ("--key", str(self.key), "--state", str(self.state))
        return CliRunner().invoke(witness, [url, *files, "--once", *more])


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = Post(tmp_path)
    new = ["new", "--key", str(made.key), "--name", "paper.example"]
    said = CliRunner().invoke(witness, new)
    assert said.stdout == f"{key_in(made.key).verifier}\n"
    return made


def test_it_signs_what_grows_and_goes_on_from_its_state_after_a_restart(post: Post) -> None:
    shown = Shown()
    with serving(shown) as port:
        for size, more in ((3, ("--log-key", str(LOG.verifier))), (300, ()), (300, ()), (700, ())):
            board = Told(leaves(size))
            shown.show(board)
            said = post.looks(port, *more)
            assert said.exit_code == 0, said.exception
            assert said.stdout == f"signed {size} leaves, root {board.now.root.hex()}\n"
    assert shown.sizes == [3, 300, 300, 700]
    assert all(is_signed(note, key_in(post.key).verifier) for note in shown.notes)


def test_without_the_boards_key_or_with_another_one_it_signs_nothing(post: Post) -> None:
    shown = Shown()
    shown.show(Told(leaves(3)))
    with serving(shown) as port:
        assert "--log-key" in str(post.looks(port).exception)
        assert post.looks(port, "--log-key", str(LOG.verifier)).exit_code == 0
        other = key_in(post.key).verifier
        assert isinstance(post.looks(port, "--log-key", str(other)).exception, Forked)
    assert shown.sizes == [3]


def test_t20_a_fork_over_http_ends_it_unsigned_and_its_state_stays_as_evidence(post: Post) -> None:
    """Control: a witness without the state believes the fork."""
    shown = Shown()
    shown.show(Told(leaves(300)))
    with serving(shown) as port:
        assert post.looks(port, "--log-key", str(LOG.verifier)).exit_code == 0
        kept = post.state.read_bytes()
        shown.show(Told([b"another ballot", *leaves(400)]))
        said = post.looks(port)
        assert (said.exit_code, said.stdout) == (1, "")
        assert isinstance(said.exception, Forked)
        assert post.state.read_bytes() == kept
        assert shown.sizes == [300]
        post.state.unlink()
        assert post.looks(port, "--log-key", str(LOG.verifier)).exit_code == 0


def test_it_goes_on_when_the_board_is_away_or_answers_nonsense_and_ends_at_a_fork(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    """One watch: signed, nonsense, away, back and larger, forked."""
    shown = Shown()
    shown.show(Told(leaves(20)))
    open_now = serving(shown)
    port = open_now.__enter__()
    back = serving(shown, port)

    def nonsense() -> None:
        shown.files["checkpoint"] = b"<html>Please sign in to this network</html>"

    def away() -> None:
        open_now.__exit__(None, None, None)

    def returned() -> None:
        back.__enter__()
        shown.show(Told(leaves(40)))

    def forked() -> None:
        shown.show(Told(leaves(50, "another")))

    steps: Iterator[Callable[[], None]] = iter((nonsense, away, returned, forked))

    def pause() -> None:
        next(steps)()

    board = Board(f"http://127.0.0.1:{port}/public")
    with pytest.raises(Forked, match="do not begin with"):
        _watched(board, post.key, post.state, str(LOG.verifier), pause=pause)
    back.__exit__(None, None, None)
    told = capsys.readouterr()
    assert [line.split(",")[0] for line in told.out.splitlines()] == [
        "signed 20 leaves",
        "signed 40 leaves",
    ]
    assert len(told.err.splitlines()) == 2
    assert "Connection refused" in told.err
    assert shown.sizes == [20, 40]
