"""The short list of the week: a few people, why now, on which channel, and what to ask."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from villagegraph.days import DayLike, as_day, day_number
from villagegraph.files import digest
from villagegraph.measures.arguments import check_limit
from villagegraph.measures.histories import listable
from villagegraph.measures.introductions import introductions
from villagegraph.measures.neglect import neglected_ties
from villagegraph.measures.reasons import WISH
from villagegraph.measures.wording import by_channel, counted, every, on_day, span
from villagegraph.parsing.masking import masked
from villagegraph.settings import PersonSettings
from villagegraph.touches import questions
from villagegraph.touches.letters import Letters
from villagegraph.touches.occasions import occasions
from villagegraph.who import job_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from villagegraph.village import Village

WEEK = 7
REST_WEEKS = 4
"""So many weeks nobody is named again."""

_SLOTS = REST_WEEKS + 1
_INTRODUCTIONS = 200  # so many are looked at for two people who have the same week
_REPLY_AFTER = 3  # days that a mail may wait before it is owed an answer
_REASON = 600  # letters
_COLUMNS = {
    "rank": "int64",
    "kind": "str",
    "person_id": "str",
    "name": "str",
    "why": "str",
    "channel": "str",
    "question": "str",
    "line": "str",
}


class _Prompt(NamedTuple):
    kind: str
    person_id: str
    why: str
    bank: tuple[str, ...]
    also: str = ""  # another person whom it names


def this_week(village: Village, *, as_of: DayLike, limit: int = 3) -> pd.DataFrame:
    """
    Choose a few people to get in touch with in the week that begins.

    A reply that is owed, a birthday or an anniversary, a new job, a tie that is
    slipping, an introduction: of each kind the first stands first, then of each
    the second. Somebody who was due in one week is not due again in the four
    that follow.

    Parameters
    ----------
    village
        The village of one person.
    as_of
        First day of the week; what happened later counts for nothing. Run it on
        the same day of every week, and each occasion is named once.
    limit
        Most people.

    Returns
    -------
    week
        One row a person: `rank` (from 1), `kind` (`reply owed`, `birthday`, `anniversary`,
        `new job`, `slipping`, `introduction`), `person_id`, `name`, `why` (in words),
        `channel` (on which the person has mostly answered in the last two years; empty
        if none is known), `question` (to ask), `line` (all of it in one line).

    Raises
    ------
    IdentityError
        If it is not known whose village it is.
    ValueError
        If `limit` is below 0.

    Notes
    -----
    Nothing is stored: what was due in earlier weeks is worked out from the
    exports. Each person has one week in five for what can wait (slipping ties,
    introductions), unless something with a date falls into the weeks around it;
    a birthday goes before a reply or a new job of the weeks around.

    Takes about as long as `neglected_ties`.
    """
    check_limit(limit)
    past = village.until(as_of)
    past.owner()
    week = _Week(past, as_day(as_of))
    letters = week.letters
    chosen = list(itertools.islice(_in_turn(week), limit))
    names = past.people["name"].to_dict()
    rows: list[dict[str, object]] = []
    turn = day_number(as_of) // WEEK // _SLOTS
    for rank, prompt in enumerate(chosen, start=1):
        taken = frozenset(str(row["question"]) for row in rows)
        asked = questions.question(prompt.bank, prompt.person_id, turn=turn, taken=taken)
        name = masked(names[prompt.person_id])
        channel = letters.usual_channel(prompt.person_id)
        how = f", {by_channel(channel)}" if channel else ""
        rows.append(
            {
                "rank": rank,
                "kind": prompt.kind,
                "person_id": prompt.person_id,
                "name": names[prompt.person_id],
                "why": prompt.why,
                "channel": channel,
                "question": asked,
                "line": f"{name}{how}: {prompt.why} Ask: “{asked}”",
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


class _Week:
    """Who is due in one week, and who was in the weeks before."""

    def __init__(self, village: Village, first: dt.date) -> None:
        self.village = village
        self.first = first
        self.letters = Letters(village)
        asleep = {
            person
            for person, chosen in village.chosen.items()
            if chosen.mute or (chosen.snooze_until is not None and chosen.snooze_until > first)
        }
        self.awake = set(listable(village, village.people.index)) - asleep
        start, stop = (first + dt.timedelta(weeks=n) for n in (-REST_WEEKS, _SLOTS))
        dates = occasions(village, start=start, end=stop - dt.timedelta(days=1))
        dates = dates[dates["person_id"].isin(self.awake)]
        dates["week"] = [(as_day(day) - first).days // WEEK for day in dates["date"]]
        self.dates = dates
        self.days_around = set(dates["person_id"])
        weeks = range(-REST_WEEKS, 1)
        self.waiting = {week: self._replies(week) for week in weeks}
        self.moved = {week: self._jobs(week) for week in weeks}
        self.paired: dict[int, pd.DataFrame] = {}

    def birthdays(self) -> Iterator[_Prompt]:
        """Name whose birthday or anniversary it is, unless another one was just before."""
        before = set(self.dates.loc[self.dates["week"] < 0, "person_id"])
        for row in self.dates[self.dates["week"] == 0].itertuples(index=False):
            if row.person_id not in before:
                bank = questions.BIRTHDAY if row.kind == "birthday" else questions.ANNIVERSARY
                yield _Prompt(str(row.kind), str(row.person_id), _occasion(row), bank)

    def replies(self) -> Iterator[_Prompt]:
        """Name who waits for an answer, the one who waits longest first."""
        for person, day in self.waiting[0].items():
            if self._free(person):
                why = f"Wrote to you on {on_day(day).rpartition(' ')[0]} and has had no answer."
                yield _Prompt("reply owed", person, why, questions.REPLY)

    def jobs(self) -> Iterator[_Prompt]:
        """Name who has a new job since last week's exports."""
        for person, place in self.moved[0].items():
            if self._free(person):
                why = f"Has a new job{place}."
                yield _Prompt("new job", person, why, questions.NEW_JOB)

    def slipping(self) -> Iterator[_Prompt]:
        """Name who is slipping and has this week for it."""
        found = neglected_ties(self.village, as_of=self.first)
        for row in found[found["list"] == "slipping"].itertuples(index=False):
            if self._waits(row.person_id):
                yield _Prompt("slipping", str(row.person_id), _quiet(row), questions.GENERAL)

    def introductions(self) -> Iterator[_Prompt]:
        """Name the first of two people who may like to meet and both have this week for it."""
        for row in self._pairs(0).itertuples(index=False):
            if self._waits(row.person_a) and self._waits(row.person_b):
                reason = masked(row.reason, longest=_REASON)
                why = f"May like to meet {masked(row.name_b)}: {reason}"
                yield _Prompt(
                    "introduction",
                    str(row.person_a),
                    why,
                    questions.INTRODUCTION,
                    str(row.person_b),
                )

    def _pairs(self, week: int) -> pd.DataFrame:
        """Return the pairs to introduce, as of a week, who both have that week for it."""
        if week not in self.paired:
            day = self.first + dt.timedelta(weeks=week)
            found = introductions(self.village, as_of=day, limit=_INTRODUCTIONS)
            free = {person for person in self.awake if self._has_slot(person, week)}
            both = found["person_a"].isin(free) & found["person_b"].isin(free)
            self.paired[week] = found[both]
        return self.paired[week]

    def _replies(self, week: int) -> dict[str, int]:
        today = day_number(self.first) + WEEK * week
        last = today - _REPLY_AFTER
        waiting = self.letters.waiting(today, since=last - WEEK + 1, until=last)
        return {person: day for person, day in waiting.items() if person in self.awake}

    def _jobs(self, week: int) -> dict[str, str]:
        last = self.first + dt.timedelta(weeks=week)
        found = job_changes(self.village, since=last - dt.timedelta(weeks=1), as_of=last)
        found = found[found["person_id"].isin(self.awake)]
        return {
            str(row.person_id): f" at {masked(row.organization_to)}" if row.organization_to else ""
            for row in found.itertuples(index=False)
        }

    def _free(self, person: str) -> bool:
        """Tell whether somebody with a letter or a new job was not due just before."""
        if self._dated(person, until=-1):
            return False
        slots = [week for week in range(-REST_WEEKS, 0) if self._has_slot(person, week)]
        return not any(self._slipped(person, week) or self._paired(person, week) for week in slots)

    def _waits(self, person: str) -> bool:
        """Tell whether this is the week for what can wait, with no date in the weeks around."""
        return self._has_slot(person, 0) and not self._dated(person, until=0)

    def _dated(self, person: str, *, until: int) -> bool:
        """Tell whether a day of the person's lies around, or something else up to a week."""
        weeks = range(-REST_WEEKS, until + 1)
        return person in self.days_around or any(
            person in self.waiting[week] or person in self.moved[week] for week in weeks
        )

    def _has_slot(self, person: str, week: int) -> bool:
        number = day_number(self.first) // WEEK + week
        return (number + int(digest("week", person), 16)) % _SLOTS == 0

    def _slipped(self, person: str, week: int) -> bool:
        """Tell whether somebody may have been named as slipping in an earlier week."""
        wish = self.village.chosen.get(person, PersonSettings()).cadence_days
        least = 30.0 if wish is None else min(wish, 30.0)
        return self.letters.silence(person, day_number(self.first) + WEEK * week) >= least

    def _paired(self, person: str, week: int) -> bool:
        """Tell whether somebody may have been named in an introduction of an earlier week."""
        pairs = self._pairs(week)
        return bool(((pairs["person_a"] == person) | (pairs["person_b"] == person)).any())


def _in_turn(week: _Week) -> Iterator[_Prompt]:
    """Yield the first of each kind, then the second of each, nobody twice."""
    kinds: Iterable[Iterator[_Prompt]] = (
        week.replies(), week.birthdays(), week.jobs(), week.slipping(), week.introductions(),
    )  # fmt: skip
    seen: set[str] = set()
    for prompt in itertools.chain.from_iterable(itertools.zip_longest(*kinds)):
        if prompt is not None and seen.isdisjoint({prompt.person_id, prompt.also} - {""}):
            seen |= {prompt.person_id, prompt.also}
            yield prompt


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _quiet(row: Any) -> str:  # noqa: ANN401 (a row of a frame)
    wish = row.reason.startswith(WISH)
    habit = f"{WISH if wish else 'You were usually in touch'} {every(row.cadence_days)}"
    return f"{habit}; it has been quiet for {span(row.dormancy_days)}."


def _occasion(row: Any) -> str:  # noqa: ANN401 (a row of a frame)
    day = as_day(str(row.date))
    when = f"on {_WEEKDAYS[day.weekday()]}, {on_day(day_number(day)).rpartition(' ')[0]}"
    if row.kind == "birthday":
        return f"Has a birthday {when}."
    years = f" ({counted(row.years, 'year')})" if row.years >= 1 else ""
    return f"Has an anniversary{years} {when}."
