"""T16: whoever alters, deletes, inserts or swaps anything in a public folder is found out."""

from talkoot.verify import verified
from tests.verify.alterations import alterations
from tests.verify.made import made

ALTERATIONS = 480


def test_t16_every_one_of_480_seeded_alterations_is_named() -> None:
    folder = made()
    missed = []
    for altered in alterations(folder, ALTERATIONS, "t16"):
        report = verified(
            altered.files.__getitem__, list(altered.files), keys=folder.keys, since=folder.since
        )
        if not report.faults:
            missed.append(altered.words)
    assert not missed
