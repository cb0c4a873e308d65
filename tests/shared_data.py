"""Where the real elections are, for tests that need them."""

from pathlib import Path

import pytest

from talkoot.voting.pabulib import PbElection, read_pb

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "pabulib"


def pabulib_folder() -> Path:
    """Give the folder of Pabulib files beside the repository; skip the test where it is absent."""
    if not FOLDER.is_dir():
        pytest.skip("the folder of Pabulib files (../shared/data/pabulib) is not here")
    return FOLDER


def pabulib_file(name: str) -> Path:
    """Give one file of that folder by its name without ending; skip the test where it is absent."""
    folder = pabulib_folder()
    for file in (folder / f"{name}.pb", folder / f"{name}.pb.gz"):
        if file.is_file():
            return file
    pytest.skip(f"{name} is not in the folder of Pabulib files")


def real_election(name: str) -> PbElection:
    """Read one real election."""
    return read_pb(pabulib_file(name).read_bytes())
