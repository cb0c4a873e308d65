"""Sealed envelopes: *who* to the registrar, *what* to the trustees, bound to their place.

Pure: no database, clock, network, settings or logging. Keys are drawn by the cryptographic library.
"""

from talkoot.voting.sealing.boxes import (
    PUBLIC_KEY_BYTES,
    CannotOpen,
    PrivateKey,
    new_private_key,
    sealed_box,
)
from talkoot.voting.sealing.epochs import (
    DEVICE_BYTES,
    EPOCH_ID_BYTES,
    EpochId,
    EpochPosition,
    SealedEpoch,
    SealingEpoch,
    new_epoch,
)
from talkoot.voting.sealing.in_journal import epoch_and_what, sealed_for_journal
from talkoot.voting.sealing.key_file import (
    BadKeyFile,
    key_from_either,
    locked,
    public_of_file,
    same_key,
    unlocked,
)
from talkoot.voting.sealing.opener import (
    Failure,
    OpenedWhats,
    Opener,
    OpeningFault,
)
from talkoot.voting.sealing.proofs import code_in_proof, code_proof
from talkoot.voting.sealing.rehearsal import Rehearsal, RehearsalFailed, rehearsed
from talkoot.voting.sealing.setup import (
    MOST_TRUSTEES,
    BadSetup,
    SealingSetup,
    Subset,
    TrusteePublic,
    Wrap,
    public_fingerprint,
    setup_from_json,
    setup_to_json,
    trustee_from_json,
    trustee_to_json,
)
from talkoot.voting.sealing.trustees import (
    NotEnoughShares,
    TrusteeKey,
    new_setup,
    new_trustee,
    tally_key,
)
from talkoot.voting.sealing.whats import (
    FINGERPRINT_BYTES,
    WHAT_OVERHEAD,
    NotAWhat,
    WhatParts,
    fingerprint_of,
    parts_of,
    sealed_ballot,
    stored_submission,
)
from talkoot.voting.sealing.who import opened_who, sealed_who

__all__ = [
    "DEVICE_BYTES",
    "EPOCH_ID_BYTES",
    "FINGERPRINT_BYTES",
    "MOST_TRUSTEES",
    "PUBLIC_KEY_BYTES",
    "WHAT_OVERHEAD",
    "BadKeyFile",
    "BadSetup",
    "CannotOpen",
    "EpochId",
    "EpochPosition",
    "Failure",
    "NotAWhat",
    "NotEnoughShares",
    "OpenedWhats",
    "Opener",
    "OpeningFault",
    "PrivateKey",
    "Rehearsal",
    "RehearsalFailed",
    "SealedEpoch",
    "SealingEpoch",
    "SealingSetup",
    "Subset",
    "TrusteeKey",
    "TrusteePublic",
    "WhatParts",
    "Wrap",
    "code_in_proof",
    "code_proof",
    "epoch_and_what",
    "fingerprint_of",
    "key_from_either",
    "locked",
    "new_epoch",
    "new_private_key",
    "new_setup",
    "new_trustee",
    "opened_who",
    "parts_of",
    "public_fingerprint",
    "public_of_file",
    "rehearsed",
    "same_key",
    "sealed_ballot",
    "sealed_box",
    "sealed_for_journal",
    "sealed_who",
    "setup_from_json",
    "setup_to_json",
    "stored_submission",
    "tally_key",
    "trustee_from_json",
    "trustee_to_json",
    "unlocked",
]
