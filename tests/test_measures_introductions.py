from __future__ import annotations

import math

import networkx as nx
import pandas as pd
import pytest
from toy import ME, every, village

from villagegraph.errors import IdentityError
from villagegraph.measures import introductions
from villagegraph.measures.introductions import unmet_pairs
from villagegraph.ties import tie_table

DAY = "2026-10-31"


def warm(*people):
    return [mail for who in people for mail in every(who, days=5, count=6, last="2026-10-28")]


def named(*people, **more):
    return {who: {"name": who.capitalize(), **more.get(who, {})} for who in people}


def test_two_who_know_the_same_people_are_suggested():
    mails = [*warm("ana", "ben", "cy"), ("ana", ("cy",), "email", "2026-10-01"),
             ("ben", ("cy",), "email", "2026-10-02")]  # fmt: skip
    found = introductions(village(mails, people=named("ana", "ben", "cy")), as_of=DAY)
    # ana and ben share all their alters: they belong to one circle and will have met
    assert found.empty
    more = [("ana", (f"a{n}",), "email", "2026-10-01") for n in range(4)]
    found = introductions(village([*mails, *more], people=named("ana", "ben", "cy")), as_of=DAY)
    row = found.loc[0]
    assert {row["person_a"], row["person_b"]} == {"ana", "ben"}
    assert (row["rank"], row["common_alters"], row["closes_hole"]) == (1, 1, False)
    assert row["reason"] == "Both know Cy."


def test_reasons_hold_no_address_and_no_number():
    mails = [*warm("ana", "ben", "cy"), ("ana", ("cy",), "email", "2026-10-01"),
             ("ben", ("cy",), "email", "2026-10-02")]  # fmt: skip
    mails += [("ana", (f"a{n}",), "email", "2026-10-01") for n in range(4)]
    people = named("ana", "ben", "cy", cy={"name": "cy@example.org +49 30 23125 001"})
    found = introductions(village(mails, people=people), as_of=DAY)
    assert found["reason"].tolist()[0] == "Both know … …."
    for other in ("dee", "flo"):
        mails += [
            ("ana", (other,), "email", "2026-10-01"),
            ("ben", (other,), "email", "2026-10-02"),
        ]
    mails += [("ana", (f"b{n}",), "email", "2026-10-01") for n in range(8)]
    people |= named("dee", "flo", dee={"name": "Bea (0170 555 0101)"})
    found = introductions(village(mails, people=people), as_of=DAY)
    reasons = " ".join(found["reason"])
    assert "and 1 more" in reasons
    assert not any(told in reasons for told in ("@", "555", "23125"))


def test_field_and_place_are_reasons_and_me_the_only_link():
    people = named(
        "ana", "ben", "cy",
        ana={"title": "Senior cartographer", "location": "Zürich, CH"},
        ben={"headline": "Cartographers of the sea; cartographer", "location": "Zurich"},
        cy={"location": "Oslo"},
    )  # fmt: skip
    (row,) = introductions(village(warm("ana", "ben", "cy"), people=people), as_of=DAY).to_dict(
        "records"
    )
    assert {row["person_a"], row["person_b"]} == {"ana", "ben"}
    assert row["closes_hole"]
    assert row["reason"] == (
        "Same field (cartographer); both in Zürich. So far you are the only link between them."
    )


@pytest.mark.parametrize(("count", "told"), [(1, "1 message"), (2, "2 messages")])
def test_what_both_received_may_be_a_chat_and_the_owners_own(count, told):
    mails = [*warm("ana", "ben"), *[(ME, ("ana", "ben"), "chat", "2026-10-01")] * count]
    (reason,) = introductions(village(mails, people=named("ana", "ben")), as_of=DAY)["reason"]
    assert reason == f"Both received {told}."


def test_who_has_met_is_not_suggested():
    people = named("ana", "ben", ana={"location": "Oslo"}, ben={"location": "Oslo"})
    mails = [*warm("ana", "ben"), ("ben", ("ana",), "email", "2025-01-01")]
    assert len(introductions(village(warm("ana", "ben"), people=people), as_of=DAY)) == 1
    assert introductions(village(mails, people=people), as_of=DAY).empty


def test_both_need_to_be_warm():
    people = named("ana", "ben", ana={"location": "Oslo"}, ben={"location": "Oslo"})
    cold = [*warm("ana"), *every("ben", days=5, count=6, last="2025-10-28")]
    assert introductions(village(cold, people=people), as_of=DAY).empty
    once = [*warm("ana"), ("ben", (ME,), "email", "2026-10-30")]
    assert introductions(village(once, people=people), as_of=DAY).empty


def test_the_order_is_the_formula(sample_village):
    ties = tie_table(sample_village, as_of=DAY)
    pairs = unmet_pairs(sample_village, ties)
    me = sample_village.me
    alters = nx.Graph([pair for pair in ties.index if me not in pair])
    for row in pairs.iloc[::211].to_dict("records"):
        a, b = row["person_a"], row["person_b"]
        (_, _, allocation), *_ = nx.resource_allocation_index(alters, [(a, b)]) if (
            a in alters and b in alters) else [(a, b, 0.0)]  # fmt: skip
        pair = (min(a, b), max(a, b))
        credit = ties.loc[pair, "shared_credit"] if pair in ties.index else 0.0
        own = [ties.loc[(min(me, who), max(me, who)), "strength"] for who in (a, b)]
        plain = math.log1p(allocation) + 2 * math.log1p(5 * credit)
        plain += 0.15 * math.log(own[0] * own[1])
        alike = 0.3 * bool(row["field"] or row["place"])
        assert row["order"] - plain - alike in (pytest.approx(0), pytest.approx(0.5))
    assert pairs["order"].is_monotonic_decreasing


def test_nobody_stands_in_more_than_two_pairs(sample_village):
    found = introductions(sample_village, as_of=DAY)
    assert len(found) == 20
    counts = pd.concat([found["person_a"], found["person_b"]]).value_counts()
    assert counts.max() == 2
    everything = introductions(sample_village, as_of=DAY, limit=None)
    assert len(everything) > 200
    assert found["reason"].str.fullmatch(r"[A-Z].*\.").all()


def test_muted_pairs_and_empty_villages():
    assert introductions(village([], people={ME: {"name": "Mia"}}), as_of=DAY).empty
    with pytest.raises(IdentityError):
        introductions(village(me=None), as_of=DAY)
