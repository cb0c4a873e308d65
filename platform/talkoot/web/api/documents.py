"""What the API says of an election: the frozen definition, and its hash."""

from datetime import datetime

import msgspec

from talkoot.voting.log import Election, definition_json


class DefinitionDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An election. ``definition`` holds everything that its hash covers; money is in cents."""

    id: str
    state: str
    opens_at: datetime
    closes_at: datetime
    grace_s: int
    definition: dict[str, msgspec.Raw]
    definition_hash: str


def definition_document(election: Election) -> DefinitionDocument:
    """Give an election as the API shows it."""
    parts = definition_json(election.definition)
    return DefinitionDocument(
        id=str(election.id),
        state=election.state.value,
        opens_at=election.opens_at,
        closes_at=election.closes_at,
        grace_s=election.grace_s,
        definition={key: msgspec.Raw(msgspec.json.encode(value)) for key, value in parts.items()},
        definition_hash=election.definition.hash.hex(),
    )
