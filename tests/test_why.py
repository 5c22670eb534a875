from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_likely import village_of
from test_people import book, mails
from toy import village

from villagegraph.errors import IdentityError
from villagegraph.parsing.join import join
from villagegraph.people import Alias, Join, identify_people, replay
from villagegraph.people.unions import Unions
from villagegraph.ties import tie_table
from villagegraph.village import Village, village_from_tables
from villagegraph.who import explain_merge, tie_events

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = ("n_uv", "n_vu", "n_shared", "days", "credit", "shared_credit")
NAMES = ("n_ab", "n_ba", "n_shared", "days", "credit", "shared_credit")


def same_as_the_table(found: Village, pairs: Sequence[tuple[str, str]], as_of: str) -> None:
    ties = tie_table(found, as_of=as_of)
    for u, v in pairs:
        events = tie_events(found, u, v, as_of=as_of)
        expected = (
            tuple(ties.loc[(u, v), list(COUNTS)]) if (u, v) in ties.index else (0, 0, 0, 0, 0, 0)
        )
        assert tuple(events.attrs[name] for name in NAMES) == pytest.approx(expected)
        assert events["day"].is_monotonic_increasing


def test_the_events_sum_up_to_the_tie() -> None:
    same_as_the_table(
        village(), [("ana", "me"), ("cy", "dee"), ("cy", "me"), ("ana", "ben")], "2026-10-31"
    )


def test_the_events_of_the_sample_sum_up_to_its_ties(sample_village: Village) -> None:
    ties = tie_table(sample_village, as_of="2026-09-15")
    chosen = random.Random(5).sample(list(ties.index), 30)  # noqa: S311
    mine = [pair for pair in ties.index if sample_village.me in pair][:30]
    same_as_the_table(sample_village, [*chosen, *mine], "2026-09-15")


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True),
            st.sampled_from(["email", "meeting", "call", "chat", "social"]),
            st.integers(0, 2),
            st.booleans(),
            st.sampled_from([0, 0, 0, 30]),
        ),
        max_size=8,
    )
)
def test_events_and_ties_agree_on_anything(
    items: list[tuple[list[str], str, int, bool, int]],
) -> None:
    ids = [f"e{n}" for n in range(len(items))]
    events = pd.DataFrame(
        {
            "event_id": pd.Series(ids, dtype="str"),
            "at": pd.to_datetime([f"2026-10-0{day + 1}T12:00" for _, _, day, _, _ in items]),
            "channel": pd.Series([channel for _, channel, _, _, _ in items], dtype="str"),
            "automated": [day == 2 and sent for _, _, day, sent, _ in items],
        }
    )
    rows = [
        (event, person, "from" if sent and place == 0 else "to")
        for event, (who, _, _, sent, crowd) in zip(ids, items, strict=True)
        for place, person in enumerate([*who, *(f"x{n}" for n in range(crowd))])
    ]
    present = pd.DataFrame(rows, columns=["event_id", "person_id", "role"], dtype="str")
    people = pd.DataFrame({"person_id": list("abcd")})
    found = village_from_tables(events, present, people=people, me="a")
    pairs = [(u, v) for u in "abcd" for v in "abcd" if u < v]
    same_as_the_table(found, pairs, "2026-10-31")


def test_each_event_is_told_in_words() -> None:
    rows = [
        ("ana", ("me",), "email", "2026-10-01T09:30"),
        ("me", ("ana", "cy"), "chat", "2026-10-02"),
        ("cy", ("me", "ana"), "email", "2026-10-03"),
        ("me", ("ana",), "call", "2026-10-04"),
        ("ana", ("me",), "social", "2026-10-05"),
        ("ana", ("me",), "meeting", "2026-10-06"),
    ]
    found = tie_events(village(rows), "me", "Ana Ruiz")
    assert found["what"].tolist() == [
        "they wrote to you",
        "you wrote to them",
        "both received it",
        "you called them",
        "they reached out to you",
        "you met",
    ]
    assert found["counts_as"].tolist() == ["contact"] * 2 + ["seen together"] + ["contact"] * 3
    assert found["people"].tolist() == [2, 3, 3, 2, 2, 2]
    assert found["credit"].tolist() == [1.0, 0.5, 0.5, 1.0, 1.0, 1.0]
    assert found["time"].iloc[0] == "09:30"
    assert found.attrs["summary"].startswith("5 contacts on 5 days, worth 4.5 days")
    assert tie_events(village(rows), "cy", "ana")["what"].tolist() == [
        "both received it",
        "Cy Tan wrote to Ana Ruiz",
    ]
    crowd = [("me", tuple(f"p{n}" for n in range(30)), "email", "2026-10-01")]
    counted = tie_events(village(crowd), "p1", "p2")
    assert counted["counts_as"].tolist() == ["not counted: more than 25 people"]
    assert counted.attrs["summary"].endswith("and 1 that does not count.")


def test_a_tie_of_one_or_of_nobody_is_refused() -> None:
    for a, b in (("ana", "Ana Ruiz"), ("ana", "nobody here")):
        with pytest.raises(IdentityError) as caught:
            tie_events(village(), a, b)
        assert "Ana" not in str(caught.value)
    assert tie_events(village(), "flo", "ben").empty


A, B, C = (f"email:{letter}@example.org" for letter in "abc")


def test_a_merge_is_told_step_by_step() -> None:
    export = join(
        [
            book([("Ada Lane", [A, "phone:+15550100"])], file="a.csv"),
            book([("A. Lane", ["phone:+15550100", B])], file="b.csv"),
            book([("Lane, Ada", ["linkedin:ada"])], file="c.csv", kind="linkedin-connections"),
            mails([(C, ["email:me@example.org"]), (B, ["email:me@example.org"])]),
        ]
    )
    alias = (Alias(C, A, same=True, line=7),)
    found = explain_merge(village_of(export, me="me@example.org", aliases=alias), "a@example.org")
    told = sorted(found[["source", "rule", "evidence"]].to_numpy().tolist())
    assert told == [
        ["", "alias", "aliases.csv:7"],
        ["a.csv#2", "first", ""],
        ["b.csv#2", "key", "phone:+15550100"],
        ["c.csv#2", "name", "the same full name, once in each source"],
    ]
    assert found["step"].tolist() == [1, 2, 3, 4]
    assert found["handles"][0] == (A, "phone:+15550100")
    assert found.loc[found["source"] == "", "node"].tolist() == [C]
    assert "your word in aliases.csv:7" in set(found["why"])


def rebuilt(steps: pd.DataFrame) -> set[str]:
    unions = Unions()
    for node, other in zip(steps["node"], steps["joined_to"], strict=True):
        unions.join(node, other or node)
    return set(unions.members(steps["node"][0]))


def test_the_steps_alone_make_every_person_of_the_sample_again(sample_village: Village) -> None:
    # by the log of joins
    whole = replay(sample_village.joins)
    person_of = dict(
        zip(
            ("record:" + sample_village.merges["record_id"]).tolist(),
            sample_village.merges["person_id"].tolist(),
            strict=True,
        )
    )
    groups: dict[str, set[str]] = {}
    for node, person in person_of.items():
        groups.setdefault(person, set()).add(node)
    for node, person in person_of.items():
        again = {other for other in whole.get(node, {node}) if other in person_of}
        assert again == groups[person]
    # and person by person, by what is told of the merge
    for person in [*list(groups)[:80], sample_village.me]:
        steps = explain_merge(sample_village, str(person))
        assert (steps["rule"] == "first").sum() == 1
        assert rebuilt(steps) == set(steps["node"])
        assert groups[str(person)] <= set(steps["node"])


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(6)))
def test_a_replay_does_not_depend_on_the_order_of_steps(order: list[int]) -> None:
    steps = [
        Join("key", f"n{a}", f"n{b}", "")
        for a, b in ((0, 1), (1, 2), (3, 4), (5, 6), (6, 7), (2, 8))
    ]
    assert replay([steps[place] for place in order]) == replay(steps)


def test_who_opts_out_is_in_no_step(sample_village: Village) -> None:
    from dataclasses import replace

    from villagegraph.settings import PersonSettings
    from villagegraph.village.core import without_opted_out

    person = sample_village.merges["person_id"].value_counts().index[1]
    assert person != sample_village.me
    records = sample_village.merges.loc[sample_village.merges["person_id"] == person, "record_id"]
    nodes = {f"record:{record}" for record in records}
    assert any(nodes & set(step) for step in sample_village.joins)
    left = without_opted_out(replace(sample_village, chosen={person: PersonSettings(opt_out=True)}))
    assert not any(nodes & set(step) for step in left.joins)


def test_alias_steps_name_their_line() -> None:
    export = join([book([("Ada", [A])]), book([("Bea", [B])], file="b.csv")])
    identity = identify_people(export, aliases=(Alias(A, B, same=True, line=4),))
    assert set(identity.merges["rule"]) == {"alias"}
    assert set(identity.merges["evidence"]) == {"aliases.csv:4"}
