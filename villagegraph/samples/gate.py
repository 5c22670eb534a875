"""Who would be called slipping, dormant, new or revived: measures.md's gate in plain Python."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import TYPE_CHECKING

from villagegraph.samples.model import END

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONTHS = (dt.date(2026, 9, 1), dt.date(2026, 10, 1))


def silences(days: Mapping[str, set[dt.date]]) -> dict[str, tuple[int, int, float]]:
    """
    Return contact days, days of silence at the end, and usual gap of each tie.

    The usual gap is the tie's mean gap, drawn towards the mean of all gaps
    as if two more gaps had been seen; it is infinite below three days.
    """
    gaps = {who: _gaps(sorted(dates)) for who, dates in days.items()}
    every = [gap for own in gaps.values() for gap in own]
    pooled = math.log(sum(every) / len(every)) if every else 0.0
    found = {}
    for who, dates in days.items():
        own, cadence = gaps[who], math.inf
        if len(dates) >= 3:
            n = len(own)
            cadence = math.exp((n * math.log(sum(own) / n) + 2 * pooled) / (n + 2))
        found[who] = (len(dates), (END - max(dates)).days, cadence)
    return found


def _gaps(dates: list[dt.date]) -> list[int]:
    return [(b - a).days for a, b in itertools.pairwise(dates)]


def quiet_ties(days: Mapping[str, set[dt.date]], *, times: float = 3.0) -> set[str]:
    """Return who has been silent for `times` the usual gap, or for over a year."""
    return {
        who
        for who, (n, silence, cadence) in silences(days).items()
        if n >= 5 and silence >= 30 and (silence >= times * cadence or silence > 365)
    }


def revivals(days: Mapping[str, set[dt.date]]) -> dict[str, list[tuple[dt.date, dt.date]]]:
    """Return the long silences that ended in September or October 2026."""
    found: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for who, dates in days.items():
        ordered = sorted(dates)
        for before, after in itertools.pairwise(ordered):
            if after >= _MONTHS[0] and (after - before).days >= 150:
                found.setdefault(who, []).append((before, after))
    return found
