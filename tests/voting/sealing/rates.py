"""How many ballots a core seals and opens in a second: ``python -m tests.voting.sealing.rates``.

The first argument is how many ballots (a million), the second how many an epoch has (1,000).
"""

import resource
import sys
from time import process_time

from talkoot.voting.sealing import EpochPosition, SealingEpoch, new_epoch, sealed_ballot
from tests.voting.sealing.made import DEVICE, ELECTION, FINGERPRINT, made

BALLOT = b"ballot".ljust(4 + 12 * 20, b"\0")
"""As long as one that may hold 20 projects."""
PART = 100_000


def measured(ballots: int, an_epoch: int) -> str:
    """Seal and open so many ballots part by part, as a count does."""
    sealed = made(3, 5)
    opener = sealed.opener()
    sealing = opening = 0.0
    for first in range(0, ballots, PART):
        began = process_time()
        epochs = list[SealingEpoch]()
        whats = bytearray()
        for number in range(first, min(first + PART, ballots)):
            if number % an_epoch == 0 or not epochs:
                position = EpochPosition(election_id=ELECTION, device=DEVICE, epoch=number)
                epochs.append(new_epoch(sealed.setup.tally_public, position))
            whats += sealed_ballot(epochs[-1], number, BALLOT, FINGERPRINT)
        sealing += process_time() - began
        stored, length = {e.id: e.sealed for e in epochs}, len(BALLOT) + 56
        began = process_time()
        opened = opener.opened_whats(whats, length, stored)
        opening += process_time() - began
        if opened.failures or opened.ballots != BALLOT * (len(whats) // length):
            raise AssertionError("a ballot did not come out as it went in")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{ballots} ballots of {len(BALLOT)} bytes, {an_epoch} an epoch: "
        f"sealed in {sealing:.2f} s of one core ({ballots / sealing:.0f}/s), "
        f"opened in {opening:.2f} s ({ballots / opening:.0f}/s), {peak} MiB at the most"
    )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.stdout.write(measured(*[*given, *[1_000_000, 1_000][len(given) :]]) + "\n")
