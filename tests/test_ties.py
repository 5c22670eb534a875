"""Ties, held against a count in plain Python that shares no code with ours."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from villagegraph.settings import Settings
from villagegraph.tables import TIES, check
from villagegraph.ties import GROUP_LIMIT, contact_days, tie_table
from villagegraph.ties.table import contacts_and_pairs
from villagegraph.village import Village, village_from_tables

Event = tuple[int, str, str, list[str]]  # day in October 2026, channel, sender, others
PEOPLE = "abcdef"


# c and d first only receive together, and write to one another later
EVENTS: list[Event] = [
    (1, "email", "b", ["c", "d"]),
    (2, "email", "b", ["c", "e"]),
    (2, "chat", "a", ["b"]),
    (9, "meeting", "a", ["b", "f"]),
    (9, "email", "f", ["a"]),
    (15, "email", "d", ["c"]),
    (20, "chat", "e", ["a", "c"]),
]


def village_of(events: list[Event], *, me: str | None = "a", **wishes: Any) -> Village:
    rows = {
        "event_id": [f"e{number}" for number in range(len(events))],
        "at": [pd.Timestamp(2026, 10, day, 12) for day, *_ in events],
        "channel": [channel for _, channel, *_ in events],
    }
    present = []
    for number, (_, channel, sender, others) in enumerate(events):
        first, rest = ("organizer", "attendee") if channel == "meeting" else ("from", "to")
        present.append((f"e{number}", sender, first))
        present += [(f"e{number}", other, rest) for other in others]
    participants = pd.DataFrame(present, columns=["event_id", "person_id", "role"])
    people = pd.DataFrame({"person_id": list(PEOPLE)})
    return village_from_tables(
        pd.DataFrame(rows), participants, people=people, me=me, settings=Settings(**wishes)
    )


def plain_count(events: list[Event], *, me: str | None, as_of: int, half_life: float) -> Any:
    """Follow the definitions word by word."""
    credit: Any = defaultdict(lambda: defaultdict(float))
    shared: Any = defaultdict(lambda: defaultdict(float))
    counts: Any = defaultdict(lambda: [0, 0, 0])
    for day, channel, sender, others in events:
        persons = sorted({sender, *others})
        if day > as_of or len(persons) < 2:
            continue
        for u, v in itertools.combinations(persons, 2):
            if channel == "meeting":
                counts[u, v][0] += 1
                counts[u, v][1] += 1
                credit[u, v][day] += 1 / (len(persons) - 1)
            elif sender in (u, v):
                counts[u, v][0 if sender == u else 1] += 1
                credit[u, v][day] += 1 / (len(persons) - 1)
            else:
                counts[u, v][2] += 1
                without_me = len(set(persons) - {me}) if me not in (u, v) else len(persons)
                shared[u, v][day] += 1 / (without_me - 1)
    return {
        pair: {
            "n_uv": n[0],
            "n_vu": n[1],
            "n_shared": n[2],
            "days": len(credit[pair]),
            "credit": sum(min(1, c) for c in credit[pair].values()),
            "shared_credit": sum(min(1, c) for c in shared[pair].values()),
            "strength": sum(
                min(1, c) * 2 ** (-(as_of - day) / half_life) for day, c in credit[pair].items()
            ),
        }
        for pair, n in counts.items()
    }


events_strategy = st.lists(
    st.tuples(
        st.integers(1, 31),
        st.sampled_from(["email", "chat", "meeting"]),
        st.sampled_from(PEOPLE),
        st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(events_strategy, st.sampled_from([None, "a"]), st.integers(1, 31))
def test_ties_equal_a_plain_count(events: list[Event], me: str | None, as_of: int) -> None:
    ties = tie_table(village_of(events, me=me), as_of=f"2026-10-{as_of:02}")
    plain = plain_count(events, me=me, as_of=as_of, half_life=60)
    assert set(ties.index) == set(plain)
    for pair, row in plain.items():
        for name, value in row.items():
            assert ties[name][pair] == pytest.approx(value, abs=1e-12), name


@settings(max_examples=15, deadline=None)
@given(events_strategy, st.randoms())
def test_the_order_of_rows_does_not_matter(events: list[Event], random: Any) -> None:
    village = village_of(events)
    shuffled = list(range(len(village.participants)))
    random.shuffle(shuffled)
    other = village_of(events)
    other.participants.index = pd.Index(shuffled)
    mixed = Village(
        **{
            **{field: getattr(other, field) for field in other.__dataclass_fields__},
            "participants": other.participants.sort_index(),
            "interactions": other.interactions[::-1],
        }
    )
    expected = tie_table(village, as_of="2026-10-31")
    pd.testing.assert_frame_equal(tie_table(mixed, as_of="2026-10-31"), expected)


def test_cadence_is_shrunk_towards_the_pool_of_me() -> None:
    days_b, days_c = (1, 4, 7, 10), (2, 12, 22)
    events: list[Event] = [(day, "email", "a", ["b"]) for day in days_b]
    events += [(day, "email", "c", ["a"]) for day in days_c]
    events += [(1, "email", "b", ["c"]), (31, "email", "b", ["c"])]
    ties = tie_table(village_of(events), as_of="2026-10-31")
    pooled = (3 + 3 + 3 + 10 + 10) / 5
    assert ties["cadence_days"]["a", "b"] == pytest.approx(
        math.exp((3 * math.log(3) + 2 * math.log(pooled)) / 5)
    )
    assert ties["cadence_days"]["a", "c"] == pytest.approx(
        math.exp((2 * math.log(10) + 2 * math.log(pooled)) / 4)
    )
    assert math.isnan(ties["cadence_days"]["b", "c"])
    assert ties["dormancy_days"].to_dict() == {("a", "b"): 21, ("a", "c"): 9, ("b", "c"): 0}


def test_without_me_the_pool_is_that_of_both_people() -> None:
    events: list[Event] = [(day, "email", "a", ["b"]) for day in (1, 3, 5)]
    events += [(day, "email", "b", ["c"]) for day in (1, 11)]
    events += [(day, "email", "d", ["e"]) for day in (1, 31)]
    ties = tie_table(village_of(events, me=None), as_of="2026-10-31")
    pooled = (2 + 2 + 10) / 3
    assert ties["cadence_days"]["a", "b"] == pytest.approx(
        math.exp((2 * math.log(2) + 2 * math.log(pooled)) / 4)
    )


def test_a_day_is_a_day_of_the_village_zone() -> None:
    late = pd.DataFrame({"event_id": ["x", "y"], "at": ["2026-10-01 22:30", "2026-10-02 10:00"]})
    who = pd.DataFrame(
        {"event_id": ["x", "x", "y", "y"], "person_id": list("abab"), "role": ["from", "to"] * 2}
    )
    utc = village_from_tables(late, who, me="a")
    berlin = village_from_tables(late, who, me="a", settings=Settings(zone="Europe/Berlin"))
    assert tie_table(utc, as_of="2026-10-31")["days"].tolist() == [2]
    assert tie_table(berlin, as_of="2026-10-31")["days"].tolist() == [1]
    assert tie_table(utc, as_of="2026-10-01")["days"].tolist() == [1]
    assert tie_table(berlin, as_of="2026-10-01").empty


def test_automated_items_count_for_nothing() -> None:
    village = village_of([(1, "email", "b", ["a"]), (2, "email", "b", ["a"])])
    village.interactions.loc["e1", "automated"] = True
    assert tie_table(village, as_of="2026-10-31")["days"].tolist() == [1]


def test_large_groups_pair_nobody_but_the_sender_and_are_counted() -> None:
    crowd = [f"p{number:02}" for number in range(GROUP_LIMIT)]
    mail: list[Event] = [(1, "email", "a", crowd)]
    ties = tie_table(village_of(mail), as_of="2026-10-31")
    assert len(ties) == GROUP_LIMIT
    assert ties["n_uv"].eq(1).all()
    assert ties.attrs == {"left_out": 1, "me": "a"}
    meeting: list[Event] = [(1, "meeting", "a", crowd)]
    assert tie_table(village_of(meeting), as_of="2026-10-31").empty
    fits: list[Event] = [(1, "meeting", "a", crowd[:-1])]
    assert len(tie_table(village_of(fits), as_of="2026-10-31")) == 25 * 24 // 2


def test_co_presence_makes_no_contact() -> None:
    ties = tie_table(village_of([(1, "email", "b", ["a", "c"])]), as_of="2026-10-31")
    row = ties.loc[("a", "c")]
    assert row["basis"] == "seen together"
    assert row["days"] == 0
    assert row["strength"] == 0
    assert row["last_at"] is pd.NaT
    assert math.isnan(row["dormancy_days"])
    assert math.isnan(row["reciprocity"])
    assert ties.loc[("a", "b"), "basis"] == "contact"


def test_nothing_gives_an_empty_table_of_the_right_kinds() -> None:
    village = village_of([])
    assert check(tie_table(village, as_of="2026-10-31"), TIES).empty
    assert contact_days(village).empty


def test_half_life_of_the_settings_and_of_the_call() -> None:
    events: list[Event] = [(1, "email", "a", ["b"])]
    slow = village_of(events, half_life_days=30.0)
    assert tie_table(slow, as_of="2026-10-31")["strength"].tolist() == [0.5]
    assert tie_table(slow, as_of="2026-10-31", half_life_days=15)["strength"].tolist() == [0.25]


def test_channels_and_days_of_a_year() -> None:
    village = village_of(
        [(1, "email", "a", ["b"]), (1, "chat", "b", ["a"]), (3, "call", "a", ["b"])]
    )
    ties = tie_table(village, as_of="2027-10-01")
    assert ties["channels"].tolist() == [("call", "chat", "email")]
    assert ties["days"].tolist() == [2]
    assert ties["days_365"].tolist() == [1]
    assert contact_days(village)["channels"].tolist() == [("chat", "email"), ("call",)]


@pytest.mark.parametrize("half_life", [0, -5, math.nan, math.inf])
def test_a_half_life_that_is_no_number_of_days_is_refused(half_life: float) -> None:
    with pytest.raises(ValueError, match="half_life_days needs to be a number of days above 0"):
        tie_table(village_of([]), as_of="2026-10-31", half_life_days=half_life)


def test_a_call_is_contact_whoever_made_it() -> None:
    calls = pd.DataFrame({"event_id": ["c"], "at": ["2026-10-01"], "channel": ["call"]})
    who = pd.DataFrame({"event_id": ["c", "c"], "person_id": ["a", "b"], "role": ["member"] * 2})
    ties = tie_table(village_from_tables(calls, who, me="a"), as_of="2026-10-31")
    assert ties[["n_uv", "n_vu", "days"]].to_numpy().tolist() == [[1, 1, 1]]


def test_two_senders_of_one_mail_are_in_contact_once_each_way() -> None:
    mails = pd.DataFrame({"event_id": ["m"], "at": ["2026-10-01"]})
    who = pd.DataFrame(
        {"event_id": ["m"] * 3, "person_id": list("abc"), "role": ["from", "from", "to"]}
    )
    ties = tie_table(village_from_tables(mails, who, me="a"), as_of="2026-10-31")
    assert ties["n_uv"].to_dict() == {("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 1}
    assert ties["n_vu"].to_dict() == {("a", "b"): 1, ("a", "c"): 0, ("b", "c"): 0}
    assert ties["credit"].tolist() == [0.5, 0.5, 0.5]


def test_who_opted_out_has_no_tie_and_still_counts_in_the_size() -> None:
    village = village_of([(1, "email", "a", ["b", "c"])])
    rows = village.participants
    out = rows["person_id"] == "c"
    rows.loc[out, "person_id"] = ""
    rows.loc[out, "handle"] = "hidden:1"
    ties = tie_table(village, as_of="2026-10-31")
    assert ties["credit"].to_dict() == {("a", "b"): 0.5}


@pytest.mark.parametrize("as_of", [None, "2026-10-12"])
@pytest.mark.parametrize("events", [EVENTS, EVENTS[:2], []])
def test_days_and_pairs_in_one_pass_are_those_of_the_two_tables(events, as_of):
    toy = village_of(events)
    contacts, pairs = contacts_and_pairs(toy, as_of=as_of)
    pd.testing.assert_frame_equal(contacts, contact_days(toy, as_of=as_of))
    ties = tie_table(toy, as_of=as_of or "2026-10-31")
    assert pairs.index.tolist() == ties.index.tolist()
    assert pairs["days"].tolist() == ties["days"].tolist()
    assert pairs.index.names == ties.index.names
