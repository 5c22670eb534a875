"""Who the owner may be, as the traffic shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from villagegraph.people.unions import Unions
    from villagegraph.tables import Export

MIN_SHARE = 0.5
MIN_LEAD = 0.02
MIN_CHATS = 2


class Owner(NamedTuple):
    """
    Who the owner was found to be.

    Attributes
    ----------
    node
        A node of the owner's person; empty if it could not be told.
    basis
        In words, why; without naming anybody.
    candidates
        Handles that came closest, best first.
    """

    node: str
    basis: str
    candidates: tuple[str, ...] = ()


def by_traffic(export: Export, unions: Unions) -> Owner:
    """
    Find who stands in most mails; else in most meetings; else in most chats.

    Parameters
    ----------
    export
        What was read.
    unions
        Which handles are one person.
    """
    candidates: list[str] = []
    for channel, noun in (("email", "mails"), ("meeting", "meetings")):
        events = export.interactions[
            (export.interactions["channel"] == channel) & ~export.interactions["automated"]
        ]
        counts = _present(export.participants, set(events.index.tolist()), unions)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
        candidates += [node for node, _ in ranked]
        if not ranked:
            continue
        total = len(events)
        lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0)
        delivered = [n for n in delivered_to(export) if unions.find(n) in dict(ranked)]
        if delivered and channel == "email":
            return Owner(
                delivered[0], "the address to which the mail was delivered", (*candidates,)
            )
        if ranked[0][1] >= MIN_SHARE * total and lead >= max(1, MIN_LEAD * total):
            share = round(100 * ranked[0][1] / total)
            basis = f"stands in {share} % of {total:,} {noun}"
            return Owner(ranked[0][0], basis, (*candidates,))
    everywhere = in_every_chat(export, unions)
    if len(everywhere) == 1:
        return Owner(everywhere[0], "writes in every chat", (*candidates, *everywhere))
    return Owner("", "", (*candidates, *everywhere))


def delivered_to(export: Export) -> list[str]:
    """Return the address to which most of the mail was delivered."""
    rows = export.hints[export.hints["hint"] == "delivered"]
    counts = rows.groupby("handle", sort=True)["n"].sum()
    if counts.empty or counts.max() < MIN_SHARE * counts.sum():
        return []
    return [str(counts.idxmax())]


def in_every_chat(export: Export, unions: Unions) -> list[str]:
    """Return whoever takes part in every one of several chats, if it is one person."""
    chats = export.interactions[
        (export.interactions["channel"] == "chat") & (export.interactions["app"] != "linkedin")
    ]
    thread_of = dict(zip(chats.index.tolist(), chats["thread"].tolist(), strict=True))
    threads = set(thread_of.values())
    if len(threads) < MIN_CHATS:
        return []
    present: defaultdict[str, set[str]] = defaultdict(set)
    rows = export.participants
    for event_id, handle in zip(rows["event_id"].tolist(), rows["handle"].tolist(), strict=True):
        if event_id in thread_of:
            present[unions.find(handle)].add(thread_of[event_id])
    found = sorted(node for node, seen in present.items() if seen == threads)
    return found if len(found) == 1 else []


def events_of(export: Export, handles: Collection[str]) -> set[str]:
    """Return the interactions between people in which any of the handles takes part."""
    rows = export.participants
    events = set(rows.loc[rows["handle"].isin(handles), "event_id"].tolist())
    human = export.interactions.index[~export.interactions["automated"].to_numpy()]
    return events.intersection(human.tolist())


def _present(participants: pd.DataFrame, events: set[str], unions: Unions) -> Counter[str]:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    columns = (participants[name].tolist() for name in ("event_id", "handle"))
    for event_id, handle in zip(*columns, strict=True):
        if event_id in events:
            seen[unions.find(handle)].add(event_id)
    return Counter({node: len(found) for node, found in seen.items()})
