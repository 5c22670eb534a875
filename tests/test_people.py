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
from villagegraph.settings import Me, Settings

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
            [(f"{name} Case", [line, f"email:{name}@example.org"])],
            file=f"{name}.vcf",
            kind="vcard",
        )
        for name in ("ann", "bob", "cem", "dan")
    ]
    assert len(identify_people(join(parts)).people) == 4
    assert len(identify_people(join(parts[:3])).people) == 1


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


@settings(max_examples=60, deadline=None)
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
