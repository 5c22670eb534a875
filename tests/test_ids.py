from __future__ import annotations

import os
import stat
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_people import book, chats, mails, person

from villagegraph.errors import SkippedRowsWarning
from villagegraph.parsing.join import join
from villagegraph.people import Alias, Pin, identify_people, kept_ids, read_ids, with_pins
from villagegraph.people.ids import new_id
from villagegraph.village import load_village
from villagegraph.village.known import KNOWN_FILE, read_known, write_known

if TYPE_CHECKING:
    from pathlib import Path

    from villagegraph.tables import Export

A, B, C, D = (f"email:{letter}@example.org" for letter in "abcd")
PA, PB, PC, PD = map(new_id, (A, B, C, D))


def test_without_memory_everybody_has_the_new_id() -> None:
    assert kept_ids({PA: (A, B), PC: (C,)}, known={}).ids == {}


def test_an_older_key_does_not_change_an_id_and_is_pinned() -> None:
    kept = kept_ids({PD: (D, A)}, known={A: PA})
    assert kept.ids == {PD: PA}
    assert kept.rows == ((PA, A),)
    again = kept_ids({PD: (D, A)}, known={}, pinned=[Pin(PA, A, 2)])
    assert (again.ids, again.rows) == ({PD: PA}, ())


def test_of_two_merged_people_the_one_seen_first_keeps_the_id() -> None:
    assert kept_ids({PA: (A, B)}, known={A: PA, B: PB}).ids == {}
    kept = kept_ids({PD: (D, B, A)}, known={A: PA, B: PB})
    assert kept.ids == {PD: PB}


def test_after_a_split_the_id_stays_with_the_handle_it_was_made_from() -> None:
    kept = kept_ids({PB: (B,), PA: (A,)}, known={A: PA, B: PA})
    assert (kept.ids, kept.rows) == ({}, ())
    # the handle is gone: whoever was seen first has the better claim
    old = new_id("email:gone@example.org")
    kept = kept_ids({PB: (B,), PA: (A,)}, known={A: old, B: old})
    assert len(kept.ids) == 1
    assert kept_ids({PC: (C, A), PB: (B,)}, known={A: old, B: old}).ids == {PB: old}


def test_nobody_shares_an_id_even_if_a_handle_moves_on() -> None:
    # d's address made c's id, and now stands with somebody else
    kept = kept_ids({PD: (D,), PC: (C,)}, known={C: PD})
    assert kept.ids[PC] == PD
    assert len({kept.ids.get(one, one) for one in (PC, PD)}) == 2


def test_two_pins_that_clash_are_named() -> None:
    people = {PA: (A, B), PC: (C,)}
    for pins, line, word in (
        ([Pin("x1", A, 2), Pin("x2", A, 3)], 3, "handle of line 2"),
        ([Pin("x1", A, 2), Pin("x2", B, 3)], 3, "person of line 2"),
        ([Pin("x1", A, 2), Pin("x1", C, 3)], 3, "to another person"),
    ):
        kept = kept_ids(people, known={}, pinned=pins)
        assert kept.ids[PA] == "x1"
        ((where, why),) = kept.clashes
        assert where == line
        assert word in why


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=8, max_size=8),
    st.dictionaries(st.integers(0, 7), st.integers(0, 9)),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), max_size=4),
)
def test_ids_are_never_shared_and_do_not_change_again(
    groups: list[int], memory: dict[int, int], pins: list[tuple[int, int]]
) -> None:
    handles = [f"email:h{n}@example.org" for n in range(8)]
    ids = [new_id(handle) for handle in handles] + ["x8", "x9"]
    people = {
        new_id(own[0]): tuple(own)
        for group in set(groups)
        if (own := [h for h, g in zip(handles, groups, strict=True) if g == group])
    }
    known = {handles[h]: ids[i] for h, i in memory.items()}
    pinned = [Pin(ids[i], handles[h], n) for n, (i, h) in enumerate(pins, start=2)]
    kept = kept_ids(people, known=known, pinned=pinned)
    final = {person: kept.ids.get(person, person) for person in people}
    assert len(set(final.values())) == len(final)
    # with what was written, and nothing remembered, all stays as it is
    written = [*pinned, *(Pin(i, h, 99 + n) for n, (i, h) in enumerate(kept.rows))]
    again = kept_ids(people, known={}, pinned=written)
    assert {person: again.ids.get(person, person) for person in people} == final
    remembered = {handle: final[person] for person, own in people.items() for handle in own}
    third = kept_ids(people, known=remembered, pinned=pinned)
    assert {person: third.ids.get(person, person) for person in people} == final


def ids_of(export: Export, known: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    me = "me@example.org" if len(export.participants) else ()
    identity = identify_people(export, me=me, known=known)
    return {h: person(identity, h) for h in set(identity.handles["handle"])}, dict(identity.known)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_ids_outlast_whatever_order_exports_arrive_in(order: tuple[int, ...]) -> None:
    parts = [
        mails([(A, ["email:me@example.org"])], start=3e8),
        mails([(B, ["email:me@example.org"])], start=2e8, file="b.mbox"),
        book([("Ada Lane", [A, B, "phone:+15550100"])]),
    ]
    known: dict[str, str] = {}
    here: dict[str, str] = {}
    first: dict[str, str] = {}
    for n in range(1, 4):
        now, known = ids_of(join([parts[place] for place in order[:n]]), known)
        first |= {handle: i for handle, i in now.items() if handle not in first}
        here = now
    assert here[A] == here[B]
    # one of the two ids that were known first is the one that is left
    assert here[A] in {first[A], first[B]}


def test_somebody_known_by_name_alone_keeps_the_id_with_a_first_address() -> None:
    before = identify_people(book([("Ana Silva", [])]))
    (old,) = before.people.index
    after = book([("Ana Silva", [A])])
    assert list(identify_people(after).people.index) != [old]
    kept = identify_people(after, known=before.known)
    assert list(kept.people.index) == [old]
    assert kept.pins == ((old, A),)
    # a namesake makes it unclear who that was
    twins = book([("Ana Silva", [A]), ("Ana Silva", [B])])
    assert old not in identify_people(twins, known=before.known).people.index


def test_settings_find_people_by_the_id_they_keep() -> None:
    from villagegraph.settings import PersonSettings, Settings

    wish = Settings(people={"x1": PersonSettings(star=True)})
    identity = identify_people(book([("Ada Lane", [A])]), settings=wish, pinned=[Pin("x1", A, 2)])
    assert identity.chosen["x1"].star
    assert list(identity.people.index) == ["x1"]


def test_an_account_names_a_person_before_a_name_in_a_chat_and_after_an_address() -> None:
    name, account = "name:ada lane@slack", "slack:U01"
    for handles, first in (((name, account), account), ((name, account, A), A)):
        identity = identify_people(book([("Ada Lane", list(handles))]))
        assert list(identity.people.index) == [new_id(first)]


def test_a_verdict_taken_back_gives_both_ids_back() -> None:
    parts = [
        mails([(A, ["email:me@example.org"])]),
        mails([(B, ["email:me@example.org"])], file="b"),
    ]
    export = join(parts)
    same = (Alias(A, B, same=True, line=2),)
    apart, known = ids_of(export, {})
    joined = identify_people(export, me="me@example.org", aliases=same, known=known)
    assert person(joined, A) == person(joined, B) == apart[A]
    again, _ = ids_of(export, dict(joined.known))
    assert (again[A], again[B]) == (apart[A], apart[B])


@pytest.mark.parametrize(
    ("text", "pins", "skipped"),
    [
        ("", (), 0),
        ("person_id,handle\np1,email:a@example.org\n", (("p1", A),), 0),
        ("\ufeffHandle,Person ID,x\r\nA@Example.org,p1,\r\n", (("p1", A),), 0),
        ("person_id,handle\np1,\n,a@example.org\np2,teams:7\n", (("p2", "teams:7"),), 2),
        ("person_id,handle\np1,MARKER\n", (), 1),
        ("MARKER,b\np1,a@example.org\n", (), 1),
        ('person_id,handle\np1,a@example.org\n"p2,MARKER\n\n', (("p1", A),), 1),
    ],
)
def test_ids_csv_is_read_and_bad_lines_are_listed(
    text: str, pins: tuple[tuple[str, str], ...], skipped: int, tmp_path: Path
) -> None:
    path = tmp_path / "ids.csv"
    for encoding in ("utf-8", "utf-16"):
        path.write_bytes(text.encode(encoding))
        found = read_ids(path)
        assert tuple(pin[:2] for pin in found.pins) == pins
        assert len(found.skipped) == skipped
        assert "MARKER" not in str(found.skipped)


def test_pins_are_added_below_what_stands_there() -> None:
    row = [("p1", A)]
    assert with_pins(b"person_id,handle\r\np0,x", row).splitlines()[-2:] == [
        b"p0,x",
        f"p1,{A}".encode(),
    ]
    assert with_pins("person_id,handle\n".encode("utf-16"), row).decode().startswith("person_id")


def test_memory_is_kept_for_its_owner_alone_and_a_broken_one_is_none(tmp_path: Path) -> None:
    place = tmp_path / "cache"
    write_known(place, {A: PA}, before={})
    assert read_known(place) == {A: PA}
    assert stat.S_IMODE(os.stat(place / KNOWN_FILE).st_mode) == 0o600  # noqa: PTH116
    # an export that is missing this time is remembered, a name is not
    write_known(place, {B: PB}, before={A: PA, "card:ana silva": PC})
    assert read_known(place) == {A: PA, B: PB}
    whole = (place / KNOWN_FILE).read_bytes()
    for data in (b"", whole[:40], whole[:-9], b"PAR1" * 9, whole[::-1]):
        (place / KNOWN_FILE).write_bytes(data)
        assert read_known(place) == {}
    assert read_known(None) == {}
    write_known(None, {A: PA}, before={})


MAIL = (
    "From x@example.org Thu Oct  1 09:00:00 2026\n"
    "Message-ID: <{id}@example.org>\nDate: {date}\n"
    "From: {sender}@example.org\nTo: {to}@example.org\n\nhello\n\n"
)


def box(path: Path, sender: str, *, year: int) -> None:
    text = "".join(
        MAIL.format(
            id=f"{sender}{year}{n}",
            date=f"0{n} Oct {year} 09:00:00 +0000",
            sender=sender if n % 2 else "me",
            to="me" if n % 2 else sender,
        )
        for n in range(1, 7)
    )
    path.write_text(text, encoding="utf-8")


def test_a_folder_keeps_its_ids_and_pins_what_would_change(tmp_path: Path) -> None:
    box(tmp_path / "a.mbox", "ada", year=2026)
    before = load_village(tmp_path, me="me@example.org")
    (old,) = before.people.index[~before.people["is_me"]]
    assert not (tmp_path / "ids.csv").exists()
    # an older mailbox, and a card that says that both addresses are hers
    box(tmp_path / "b.mbox", "adele", year=2020)
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ada Lane\nEMAIL:ada@example.org\nEMAIL:adele@example.org\n"
    (tmp_path / "c.vcf").write_text(card + "END:VCARD\n")
    after = load_village(tmp_path, me="me@example.org")
    assert list(after.people.index[~after.people["is_me"]]) == [old]
    assert (tmp_path / "ids.csv").read_text() == (
        f"person_id,handle\n{old},email:ada@example.org\n"
    )
    assert stat.S_IMODE((tmp_path / "ids.csv").stat().st_mode) == 0o600
    # the pin holds without memory, too, and nothing is written twice
    for cache in (True, False):
        again = load_village(tmp_path, me="me@example.org", cache=cache)
        assert list(again.people.index[~again.people["is_me"]]) == [old]
    assert (tmp_path / "ids.csv").read_text().count(old) == 1


def test_lines_of_ids_csv_that_cannot_be_followed_are_listed(tmp_path: Path) -> None:
    box(tmp_path / "a.mbox", "ada", year=2026)
    (tmp_path / "ids.csv").write_text(
        "person_id,handle\nx1,ada@example.org\nx2,ada@example.org\nx3,MARKER\n"
    )
    with pytest.warns(SkippedRowsWarning):
        village = load_village(tmp_path, me="me@example.org")
    rows = village.skipped[village.skipped["path"] == "ids.csv"]
    assert sorted(rows["line"]) == [3, 4]
    assert "MARKER" not in village.skipped.to_string()
    assert "x1" in village.people.index


def test_a_folder_that_cannot_be_written_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from villagegraph.errors import VillageError
    from villagegraph.village import folder

    box(tmp_path / "a.mbox", "ada", year=2026)
    before = load_village(tmp_path, me="me@example.org")
    box(tmp_path / "b.mbox", "adele", year=2020)
    (tmp_path / "aliases.csv").write_text(
        "handle_a,handle_b,verdict\nada@example.org,adele@example.org,same\n"
    )

    def refuse(*_: object) -> None:
        msg = "no"
        raise VillageError(msg)

    monkeypatch.setattr(folder, "write_whole", refuse)
    after = load_village(tmp_path, me="me@example.org")
    assert set(before.people.index) == set(after.people.index)
    assert not (tmp_path / "ids.csv").exists()


def test_a_chat_name_is_no_claim_to_the_id_of_an_address() -> None:
    chat = chats([("name:ada lane@whatsapp", ["name:cem@whatsapp"])])
    known = identify_people(chat).known
    both = join([chat, book([("Ada Lane", [A])])])
    after = identify_people(both, known=known)
    assert person(after, A) == known["name:ada lane@whatsapp"]
    assert (known["name:ada lane@whatsapp"], "name:ada lane@whatsapp") in after.pins
