"""Small acts of upkeep: occasions, the short list of the week, a question for each."""

from __future__ import annotations

from villagegraph.touches.occasions import KINDS, MAX_YEARS, hidden_people, occasions
from villagegraph.touches.outgoing import neglected_csv, occasions_calendar
from villagegraph.touches.week import this_week

__all__ = [
    "KINDS",
    "MAX_YEARS",
    "hidden_people",
    "neglected_csv",
    "occasions",
    "occasions_calendar",
    "this_week",
]
