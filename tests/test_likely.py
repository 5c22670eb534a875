from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from test_people import book, mails

from villagegraph.errors import ExportError, IdentityError
from villagegraph.parsing.join import coverage, join
from villagegraph.people import Alias, identify_people, read_aliases
from villagegraph.people.spelling import longer_names, nicknamed, sound
from villagegraph.tables import Export
from villagegraph.village import Village, load_village, village_from_tables
from villagegraph.who import find_person, likely_duplicates, write_alias

if TYPE_CHECKING:
    from pathlib import Path

ME = "email:me@example.org"
COLUMNS = [
    "person_a", "person_b", "name_a", "name_b", "score", "reason", "handle_a", "handle_b",
]  # fmt: skip


def village_of(export: Export, **more: Any) -> Village:
    identity = identify_people(export, **more)
    return Village(
        people=identity.people,
        interactions=export.interactions,
        participants=identity.participants,
        handles=identity.handles,
        contacts=export.contacts,
        merges=identity.merges,
        hints=export.hints,
        coverage=coverage(export.interactions),
        files=export.files,
        skipped=export.skipped,
        me=identity.me,
        joins=identity.joins,
        apart=identity.apart,
    )


def cards(*rows: tuple[str, str], **more: str) -> Export:
    """Return an address book for each card, so that no two stand in one."""
    books = [
        book([(name, [handle] if handle else [])], file=f"{place}.csv", **more)
        for place, (name, handle) in enumerate(rows)
    ]
    return join(books)


def reasons(export: Export, **more: Any) -> list[str]:
    return likely_duplicates(village_of(export, **more))["reason"].tolist()


def test_two_addresses_of_one_mailbox_that_no_card_joins_come_first() -> None:
    work, home = "email:jane@work.example.com", "email:jd@home.example.net"
    box = mails([(work, [ME]), (home, [ME])], names={work: "Jane Doe", home: "Jane Doe"})
    others = cards(
        ("Bill Snyder", "email:bill@example.com"), ("William Snyder", "email:ws@example.net")
    )
    found = likely_duplicates(village_of(join([box, others]), me="me@example.org"))
    assert list(found.columns) == COLUMNS
    assert {found["handle_a"][0], found["handle_b"][0]} == {work, home}
    assert found["reason"][0] == "the same full name; two addresses that no card joins"
    assert list(found["name_a"]) == ["Jane Doe", found["name_a"][1]]
    assert found["score"].is_monotonic_decreasing
    assert (found["person_a"] < found["person_b"]).all()
    assert len(likely_duplicates(village_of(join([box, others])), limit=1)) == 1


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Bob Smithson", "Robert Smithson", "short for the other"),
        ("Gabe Smithson", "Gabriel Smithson", "short for the other"),
        ("Jörg Müller", "Joerg Mueller", "another spelling"),
        ("Дмитрий Орлов", "Dmitry Orlov", "another spelling"),
        ("Αθηνά Θεοδώρου", "Athina Theodorou", "the same full name"),
        ("Łukasz Wójcik", "Lukasz Wojcik", "the same full name"),
        ("Ada de Vries", "Ada Devries", "another spelling"),
        ("Ada Lovelace", "Ada Lovelaec", "but for one letter"),
        ("Katherine Hightower", "Katharine Hihgtower", "but for two letters"),
        ("Ada King Lovelace", "Ada Lovelace", "a part left out"),
        ("A. Lovelace", "Ada Lovelace", "family name and initial"),
        ("Lovelace, Ada M.", "Ada Lovelace", "a part left out"),
    ],
)
def test_names_that_may_be_one_are_suggested_whatever_the_order(
    one: str, other: str, reason: str
) -> None:
    rows = [(one, "phone:+15550100"), (other, "phone:+15550177")]
    for order in (rows, rows[::-1]):
        (found,) = reasons(cards(*order))
        assert reason in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Lovelace", "Grace Hopper"),
        ("Ada Lovelace", "Ada Byron"),
        ("Ada", "Ada"),
        ("Jan Berg", "Jan Borg"),
        ("Peter Klein", "Petra Klein"),
    ],
)
def test_other_names_are_not_suggested(one: str, other: str) -> None:
    assert reasons(cards((one, "phone:+15550100"), (other, "phone:+15550177"))) == []


def test_addresses_and_numbers_suggest_too() -> None:
    # two providers, no names
    locals_ = [("", "email:jane.doe@example.org"), ("", "email:jane.doe@example.net")]
    assert reasons(cards(*locals_))[0].startswith("the same mailbox name at two providers")
    # an address spells the name of a card without one
    for local in ("jane.doe", "janedoe", "doe_jane"):
        rows = [("Jane Doe", "phone:+15550100"), ("", f"email:{local}@example.org")]
        assert reasons(cards(*rows))[0].startswith("the address of one spells the name")
    # but not if it is a namesake's by another name
    rows = [("Jane Doe", "phone:+15550100"), ("Ivo Kern", "email:jane.doe@example.org")]
    assert reasons(cards(*rows)) == []
    numbers = [("Jane", "phone:+493023125001"), ("", "phone:03023125001")]
    assert reasons(cards(*numbers)) == ["the same phone number but for the country code"]
    family = [("Jane Doe", "phone:+493023125001"), ("Ivo Kern", "phone:03023125001")]
    assert reasons(cards(*family)) == []
    desks = [("", "email:info@example.org"), ("", "email:info@example.net")]
    assert reasons(cards(*desks)) == []


def test_an_organization_and_a_birthday_support() -> None:
    rows = [("Bob Smithson", "phone:+15550100"), ("Robert Smithson", "phone:+15550177")]
    plain = likely_duplicates(village_of(cards(*rows)))["score"][0]
    for more, reason in (
        ({"organization": "Quarry Books"}, "the same organization"),
        ({"birthday": "1990-05-21"}, "the same birthday"),
    ):
        found = likely_duplicates(village_of(cards(*rows, **more)))
        assert found["score"][0] > plain
        assert reason in found["reason"][0]


def test_what_speaks_against_a_pair_counts() -> None:
    a, b = "email:ada@work.example.com", "email:ada@home.example.net"
    names = {a: "Ada Lane", b: "Ada Lane"}
    alone = mails([(a, [ME])] * 5 + [(b, [ME])] * 5, names=names)
    together = mails([(ME, [a, b])] * 5, names=names)
    friends = mails([(a, [b, ME])] * 5, names=names)
    scores = [
        likely_duplicates(village_of(export, me="me@example.org"))["score"][0]
        for export in (alone, together)
    ]
    assert scores[0] > scores[1]
    assert reasons(friends, me="me@example.org") == []
    found = reasons(together, me="me@example.org")
    assert found[0].endswith("but 5 items name both")
    # birthdays that differ, and the owner's word, leave nothing to ask
    two = join(
        [
            book([("Bob Smithson", ["phone:+15550100"])], birthday="1990-05-21"),
            book([("Robert Smithson", [])], birthday="1990-05-22", file="b.csv"),
        ]
    )
    assert reasons(two) == []
    assert reasons(alone, aliases=(Alias(a, b, same=False, line=2),)) == []


def test_neither_the_owner_nor_a_person_twice_is_suggested() -> None:
    rows = [("Mia Voss", "email:me@example.org"), ("Mia Vos", "email:mia@example.net")]
    assert reasons(cards(*rows), me="me@example.org") == []
    assert likely_duplicates(village_of(Export.nothing())).empty


def test_a_village_of_plain_tables_has_suggestions_too() -> None:
    import pandas as pd

    events = pd.DataFrame({"event_id": ["e"], "at": ["2026-10-01"]})
    present = pd.DataFrame({"event_id": ["e", "e"], "person_id": ["x", "y"]})
    people = pd.DataFrame({"person_id": ["x", "y"], "name": ["Bob Smithson", "Robert Smithson"]})
    found = likely_duplicates(village_from_tables(events, present, people=people))
    assert found["reason"][0].startswith("the same family name")


def test_suggestions_do_not_depend_on_the_order_of_files(sample_village: Village) -> None:
    found = likely_duplicates(sample_village)
    mixed = sample_village.people.sample(frac=1, random_state=3)
    import dataclasses

    again = likely_duplicates(dataclasses.replace(sample_village, people=mixed))
    assert found.equals(again)


def test_the_planted_people_of_the_sample_are_not_suggested(
    sample_village: Village, truth: dict[str, Any]
) -> None:
    of = dict(
        zip(sample_village.handles["handle"], sample_village.handles["person_id"], strict=True)
    )
    planted = {of[h]: p["id"] for p in truth["people"] for h in p["handles"] if h in of}
    found = likely_duplicates(sample_village)
    wrong = [
        pair
        for pair in zip(found["person_a"], found["person_b"], strict=True)
        if all(person in planted for person in pair)
    ]
    # namesakes are asked about, nobody else
    assert len(wrong) <= len(truth["same_name"])


def test_nicknames_agree_with_the_library_and_spellings_with_themselves() -> None:
    import nicknames

    namer = nicknames.NickNamer()
    pairs = [(name, short) for name, shorts in namer.nickname_lookup.items() for short in shorts]
    assert len(pairs) > 2_000
    assert all(nicknamed(name, short) and nicknamed(short, name) for name, short in pairs)
    assert "abigail" in longer_names("abby")
    assert sound("schmidt") != sound("schmitz")


# answers


def folder(path: Path, aliases: bytes | None = None) -> Path:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:{}\n{}\nEND:VCARD\n"
    text = "".join(
        card.format(name, line)
        for name, line in (
            ("Ada Lane", "EMAIL:ada@example.org"),
            ("Ada Lane", "TEL:+15550100"),
            ("Ben Roe", "EMAIL:ben@example.org"),
            ("=Tante Ilse", "NOTE:x"),
        )
    )
    (path / "c.vcf").write_text(text, encoding="utf-8")
    if aliases is not None:
        (path / "aliases.csv").write_bytes(aliases)
    return path


def test_an_answer_is_written_read_and_replaced(tmp_path: Path) -> None:
    village = load_village(folder(tmp_path))
    path = write_alias(tmp_path, "ben@example.org", "+15550100", same=True, note='a "note", yes')
    assert path == tmp_path / "aliases.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_aliases(path) == (Alias("email:ben@example.org", "phone:+15550100", True, 2),)
    assert len(load_village(tmp_path).people) == len(village.people) - 1
    before = path.read_bytes()
    write_alias(tmp_path, "phone:+15550100", "Ben Roe", same=False, village=village)
    assert path.read_bytes().count(b"\n") == 2
    assert [alias.same for alias in read_aliases(path)] == [False]
    assert b'"a ""note"", yes"' in path.read_bytes()
    write_alias(tmp_path, "ben@example.org", "+15550100", same=True, village=village)
    assert sorted(before) == sorted(path.read_bytes())
    assert len(load_village(tmp_path).people) == len(village.people) - 1


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_lines_stay_byte_for_byte(
    newline: bytes, end: bool, encoding: str, tmp_path: Path
) -> None:
    text = (
        'Note;x,Verdict,Handle B,handle_a\n"two\nlines, Zoë",same,Ben Roe,zoe@example.org\n\n'
        ",not same,ada@example.org,ben@example.org\n ,same,x@example.org, y@example.org"
    )
    text = (text + "\n" * end).replace("\n", newline.decode())
    old = text.encode(encoding)
    village = load_village(folder(tmp_path))
    path = tmp_path / "aliases.csv"
    path.write_bytes(old)
    write_alias(tmp_path, "Ben Roe", "+15550100", same=True, village=village)
    assert path.read_bytes().startswith(old.removesuffix(b"\n") if end else old)
    assert len(read_aliases(path)) == 4
    assert read_aliases(path)[-1][:3] == ("email:ben@example.org", "phone:+15550100", True)
    path.write_bytes(old)
    write_alias(tmp_path, "Ben Roe", "ada@example.org", same=True, village=village)
    lines, kept = (data.decode(encoding).split("\n") for data in (path.read_bytes(), old))
    assert len(lines) == len(kept)
    assert [n for n, pair in enumerate(zip(lines, kept, strict=True)) if pair[0] != pair[1]] == [4]
    assert [alias.same for alias in read_aliases(path)] == [True, True, True]


def test_formulas_are_made_harmless_and_still_found(tmp_path: Path) -> None:
    village = load_village(folder(tmp_path))
    path = write_alias(tmp_path, "=Tante Ilse", "Ben Roe", same=True, note="=1+1", village=village)
    assert b"'=Tante Ilse" in path.read_bytes()
    assert b",'=1+1" in path.read_bytes()
    assert read_aliases(path)[0].a == "=Tante Ilse"
    assert len(load_village(tmp_path).people) == len(village.people) - 1


def test_answers_about_nobody_or_several_are_refused(tmp_path: Path) -> None:
    village = load_village(folder(tmp_path))
    for a, b, count in (
        ("Nobody Here", "Ben Roe", 0),
        ("Ben Roe", "who@example.org", 0),
        ("Ada Lane", "Ben Roe", 2),
        ("Ben Roe", "ben@example.org", 0),
    ):
        with pytest.raises(IdentityError) as caught:
            write_alias(tmp_path, a, b, same=True, village=village)
        assert len(caught.value.candidates) == count
        assert "Ada" not in str(caught.value)
        assert "@" not in str(caught.value)
    assert not (tmp_path / "aliases.csv").exists()


def test_a_contradiction_is_not_written(tmp_path: Path) -> None:
    head = b"handle_a,handle_b,verdict\n"
    old = head + b"ada@example.org,Ben Roe,same\nBen Roe,+15550100,same\n"
    village = load_village(folder(tmp_path))
    path = tmp_path / "aliases.csv"
    path.write_bytes(old)
    with pytest.raises(ExportError, match="lines 2 and 3 call the same") as caught:
        write_alias(tmp_path, "ada@example.org", "+15550100", same=False, village=village)
    assert caught.value.line == 4
    assert path.read_bytes() == old
    path.write_bytes(b"a,b\n")
    with pytest.raises(ExportError, match="needs the columns"):
        write_alias(tmp_path, "ada@example.org", "+15550100", same=False, village=village)
    # a contradiction that stands there already may be answered
    path.write_bytes(head + b"ada@example.org,Ben Roe,same\nBen Roe,ada@example.org,not_same\n")
    write_alias(tmp_path, "ada@example.org", "Ben Roe", same=False, village=village)
    assert [alias.same for alias in read_aliases(path)] == [False]


def test_people_are_found_by_id_handle_name_and_part_of_a_name(tmp_path: Path) -> None:
    village = load_village(folder(tmp_path))
    ben = find_person(village, "ben@example.org")
    for who in (ben, "BEN ROE", "Roe, Ben", "ben", "email:ben@example.org"):
        assert find_person(village, who) == ben
    for who, count in (("Ada Lane", 2), ("lane", 2), ("zed", 0), ("", 0)):
        with pytest.raises(IdentityError) as caught:
            find_person(village, who)
        assert len(caught.value.candidates) == count


def _two_books(folder, one: str, other: str) -> None:
    for name, card in (("a", one), ("b", other)):
        (folder / name).mkdir()
        (folder / name / "cards.vcf").write_text(f"BEGIN:VCARD\nVERSION:3.0\n{card}\nEND:VCARD\n")


def test_a_changed_family_name_at_one_address_is_asked_about(tmp_path):
    cards = "FN:{0}\nEMAIL:ada@example.org\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:{1}\n"
    _two_books(
        tmp_path, cards.format("Ada Lane", "Ada Stone") + "EMAIL:ada@example.org", "FN:Cy Moor"
    )
    village = load_village(tmp_path)
    pairs = likely_duplicates(village)
    assert len(pairs) == 1
    assert "both have the same address or number" in pairs["reason"][0]


@pytest.mark.parametrize(
    ("one", "other", "people"),
    [
        ("Anna Berg", "Jonas Berg", 2),
        ("Anna Berg", "Tom Holt", 2),
        ("Anna Berg", "Anna Stone", 1),
        ("Jon Berg", "Jonas Berg", 1),
        ("Bob Berg", "Robert Berg", 1),
        ("Anna Berg", "Mum", 1),
    ],
)
def test_a_family_s_line_joins_nobody_in_whatever_books_it_stands(tmp_path, one, other, people):
    line = "TEL:+49 30 23125 555"
    _two_books(tmp_path, f"FN:{one}\n{line}", f"FN:{other}\n{line}")
    village = load_village(tmp_path)
    assert len(village.people) == people
    assert len(likely_duplicates(village)) == 0
