"""What the exports can have seen: a silence that no export covers is not one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import day_number, day_numbers
from villagegraph.texts import among
from villagegraph.ties import GROUP_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from villagegraph.days import DayLike
    from villagegraph.village import Village

# so long has nothing at all to come from a source before it is thought to have ended
_LONGEST_PAUSE = 31
_CHANCE = 0.001  # of a pause as long while the source goes on
_MAIN_SHARE = 0.2
_RECENT = 730
_OWN_NOTES = "notes"  # what the owner did not write down is not unseen


class Observed:
    """
    Which days each source of a village covers, up to a day.

    A source is one app, such as WhatsApp or mail: two exports of it complete
    each other. It is thought to have ended, or to have a hole, where it shows
    nothing at all for more than 31 days, although a pause as long would come
    about by chance less than once in a thousand times.

    Parameters
    ----------
    village
        The village; its interactions up to `as_of` count, those of machines too.
    as_of
        The day.

    Notes
    -----
    With q, the share of days on which the source shows something between its
    first and its last, a pause of g days comes about with ``(1 - q) ** g``.
    Tables that come from no export cover everything.
    """

    def __init__(self, village: Village, *, as_of: DayLike) -> None:
        self.today = day_number(as_of)
        self.village = village
        shown = village.interactions[village.interactions["app"] != _OWN_NOTES]
        # tables of one's own are as complete as their owner says
        if village.files.empty:
            shown = shown.iloc[:0]
        self.event_days = pd.Series(
            day_numbers(shown["at"], zone=village.zone) if len(shown) else [],
            index=shown.index,
            dtype="int64",
        )
        self.apps = shown["app"]
        self.channels = shown.loc[~shown["automated"].to_numpy(dtype=bool), "channel"]
        pauses = {
            str(app): _pauses(np.unique(days.to_numpy()), self.today)
            for app, days in self.event_days.groupby(self.apps.to_numpy())
        }
        self.pauses: Mapping[str, list[tuple[int, int]]] = {
            app: found for app, found in pauses.items() if found
        }

    def unseen(self, people: np.ndarray, last_days: np.ndarray) -> np.ndarray:
        """
        Count the days since the last contact that none of a tie's sources covers.

        Parameters
        ----------
        people
            `person_id` of each tie's other person.
        last_days
            Day of the last contact of each, counted from 1970-01-01.

        Returns
        -------
        days
            A whole number for each; 0 wherever one source of the tie goes on.
            A tie's sources are those that hold at least a fifth of its days in
            the two years before the last contact.
        """
        days = np.zeros(len(people), dtype=np.int64)
        if not self.pauses:
            return days
        sources = self._sources(people, last_days)
        for place, apps in enumerate(sources):
            if apps and all(app in self.pauses for app in apps):
                days[place] = self._common(apps, int(last_days[place]))
        return days

    def _sources(self, people: np.ndarray, last_days: np.ndarray) -> list[tuple[str, ...]]:
        """Return the apps through which each tie runs."""
        rows = self._contacts()
        place = pd.Index(people).get_indexer(rows["person_id"])
        rows = rows[place >= 0].assign(place=place[place >= 0])
        rows["day"] = self.event_days.reindex(rows["event_id"]).to_numpy()
        rows["app"] = self.apps.reindex(rows["event_id"]).to_numpy()
        rows = rows[rows["day"] > last_days[rows["place"]] - _RECENT]
        counts = rows.groupby(["place", "app"])["day"].nunique()
        shares = counts / counts.groupby("place").transform("sum")
        found: list[tuple[str, ...]] = [()] * len(people)
        main = shares[shares >= _MAIN_SHARE].index.to_frame(index=False)
        for number, apps in main.groupby("place")["app"]:
            found[int(str(number))] = tuple(sorted(apps))
        return found

    def _contacts(self) -> pd.DataFrame:
        """Return who took part in the owner's items, but not who only received as the owner did."""
        rows = self.village.participants
        mine = rows[rows["person_id"] == self.village.me]
        rows = rows[among(rows["event_id"], mine["event_id"])]
        rows = rows[among(rows["event_id"], self.channels.index)]
        event, sends = rows["event_id"], rows["role"] == "from"
        # the definition of contact is that of the tie table
        channel = event.map(self.channels)
        mutual = (channel == "meeting") | ((channel == "call") & ~among(event, event[sends]))
        # without an id are those who opted out, each of them somebody
        who = rows["person_id"].where(rows["person_id"] != "", rows["handle"])
        small = event.map(who.groupby(event).nunique()) <= GROUP_LIMIT
        sent = among(event, mine.loc[mine["role"] == "from", "event_id"])
        return rows[((sends | sent) & ~mutual) | (mutual & small)]

    def _common(self, apps: tuple[str, ...], last: int) -> int:
        """Count the days after `last` that lie in a pause of every app."""
        covered = np.zeros(max(self.today - last, 0), dtype=bool)
        for app in apps:
            seen = np.ones(len(covered), dtype=bool)
            for start, stop in self.pauses[app]:
                seen[max(start - last - 1, 0) : max(stop - last, 0)] = False
            covered |= seen
        return int((~covered).sum())


def _pauses(days: np.ndarray, today: int) -> list[tuple[int, int]]:
    """
    Return first and last day of each stretch that a source can't have seen.

    Examples
    --------
    Something every other day until day 100, and then nothing:

    >>> _pauses(np.arange(0, 101, 2), 200)
    [(101, 200)]
    >>> _pauses(np.arange(0, 101, 50), 200)
    []
    """
    # something on every single day so far is no proof that it must go on
    share = min(len(days) / (days[-1] - days[0] + 1), 0.99)
    ends = np.append(days[1:], today + 1)
    quiet = ends - days - 1
    rare = quiet * np.log1p(-share) < np.log(_CHANCE)
    found = (quiet > _LONGEST_PAUSE) & rare
    return [(int(day) + 1, int(end) - 1) for day, end in zip(days[found], ends[found], strict=True)]
