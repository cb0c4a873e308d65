"""Pictures of a published result, drawn from its numbers alone, each with its words."""

from talkoot.web.pictures.flow import letter
from talkoot.web.pictures.kinds import Paying, is_scored, paying_of, strength_of
from talkoot.web.pictures.satisfaction import (
    average,
    choices_in_words,
    people_in_words,
    reached,
    satisfaction_figure,
)
from talkoot.web.pictures.shapes import Drawing, Figure
from talkoot.web.pictures.side_by_side import pairs_of, side_by_side_figure, where_in_words
from talkoot.web.pictures.spending import sources_of, spending_figure
from talkoot.web.pictures.support import support_figure, support_of

__all__ = [
    "Drawing",
    "Figure",
    "Paying",
    "average",
    "choices_in_words",
    "is_scored",
    "letter",
    "pairs_of",
    "paying_of",
    "people_in_words",
    "reached",
    "satisfaction_figure",
    "side_by_side_figure",
    "sources_of",
    "spending_figure",
    "strength_of",
    "support_figure",
    "support_of",
    "where_in_words",
]
