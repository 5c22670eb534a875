"""LinkedIn's light touches: what they share, and when each of them happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from villagegraph.parsing.calendars import FIRST_DAY, LAST_YEAR
from villagegraph.parsing.handles import OWNER
from villagegraph.parsing.linkedin import APP, Moment, moment_at, slashes_say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from villagegraph.parsing.collect import Collector
    from villagegraph.settings import Settings

    Rows = Iterable[tuple[int, Mapping[str, str]]]


def in_order(rows: Rows) -> list[tuple[int, Mapping[str, str]]]:
    """Sort rows by content: of two that are one event, the same one is kept in any file."""
    return sorted(rows, key=lambda item: sorted(item[1].items()))


def when(
    text: str, settings: Settings, *, dayfirst: bool | None = False
) -> tuple[Moment | None, str]:
    """Return when something happened, or the reason why that is not known."""
    moment = moment_at(text, zone=settings.zone, dayfirst=bool(dayfirst))
    if moment is None:
        return None, "no date that can be read"
    # a message of LinkedIn's cannot be older, and computers count from then
    if not FIRST_DAY.year < moment.at.year <= LAST_YEAR:
        return None, "the date is out of range"
    return moment, ""


def tell(collector: Collector, n: int, what: str, more: str) -> None:
    """Note how many rows there were of a kind, if any."""
    if n:
        collector.note(f"{n:,} {what}{'s' * (n != 1)} {more}")


class Touches:
    """Add light touches: of several by one person on one day, the first counts."""

    def __init__(self, collector: Collector, rows: Rows, settings: Settings, date: str) -> None:
        self.collector = collector
        self.settings = settings
        self.rows = in_order(rows)
        self.date = date
        self.dayfirst = slashes_say(row[date] for _, row in self.rows)
        self.seen: set[str] = set()
        self.repeated = 0

    def add(
        self, line: int, row: Mapping[str, str], *, handle: str, name: str, received: bool
    ) -> None:
        """Add one row, or list it if it tells of no touch."""
        moment, reason = when(row[self.date], self.settings, dayfirst=self.dayfirst)
        if moment is None or not handle:
            self.collector.skip(line, reason if handle else "no person named")
            return
        self.collector.named(handle, name)
        pair = (handle, OWNER) if received else (OWNER, handle)
        # archives of older years name people without their profiles
        who = name.casefold() or handle
        event_id = self.collector.interaction(
            key=(self.collector.kind, received, who, moment.at.date().isoformat()),
            at=moment.at,
            precision=moment.precision,
            zone=moment.zone,
            channel="social",
            app=APP,
            participants=[("from", pair[0]), ("to", pair[1])],
        )
        self.repeated += event_id in self.seen
        self.seen.add(event_id)

    def tell(self) -> None:
        """Say how many rows count together with another one."""
        tell(
            self.collector, self.repeated, "row", "of the same day and person as another: one touch"
        )
