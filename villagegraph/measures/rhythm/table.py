"""All rhythm indicators of a person in one frame: by period, part of the week and day, channel."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from villagegraph.measures.rhythm import kernels
from villagegraph.measures.rhythm.answers import Window, windows
from villagegraph.measures.rhythm.counts import NIGHT
from villagegraph.measures.rhythm.kernels import Cells
from villagegraph.measures.rhythm.log import WRITTEN, Rows, interaction_log, rows_of
from villagegraph.measures.rhythm.network import network_rows
from villagegraph.measures.rhythm.periods import label, period_numbers
from villagegraph.measures.rhythm.summary import STATS, Spread, check_compat, summaries
from villagegraph.village import Village

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from villagegraph.days import DayLike
    from villagegraph.measures.rhythm.log import Log

COLUMNS = (
    "period", "part_of_week", "part_of_day", "channel", "indicator", "params", "stat", "value",
)  # fmt: skip
WEEKEND = (6, 7)
"""Saturday and Sunday, counted from Monday, 1."""
_WEEK = ("allweek", "weekday", "weekend")
_DAY = ("allday", "day", "night")


class _Line(NamedTuple):
    """One indicator with its parameters: which channels have it, and how it is computed."""

    indicator: str
    params: Mapping[str, object]
    of: str
    compute: Callable[..., np.ndarray | Spread]
    wants: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.params.items())


def _lines() -> Iterator[_Line]:
    yield _Line("active_days", {}, "any", kernels.days)
    for direction in (None, "in", "out"):
        way = {"direction": direction}
        yield _Line("number_of_contacts", way, "any", kernels.contacts)
        yield _Line("number_of_contacts", {**way, "more": 2}, "any", kernels.contacts)
        yield _Line("number_of_interactions", way, "any", kernels.interactions)
        yield _Line("interactions_per_contact", way, "any", kernels.per_contact_counts)
        yield _Line("call_duration", way, "call", kernels.durations)
    for normalize in (False, True):
        params = {"normalize": normalize}
        yield _Line("entropy_of_contacts", params, "any", kernels.entropy, ("compat",))
    for weighted in (True, False):
        yield _Line("balance_of_contacts", {"weighted": weighted}, "any", kernels.balance)
    for percentage in (0.5, 0.8, 0.9):
        part = {"percentage": percentage}
        items = partial(kernels.pareto, calls=False)
        calls = partial(kernels.pareto, calls=True)
        yield _Line("percent_pareto_interactions", part, "any", items)
        yield _Line("percent_pareto_durations", part, "call", calls, ("compat",))
    yield _Line("interevent_time", {}, "any", kernels.gaps)
    yield _Line("percent_nocturnal", {}, "any", kernels.nocturnal, ("night",))
    yield _Line("percent_initiated_interactions", {}, "begun", kernels.initiated)
    talk = ("window", "compat")
    yield _Line("percent_initiated_conversations", {}, "written", kernels.begun_talks, talk)
    yield _Line("response_rate_text", {}, "written", kernels.answered_talks, talk)
    yield _Line("response_delay_text", {}, "written", kernels.talk_delays, talk)


LINES = tuple(_lines())


def rhythm(
    log: Log,
    *,
    person: str | None = None,
    as_of: DayLike | None = None,
    by: str | None = None,
    split: str | tuple[str, ...] = (),
    night: tuple[str, str] = NIGHT,
    weekend: tuple[int, ...] = WEEKEND,
    window: Window = None,
    compat: str | None = None,
) -> pd.DataFrame:
    """
    Calculate every rhythm indicator of a person: how much, with whom, when, who begins.

    Parameters
    ----------
    log
        A village or an organisation's log; what `interaction_log` returns; or a frame with a row
        per item and contact: `at`, `person_id`, and if there are any `direction`
        (`in`, `out`), `channel`, `minutes`, `event_id`.
    person, as_of
        Whose rhythm (the owner's if not given), and the last day that counts. Only for a village.
    by
        `day`, `week`, `month` or `year` for the indicators of each of them in which
        something happened; None for all time as one.
    split
        `week` for weekdays and weekends apart as well, `day` for day and night, or both.
    night, weekend
        When the night begins and ends, both bounds included, and the ISO numbers
        of the days of the weekend (Monday is 1).
    window
        Silence that ends a conversation, as in `percent_initiated_conversations`.
    compat
        `"bandicoot"` for the rules and the three channels of bandicoot: `call`, `text`
        (all that is written) and `callandtext`.

    Returns
    -------
    rhythm
        One row a number, in the order of periods: `period` (`2026-10-31`, `2026-W44`, `2026-10`,
        `2026`, or `all`), `part_of_week` (`allweek`, `weekday`, `weekend`), `part_of_day`
        (`allday`, `day`, `night`), `channel` (`all`, or one), `indicator` and `params` (the
        function and the arguments that give the same for that part of the log), `stat`
        (`value`, or what `summary` gives of a distribution), `value`. Seconds where it is time;
        `nan` where it is undefined. For a village and all time, the two clustering
        coefficients stand at the end, with no channel.

    Raises
    ------
    IdentityError
        If it is not clear whose rhythm is wanted.
    TableError
        If a frame lacks a column, or a column holds what it cannot.
    ValueError
        If an argument is none of the words above, or `person` or `as_of` come with a frame.

    Notes
    -----
    Takes time proportional to n log n for each channel and part, however many
    periods there are. `docs/differences.md` tells where bandicoot's rules differ.

    References
    ----------
    .. [1] de Montjoye, Y.-A., Rocher, L., & Pentland, A. S. (2016). bandicoot: a Python
       toolbox for mobile phone metadata. Journal of Machine Learning Research 17(175).

    Examples
    --------
    >>> log = pd.DataFrame({"at": ["2026-09-30", "2026-10-01"], "person_id": ["ana", "ben"]})
    >>> found = rhythm(log, by="month").query("indicator == 'active_days' and channel == 'all'")
    >>> found.set_index("period")["value"].to_dict()
    {'2026-09': 1.0, '2026-10': 1.0}
    """
    check_compat(compat)
    parts = _split(split)
    given = {"night": night, "window": windows(window), "compat": compat}
    if isinstance(log, Village):
        rows = rows_of(interaction_log(log, person=person, as_of=as_of))
    elif person is None and as_of is None:
        rows = rows_of(log)
    else:
        msg = "person and as_of need a village: cut the frame to the rows that are wanted"
        raise ValueError(msg)
    if compat:
        rows = rows.phone_records()
    found = _Found()
    weeks, nights = _week_masks(rows, weekend), _day_masks(rows, night)
    for (week, day), (channel, chosen, kinds) in product(parts, _channels(rows, compat)):
        part = rows.where(weeks[week] & nights[day] & chosen)
        found.add(part, (week, day, channel), by=by, kinds=kinds, given=given)
    table = found.table(by)
    if not isinstance(log, Village) or by is not None:
        return table
    more = network_rows(log, person=person, as_of=as_of, compat=compat)
    return pd.concat([table, _network_table(more)], ignore_index=True)


def _split(split: str | tuple[str, ...]) -> list[tuple[str, str]]:
    words = (split,) if isinstance(split, str) else tuple(split)
    odd = [word for word in words if word not in ("week", "day")]
    if odd:
        msg = f"split needs to hold 'week' or 'day', {odd[0]!r} was given"
        raise ValueError(msg)
    return [
        (week, day)
        for week in (_WEEK if "week" in words else _WEEK[:1])
        for day in (_DAY if "day" in words else _DAY[:1])
    ]


def _week_masks(rows: Rows, weekend: tuple[int, ...]) -> dict[str, np.ndarray]:
    free = np.isin((rows.day + 3) % 7 + 1, weekend)
    return {"allweek": np.ones(len(free), dtype=bool), "weekday": ~free, "weekend": free}


def _day_masks(rows: Rows, night: tuple[str, str]) -> dict[str, np.ndarray]:
    dark = kernels.at_night(rows.clock, night)
    # of which only the day is known, that is neither
    return {
        "allday": np.ones(len(dark), dtype=bool),
        "day": ~dark & rows.timed,
        "night": dark & rows.timed,
    }


def _channels(rows: Rows, compat: str | None) -> list[tuple[str, np.ndarray, frozenset[str]]]:
    """Return each channel, its rows, and the kinds of indicators that it has."""
    call, written = rows.channel == "call", np.isin(rows.channel, WRITTEN)
    if compat:
        return [
            ("callandtext", call | written, frozenset({"any", "written"})),
            ("call", call, frozenset({"any", "call", "begun"})),
            ("text", written, frozenset({"any"})),
        ]
    found = [("all", np.ones(len(call), dtype=bool), frozenset({"any", "begun", "written"}))]
    for name in sorted({str(name) for name in rows.channel} - {""}):
        own = {"call": ("call",), **dict.fromkeys(WRITTEN, ("written",))}.get(name, ())
        found.append((name, rows.channel == name, frozenset(("any", "begun", *own))))
    return found


class _Found:
    """Collect values, with the numbers of their lines and periods, and make a frame of them."""

    def __init__(self) -> None:
        self.places: list[tuple[str, str, str]] = []
        self.columns: list[tuple[np.ndarray, ...]] = []

    def add(
        self,
        rows: Rows,
        place: tuple[str, str, str],
        *,
        by: str | None,
        kinds: frozenset[str],
        given: Mapping[str, Any],
    ) -> None:
        """Compute all indicators of some rows."""
        number = period_numbers(rows.day, by)
        periods, cell = np.unique(number, return_inverse=True)
        if by is None:
            periods = np.zeros(1, dtype=np.int64)
        cells = Cells(cell, len(periods))
        self.places.append(place)
        for line_number, line in enumerate(LINES):
            if line.of not in kinds:
                continue
            if given["compat"] and not len(rows.at):
                # bandicoot has no value of a channel without a record
                self._keep(line_number, periods, [(0, np.full(len(periods), np.nan))])
                continue
            more = {name: given[name] for name in line.wants}
            value = line.compute(rows, cells, **line.params, **more)
            if isinstance(value, Spread):
                stats = summaries(value, cells.n, compat=given["compat"])
                values = [(1 + at, stats[name]) for at, name in enumerate(STATS)]
            else:
                values = [(0, value.astype(float))]
            self._keep(line_number, periods, values)

    def _keep(
        self, line: int, periods: np.ndarray, values: Sequence[tuple[int, np.ndarray]]
    ) -> None:
        place = len(self.places) - 1
        for stat, value in values:
            full = (np.full(len(periods), number) for number in (place, line, stat))
            self.columns.append((periods, *full, value))

    def table(self, by: str | None) -> pd.DataFrame:
        """Return everything as a frame, in order."""
        period, place, line, stat, value = (
            np.concatenate(column) for column in zip(*self.columns, strict=True)
        )
        order = np.lexsort((stat, line, place, period))
        known, code = np.unique(period[order], return_inverse=True)
        place, line, stat = place[order], line[order], stat[order]
        words = {
            "period": (label(known, by), code),
            **{
                name: ([texts[at] for texts in self.places], place)
                for at, name in enumerate(("part_of_week", "part_of_day", "channel"))
            },
            "indicator": ([one.indicator for one in LINES], line),
            "params": ([one.told for one in LINES], line),
            "stat": (["value", *STATS], stat),
        }
        columns = {
            name: pd.Series(np.array(texts, dtype=object)[numbers], dtype="str")
            for name, (texts, numbers) in words.items()
        }
        return pd.DataFrame({**columns, "value": value[order]})


def _network_table(rows: Sequence[tuple[str, str, float]]) -> pd.DataFrame:
    names, params, values = zip(*rows, strict=True)
    texts = {
        "period": "all", "part_of_week": "allweek", "part_of_day": "allday", "channel": "",
        "indicator": names, "params": params, "stat": "value",
    }  # fmt: skip
    table = pd.DataFrame(texts, index=range(len(rows)), dtype="str").assign(value=values)
    return table[list(COLUMNS)]
