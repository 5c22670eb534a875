"""Why two people are tied: the dated events behind a tie, each with what it counts for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from villagegraph.errors import IdentityError
from villagegraph.tables import HIDDEN
from villagegraph.texts import among
from villagegraph.ties import GROUP_LIMIT
from villagegraph.who.find import find_person

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from villagegraph.days import DayLike
    from villagegraph.village import Village

CONTACT, SEEN = "contact", "seen together"
AUTOMATED = "not counted: sent by a machine or to a list"
TOO_MANY = f"not counted: more than {GROUP_LIMIT} people"

_WROTE = {"call": "called", "social": "reached out to", "note": "was in touch with"}
_TOGETHER = {"call": "had a call", "meeting": "met"}


class _Pair(NamedTuple):
    """The two people, the names that sentences give them, and who the owner is."""

    a: str
    b: str
    name_a: str
    name_b: str
    me: str | None


class _Count(NamedTuple):
    """What one item counts for."""

    ab: int = 0
    ba: int = 0
    shared: int = 0
    credit: float = 0.0
    counts_as: str = AUTOMATED


def tie_events(village: Village, a: str, b: str, *, as_of: DayLike | None = None) -> pd.DataFrame:
    """
    List everything that passed between two people, and what each item counts for.

    Parameters
    ----------
    village
        The village.
    a, b
        The two, by name, handle or `person_id`.
    as_of
        Last day that counts; None for all.

    Returns
    -------
    events
        One row an item, indexed by `event_id`, in order of time: `day` (in the
        village's zone), `time` (HH:MM there; empty if only the day is known),
        `channel`, `app`, `what` (who addressed whom, in words), `people` (how many
        took part), `credit` (what the item adds to its day: 1 over the other
        participants, before the day's limit of 1), `counts_as` (`contact`, `seen
        together`, or why it is not counted), `automated`, `source`. `attrs` holds
        `person_a`, `person_b`, `n_ab`, `n_ba` (directed counts), `n_shared`, `days`
        (with contact), `credit` and `shared_credit` (of each day at most 1, summed)
        as the table `ties` has them, and `summary`, which says it in words.

    Raises
    ------
    IdentityError
        If one of the two is nobody in the village, or several people, or if both
        are one person.
    """
    one, other = find_person(village, a), find_person(village, b)
    if one == other:
        msg = "both are one and the same person in this village: see why with `who`."
        raise IdentityError(msg, candidates=(one,))
    me, names = village.me, village.people["name"]
    name_a, name_b = ("you" if who == me else str(names[who]) for who in (one, other))
    pair = _Pair(one, other, name_a, name_b, me)
    past = village if as_of is None else village.until(as_of)
    rows = past.participants
    events = past.interactions
    for who in (one, other):
        events = events[among(events.index, rows.loc[rows["person_id"] == who, "event_id"])]
    events = events.reset_index().sort_values(["at", "event_id"], ignore_index=True)
    present = _present(rows[among(rows["event_id"], events["event_id"])])
    counts = [
        _count(event, present[str(event["event_id"])], pair) for event in events.to_dict("records")
    ]
    return _table(events, present, counts, pair, zone=village.zone)


def _present(rows: pd.DataFrame) -> dict[str, dict[str, bool]]:
    """Return, by event, who took part, and whether as its sender."""
    found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    columns = (rows[name].tolist() for name in ("event_id", "person_id", "handle", "role"))
    for event, person, handle, role in zip(*columns, strict=True):
        # who opted out is nobody, and still one more who took part
        who = person or (handle if handle.startswith(HIDDEN) else "")
        if who:
            found[event][who] = found[event].get(who, False) or role == "from"
    return dict(found)


def _mutual(event: Mapping[Hashable, object], present: Mapping[str, bool]) -> bool:
    channel = event["channel"]
    return channel == "meeting" or (channel == "call" and not any(present.values()))


def _count(event: Mapping[Hashable, object], present: Mapping[str, bool], pair: _Pair) -> _Count:
    size = len(present)
    a_sends, b_sends = present[pair.a], present[pair.b]
    mutual = _mutual(event, present)
    if event["automated"]:
        return _Count()
    if (a_sends or b_sends) and not mutual:
        return _Count(int(a_sends), int(b_sends), 0, 1 / (size - 1), CONTACT)
    if size > GROUP_LIMIT:
        return _Count(counts_as=TOO_MANY)
    if mutual:
        return _Count(1, 1, 0, 1 / (size - 1), CONTACT)
    # the owner's own copy does not make a mail to two a mail to three
    others = size - 1 - (pair.me in present and pair.me not in (pair.a, pair.b))
    return _Count(0, 0, 1, 1 / max(others, 1), SEEN)


def _what(channel: str, present: Mapping[str, bool], pair: _Pair, *, mutual: bool) -> str:
    """Return in words who addressed whom."""
    a, b = pair.name_a, pair.name_b
    a_sends, b_sends = present[pair.a], present[pair.b]
    if mutual:
        together = _TOGETHER[channel]
        return f"{a} and {b} {together}" if "you" not in (a, b) else f"you {together}"
    if a_sends and b_sends:
        return "both sent it"
    if not (a_sends or b_sends):
        return "both received it"
    verb = _WROTE.get(channel, "wrote to")
    sender, receiver = (a, b) if a_sends else (b, a)
    if receiver == "you":
        return f"they {verb} you"
    return f"you {verb} them" if sender == "you" else f"{sender} {verb} {receiver}"


def _table(
    events: pd.DataFrame,
    present: Mapping[str, Mapping[str, bool]],
    counts: Sequence[_Count],
    pair: _Pair,
    *,
    zone: str,
) -> pd.DataFrame:
    local = events["at"].dt.tz_convert(zone)
    whole_day = (events["precision"] == "day").tolist()
    rows = [(event, present[str(event["event_id"])]) for event in events.to_dict("records")]
    texts = {
        "event_id": events["event_id"].tolist(),
        "day": local.dt.strftime("%Y-%m-%d").tolist(),
        "time": [
            "" if day else time
            for day, time in zip(whole_day, local.dt.strftime("%H:%M"), strict=True)
        ],
        "channel": events["channel"].tolist(),
        "app": events["app"].tolist(),
        "what": [
            _what(str(event["channel"]), who, pair, mutual=_mutual(event, who))
            for event, who in rows
        ],
        "counts_as": [count.counts_as for count in counts],
        "source": events["source"].tolist(),
    }
    found = pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in texts.items()})
    found["people"] = pd.Series([len(who) for _, who in rows], dtype="int64")
    found["credit"] = pd.Series([count.credit for count in counts], dtype="float64")
    found["automated"] = events["automated"].astype(bool)
    found.attrs = _sums(found, counts, pair)
    return found.set_index("event_id")[
        ["day", "time", "channel", "app", "what", "people", "credit", "counts_as", "automated",
         "source"]
    ]  # fmt: skip


def _sums(found: pd.DataFrame, counts: Sequence[_Count], pair: _Pair) -> dict[str, object]:
    """Return what the items sum up to: a day counts for 1 at the most."""
    credit = {
        kind: found[found["counts_as"] == kind].groupby("day")["credit"].sum().clip(upper=1.0)
        for kind in (CONTACT, SEEN)
    }
    sums: dict[str, object] = {
        "person_a": pair.a,
        "person_b": pair.b,
        "n_ab": sum(count.ab for count in counts),
        "n_ba": sum(count.ba for count in counts),
        "n_shared": sum(count.shared for count in counts),
        "days": len(credit[CONTACT]),
        "credit": float(credit[CONTACT].sum()),
        "shared_credit": float(credit[SEEN].sum()),
    }
    contacts = int((found["counts_as"] == CONTACT).sum())
    out = int(found["counts_as"].str.startswith("not counted").sum())
    sums["summary"] = (
        f"{contacts:,} contact{'s' * (contacts != 1)} on {sums['days']:,} "
        f"day{'s' * (sums['days'] != 1)}, worth {sums['credit']:.1f} days: each counts for 1 over "
        "the number of others who took part, a day for 1 at the most. "
        f"{sums['n_shared']:,} more item{'s' * (sums['n_shared'] != 1)} that both only received, "
        f"and {out:,} that {'do' if out != 1 else 'does'} not count."
    )
    return sums
