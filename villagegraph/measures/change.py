"""Change: which ties are new, and which came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import DayLike, day_number
from villagegraph.measures.catalog import Measure
from villagegraph.measures.histories import listable, my_days
from villagegraph.measures.wording import counted, from_day_number, on_day, span

if TYPE_CHECKING:
    from villagegraph.measures.histories import History
    from villagegraph.village import Village

MIN_NEW_DAYS = 2
MIN_DAYS_BEFORE = 3
MIN_SILENCE = 180

_COLUMNS = {
    "change": "str",
    "person_id": "str",
    "name": "str",
    "first_day": "str",
    "days": "int64",
    "silence_days": "float64",
    "reason": "str",
}


def tie_changes(village: Village, *, since: DayLike, as_of: DayLike) -> pd.DataFrame:
    """
    List the owner's ties that are new or came back in a stretch of days.

    A tie is *new* if the first contact ever falls in the stretch and it was
    more than one message: contact on two days, or in both directions. A tie is
    *revived* if there were 3 days of contact before, and the
    first one in the stretch ended a silence of 180 days or more.

    Parameters
    ----------
    village
        The village of one person.
    since, as_of
        First and last day of the stretch, both included, in the village's
        zone. What happened later counts for nothing.

    Returns
    -------
    changes
        One row per tie, new ones first, each kind by `days` and name: `change`
        (`new`, `revived`), `person_id`, `name`, `first_day` (YYYY-MM-DD, first
        contact in the stretch), `days` (contact days in it), `silence_days`
        (days since the contact before; `nan` for a new tie), `reason` (in words).

    Raises
    ------
    IdentityError
        If it is not known whose village it is.
    ValueError
        If `as_of` lies before `since`.

    Notes
    -----
    New is what the exports show for the first time: where they begin within
    the stretch, an old tie looks new.

    Takes time proportional to the number of contact days.

    Examples
    --------
    Ben wrote for the first time on 5 October, and again on the day after:

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["a", "b"], "at": ["2026-10-05", "2026-10-06"]})
    >>> who = pd.DataFrame(
    ...     {
    ...         "event_id": ["a", "a", "b", "b"],
    ...         "person_id": ["ben", "me", "ben", "me"],
    ...         "role": ["from", "to", "from", "to"],
    ...     }
    ... )
    >>> village = village_from_tables(mails, who, me="me")
    >>> found = tie_changes(village, since="2026-10-01", as_of="2026-10-31")
    >>> found[["change", "person_id", "first_day", "days"]].values.tolist()
    [['new', 'ben', '2026-10-05', 2]]
    """
    start, today = day_number(since), day_number(as_of)
    if today < start:
        msg = f"as_of needs to be {since} or later, {as_of} was given"
        raise ValueError(msg)
    past = village.until(as_of)
    histories = my_days(past, me=village.owner())
    names = dict(zip(past.people.index, past.people["name"], strict=True))
    rows = [
        {"person_id": person, "name": names[person], **row}
        for person in listable(past, histories)
        for row in [_change(histories[person], start)]
        if row is not None
    ]
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    return table.sort_values(
        ["change", "days", "name", "person_id"],
        ascending=[True, False, True, True],
        ignore_index=True,
    )


def _change(history: History, start: int) -> dict[str, object] | None:
    """Return what changed in a tie from a day on; None if nothing did."""
    before = int(np.searchsorted(history.days, start))
    days = len(history.days) - before
    if days == 0:
        return None
    first = int(history.days[before])
    silence = float(first - history.days[before - 1]) if before else float("nan")
    row: dict[str, object] = {
        "first_day": from_day_number(first).isoformat(),
        "days": days,
        "silence_days": silence,
    }
    contact = f"{counted(days, 'day')} of contact"
    if before == 0:
        mutual = history.sent.sum() > 0 and history.received.sum() > 0
        if days < MIN_NEW_DAYS and not mutual:
            return None
        reason = f"First contact on {on_day(first)}; {contact} up to now."
        return {"change": "new", "reason": reason, **row}
    if before < MIN_DAYS_BEFORE or silence < MIN_SILENCE:
        return None
    reason = (
        f"In touch again on {on_day(first)}, after {span(silence)} of silence; {contact} since."
    )
    return {"change": "revived", "reason": reason, **row}


def _entry(name: str, meaning: str, unit: str, span: str, undefined: str = "never") -> Measure:
    return Measure(name, "tie_changes", "tie", meaning, unit, span, undefined, "villagegraph")


MEASURES = (
    _entry("change", "Whether the first contact ever falls in the stretch of days, or contact "
           "came back after half a year or more.", "-", "new, revived"),
    _entry("first_day", "Day of the first contact in the stretch.", "day", "-"),
    _entry("days", "Days of contact in the stretch.", "days", "1 or more"),
    _entry("silence_days", "Days since the contact before.", "days", "180 or more",
           "for a new tie"),
    _entry("reason", "What changed, in words.", "-", "text"),
)  # fmt: skip
