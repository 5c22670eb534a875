"""Who `me` is: as given, as the exports say, or as the traffic shows."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from villagegraph.errors import IdentityError
from villagegraph.parsing import (
    OWNER,
    any_handle,
    clean,
    kind_of,
    name_key,
    name_parts,
    phone_region,
)
from villagegraph.people.matching import Record, agree, facts_of
from villagegraph.people.names import contradict
from villagegraph.people.traffic import (
    Owner,
    by_traffic,
    delivered_to,
    events_of,
    in_every_chat,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from villagegraph.people.unions import Unions
    from villagegraph.settings import Me
    from villagegraph.tables import Export

MAX_TOGETHER = 0.1
"""Share of an address' mails in which another of the same owner may stand: notes to oneself."""


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
        If nobody in the exports has what was given or written, or if a name
        that was given means several people.
    """
    search = _Search(export, unions, records, region=phone_region(me.phones))
    written = [*me.emails, *me.phones, *me.profiles, *([me.name] if me.name else [])]
    stated = [*given, *written]
    traffic = by_traffic(export, unions)
    nodes = search.nodes(stated)
    if not nodes and written and not given and search.mentioned and not traffic.candidates:
        nodes = [OWNER]
    if (stated and not nodes) or (given and not search.stands(given)):
        place = "given as `me`" if given else "under [me] in village.toml"
        msg = (
            f"nobody in these exports has the address, number or name {place}. "
            "Check its spelling, or leave it out and let it be found."
        )
        raise IdentityError(msg, candidates=traffic.candidates)
    if nodes:
        basis = "given" if given else "written in village.toml"
    elif hinted := search.claimed():
        nodes, basis = hinted, "named in the exports as their owner"
    elif traffic.node:
        nodes, basis = [traffic.node], traffic.basis
    elif search.in_everything():
        nodes, basis = [OWNER], "takes part in everything that was read"
    else:
        return Owner("", "", traffic.candidates)
    search.gather(nodes, stated=stated)
    return Owner(OWNER, basis, traffic.candidates)


class _Search:
    """What is the owner's in an export, and what only looks like it."""

    def __init__(
        self, export: Export, unions: Unions, records: Sequence[Record], *, region: str
    ) -> None:
        self.export = export
        self.unions = unions
        self.records = {record.node: record for record in records}
        self.region = region
        present = set(export.participants["handle"].tolist())
        self.mentioned = OWNER in present
        self._seen: dict[tuple[str, int], set[str]] = {}
        self.known = present | set(export.hints["handle"].tolist())
        self.known.update(handle for record in records for handle in record.handles)

    def in_everything(self) -> bool:
        """Tell whether the owner, without an address, takes part in all that was read."""
        rows = self.export.participants
        own = set(rows.loc[rows["handle"] == OWNER, "event_id"].tolist())
        return bool(own) and own == set(self.export.interactions.index)

    def stands(self, texts: Iterable[str]) -> bool:
        """Tell whether anything in the exports has one of the handles or names."""
        return any(self._handles([text]) or self._bearers(text) for text in texts)

    def nodes(self, texts: Sequence[str]) -> list[str]:
        """Return what has one of the handles; without any, the one person of that name."""
        found = self._handles(texts)
        if not found:
            for text in texts:
                found += self._one_person(self._bearers(text))
        return list(dict.fromkeys(found))

    def _handles(self, texts: Iterable[str]) -> list[str]:
        handles = (any_handle(text, region=self.region) for text in texts)
        return [handle for handle in handles if handle in self.known]

    def _bearers(self, text: str) -> list[str]:
        if any_handle(text, region=self.region):
            return []
        wanted = name_key(text) or clean(text).casefold()
        return [
            record.node
            for record in self.records.values()
            if wanted in (name_key(record.name), record.name.casefold())
        ]

    def _one_person(self, bearers: list[str]) -> list[str]:
        """Return the nodes if they can all be one person's."""
        unions = self.unions
        persons = sorted({unions.find(node) for node in bearers})
        # a name in a chat or an archive stands for whoever has the name
        full = [person for person in persons if not self._by_name_alone(person)]
        busiest = sorted(full, key=lambda p: (-len(self._events(p)), p))
        home = busiest[:1]
        rest: list[str] = []
        for person in busiest[1:]:
            (home if self._own(person, home) else rest).append(person)
        # who never wrote may be the same if no other file tells of two
        files = [record.file for person in rest for record in self._records(person)]
        cards = {record.file for person in home for record in self._records(person) if record.card}
        unique = len(files) == len(set(files)) and cards.isdisjoint(files)
        silent = not any(self._events(person) for person in rest)
        facts = [facts_of(unions.members(person), self.records) for person in (*home, *rest)]
        if rest and not (silent and unique and agree(facts)):
            msg = (
                "several people in these exports have the name that is given as yours. "
                "Give an address or a number of yours."
            )
            raise IdentityError(msg, candidates=self._addresses(busiest))
        return bearers

    def _addresses(self, persons: Iterable[str]) -> tuple[str, ...]:
        handles = [
            min((n for n in self.unions.members(p) if kind_of(n) != "record"), default="")
            for p in persons
        ]
        return tuple(handle for handle in handles if handle)

    def _records(self, person: str) -> list[Record]:
        members = self.unions.members(person)
        return [self.records[node] for node in members if node in self.records]

    def _events(self, person: str) -> set[str]:
        members = self.unions.members(person)
        # a person only ever grows
        key = (self.unions.find(person), len(members))
        if key not in self._seen:
            self._seen[key] = events_of(self.export, set(members))
        return self._seen[key]

    def _by_name_alone(self, person: str) -> bool:
        kinds = {kind_of(node) for node in self.unions.members(person)}
        return "name" in kinds and kinds <= {"name", "record"}

    def _names(self, nodes: Iterable[str]) -> set[str]:
        persons = {self.unions.find(node) for node in nodes}
        found = {name_key(r.name) for person in persons for r in self._records(person)}
        return found - {""}

    def _own(self, person: str, home: Collection[str]) -> bool:
        """
        Tell whether somebody of the owner's name is the owner with another address.

        It is, if it writes and is written to, but as good as never with the
        owner: a namesake in the owner's mail is one with whom the owner
        writes. Cards count for two people if they stand in one file.
        """
        events = self._events(person)
        own = [record.file for record in self._records(person) if record.card]
        others = {r.file for at in home for r in self._records(at) if r.card}
        names = self._names([person])
        if not events or len(names) > 1 or not others.isdisjoint(own):
            return False
        facts = [facts_of(self.unions.members(at), self.records) for at in (person, *home)]
        if not agree(facts) or any(self.unions.vetoed(person, at) for at in home):
            return False
        met: set[str] = set().union(*(self._events(at) for at in home))
        return len(events & met) <= MAX_TOGETHER * len(events)

    def claimed(self) -> list[str]:
        """Return what one archive names as its owner's: the one whose owner is busiest."""
        claims = self._claims()

        def busy(archive: str) -> tuple[int, str]:
            persons = {self.unions.find(handle) for handle in claims[archive]}
            return (-sum(len(self._events(person)) for person in persons), archive)

        return claims[min(claims, key=busy)] if claims else []

    def _claims(self) -> dict[str, list[str]]:
        """Return, by archive, the handles that it names as its owner's."""
        rows = self.export.hints[self.export.hints["hint"] == "owner"]
        found: defaultdict[str, set[str]] = defaultdict(set)
        for handle, source in zip(rows["handle"].tolist(), rows["source"].tolist(), strict=True):
            archive, inside, _ = source.rpartition(".zip/")
            found[archive if inside else source].add(handle)
        return {archive: sorted(found[archive]) for archive in sorted(found)}

    def gather(self, nodes: Sequence[str], *, stated: Sequence[str]) -> None:
        """
        Join to the owner what is the owner's, and nothing else.

        Parameters
        ----------
        nodes
            What is surely the owner's.
        stated
            Handles and names that the owner gave; if there are none, what
            speaks against nothing is believed.
        """
        self._join(nodes)
        told = {name_key(text) for text in stated if not any_handle(text, region=self.region)}
        told.discard("")
        for handles in self._claims().values():
            if self._believed(handles, told, sure=bool(stated)):
                self._join(handles)
        for handle in delivered_to(self.export):
            if self._believed(self._beside(handle), told, sure=bool(stated), one=handle):
                self._join([handle])
        names = told | self._names([OWNER])
        bearers = [record for record in self.records.values() if name_key(record.name) in names]
        # chats and archives know people by name alone
        self._join(r.node for r in bearers if all(kind_of(h) == "name" for h in r.handles))
        for person in sorted({self.unions.find(record.node) for record in bearers}):
            if person != self.unions.find(OWNER) and self._own(person, [OWNER]):
                self._join([person])
        for person in in_every_chat(self.export, self.unions):
            if not names.isdisjoint(self._names([person])):
                self._join([person])

    def _join(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            self.unions.join(OWNER, node, rule="me", evidence="the owner")

    def _beside(self, handle: str) -> list[str]:
        """Return all addresses to which mail in the same files was delivered."""
        rows = self.export.hints[self.export.hints["hint"] == "delivered"]
        files = rows.loc[rows["handle"] == handle, "source"]
        return sorted(rows.loc[rows["source"].isin(files), "handle"].unique())

    def _believed(
        self, handles: Sequence[str], told: set[str], *, sure: bool, one: str = ""
    ) -> bool:
        """
        Tell whether handles that an export names as its owner's are the owner's.

        The export may be a spouse's, and a mailbox may be a family's. Names
        decide: the same, and none that contradicts. Without a name, a handle
        next to one of the owner's is believed.
        """
        unions = self.unions
        names = told | self._names([OWNER])
        theirs = self._names([one] if one else handles)
        beside = unions.find(OWNER) in {unions.find(handle) for handle in handles}
        if beside and not one:
            return True
        if theirs and names:
            return any(
                not contradict(tuple(a.split()), tuple(b.split())) for a in theirs for b in names
            )
        if not sure:
            return True
        if one:
            return beside and not theirs
        return self._chat_name(handles, names)

    def _chat_name(self, handles: Sequence[str], names: set[str]) -> bool:
        """Tell whether a name in chats, too short to say who it is, can be the owner's."""
        if any(kind_of(handle) != "name" for handle in handles):
            return False
        rows = self.export.hints[self.export.hints["hint"] == "owner"]
        hinted = {handle for handle in rows["handle"].tolist() if kind_of(handle) == "name"}
        if not names:
            return len(hinted) == 1
        shown = [name_parts(h.partition(":")[2].rpartition("@")[0]) for h in handles]
        return any(
            len(part[0]) > 1 and not contradict(part, tuple(name.split()))
            for part in shown
            if part
            for name in names
        )
