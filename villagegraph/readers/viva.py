"""Viva Insights: who works with whom in an organisation, from its person-to-person query."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from villagegraph.files import digest
from villagegraph.parsing import Collector, column_key, decode, platform_handle, table_rows
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.near import Near, Shape, nearest
from villagegraph.parsing.stamps import OUT_OF_RANGE, Stamp, ambiguous, in_range, stamp, stamp_order
from villagegraph.parsing.text import decode_head, header_delimiter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("viva-p2p", "viva-other")
ADVICE: str = (
    "Viva Insights: as an analyst, run a Person-to-person query with its tie scores by day, week "
    "or month, and download the CSV."
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Viva Insights (person-to-person query)",
        kinds=KINDS,
        steps=(
            "In Viva Insights, Analysis, start a custom query of the kind Person-to-person.",
            "Choose the period and the metrics Strong tie score and Diverse tie score.",
            "Add organisation, level and function of both sides as attributes.",
            "Run it, and download the result as CSV.",
        ),
        read=(
            "The graph of an organisation, without a `me`: each row with a score is one contact "
            "of its day, week or month between the two, whatever the score is. Organisation, "
            "level and function become fields of the people."
        ),
        left_out=(
            "The scores themselves, which are Microsoft's and come without their formula; and "
            "person-to-group, group-to-group and meeting queries, which name no pair of people."
        ),
        traps=(
            "People are codes, which no other export knows: nobody can be found by name.",
            "01/04/2023 is read month first, unless `dayfirst = true` stands in village.toml.",
            "Each row counts once, so with monthly rows a tie has at most 12 contact days a year.",
        ),
    ),
)

APP = "viva"
WANTED = ("PrimaryCollaborator_PersonId", "SecondaryCollaborator_PersonId", "MetricDate")
_SIDES = ("primarycollaborator", "secondarycollaborator")
_SCORES = ("strongtiescore", "diversetiescore")
# columns of Viva's other queries, a set of which is enough
_OTHERS = (
    frozenset({"primarycollaboratorpersonid", "metricdate"}),
    frozenset({"primarycollaboratororganization", "metricdate"}),
    frozenset({"meetingid", "attendeemeetinghours", "numberofattendees"}),
    frozenset({"personid", "metricdate", "collaborationhours"}),
    frozenset({"personid", "metricdate", "emailhours"}),
    frozenset({"personid", "metricdate", "meetinghours"}),
)
NO_PAIR = "Part of Viva Insights that names no pair of people: it tells of no contact."


class _Row(NamedTuple):
    line: int
    cells: Mapping[str, str]
    at: Stamp | None


def sniff(file: ExportFile) -> str:
    """Return `viva-p2p` if the header names two collaborators, `viva-other` for other queries."""
    text = decode_head(file.head())
    if header_delimiter(text, wanted=WANTED):
        return KINDS[0]
    return KINDS[1] if any(header_delimiter(text, wanted=header) for header in _OTHERS) else ""


def near(file: ExportFile) -> Near:
    """Tell whether a table was meant to be Viva's."""
    return nearest(file, [Shape("Viva's person-to-person query", WANTED)])


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read a person-to-person query.

    Parameters
    ----------
    file
        The CSV.
    settings
        Gives the zone in which days are counted, and the order of ambiguous dates.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        One interaction a row with a score, and what is known of the people.

    Raises
    ------
    ExportError
        If the file is no table.
    """
    kind = sniff(file) or KINDS[0]
    collector = Collector(file, kind)
    if kind == KINDS[1]:
        collector.note(NO_PAIR)
    else:
        _add(decode(file.read()), collector, settings)
    if progress is not None:
        progress(file.size)
    return collector


def _add(text: str, collector: Collector, settings: Settings) -> None:
    found = table_rows(
        text,
        path=collector.file.label,
        wanted=WANTED,
        delimiter=header_delimiter(text, wanted=WANTED) or ",",
        skip=collector.skip,
    )
    rows = []
    for line, shown in found:
        cells = {column_key(name): cell for name, cell in shown.items()}
        rows.append(_Row(line, cells, stamp(cells["metricdate"])))
    order, sure = stamp_order(
        (row.at for row in rows if row.at), dayfirst=settings.dayfirst, monthfirst=True
    )
    if not sure:
        collector.note(ambiguous(order))
    query = _Query(collector, settings, order)
    for row in rows:
        reason = query.add(row)
        if reason:
            collector.skip(row.line, reason)
    query.finish()


class _Query:
    """Turn rows into interactions, and columns into what is known of people."""

    def __init__(self, collector: Collector, settings: Settings, order: str) -> None:
        self.collector = collector
        self.order = order
        self.zone, self.zone_name = ZoneInfo(settings.zone), settings.zone
        self.people: dict[str, tuple[dt.date, tuple[str, str, str]]] = {}

    def add(self, row: _Row) -> str:
        """Add a row; return why it is left out, or nothing."""
        cells, at = row.cells, row.at
        pair = [platform_handle(APP, cells[f"{side}personid"]) for side in _SIDES]
        if not all(pair):
            return "it does not name two people"
        if pair[0] == pair[1]:
            return "it names the same person twice"
        day = at.day(self.order) if at is not None else None
        if day is None:
            return "a date that cannot be read"
        if not in_range(day):
            return OUT_OF_RANGE
        for handle, side in zip(pair, _SIDES, strict=True):
            self.know(handle, day, cells, side)
        scores = [_number(cells.get(score, "")) for score in _SCORES]
        if not any(score > 0 for score in scores):
            return "it has no score: the two had no contact that counts"
        self.collector.interaction(
            key=(day.isoformat(), *pair),
            at=dt.datetime.combine(day, dt.time(), tzinfo=self.zone),
            channel="social",
            app=APP,
            participants=list(zip(("from", "to"), pair, strict=True)),
            precision="day",
            zone=self.zone_name,
            thread=digest(APP, *sorted(pair)),
        )
        return ""

    def know(self, handle: str, day: dt.date, cells: Mapping[str, str], side: str) -> None:
        """Keep what the latest day tells of a person."""
        columns = ("organization", "leveldesignation", "functiontype")
        organization, level, function = (cells.get(f"{side}{name}", "") for name in columns)
        known = (day, (organization, level, function))
        self.people[handle] = max(self.people.get(handle, known), known)

    def finish(self) -> None:
        """Add what is known of the people."""
        for handle in sorted(self.people):
            organization, level, function = self.people[handle][1]
            self.collector.contact(
                handles=(handle,),
                organization=organization,
                title=level,
                tags=(function,) if function else (),
            )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
