"""The rehearsal's two witnesses: each looks over HTTP, by its command, and signs what it sees."""

from uuid import UUID

from talkoot.web.app import self_contained
from tests.journeys.served import served
from tests.rehearsal.hall import Failed, Hall

WITNESSES = ("paper.example", "neighbour.example")


async def witnesses_named(hall: Hall, election: UUID) -> None:
    """Let each witness draw its key, and have readers demand both."""
    keys = []
    for name in WITNESSES:
        new = ("witness", "new", "--key", hall.path(f"{name}.key"), "--name", name)
        keys.append((await hall.done(*new)).strip())
    many = ("--quorum", str(len(WITNESSES)))
    await hall.done("board", "witnesses", str(election), *keys, *many)


async def witnessed(hall: Hall, election: UUID, *first: str) -> None:
    """Have both witnesses look, each in a process of its own; ``first``: its words at first."""
    url = hall.web.write_engine.url.render_as_string(hide_password=False)
    async with served(hall.folder / "home", lambda settings: self_contained(settings, url)) as at:
        for name in WITNESSES:
            files = ("--key", hall.path(f"{name}.key"), "--state", hall.path(f"{name}.seen"))
            board = f"{at}/api/elections/{election}/public"
            said = await hall.done("witness", board, *files, *first, "--once")
            if not said.startswith("signed "):
                raise Failed(f"{name} did not sign: {said}")


async def unwitnessed_is_named(hall: Hall, election: UUID) -> None:
    """See that a reader misses both witnesses before they have looked at what is new."""
    folder = hall.path("before the witnesses")
    await hall.done("export-public", str(election), folder)
    ran = await hall.tried("verify", folder)
    if ran.returncode != 1 or "witnessed by 0, not by 2" not in ran.stdout:
        raise Failed(f"the missing witnesses are not named: {ran.stdout}{ran.stderr}")


def signed_by(checkpoint: bytes) -> int:
    """Count the witnesses whose signatures stand under a checkpoint."""
    return sum(checkpoint.count(f"— {name} ".encode()) for name in WITNESSES)
