"""Neglected ties: who fell behind their own rhythm, and who has long been silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import DayLike, as_day, day_number
from villagegraph.measures.histories import listable, my_days
from villagegraph.measures.wording import (
    by_channel,
    counted,
    every,
    in_month,
    main_channel,
    span,
    times,
)
from villagegraph.settings import PersonSettings
from villagegraph.ties import tie_table

if TYPE_CHECKING:
    from villagegraph.measures.histories import History
    from villagegraph.village import Village

MIN_DAYS = 5
MIN_SILENCE = 30
MIN_OVERDUE = 3.0
DORMANT_AFTER = 365
RETURN_WITHIN = 90
MIN_CASES = 20

_YEAR = 365
_HALF_A_YEAR = 182
# a logarithm's last bits must not decide whether a gate is passed
_ROUNDING = 1e-9
_PRIOR = 3  # how many own gaps the gaps of all ties weigh as much as

_COLUMNS = {
    "list": "str",
    "rank": "int64",
    "person_id": "str",
    "name": "str",
    "value": "float64",
    "days_365": "int64",
    "cadence_days": "float64",
    "dormancy_days": "int64",
    "overdue": "float64",
    "last_at": "datetime64[us, UTC]",
    "channel": "str",
    "reason": "str",
}


def neglected_ties(village: Village, *, as_of: DayLike, limit: int | None = None) -> pd.DataFrame:
    """
    List the people who are worth a message.

    *Slipping* is a tie with at least 5 days of contact that has been quiet for
    30 to 365 days and for at least 3 times its usual gap. First stand those who
    mattered most and are likely to be glad to hear from you. *Dormant* is a tie
    of as many days that has been quiet for longer than a year; those
    who mattered most stand first.

    Parameters
    ----------
    village
        The village of one person.
    as_of
        The day, in the village's zone; what happened later counts for nothing.
    limit
        Most rows of each list; None for all.

    Returns
    -------
    neglected
        One row per list and tie: `list` (`slipping`, `dormant`), `rank` (from 1
        in each list), `person_id`, `name`, `value` (see Notes), `days_365`
        (contact days in the last 365 days; of a tie silent for more than half a
        year, in the 365 days up to the last contact), `cadence_days` (usual gap,
        or the one wished for; `nan` if there is none), `dormancy_days` (days
        since the last contact), `overdue` (the one over the other),
        `last_at` (last contact, UTC), `channel` (of the last contact; the most
        personal one if that day had several), `reason` (in words).

    Raises
    ------
    IdentityError
        If it is not known whose village it is.

    Notes
    -----
    `value` is ``ln(1 + days_365)``, doubled by a star in the settings. The list
    of slipping ties is ordered by ``value * (1 - S)``, where S, the
    share of silences that lasted longer than this one, is taken from the tie's own
    n gaps and those of all ties: ``(own longer + 3 * share of all) / (n + 3)``.

    A `cadence_days` in the settings takes the place of the usual gap,
    and one day of contact is then enough. Who is muted, snoozed or opted
    out, and addresses from which only machines write, are left out.

    A silence is one of the channels that were loaded: a call that no export
    holds is not seen.

    Takes time proportional to the number of contact days.

    References
    ----------
    .. [1] Navarro, H., Miritello, G., Canales, A., & Moro, E. (2017). Temporal
       patterns behind the strength of persistent ties. EPJ Data Science 6, 31.
    .. [2] Levin, D. Z., Walter, J., & Murnighan, J. K. (2011). Dormant ties:
       the value of reconnecting. Organization Science 22(4), 923-939.

    Examples
    --------
    Ben wrote every week for six weeks, then for twelve weeks no more:

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"at": pd.date_range("2026-01-05", periods=6, freq="7D")})
    >>> mails["event_id"] = [f"m{number}" for number in range(6)]
    >>> who = pd.concat(
    ...     mails[["event_id"]].assign(person_id=person, role=role)
    ...     for person, role in [("ben", "from"), ("me", "to")]
    ... )
    >>> village = village_from_tables(mails, who, me="me")
    >>> found = neglected_ties(village, as_of="2026-05-04")
    >>> found[["list", "person_id", "dormancy_days"]].values.tolist()
    [['slipping', 'ben', 84]]
    >>> found["reason"][0][:71]
    'Usually every 7 days (6 days of contact in the last year). Quiet for 84'
    """
    today = day_number(as_of)
    past = village.until(as_of)
    histories = my_days(past, me=village.owner())
    silences = _Silences(histories, _cadences(past, as_of), today=today)
    names = dict(zip(past.people.index, past.people["name"], strict=True))
    rows = []
    for person in listable(past, histories):
        chosen = past.chosen.get(person, PersonSettings())
        if chosen.mute or (chosen.snooze_until is not None and chosen.snooze_until > as_day(as_of)):
            continue
        tie = _Tie(histories[person], silences.usual[person], chosen, today)
        if tie.list:
            rows.append({"person_id": person, "name": names[person], **_row(tie, silences)})
    return _ranked(rows, limit=limit)


class _Tie:
    """One tie of the owner's, as it stands today."""

    def __init__(self, history: History, usual: float, chosen: PersonSettings, today: int) -> None:
        self.history = history
        self.usual = usual
        self.wish = chosen.cadence_days
        self.cadence = usual if self.wish is None else self.wish
        last = int(history.days[-1])
        self.silence = today - last
        # who has long been silent is valued as when last in touch
        self.long = self.silence > _HALF_A_YEAR
        until = last if self.long else today
        self.days_365 = int((history.days > until - _YEAR).sum())
        self.value = float(np.log1p(self.days_365)) * (2 if chosen.star else 1)
        self.list = self._list()

    def _list(self) -> str:
        """Return the list in which the tie stands; empty if in none."""
        if len(self.history.days) < (MIN_DAYS if self.wish is None else 1):
            return ""
        if self.silence > DORMANT_AFTER:
            return "dormant"
        due = self.silence >= MIN_SILENCE and self.silence >= MIN_OVERDUE * self.cadence - _ROUNDING
        return "slipping" if due else ""


class _Silences:
    """All silences of the owner's ties: those that ended, and those that go on."""

    def __init__(self, histories: dict[str, History], cadences: pd.Series, *, today: int) -> None:
        usual = cadences.reindex(list(histories))
        self.usual = dict(zip(usual.index, usual.to_numpy(dtype=float), strict=True))
        none = [np.empty(0, dtype=np.int64)]
        self.gaps = np.concatenate([*none, *(history.gaps for history in histories.values())])
        counts = [len(history.days) - 1 for history in histories.values()]
        self.gap_usual = np.repeat(usual.to_numpy(dtype=float), counts)
        self.current = np.array([today - history.days[-1] for history in histories.values()])
        self.current_usual = usual.to_numpy(dtype=float)

    def survival(self, tie: _Tie) -> float:
        """Return the share of silences that last longer than the tie's."""
        pooled = float((self.gaps > tie.silence).mean()) if len(self.gaps) else 0.0
        own = tie.history.gaps
        longer = int((own > tie.silence).sum())
        return (longer + _PRIOR * pooled) / (len(own) + _PRIOR)

    def outcome(self, tie: _Tie) -> tuple[int, int]:
        """
        Tell how earlier silences as long as the tie's went on.

        As long means: as many times the tie's own usual gap.

        Returns
        -------
        ended, cases
            Those that ended within 90 days, and all of which it is known.
        """
        ratio = tie.silence / tie.usual
        # a tie without a rhythm has nan here, which compares false
        point = ratio * self.gap_usual - _ROUNDING
        cases = self.gaps >= point
        ended = cases & (self.gaps <= point + _ROUNDING + RETURN_WITHIN)
        going_on = self.current > ratio * self.current_usual + RETURN_WITHIN
        return int(ended.sum()), int(cases.sum() + going_on.sum())


def _cadences(village: Village, as_of: DayLike) -> pd.Series:
    """Return the usual gap of each of the owner's ties, by the other person."""
    ties = tie_table(village, as_of=as_of)["cadence_days"].reset_index()
    first = ties["person_u"] == village.me
    mine = ties[first | (ties["person_v"] == village.me)]
    other = mine["person_v"].where(first, mine["person_u"])
    return pd.Series(mine["cadence_days"].to_numpy(), index=pd.Index(other, dtype="object"))


def _row(tie: _Tie, silences: _Silences) -> dict[str, object]:
    history = tie.history
    slipping = tie.list == "slipping"
    return {
        "list": tie.list,
        "value": tie.value,
        "days_365": tie.days_365,
        "cadence_days": tie.cadence,
        "dormancy_days": tie.silence,
        "overdue": tie.silence / tie.cadence,
        "last_at": history.last_at,
        "channel": main_channel(history.channels),
        "reason": _slipping(tie, silences) if slipping else _dormant(tie),
        "order": tie.value * (1 - silences.survival(tie)) if slipping else tie.value,
    }


def _slipping(tie: _Tie, silences: _Silences) -> str:
    days = f"{counted(tie.days_365, 'day')} of contact in the "
    days += "year before" if tie.long else "last year"
    if tie.wish is None:
        rhythm, measure = f"Usually {every(tie.cadence)} ({days}).", "the usual gap"
    else:
        rhythm, measure = f"You wish to be in touch {every(tie.cadence)} ({days}).", "as long"
    quiet = f"Quiet for {span(tie.silence, in_days=120)}"
    quiet += f", {times(tie.silence / tie.cadence)} {measure}."
    return f"{rhythm} {quiet} {_past(tie, silences)}"


def _past(tie: _Tie, silences: _Silences) -> str:
    ended, cases = silences.outcome(tie) if tie.usual > 0 else (0, 0)
    if cases < MIN_CASES:
        return "Too few silences this long in your own past to say how they end."
    return (
        f"In your own past, {ended:,} of {cases:,} such silences ended within {RETURN_WITHIN} days."
    )


def _dormant(tie: _Tie) -> str:
    days = tie.history.days
    first, last = int(days[0]), int(days[-1])
    channel = by_channel(main_channel(tie.history.channels))
    length = last - first + 1
    over = f" over {span(length)}" if length > len(days) else ""
    wish = "" if tie.wish is None else f"You wish to be in touch {every(tie.wish)}. "
    return (
        f"{wish}You were in touch on {counted(len(days), 'day')}{over}, "
        f"last in {in_month(last)} {channel}. Quiet for {span(tie.silence)}."
    )


def _ranked(rows: list[dict[str, object]], *, limit: int | None) -> pd.DataFrame:
    """Order each list and number its rows."""
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "order"])
    # rounded: a difference in the last bits must not decide before the name does
    table["order"] = -table["order"].astype("float64").round(12)
    table["list"] = pd.Categorical(table["list"], categories=["slipping", "dormant"], ordered=True)
    table = table.sort_values(["list", "order", "name", "person_id"], ignore_index=True)
    table["rank"] = table.groupby("list", observed=True).cumcount() + 1
    if limit is not None:
        table = table[table["rank"] <= limit].reset_index(drop=True)
    return table[list(_COLUMNS)].astype(_COLUMNS)
