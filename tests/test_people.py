from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from villagegraph.errors import ExportError, IdentityError
from villagegraph.parsing import OWNER, Collector, ExportFile
from villagegraph.parsing.join import join
from villagegraph.people import Alias, Identity, identify_people, read_aliases
from villagegraph.people.unions import Unions
from villagegraph.settings import Me, PersonSettings, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.tables import Export

Card = tuple[str, list[str]]


def book(
    cards: Sequence[Card], *, file: str = "contacts.csv", kind: str = "google-contacts", **more: str
) -> Export:
    collector = Collector(ExportFile(Path(file), file, 1), kind)
    for line, (name, handles) in enumerate(cards, start=2):
        collector.contact(name=name, handles=handles, record=line, **more)
    return collector.export()


def mails(
    rows: Sequence[tuple[str, list[str]]],
    *,
    names: dict[str, str] | None = None,
    file: str = "a.mbox",
    start: float = 1e9,
) -> Export:
    collector = Collector(ExportFile(Path(file), file, 1), "mbox")
    for number, (sender, receivers) in enumerate(rows):
        present = [("from", sender), *(("to", receiver) for receiver in receivers)]
        collector.interaction(
            key=(file, number), at=start + number, channel="email", app="mail", participants=present
        )
    for handle, name in (names or {}).items():
        collector.named(handle, name)
    return collector.export()


def person(identity: Identity, handle: str) -> str:
    (found,) = identity.handles.loc[identity.handles["handle"] == handle, "person_id"].unique()
    return str(found)


def chats(
    rows: Sequence[tuple[str, Sequence[str]]], *, owner: str = "", file: str = "c.txt"
) -> Export:
    """Return one chat: who wrote, to whom; every name as its handle shows it."""
    collector = Collector(ExportFile(Path(file), file, 1), "whatsapp")
    for number, (sender, others) in enumerate(rows):
        members = [("from", sender), *(("member", other) for other in others)]
        collector.interaction(
            key=(file, number),
            at=1e9 + number,
            channel="chat",
            app="whatsapp",
            thread=file,
            participants=members,
        )
        for _, handle in members:
            collector.named(handle, handle.partition(":")[2].partition("@")[0].title())
    collector.hint(owner)
    return collector.export()


def hints(*rows: tuple[str, str], file: str, kind: str = "linkedin-profile") -> Export:
    """Return a file that names handles as its owner's, under a name if there is one."""
    collector = Collector(ExportFile(Path(file), file, 1), kind)
    for handle, name in rows:
        collector.hint(handle)
        collector.named(handle, name)
    return collector.export()


def delivered(*handles: str, file: str = "a.mbox") -> Export:
    collector = Collector(ExportFile(Path(file), file, 1), "mbox")
    for handle in handles:
        collector.hint(handle, "delivered")
    return collector.export()


def handles_of_me(identity: Identity) -> set[str]:
    rows = [table[["handle", "person_id"]] for table in (identity.handles, identity.participants)]
    found = {h for table in rows for h in table.loc[table["person_id"] == identity.me, "handle"]}
    return found - {OWNER}


def names(identity: Identity) -> list[str]:
    return sorted(identity.people["name"])


def test_the_same_address_makes_one_person() -> None:
    export = join(
        [
            book([("Ada Lovelace", ["email:ada@example.org", "phone:+15550100"])]),
            mails([("email:ada@example.org", ["email:me@example.org"])]),
            book([("Countess", ["phone:+15550100"])], file="b.vcf", kind="vcard"),
        ]
    )
    identity = identify_people(export, me="me@example.org")
    assert person(identity, "email:ada@example.org") == person(identity, "phone:+15550100")
    assert len(identity.people) == 2
    assert set(identity.merges["rule"]) == {"key"}


def test_a_full_name_joins_files_only_where_it_is_unique() -> None:
    ada = [("Ada Lovelace", ["email:ada@example.org"])]
    profile = [("Lovelace, Ada", ["linkedin:ada"])]
    one = identify_people(join([book(ada), book(profile, file="c.csv", kind="vcard")]))
    assert len(one.people) == 1
    assert set(one.merges["rule"]) == {"name"}
    twins = [*ada, ("Ada Lovelace", ["email:ada2@example.net"])]
    three = identify_people(join([book(twins), book(profile, file="c.csv", kind="vcard")]))
    assert len(three.people) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"birthday": "1990-05-21"}, {"birthday": "1990-05-22"}),
        ({"birthday": "1990-05-21"}, {"birthday": "1991-05-21"}),
        ({"birthday": "1990-05-21"}, {"birthday": "--06-21"}),
    ],
)
def test_a_contradiction_keeps_namesakes_apart(one: dict[str, str], other: dict[str, str]) -> None:
    cards = [("Ada Lovelace", ["email:a@example.org"])], [("Ada Lovelace", ["email:b@example.com"])]
    export = join([book(cards[0], **one), book(cards[1], file="b.vcf", kind="vcard", **other)])
    assert len(identify_people(export).people) == 2
    same = join([book(cards[0], **one), book(cards[1], file="b.vcf", kind="vcard", **one)])
    assert len(identify_people(same).people) == 1


def test_two_addresses_at_one_domain_or_two_profiles_keep_namesakes_apart() -> None:
    for a, b in (
        ("email:ada@example.org", "email:a.lovelace@example.org"),
        ("linkedin:ada", "linkedin:ada-2"),
    ):
        export = join(
            [
                book([("Ada Lovelace", [a])]),
                book([("Ada Lovelace", [b])], file="b.vcf", kind="vcard"),
            ]
        )
        assert len(identify_people(export).people) == 2


def test_first_names_alone_never_join() -> None:
    export = join(
        [
            book([("Ada", ["email:ada@example.org"])]),
            book([("Ada", ["phone:+15550100"])], file="b.vcf", kind="vcard"),
        ]
    )
    assert len(identify_people(export).people) == 2


def test_a_shared_mailbox_is_somebody_of_its_own() -> None:
    family = "email:family@example.org"
    export = join(
        [
            book(
                [
                    ("Anna Berg", [family, "email:anna@example.org"]),
                    ("Jonas Berg", [family, "email:jonas@example.org"]),
                ]
            ),
            mails([(family, ["email:me@example.org"])], names={family: "Family Berg"}),
        ]
    )
    identity = identify_people(export, me="me@example.org")
    found = {
        person(identity, "email:anna@example.org"),
        person(identity, "email:jonas@example.org"),
    }
    assert len(found) == 2
    rows = identity.participants
    (sender,) = rows.loc[rows["handle"] == family, "person_id"].unique()
    assert sender not in found
    assert identity.people["name"][sender] == "Family Berg"


def test_a_desk_shared_over_files_joins_nobody_but_a_desk_of_one_does() -> None:
    desk = "email:info@example.org"
    shared = join(
        [
            book([("Anna Berg", [desk, "phone:+15550100"])]),
            book([("Jonas Kurz", [desk, "phone:+15550101"])], file="b.vcf", kind="vcard"),
        ]
    )
    assert len(identify_people(shared).people) == 2
    own = join(
        [
            book([("Anna Berg", [desk, "phone:+15550100"])]),
            book([("Anna Berg", [desk])], file="b.vcf", kind="vcard"),
        ]
    )
    assert len(identify_people(own).people) == 1


def test_a_company_line_of_many_names_is_no_key() -> None:
    line = "phone:+15550199"
    parts = [
        book(
            [(name, [line, f"email:{place}@example.org"])],
            file=f"{place}.csv",
            kind="outlook-contacts",
        )
        for place, name in enumerate(("Ann Case", "Amy Dean", "Abe Ford", "Ali Gunn", "Bo Hill"))
    ]
    assert len(identify_people(join(parts[:4])).people) == 4
    # so few that may be one, with other names in time
    assert len(identify_people(join(parts[:3])).people) == 1
    # and never two with other given names
    assert len(identify_people(join([parts[0], parts[4]])).people) == 2


def test_aliases_join_and_keep_apart() -> None:
    export = join(
        [
            book([("Tante Ilse", ["phone:+15550100"]), ("Ada Lovelace", ["email:a@example.org"])]),
            mails([("email:ilse@example.org", ["email:me@example.org"])]),
            book([("Ada Lovelace", ["linkedin:ada"])], file="c.csv", kind="linkedin-connections"),
        ]
    )
    aliases = (
        Alias("Tante Ilse", "email:ilse@example.org", same=True, line=2),
        Alias("email:a@example.org", "linkedin:ada", same=False, line=3),
        Alias("email:nobody@example.org", "Tante Ilse", same=True, line=4),
    )
    identity = identify_people(export, me="me@example.org", aliases=aliases)
    assert person(identity, "phone:+15550100") == person(identity, "email:ilse@example.org")
    assert person(identity, "email:a@example.org") != person(identity, "linkedin:ada")
    assert identity.unknown_aliases == (4,)
    assert "alias" in set(identity.merges["rule"])


def test_not_same_holds_against_a_shared_key() -> None:
    key = "phone:+15550100"
    export = join(
        [
            book([("Ada Lovelace", ["email:a@example.org", key])]),
            book([("Ada King", ["email:b@example.org", key])], file="b.vcf", kind="vcard"),
        ]
    )
    apart = (Alias("email:a@example.org", "email:b@example.org", same=False, line=2),)
    identity = identify_people(export, aliases=apart)
    assert person(identity, "email:a@example.org") != person(identity, "email:b@example.org")


def test_aliases_file_names_the_line_at_fault(tmp_path: Path) -> None:
    file = tmp_path / "aliases.csv"
    assert read_aliases(file) == ()
    file.write_text("handle_a,handle_b,verdict,note\na@example.org,Ada,same,\n", encoding="utf-8")
    assert read_aliases(file) == (Alias("email:a@example.org", "Ada", same=True, line=2),)
    file.write_text("handle_a,handle_b,verdict\na@example.org,Ada,maybe-MARKER\n", encoding="utf-8")
    with pytest.raises(ExportError, match=r"aliases.csv:2: the verdict") as caught:
        read_aliases(file)
    assert "MARKER" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("HEAD\na@example.org,b@example.org,same,work, home\n", r"csv:2: more cells than"),
        ('HEAD\nAda A,"b@example.org,same,\nc,d,same,\n', r"csv:2: a quote is opened"),
        ("HEAD\na@example.org,Ada A,same,\nAda A,a@example.org,not_same,\n", r"csv:3: parts two"),
        ("HEAD\na1,b,same,\nb,c,same,\na1,c,not_same,\n", r"csv:4: parts two"),
        ("HEAD\nAda Ash,Ash Ada,not_same,\n", r"csv:2: parts two that are one name"),
        ("", r"needs the columns handle_a, handle_b, verdict"),
        ("a,b\nAda,Ben\n", r"needs the columns handle_a, handle_b, verdict"),
    ],
)
def test_aliases_that_cannot_be_followed_are_refused(
    text: str, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "aliases.csv"
    file.write_text(text.replace("HEAD", "handle_a,handle_b,verdict,note"), encoding="utf-8")
    with pytest.raises(ExportError, match=problem) as caught:
        read_aliases(file)
    assert "Ada" not in str(caught.value)
    assert "Export it again" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_aliases_saved_with_semicolons_are_told_what_they_lack(tmp_path: Path) -> None:
    path = tmp_path / "aliases.csv"
    path.write_text("handle_a;handle_b;verdict\nada@example.org;ben@example.org;same\n")
    with pytest.raises(ExportError, match="separated by commas"):
        read_aliases(path)


def test_aliases_of_people_with_like_addresses_are_read(tmp_path: Path) -> None:
    file = tmp_path / "aliases.csv"
    file.write_text(
        "handle_a,handle_b,verdict\nada1@example.org,ada2@example.org,not_same\n"
        "ada1@example.org,ada3@example.org,same\n"
    )
    assert [alias.same for alias in read_aliases(file)] == [False, True]


def test_me_is_in_most_mails_and_not_the_most_frequent_sender() -> None:
    me, boss = "email:me@example.org", "email:boss@example.org"
    rows = (
        [(boss, [me])] * 6 + [(me, ["email:c@example.org"])] * 2 + [("email:c@example.org", [me])]
    )
    identity = identify_people(mails(rows))
    assert identity.me == person(identity, me)
    assert identity.me_basis == "stands in 100 % of 9 mails"


def test_me_is_not_guessed_where_it_is_not_clear() -> None:
    identity = identify_people(mails([("email:a@example.org", ["email:b@example.org"])]))
    assert identity.me is None
    assert identity.candidates == ("email:a@example.org", "email:b@example.org")


def test_a_wrong_me_is_refused_without_naming_anybody() -> None:
    export = mails([("email:a@example.org", ["email:b@example.org"])])
    with pytest.raises(IdentityError, match="nobody in these exports") as caught:
        identify_people(export, me="typo@example.org")
    assert "@" not in str(caught.value)
    assert caught.value.candidates


def test_me_gathers_all_own_handles() -> None:
    chat = Collector(ExportFile(Path("c.txt"), "c.txt", 1), "whatsapp")
    chat.interaction(
        key=(1,),
        at=1e9,
        channel="chat",
        app="whatsapp",
        thread="t",
        participants=[("from", "name:mia voss@whatsapp"), ("member", "name:ada@whatsapp")],
    )
    chat.named("name:mia voss@whatsapp", "Mia Voss")
    hinted = Collector(ExportFile(Path("i.csv"), "i.csv", 1), "linkedin-invitations")
    hinted.hint("linkedin:mia-voss")
    own = Settings(me=Me(name="Mia Voss", emails=("mia@example.org", "mia@example.com")))
    export = join(
        [
            chat.export(),
            hinted.export(),
            mails(
                [
                    ("email:mia@example.org", ["email:a@example.org"]),
                    ("email:a@example.org", ["email:mia@example.com"]),
                ]
            ),
        ]
    )
    identity = identify_people(export, settings=own)
    ids = {
        person(identity, handle)
        for handle in ("email:mia@example.org", "email:mia@example.com", "name:mia voss@whatsapp")
    }
    assert ids == {identity.me}
    assert identity.people["name"][identity.me] == "Mia Voss"
    assert OWNER not in set(identity.people["name"])


def test_person_id_outlasts_new_exports_and_merges() -> None:
    rows = [("email:old@example.org", ["email:me@example.org"])]
    before = identify_people(mails(rows), me="me@example.org")
    later = mails([("email:new@example.com", ["email:me@example.org"])], file="b.mbox", start=2e9)
    card = book([("Ada Lovelace", ["email:new@example.com", "email:old@example.org"])])
    after = identify_people(join([mails(rows), later, card]), me="me@example.org")
    assert person(before, "email:old@example.org") == person(after, "email:new@example.com")
    assert before.me == after.me


@settings(max_examples=30)
@given(st.permutations(range(5)))
def test_the_order_of_files_does_not_matter(order: list[int]) -> None:
    parts = [
        book([("Ada Lovelace", ["email:ada@example.org"]), ("Ben Ash", ["phone:+15550100"])]),
        book([("Ada Lovelace", ["linkedin:ada"])], file="b.vcf", kind="vcard"),
        mails([("email:ada@example.org", ["email:me@example.org"])]),
        mails([("email:ben@example.org", ["email:me@example.org"])], file="b.mbox"),
        book([("Ben Ash", ["email:ben@example.org"])], file="d.vcf", kind="vcard"),
    ]
    expected = identify_people(join(parts), me="me@example.org")
    found = identify_people(join([parts[place] for place in order]), me="me@example.org")
    assert found.people.equals(expected.people)
    key = ["record_id"]
    assert (
        found.merges.sort_values(key, ignore_index=True)
        .equals(expected.merges.sort_values(key, ignore_index=True))
    )  # fmt: skip


def test_everybody_has_a_name() -> None:
    rows = [("email:jane.doe@example.org", ["email:x@example.org", "phone:+15550123"])]
    assert names(identify_people(mails(rows))) == ["Jane Doe", "Number ending 23", "x"]


def test_another_persons_archive_and_mailbox_are_not_the_owners() -> None:
    ada, bob = "email:ada@example.org", "email:bob@example.net"
    rows = mails([(ada, [bob]), (bob, [ada])], names={ada: "Ada Lane", bob: "Bob Roe"})
    # the spouse's archive holds the owner, too: as one of many
    spouse = [
        hints(("name:bob roe@linkedin", "Bob Roe"), (bob, ""), file="x.zip/Profile.csv"),
        book([("Ada Lane", [ada])], file="x.zip/Connections.csv", kind="linkedin-connections"),
    ]
    for extra in (spouse, [delivered(bob)], [hints((bob, ""), file="Email Addresses.csv")]):
        export = join([rows, *extra])
        for identity in (
            identify_people(export, me="ada@example.org"),
            identify_people(export, settings=Settings(me=Me(emails=("ada@example.org",)))),
        ):
            assert handles_of_me(identity) == {ada}
            assert identity.people["name"][identity.me] == "Ada Lane"


def test_a_family_mailbox_is_not_the_owners_though_the_owner_reads_it() -> None:
    ada, home = "email:ada@example.org", "email:lanes@example.org"
    rows = mails([(ada, [home]), (home, [ada])], names={ada: "Ada Lane", home: "Family Lane"})
    export = join([rows, delivered(home, file="b.mbox"), delivered(ada, file="a.mbox")])
    assert handles_of_me(identify_people(export, me="ada@example.org")) == {ada}


def test_an_archive_of_the_owner_is_believed_as_a_whole() -> None:
    ada, old = "email:ada@example.org", "email:ada@old.example.com"
    parts = [
        mails([(ada, ["email:b@example.org"]), (old, ["email:b@example.org"])]),
        hints((old, ""), file="x.zip/Email Addresses.csv"),
    ]
    by_key = hints((ada, ""), file="x.zip/Contact.csv")
    by_name = hints(("name:ada lane@linkedin", "Ada Lane"), file="x.zip/Profile.csv")
    own = Settings(me=Me(name="Ada Lane", emails=("ada@example.org",)))
    for part in (by_key, by_name):
        assert handles_of_me(identify_people(join([*parts, part]), settings=own)) >= {ada, old}
    elsewhere = hints((ada, ""), file="y.zip/Contact.csv")
    found = identify_people(join([*parts, elsewhere]), settings=own)
    assert handles_of_me(found) == {ada}


def test_a_mailbox_delivers_to_all_the_owners_addresses_and_to_nobody_elses() -> None:
    ada, old, ben = "email:ada@example.org", "email:ada@old.example.com", "email:b@example.org"
    rows = [mails([(ada, [ben]), (ben, [old])])]
    mostly = delivered(old, old, ada), delivered(old, file="b.mbox")
    seldom = [delivered(old, old, ada, ben, "email:c@example.org")]
    believed = join([*rows, *mostly])
    assert handles_of_me(identify_people(believed, me="ada@example.org")) == {ada, old}
    # two mails of five say nothing
    assert handles_of_me(identify_people(join([*rows, *seldom]), me="ada@example.org")) == {ada}
    named = mails([(old, [ben])], names={old: "Cem Poe", ada: "Ada Lane"}, file="c.mbox")
    shared = join([*rows, named, *mostly])
    assert handles_of_me(identify_people(shared, me="ada@example.org")) == {ada}


def test_names_in_chats_are_the_owners_only_if_they_can_be() -> None:
    rows = mails([("email:ada@example.org", ["email:b@example.org"])])
    own = Settings(me=Me(name="Ada Lane", emails=("ada@example.org",)))
    for shown, found in (("ada lane", True), ("ada", True), ("bob", False), ("bob roe", False)):
        handle = f"name:{shown}@whatsapp"
        export = join([rows, chats([(handle, ["name:cem@whatsapp"])], owner=handle)])
        assert (handle in handles_of_me(identify_people(export, settings=own))) is found
    nameless = identify_people(
        join(
            [rows, chats([("name:bob@whatsapp", ["name:cem@whatsapp"])], owner="name:bob@whatsapp")]
        ),
        me="ada@example.org",
    )
    assert "name:bob@whatsapp" in handles_of_me(nameless)


def test_who_is_in_every_chat_is_not_the_owner_if_the_owner_is_somebody_else() -> None:
    rows = mails([("email:ada@example.org", ["email:b@example.org"])])
    groups = [
        chats([("phone:+15550100", [f"name:{other}@whatsapp"])], file=f"{other}.txt")
        for other in ("cem", "dan")
    ]
    card = {
        name: book([(name, ["phone:+15550100"])], file="p.vcf", kind="vcard")
        for name in ("Bob Roe", "Ada Lane")
    }
    own = Settings(me=Me(name="Ada Lane", emails=("ada@example.org",)))
    other = identify_people(join([rows, *groups, card["Bob Roe"]]), settings=own)
    assert handles_of_me(other) == {"email:ada@example.org"}
    # two cards of the name in one book would leave it open; here the chats settle it
    twin = book([("Ada Lane", ["email:ada@example.org"])], file="p.vcf", kind="vcard")
    mine = identify_people(join([rows, *groups, card["Ada Lane"], twin]), settings=own)
    assert handles_of_me(mine) == {"email:ada@example.org", "phone:+15550100"}
    guessed = identify_people(join(groups))
    assert guessed.me_basis == "writes in every chat"
    assert identify_people(chats([("phone:+15550100", [])])).me is None


def test_a_small_lead_does_not_make_an_owner() -> None:
    a, b = "email:a@example.org", "email:b@example.org"
    rows = [(a, [b])] * 60 + [(a, ["email:c@example.org"])]
    assert identify_people(mails(rows)).me is None
    rows += [(a, ["email:c@example.org"])]
    assert identify_people(mails(rows)).me is not None


@pytest.mark.parametrize(
    "own",
    [
        Me(emails=("typo@example.org",)),
        Me(name="Ada Lane"),
        Me(name="Ada Lane", phones=("+1 555 0100",)),
    ],
)
def test_an_owner_who_is_written_but_stands_nowhere_is_refused(own: Me) -> None:
    export = mails([("email:bob@example.net", [f"email:p{n}@example.com"]) for n in range(5)])
    with pytest.raises(IdentityError, match=r"\[me\] in village.toml") as caught:
        identify_people(export, settings=Settings(me=own))
    assert "email:bob@example.net" in caught.value.candidates
    assert "@" not in str(caught.value)
    found = Settings(me=Me(name="Nobody Here", emails=("bob@example.net",)))
    assert identify_people(export, settings=found).me is not None


def test_a_name_of_several_people_is_no_owner() -> None:
    john = "John Smith"
    two = join(
        [
            book([(john, ["email:j@one.example.org"])], birthday="1980-01-01"),
            book([(john, ["email:js@two.example.com"])], birthday="1999-02-02", file="b.csv"),
        ]
    )
    with pytest.raises(IdentityError, match="several people") as caught:
        identify_people(two, me=john)
    assert caught.value.candidates == ("email:j@one.example.org", "email:js@two.example.com")
    assert "John" not in str(caught.value)
    a, b = "email:j@one.example.org", "email:js@two.example.com"
    friends = mails([(a, [b]), (b, [a])], names={a: john, b: john})
    with pytest.raises(IdentityError, match="several people"):
        identify_people(friends, me=john)
    one = mails(
        [(a, ["email:c@example.org"]), (b, ["email:c@example.org"])], names={a: john, b: john}
    )
    assert handles_of_me(identify_people(one, me=john)) == {a, b}


def test_the_owners_other_addresses_are_found_by_name_and_a_namesakes_are_not() -> None:
    me, work, twin = "email:mia@example.org", "email:mia@work.example.com", "email:m@example.net"
    called = dict.fromkeys((me, work, twin), "Mia Voss")
    rows = [(me, [f"email:p{n}@example.org"]) for n in range(30)]
    rows += [("email:a@example.org", [work])] * 12
    rows += [(work, [me])]  # a note to herself
    rows += [(twin, [me])] * 12
    identity = identify_people(mails(rows, names=called))
    assert handles_of_me(identity) == {me, work}
    # with a card of its own beside hers, it is somebody
    cards = book([("Mia Voss", [me]), ("Mia Voss", [work])])
    assert handles_of_me(identify_people(join([mails(rows, names=called), cards]))) == {me}


def test_spellings_of_one_name_do_not_make_an_address_shared() -> None:
    key = "email:ada@example.org"
    spellings = ("Ada Lane", "Ada", "A. Lane", "Ada M. Lane", "Lane, Ada", "Ada L.", "A. L.")
    parts = [
        book([(name, [key, f"phone:+155501{place:02}"])], file=f"{place}.vcf", kind="vcard")
        for place, name in enumerate(spellings)
    ]
    assert len(identify_people(join(parts)).people) == 1


def test_a_nickname_is_one_person_by_address_and_a_family_is_not() -> None:
    key = "email:smith@example.org"
    one = [("Bob Smith", [key]), ("Robert Smith", [key, "phone:+15550100"])]
    assert len(identify_people(book(one)).people) == 1
    # father and son share a line
    line = [("Bob Smith", ["phone:+15550100"]), ("Robert Smith", ["phone:+15550100"])]
    assert len(identify_people(book(line)).people) == 2
    family = [("Anna Smith", [key]), ("Jonas Smith", [key])]
    assert len(identify_people(book(family)).people) == 2


def test_mail_of_a_shared_address_is_somebodys_who_has_the_address() -> None:
    key = "email:smith@example.org"
    cards = book([("Anna Smith", [key]), ("Jonas Smith", [key])])
    identity = identify_people(join([cards, mails([(key, ["email:me@example.org"])])]))
    rows = identity.participants
    (sender,) = rows.loc[rows["handle"] == key, "person_id"]
    assert sender in set(identity.handles.loc[identity.handles["handle"] == key, "person_id"])
    assert sender in identity.people.index


@pytest.mark.parametrize("later", [{"title": "Boss"}, {"birthday": "1990-01-01"}])
def test_a_person_known_by_name_keeps_the_id_when_the_card_changes(later: dict[str, str]) -> None:
    before = identify_people(book([("Ana Silva", [])], title="Dev"))
    after = identify_people(book([("Silva, Ana", [])], **later))
    assert list(before.people.index) == list(after.people.index)
    assert all(len(person_id) == 17 for person_id in before.people.index)
    twins = join(
        [
            book([("Ana Silva", [])], birthday="1980-01-01"),
            book([("Ana Silva", [])], birthday="1990-01-01", file="b.vcf", kind="vcard"),
        ]
    )
    assert len(identify_people(twins).people.index.unique()) == 2
    chat = chats([("name:ana silva@whatsapp", ["name:cem@whatsapp"])])
    alone = identify_people(chat)
    known = identify_people(join([chat, book([("Ana Silva", [])])]))
    assert person(alone, "name:ana silva@whatsapp") == person(known, "name:ana silva@whatsapp")


def test_address_books_are_believed_before_profiles_whatever_the_file_is_called() -> None:
    key = "linkedin:ada"
    export = join(
        [
            book([("Ada of old", [key])], file="a.csv", kind="outlook-contacts", title="Dev"),
            book([("Ada Lane", [key])], file="b.csv", kind="linkedin-connections", title="Boss"),
        ]
    )
    row = identify_people(export).people.iloc[0]
    assert (row["name"], row["title"]) == ("Ada of old", "Boss")


def test_entries_for_one_person_are_read_together() -> None:
    wishes = {
        "Ben Roe": PersonSettings(opt_out=True, tags=("a",), cadence_days=10.0),
        "ben@example.org": PersonSettings(star=True, tags=("b", "a")),
        "email:ben@example.org": PersonSettings(mute=True, cadence_days=20.0),
    }
    identity = identify_people(
        book([("Ben Roe", ["email:ben@example.org"])]), settings=Settings(people=wishes)
    )
    assert list(identity.chosen.values()) == [
        PersonSettings(cadence_days=20.0, star=True, mute=True, tags=("a", "b"), opt_out=True)
    ]


def test_a_desk_has_a_name_that_says_so() -> None:
    rows = [("email:info@shop.example.org", ["email:front.desk@inn.example.org"])]
    assert names(identify_people(mails(rows)))[-1] == "Info at shop"


@settings(max_examples=80)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(0, 7)), max_size=25))
def test_no_join_ever_breaks_a_verdict(steps: list[tuple[bool, int, int]]) -> None:
    apart = [(f"n{a}", f"n{b}") for parted, a, b in steps if parted and a != b]
    unions = Unions(apart)
    groups = [{f"n{place}"} for place in range(8)]
    for parted, a, b in steps:
        one, other = (next(g for g in groups if f"n{place}" in g) for place in (a, b))
        if parted or one is other:
            continue
        # the slow way: every verdict at every join
        vetoed = any((x in one and y in other) or (y in one and x in other) for x, y in apart)
        assert unions.join(f"n{a}", f"n{b}") is not vetoed
        if not vetoed:
            groups = [g for g in groups if g is not one and g is not other] + [one | other]
    assert all(len({unions.find(node) for node in group}) == 1 for group in groups)


LIST = "email:talk@lists.example.org"


def listed(*, named: str = "") -> Export:
    """Return mail to a mailing list, which the mail reader takes for one."""
    collector = Collector(ExportFile(Path("l.mbox"), "l.mbox", 1), "mbox")
    for number in range(9):
        collector.interaction(
            key=("l", number),
            at=1e9 + number,
            channel="email",
            app="mail",
            participants=[("from", f"email:p{number % 3}@example.org"), ("to", LIST)],
        )
    collector.named(LIST, named)
    collector.hint(LIST, "list")
    return collector.export()


def test_a_mailing_list_is_nobody_unless_a_card_carries_it() -> None:
    identity = identify_people(listed(named="Ada Lane"))
    rows = identity.participants
    assert set(rows.loc[rows["handle"] == LIST, "person_id"]) == {""}
    assert len(identity.people) == 3
    # it stands in every mail, and is not the owner, nor the person whose name it shows
    assert identity.me is None
    ada = book([("Ada Lane", ["email:ada@example.org"])])
    both = identify_people(join([listed(named="Ada Lane"), ada]))
    assert person(both, "email:ada@example.org") not in set(both.participants["person_id"])
    card = book([("The talk list", [LIST])], kind="vcard", file="c.vcf")
    known = identify_people(join([listed(), card]))
    assert "The talk list" in set(known.people["name"])
    connection = book([("Ada", [LIST])], kind="linkedin-connections")
    assert len(identify_people(join([listed(), connection])).people) == 3


@pytest.mark.parametrize("kind", ["people-csv", "outlook-contacts", "google-contacts", "vcard"])
def test_cards_of_every_address_book_share_desks_and_lines_alike(kind: str) -> None:
    line = "phone:+15550199"
    shared = [("Anna Berg", [line]), ("Jonas Kurz", [line, "email:jonas@example.org"])]
    assert len(identify_people(book(shared, kind=kind)).people) == 2
    # a folder with a file a card is an address book, too
    lone = join([book([card], file=f"f/{card[0]}.vcf", kind="vcard") for card in shared])
    assert len(identify_people(lone).people) == 2
    twins = [("Anna Berg", ["email:a@example.org"]), ("Anna Berg", ["phone:+15550111"])]
    apart = join([book([card], file=f"f/{n}.vcf", kind="vcard") for n, card in enumerate(twins)])
    assert len(identify_people(apart).people) == 2


def test_one_mailbox_or_many_files_of_it_make_the_same_people() -> None:
    work, home = "email:jane@work.example.com", "email:jane@home.example.net"
    names_ = {work: "Jane Doe", home: "Jane Doe"}
    rows = [(work, ["email:me@example.org"]), (home, ["email:me@example.org"])]
    whole = identify_people(mails(rows, names=names_), me="me@example.org")
    split = identify_people(
        join([mails([row], names={row[0]: "Jane Doe"}, file=f"{row[0]}.mbox") for row in rows]),
        me="me@example.org",
    )
    assert list(whole.people.index) == list(split.people.index)
    assert person(split, work) != person(split, home)


def test_a_contradiction_names_the_lines(tmp_path: Path) -> None:
    file = tmp_path / "aliases.csv"
    head = "handle_a,handle_b,verdict\n"
    file.write_text(head + "a1,b1,same\nx,y,same\nb1,c1,same\na1,c1,not_same\n")
    with pytest.raises(ExportError, match=r"csv:5: parts two whom lines 2 and 4 call the same"):
        read_aliases(file)


HANDLES = [f"email:{letter}@{letter}.example.org" for letter in "abcdef"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_merging_is_idempotent_and_commutative_and_undone_by_a_verdict(data: st.DataObject) -> None:
    cards = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(["Ada Lane", "Bob Smith", "Robert Smith", "Lane, Ada", "Ada", ""]),
                st.lists(st.sampled_from(HANDLES), min_size=1, max_size=3, unique=True),
                st.integers(0, 2),
            ),
            min_size=1,
            max_size=7,
        )
    )
    verdicts = data.draw(
        st.lists(
            st.tuples(st.sampled_from(HANDLES), st.sampled_from(HANDLES), st.booleans()), max_size=4
        )
    )
    aliases = [Alias(a, b, same, 2) for a, b, same in verdicts if a != b]

    def parts(rows: list[tuple[str, list[str], int]]) -> list[Export]:
        return [
            book([(name, hs) for name, hs, at in rows if at == n], file=f"{n}.csv")
            for n in range(3)
        ]

    def people(exports: list[Export], words: list[Alias]) -> set[frozenset[str]]:
        identity = identify_people(join(exports), aliases=words)
        found: dict[str, set[str]] = {}
        for record, who in zip(
            identity.merges["record_id"], identity.merges["person_id"], strict=True
        ):
            found.setdefault(who, set()).add(record)
        return {frozenset(records) for records in found.values()}

    expected = people(parts(cards), aliases)
    mixed = data.draw(st.permutations(cards))
    words = data.draw(st.permutations(aliases))
    order = data.draw(st.permutations(range(3)))
    other = parts(list(mixed))
    assert people([other[place] for place in order], list(words)) == expected
    twice = [*parts(cards), *parts(cards)]
    assert people(twice, [*aliases, *aliases]) == expected
    # whom the owner parts, nothing joins
    identity = identify_people(join(parts(cards)), aliases=aliases)
    for alias in aliases:
        if not alias.same and {alias.a, alias.b} <= identity.known.keys():
            assert identity.known[alias.a] != identity.known[alias.b]


def test_a_verdict_that_another_one_voids_does_not_depend_on_its_place() -> None:
    export = book([(f"{n} Case", [handle]) for n, handle in enumerate(HANDLES[:3])])
    a, b, c = HANDLES[:3]
    words = [
        Alias(a, b, same=True, line=2),
        Alias(b, c, same=True, line=3),
        Alias(a, c, same=False, line=4),
    ]
    found = [
        identify_people(export, aliases=order).merges["person_id"].tolist()
        for order in (words, words[::-1])
    ]
    assert found[0] == found[1]
    assert len(set(found[0])) == 2
