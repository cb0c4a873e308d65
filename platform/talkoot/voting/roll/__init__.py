"""The voter roll: who may vote, how they prove it, and the key that stands for them from then on.

The only room that knows persons. What leaves it is a voter key.
"""

from talkoot.voting.roll.areas import AreaOfRoll, voters_by_area
from talkoot.voting.roll.change_roll import (
    PlannedChange,
    RollFigures,
    Scope,
    change_applied,
    change_digest,
    change_planned,
    figures_in,
)
from talkoot.voting.roll.codes import (
    Code,
    Mistype,
    Mistyped,
    generated,
    grouped,
    read,
    with_check,
)
from talkoot.voting.roll.destroy import secrets_destroyed
from talkoot.voting.roll.hashing import STANDARD_COST, CodeCost, CodeHasher
from talkoot.voting.roll.import_roll import RollReport, import_roll, roll_is_empty
from talkoot.voting.roll.issue import (
    BatchId,
    IssuedBatch,
    IssuedCode,
    PersonId,
    Recipient,
    activate,
    issue_codes,
    persons_with,
)
from talkoot.voting.roll.keys import (
    AnchorScheme,
    ElectionKeys,
    NoKeys,
    create_keys,
    keys_for,
    voter_key,
)
from talkoot.voting.roll.letter_words import LetterHead, NoRoom
from talkoot.voting.roll.letters import letters_pdf
from talkoot.voting.roll.offline import holder_of
from talkoot.voting.roll.roll_file import RollFault
from talkoot.voting.roll.sessions import (
    OpenedSession,
    SessionId,
    VoterSession,
    ended,
    opened,
    receipt_kept,
    session_of,
    swept,
)
from talkoot.voting.roll.sign_in import (
    Alarm,
    Proof,
    SignedIn,
    SignInRefusal,
    SignInRefused,
    sign_in,
)
from talkoot.voting.roll.throttle import (
    STANDARD_THROTTLES,
    Origin,
    Throttles,
    forgotten,
)

__all__ = [
    "STANDARD_COST",
    "STANDARD_THROTTLES",
    "Alarm",
    "AnchorScheme",
    "AreaOfRoll",
    "BatchId",
    "Code",
    "CodeCost",
    "CodeHasher",
    "ElectionKeys",
    "IssuedBatch",
    "IssuedCode",
    "LetterHead",
    "Mistype",
    "Mistyped",
    "NoKeys",
    "NoRoom",
    "OpenedSession",
    "Origin",
    "PersonId",
    "PlannedChange",
    "Proof",
    "Recipient",
    "RollFault",
    "RollFigures",
    "RollReport",
    "Scope",
    "SessionId",
    "SignInRefusal",
    "SignInRefused",
    "SignedIn",
    "Throttles",
    "VoterSession",
    "activate",
    "change_applied",
    "change_digest",
    "change_planned",
    "create_keys",
    "ended",
    "figures_in",
    "forgotten",
    "generated",
    "grouped",
    "holder_of",
    "import_roll",
    "issue_codes",
    "keys_for",
    "letters_pdf",
    "opened",
    "persons_with",
    "read",
    "receipt_kept",
    "roll_is_empty",
    "secrets_destroyed",
    "session_of",
    "sign_in",
    "swept",
    "voter_key",
    "voters_by_area",
    "with_check",
]
