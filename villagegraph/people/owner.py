"""Who `me` is: as given, as the exports say, or as the traffic shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.errors import IdentityError
from villagegraph.parsing import (
    OWNER,
    any_handle,
    clean,
    kind_of,
    name_key,
    phone_region,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from villagegraph.people.matching import Record
    from villagegraph.people.unions import Unions
    from villagegraph.settings import Me
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


def find_owner(
    export: Export,
    unions: Unions,
    records: Sequence[Record],
    *,
    given: Sequence[str] = (),
    me: Me,
) -> Owner:
    """
    Find the owner and join all that is the owner's.

    Parameters
    ----------
    export
        What was read.
    unions
        Records already joined by their keys; the owner's are joined further.
    records
        The records of the export.
    given
        Handles or names that the caller says are the owner's.
    me
        The owner as written in the settings.

    Raises
    ------
    IdentityError
        If nobody in the exports has what was given.
    """
    region = phone_region(me.phones)
    stated = [*given, *me.emails, *me.phones, *me.profiles, *([me.name] if me.name else [])]
    nodes = _nodes_of(stated, records, export, region)
    hinted = sorted(export.hints.loc[export.hints["hint"] == "owner", "handle"].unique())
    traffic = _by_traffic(export, unions)
    if given and not _nodes_of(given, records, export, region):
        msg = (
            "nobody in these exports has the address, number or name given as `me`. "
            "Check its spelling, or leave it out and let it be found."
        )
        raise IdentityError(msg, candidates=traffic.candidates)
    if nodes:
        basis = "given" if given else "written in village.toml"
    elif hinted:
        nodes, basis = hinted, "named in the exports as their owner"
    elif traffic.node:
        nodes, basis = [traffic.node], traffic.basis
    else:
        return Owner("", "", traffic.candidates)
    for node in [*nodes, *hinted, *_delivered(export)]:
        unions.join(OWNER, node)
    for node in _same_name(unions, records, stated):
        unions.join(OWNER, node)
    for node in _everywhere(export, unions):
        unions.join(OWNER, node)
    return Owner(OWNER, basis, traffic.candidates)


def _nodes_of(
    texts: Iterable[str], records: Sequence[Record], export: Export, region: str
) -> list[str]:
    known = {handle for record in records for handle in record.handles}
    known |= set(export.participants["handle"]) | set(export.hints["handle"])
    found = []
    for text in texts:
        handle = any_handle(text, region=region)
        if handle:
            found += [handle] if handle in known else []
            continue
        wanted = name_key(text) or clean(text).casefold()
        found += [
            record.node
            for record in records
            if wanted in (name_key(record.name), record.name.casefold())
        ]
    return list(dict.fromkeys(found))


def _same_name(unions: Unions, records: Sequence[Record], stated: Sequence[str]) -> list[str]:
    """Find records known by the owner's name alone, as chats and archives have them."""
    home = unions.find(OWNER)
    names = {name_key(text) for text in stated}
    names |= {name_key(record.name) for record in records if unions.find(record.node) == home}
    names.discard("")
    return [
        record.node
        for record in records
        if name_key(record.name) in names
        and all(kind_of(handle) == "name" for handle in record.handles)
    ]


def _delivered(export: Export) -> list[str]:
    """Return the address to which most of the mail was delivered."""
    rows = export.hints[export.hints["hint"] == "delivered"]
    counts = rows.groupby("handle", sort=True)["n"].sum()
    if counts.empty or counts.max() < MIN_SHARE * counts.sum():
        return []
    return [str(counts.idxmax())]


def _by_traffic(export: Export, unions: Unions) -> Owner:
    """Who stands in most mails; else in most meetings; else in most chats."""
    candidates: list[str] = []
    for channel, noun in (("email", "mails"), ("meeting", "meetings")):
        events = export.interactions[
            (export.interactions["channel"] == channel) & ~export.interactions["automated"]
        ]
        counts = _present(export.participants, set(events.index), unions)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
        candidates += [node for node, _ in ranked]
        if not ranked:
            continue
        total = len(events)
        lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0)
        delivered = [n for n in _delivered(export) if unions.find(n) in dict(ranked)]
        if delivered and channel == "email":
            return Owner(
                delivered[0], "the address to which the mail was delivered", (*candidates,)
            )
        if ranked[0][1] >= MIN_SHARE * total and lead >= max(1, MIN_LEAD * total):
            share = round(100 * ranked[0][1] / total)
            basis = f"stands in {share} % of {total:,} {noun}"
            return Owner(ranked[0][0], basis, (*candidates,))
    everywhere = _everywhere(export, unions)
    if len(everywhere) == 1:
        return Owner(everywhere[0], "writes in every chat", (*candidates, *everywhere))
    return Owner("", "", (*candidates, *everywhere))


def _present(participants: pd.DataFrame, events: set[str], unions: Unions) -> Counter[str]:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for event_id, handle in zip(participants["event_id"], participants["handle"], strict=True):
        if event_id in events:
            seen[unions.find(handle)].add(event_id)
    return Counter({node: len(found) for node, found in seen.items()})


def _everywhere(export: Export, unions: Unions) -> list[str]:
    """Return whoever takes part in every one of several chats, if it is one person."""
    chats = export.interactions[
        (export.interactions["channel"] == "chat") & (export.interactions["app"] != "linkedin")
    ]
    thread_of = dict(zip(chats.index, chats["thread"], strict=True))
    threads = set(thread_of.values())
    if len(threads) < MIN_CHATS:
        return []
    present: defaultdict[str, set[str]] = defaultdict(set)
    rows = export.participants
    for event_id, handle in zip(rows["event_id"], rows["handle"], strict=True):
        if event_id in thread_of:
            present[unions.find(handle)].add(thread_of[event_id])
    found = sorted(node for node, seen in present.items() if seen == threads)
    return found if len(found) == 1 else []
