"""Ids have types: a bare ``UUID`` or ``bytes`` in a signature is a question."""

from typing import NewType
from uuid import UUID

MunicipalityId = NewType("MunicipalityId", UUID)
AreaId = NewType("AreaId", UUID)
RoundId = NewType("RoundId", UUID)
PhaseId = NewType("PhaseId", UUID)
ThemeId = NewType("ThemeId", UUID)
ResidentId = NewType("ResidentId", UUID)
"""An account. It is never beside a voter's key, in no table and no value."""

ElectionId = NewType("ElectionId", UUID)
SubmissionId = NewType("SubmissionId", UUID)
"""Drawn when the ballot page opens; the same submission twice is one entry."""

ProjectId = NewType("ProjectId", str)
"""The project's number printed on the ballot: text, 1 to 64 characters, unique in an election."""

AreaCode = NewType("AreaCode", str)
"""An area's short name, unique in a municipality."""

VoterKey = NewType("VoterKey", bytes)
"""16 bytes that stand for one person in one election: a pseudonym, never a name or an anchor."""

VOTER_KEY_BYTES = 16
