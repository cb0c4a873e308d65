"""Officials as every room may know them: an id and the work that a role opens, never a voter."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

OfficialId = NewType("OfficialId", UUID)


class OfficialRole(StrEnum):
    """What an official of one municipality may do there. No role casts, changes or sees a ballot.

    In the order in which a signature names them, where a person has more than one that fits.
    """

    ELECTION_MANAGER = "election-manager"
    REGISTRAR_OFFICER = "registrar-officer"
    TRUSTEE = "trustee"
    EDITOR = "editor"
    HELP_DESK = "help-desk"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"
