"""New jobs: what two exports of different days say of one person."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.days import DayLike, as_day
from villagegraph.parsing import column_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from villagegraph.village import Village

_COLUMNS = (
    "person_id", "name", "organization_from", "organization_to", "title_from", "title_to",
    "after", "by", "kind",
)  # fmt: skip


class _Job(NamedTuple):
    organization: str
    title: str

    def key(self) -> tuple[str, str]:
        """Return the job without the marks that do not make another one."""
        return (column_key(self.organization), column_key(self.title))


def job_changes(village: Village, *, since: DayLike, as_of: DayLike) -> pd.DataFrame:
    """
    List who has another employer or position than before.

    Exports of the same kind that speak for different days are compared, each
    with the one before it.

    Parameters
    ----------
    village
        The village.
    since, as_of
        The later of the two exports speaks for a day after `since`, up to `as_of`.

    Returns
    -------
    changes
        One row a change, in order of `by` and name: `person_id`, `name`,
        `organization_from`, `organization_to`, `title_from`, `title_to`, `after` and
        `by` (YYYY-MM-DD: the days of the two exports, between which it changed), `kind`
        (of the exports). `me`, people who opted out, and people of whom one export tells
        two jobs are left out; so is a job that was not told before, or no longer.

    Raises
    ------
    ValueError
        If `as_of` lies before `since`.
    """
    first, last = as_day(since).isoformat(), as_day(as_of).isoformat()
    if last < first:
        msg = f"as_of needs to be {first} or later, {last} was given"
        raise ValueError(msg)
    names = village.people["name"]
    rows = [
        (person, names[person], *_told(old, new), after, by, kind)
        for (person, kind), jobs in sorted(_jobs(village).items())
        if person in names.index and person != village.me
        for after, by, old, new in _changes(jobs)
        if first < by <= last
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in _COLUMNS]
    found = pd.DataFrame(
        {
            name: pd.Series(list(cells), dtype="str")
            for name, cells in zip(_COLUMNS, columns, strict=True)
        }
    )
    return found.sort_values(["by", "name", "person_id", "kind"], ignore_index=True)


def _told(old: _Job, new: _Job) -> tuple[str, str, str, str]:
    return (old.organization, new.organization, old.title, new.title)


def _jobs(village: Village) -> dict[tuple[str, str], dict[str, set[_Job]]]:
    """Return, by person and kind of export, what each day's export says."""
    kinds, days = (village.files[name].to_dict() for name in ("kind", "dated"))
    person_of = dict(zip(village.merges["record_id"], village.merges["person_id"], strict=True))
    found: defaultdict[tuple[str, str], defaultdict[str, set[_Job]]] = defaultdict(
        lambda: defaultdict(set)
    )
    contacts = village.contacts
    columns = (contacts[name].tolist() for name in ("source", "organization", "title"))
    for record, source, *job in zip(contacts.index.tolist(), *columns, strict=True):
        file = source.rpartition("#")[0] or source
        person, day = person_of.get(record), str(days.get(file, ""))
        if person and day and any(job):
            found[person, str(kinds[file])][day].add(_Job(*job))
    return {key: dict(days) for key, days in found.items()}


def _changes(jobs: Mapping[str, Iterable[_Job]]) -> Iterator[tuple[str, str, _Job, _Job]]:
    """Yield the changes from each day to the next, passing over days that tell of two jobs."""
    clear = [(day, sorted(told)) for day, told in sorted(jobs.items())]
    single = [(day, told[0]) for day, told in clear if len({job.key() for job in told}) == 1]
    for (after, old), (by, new) in itertools.pairwise(single):
        moved = old.key()[0] != new.key()[0] and old.organization and new.organization
        risen = old.key()[1] != new.key()[1] and old.title and new.title
        if moved or risen:
            yield after, by, old, new
