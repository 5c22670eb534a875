"""Make one village of the records of several phones, which tell of the same calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.errors import ExportError, IdentityError
from villagegraph.files import digest
from villagegraph.parsing import OWNER, phone_handle
from villagegraph.readers import read_export
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, Export, make
from villagegraph.village.own_tables import village_from_tables

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from villagegraph.village.core import Village

KIND = "bandicoot"
CLOCKS_DIFFER = pd.Timedelta(seconds=30)
"""Two records of one call are less than this apart."""


class _Record(NamedTuple):
    """One row of one phone's records."""

    phone: str
    sender: str
    receiver: str
    channel: str
    seconds: float
    at: pd.Timestamp
    precision: str
    zone: str

    @property
    def other(self) -> str:
        return self.receiver if self.phone == self.sender else self.sender

    @property
    def kind(self) -> tuple[str, str, str, float]:
        """What both phones tell alike; -1 where there is no length, since nan equals nothing."""
        return self.sender, self.receiver, self.channel, self.seconds


def village_from_phones(
    folder: str | os.PathLike[str],
    *,
    me: str,
    agreed: bool = False,
    settings: Settings | None = None,
) -> Village:
    """
    Make a village of the call and text records of several phones.

    Parameters
    ----------
    folder
        Where the records lie: one CSV a phone, as bandicoot reads them, named after
        the phone as the other files know it: `ada.csv`, `+15550100101.csv`.
    me
        The phone whose owner's village it is.
    agreed
        Whether to leave out what only one of two phones in the folder tells of, as bandicoot
        does when it reads a network.
    settings
        Gives the zone of the phones.

    Returns
    -------
    village
        A call or text that both phones tell of, less than 30 seconds apart, counts once.
        `person_id` is what the files call a phone. `skipped` tells how many records of each file
        were left out since the other phone lacks them.

    Raises
    ------
    ExportError
        If the folder holds no records of phones.
    IdentityError
        If there are none of `me`.

    Notes
    -----
    Takes time proportional to the number of records, sorted.
    """
    settings = settings or Settings()
    exports = dict(_phones(Path(folder), settings))
    if not exports:
        msg = "holds no call or text records of phones, one CSV each."
        raise ExportError(msg, path=str(folder))
    me = phone_id(me)
    if me not in exports:
        msg = "there is no file of records named after `me` in this folder."
        raise IdentityError(msg)
    records = [record for phone in sorted(exports) for record in _records(exports[phone], phone)]
    kept, missing = _agreed(records, set(exports)) if agreed else (records, Counter())
    village = _village(_once(kept, set(exports)), me, settings)
    parts = [export.skipped for export in exports.values()]
    rows = [(f"{phone}.csv", missing[phone]) for phone in sorted(missing)]
    lacking: dict[str, list[object]] = {
        "path": [path for path, _ in rows],
        "line": [0] * len(rows),
        "reason": [f"{n:,} record{'s' * (n != 1)} that the other phone lacks" for _, n in rows],
    }
    return replace(
        village,
        files=pd.concat([export.files for export in exports.values()]),
        skipped=pd.concat([*parts, make(CONTRACTS["skipped"], lacking)], ignore_index=True),
    )


def phone_id(name: str) -> str:
    """
    Return what a phone is called in tables.

    Examples
    --------
    >>> phone_id("ada"), phone_id("+1 555 010 0101")
    ('ada', '+15550100101')
    """
    number = phone_handle(name) if name.startswith(("+", "00")) else ""
    return number.partition(":")[2] if number.startswith("phone:+") else name


def _phones(folder: Path, settings: Settings) -> Iterator[tuple[str, Export]]:
    for path in sorted(folder.glob("*.csv")):
        try:
            export = read_export(path, settings=settings)
        except ExportError:
            continue  # the antennas and attributes of the same data set lie here too
        if export.files["kind"].eq(KIND).all():
            yield phone_id(path.stem), export


def _records(export: Export, phone: str) -> list[_Record]:
    sides: defaultdict[str, dict[str, str]] = defaultdict(dict)
    rows = export.participants
    columns = (rows[name].tolist() for name in ("event_id", "role", "handle"))
    for event, role, handle in zip(*columns, strict=True):
        sides[event][role] = phone if handle == OWNER else handle.partition(":")[2]
    found = export.interactions
    seconds = (found["minutes"] * 60).round(6).fillna(-1)
    return [
        _Record(phone, sides[event]["from"], sides[event]["to"], channel, length, at, told, zone)
        for event, channel, length, at, told, zone in zip(
            found.index,
            found["channel"].tolist(),
            seconds.tolist(),
            found["at"].tolist(),
            found["precision"].tolist(),
            found["zone"].tolist(),
            strict=True,
        )
    ]


def _by_kind(records: Iterable[_Record]) -> dict[tuple[object, ...], list[_Record]]:
    found: defaultdict[tuple[object, ...], list[_Record]] = defaultdict(list)
    for record in records:
        found[record.phone, *record.kind].append(record)
    return {key: sorted(group, key=lambda record: record.at) for key, group in found.items()}


def _agreed(records: list[_Record], phones: set[str]) -> tuple[list[_Record], Counter[str]]:
    """Return what nobody contradicts, and how much of each phone's was left out."""
    told = _by_kind(records)
    kept, missing = [], Counter[str]()
    for (phone, *kind), group in told.items():
        other = group[0].other
        theirs = [record.at for record in told.get((other, *kind), ())]
        for record in group:
            if other not in phones or any(abs(record.at - at) < CLOCKS_DIFFER for at in theirs):
                kept.append(record)
            else:
                missing[str(phone)] += 1
    return kept, missing


def _once(records: list[_Record], phones: set[str]) -> list[_Record]:
    """Return what two phones tell of once: as the one tells it that called or wrote."""
    told = _by_kind(records)
    kept = []
    for (phone, *kind), group in told.items():
        record = group[0]
        if phone == record.sender or record.sender not in phones:
            kept += group
            continue
        theirs = [other.at for other in told.get((record.sender, *kind), ())]
        place = 0
        for own in group:
            while place < len(theirs) and theirs[place] <= own.at - CLOCKS_DIFFER:
                place += 1
            if place < len(theirs) and abs(own.at - theirs[place]) < CLOCKS_DIFFER:
                place += 1
            else:
                kept.append(own)
    return kept


def _village(records: list[_Record], me: str, settings: Settings) -> Village:
    ordered = sorted(records, key=lambda record: (record.at, *record.kind, record.phone))
    seen: Counter[tuple[object, ...]] = Counter()
    ids = []
    for record in ordered:
        same = (record.at.isoformat(), *record.kind)
        seen[same] += 1
        ids.append(digest(KIND, *same, seen[same]))
    interactions = pd.DataFrame(
        {
            "event_id": pd.Series(ids, dtype="str"),
            "at": pd.to_datetime([record.at for record in ordered], utc=True),
            "channel": pd.Series([record.channel for record in ordered], dtype="str"),
            "app": KIND,
            "minutes": [
                record.seconds / 60 if record.seconds >= 0 else float("nan") for record in ordered
            ],
            "precision": pd.Series([record.precision for record in ordered], dtype="str"),
            "zone": pd.Series([record.zone for record in ordered], dtype="str"),
            "source": pd.Series([f"{record.phone}.csv" for record in ordered], dtype="str"),
        }
    )
    participants = pd.DataFrame(
        {
            "event_id": pd.Series(ids * 2, dtype="str"),
            "person_id": pd.Series(
                [r.sender for r in ordered] + [r.receiver for r in ordered], dtype="str"
            ),
            "role": ["from"] * len(ids) + ["to"] * len(ids),
        }
    )
    people = pd.DataFrame({"person_id": [me]})
    return village_from_tables(interactions, participants, people=people, me=me, settings=settings)
