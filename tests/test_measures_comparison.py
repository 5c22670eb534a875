"""Two dates of one village compared."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import distance
from toy import ME, every, village

from villagegraph.errors import IdentityError
from villagegraph.graph import village_graph
from villagegraph.measures import brokerage, clustering, compare, reach
from villagegraph.measures.causes import MEASURED, Ego, differing, states
from villagegraph.measures.comparison import CHANGES
from villagegraph.settings import PersonSettings, Settings
from villagegraph.ties import tie_table

SEPTEMBER, OCTOBER = "2026-09-30", "2026-10-31"
MIRROR = {
    "new": "not yet", "revived": "gone quiet", "warmed": "cooled", "steady": "steady",
    "faint": "faint",
}  # fmt: skip
MIRROR |= {other: one for one, other in MIRROR.items()}


def random_village(seed):
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    people = [ME, *(f"p{number}" for number in range(rng.randint(2, 9)))]
    diary = []
    for _ in range(rng.randint(1, 60)):
        sender, *to = rng.sample(people, rng.randint(2, min(4, len(people))))
        day = dt.date(2026, 5, 1) + dt.timedelta(days=rng.randint(0, 200))
        diary.append((sender, tuple(to), rng.choice(["email", "chat"]), day.isoformat()))
    return village(diary, people={person: {"name": person} for person in people})


def one_of_each():
    return village(
        [
            *every("ana", days=3, count=4, last="2026-10-30"),
            *every("ben", days=7, count=9, last="2025-10-01"),
            ("ben", (ME,), "email", "2026-10-20"),
            *every("cy", days=7, count=4, last="2026-09-29"),
            *every("dee", days=10, count=2, last="2026-09-15"),
            *every("dee", days=3, count=8, last="2026-10-31"),
            *every("flo", days=1, count=1, last="2026-08-20"),
        ]
    )


def test_each_way_in_which_a_tie_changes():
    found = compare(one_of_each(), SEPTEMBER, OCTOBER)
    assert found.ties["change"].to_dict() == {
        "ana": "new", "ben": "revived", "dee": "warmed", "cy": "steady", "flo": "gone quiet",
    }  # fmt: skip
    assert found.new.index.tolist() == ["ana"]
    assert found.revived.index.tolist() == ["ben"]
    assert found.warmed.index.tolist() == ["dee"]
    assert found.gone_quiet.index.tolist() == ["flo"]
    later = compare(one_of_each(), OCTOBER, "2026-12-15")
    assert later.cooled.index.tolist() == ["dee", "ana", "cy", "ben"]
    assert (later.before, later.after) == (dt.date(2026, 10, 31), dt.date(2026, 12, 15))
    # active in september: cy, dee and flo; in october: all but flo
    assert found.jaccard == 2 / 5


def test_a_single_mail_to_many_makes_nobody_new():
    crowd = tuple(f"p{number:02d}" for number in range(20))
    found = compare(village([(ME, crowd, "email", "2026-10-05")], people={}), SEPTEMBER, OCTOBER)
    assert set(found.ties["change"]) == {"faint"}
    assert math.isnan(found.jaccard)


def test_ranks_and_circles():
    diary = [
        item
        for number in range(60)
        for item in every(f"p{number:02d}", days=1, count=60 - number, last="2026-07-31")
    ]
    busy = [*diary, *every("p59", days=1, count=31, last=OCTOBER)]
    found = compare(village(busy, people={}), "2026-07-31", OCTOBER)
    ties = found.ties
    assert ties.loc["p00", ["rank_before", "circle_before"]].tolist() == [1, 5]
    assert ties.loc["p59", ["rank_before", "circle_before"]].tolist() == [60, 150]
    assert ties.loc["p59", ["rank_after", "circle_after"]].tolist() == [1, 5]
    # everybody else went one down: those at the edges left their circles
    assert sorted(found.moved.index) == ["p04", "p14", "p49", "p59"]
    assert ties.loc["p49", ["circle_before", "circle_after"]].tolist() == [50, 150]
    empty = compare(village(every("ana", days=1, count=3, last=OCTOBER)), SEPTEMBER, OCTOBER)
    assert math.isnan(empty.ties.loc["ana", "circle_before"])
    assert math.isnan(empty.ties.loc["ana", "rank_before"])


def test_the_measures_are_those_of_the_two_graphs(sample_village):
    found = compare(sample_village, "2026-03-31", OCTOBER).measures
    me = sample_village.owner()
    for day, column in (("2026-03-31", "before"), (OCTOBER, "after")):
        G = village_graph(sample_village, as_of=day)
        expected = {
            "reach": reach(G).loc[me, "people"],
            "clustering": clustering(G).loc[me, "clustering"],
            "constraint": brokerage(G).loc[me, "constraint"],
            "degree": G.degree[me],
        }
        for name, value in expected.items():
            assert found.loc[name, column] == pytest.approx(value, rel=1e-9), name


@pytest.mark.parametrize("seed", range(4))
def test_one_person_s_ties_exchanged_give_what_the_whole_graph_gives(seed):
    one_village = random_village(seed)
    tables = [tie_table(one_village, as_of=day) for day in ("2026-07-15", OCTOBER)]
    one, other, people = states((tables[0], tables[1]), ME)
    for before, after, mine, theirs in ((one, other, *tables), (other, one, *tables[::-1])):
        ego = Ego(before)
        for place in differing(before, after):
            person = people[place]

            def has(table, person=person):
                return (table.index.get_level_values(0) == person) | (
                    table.index.get_level_values(1) == person
                )

            mixed = pd.concat([mine[~has(mine)], theirs[has(theirs)]])
            expected = [
                reach(mixed)["people"].get(ME, 0),
                clustering(mixed)["clustering"].get(ME, math.nan),
                brokerage(mixed)["constraint"].get(ME, math.nan),
            ]
            np.testing.assert_allclose(ego.swapped(place, after), expected, atol=1e-9)


def test_the_people_who_caused_the_difference_are_named():
    diary = [(ME, (who,), "chat", f"2026-09-{day:02d}") for who in ("ana", "ben") for day in (1, 2)]
    # in october ana brings two people who were not there, and time alone changes nothing
    diary += [("ana", (ME, who), "email", "2026-10-05") for who in ("cy", "dee")]
    diary += [("cy", ("dee",), "email", "2026-10-06")]
    found = compare(village(diary), SEPTEMBER, OCTOBER)
    causes = found.causes[found.causes["measure"] == "reach"]
    # cy alone would bring dee as well, and without cy only cy would be missing; ana would
    # bring both, and without her they would still stand in her mail
    assert causes[["person_id", "difference"]].to_numpy().tolist() == [
        ["cy", 1.5], ["dee", 1.5], ["ana", 1.0],
    ]  # fmt: skip
    assert found.measures.loc["reach", "difference"] == 2
    assert "ben" not in set(found.causes["person_id"])


def test_age_alone_is_nobody_s_doing():
    quiet = village(
        every("ana", days=3, count=5, last="2026-09-01")
        + every("ben", days=2, count=3, last="2026-08-01")
    )
    found = compare(quiet, SEPTEMBER, OCTOBER)
    assert found.causes.empty
    assert found.measures["difference"].to_numpy()[:3] == pytest.approx(0, abs=1e-9)


@given(st.integers(0, 10_000), st.dates(dt.date(2026, 6, 1), dt.date(2026, 12, 1)))
@settings(max_examples=10, deadline=None)
def test_the_other_way_round_is_the_mirror(seed, day):
    one_village = random_village(seed)
    there = compare(one_village, "2026-08-15", day)
    back = compare(one_village, day, "2026-08-15")
    turned = there.ties.rename(
        columns=lambda name: name.translate(str.maketrans("", ""))
        .replace("_before", "_x").replace("_after", "_before").replace("_x", "_after")
    )  # fmt: skip
    turned["change"] = turned["change"].map(MIRROR)
    pd.testing.assert_frame_equal(turned.sort_index()[back.ties.columns], back.ties.sort_index())
    np.testing.assert_allclose(there.measures["before"], back.measures["after"], atol=1e-12)
    np.testing.assert_allclose(
        there.measures["difference"], -back.measures["difference"], atol=1e-12
    )
    keys = ["measure", "person_id"]
    one, other = (
        found.causes.set_index(keys)["difference"].sort_index() for found in (there, back)
    )
    one, other = (causes[causes.abs() > 1e-9] for causes in (one, other))
    pd.testing.assert_series_equal(one, -other, atol=1e-9)
    assert there.jaccard == pytest.approx(back.jaccard, nan_ok=True)
    assert there.signature_distance == pytest.approx(back.signature_distance, nan_ok=True)


def test_a_day_and_itself_do_not_differ(sample_village):
    found = compare(sample_village, OCTOBER, OCTOBER)
    assert set(found.ties["change"]) <= {"steady", "faint"}
    assert found.causes.empty
    assert found.moved.empty
    assert (found.measures["difference"] == 0).all()
    assert found.jaccard == 1
    assert found.signature_distance == 0


def test_the_signature_distance_is_that_of_the_contact_days_of_a_year():
    days = [40 - number for number in range(30)], [3] * 25
    ends = "2025-10-31", OCTOBER
    diary = [
        item
        for end, counts in zip(ends, days, strict=True)
        for number, count in enumerate(counts)
        for item in every(f"p{number:02d}", days=1, count=count, last=end)
    ]
    found = compare(village(diary, people={}), *ends)
    shares = [np.pad(np.array(one) / sum(one), (0, 30 - len(one))) for one in days]
    assert found.signature_distance == pytest.approx(distance.jensenshannon(*shares, base=2))
    few = village(every("ana", days=3, count=9, last=SEPTEMBER))
    assert math.isnan(compare(few, SEPTEMBER, OCTOBER).signature_distance)


def test_who_opted_out_stands_nowhere():
    settings_out = Settings(people={"ana": PersonSettings(opt_out=True)})
    diary = [
        *every("ana", days=3, count=4, last="2026-10-30"),
        *every("ben", days=3, count=4, last="2026-10-30"),
    ]
    found = compare(village(diary, settings=settings_out), SEPTEMBER, OCTOBER)
    assert found.ties.index.tolist() == ["ben"]
    assert set(found.causes["person_id"]) == {"ben"}


def test_it_is_frozen_and_shows_itself():
    people = {"ana": {"name": "<b>Ana</b>"}, ME: {"name": "Mia"}}
    diary = [
        *every("ana", days=3, count=4, last="2026-10-30"),
        *every("ben", days=9, count=4, last="2026-09-30"),
    ]
    found = compare(village(diary, people=people), SEPTEMBER, OCTOBER)
    page = found._repr_html_()
    assert "From 2026-09-30 to 2026-10-31" in page
    assert "1 new, 1 steady" in page
    assert "<tr><th>people within two steps</th><td>1 → 2, most by &lt;b&gt;Ana" in page
    assert "<b>" not in page
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.jaccard = 1.0
    assert set(found.ties["change"]) <= set(CHANGES)
    assert list(found.measures.index) == [*MEASURED, "degree", "active"]


def test_nothing_at_all():
    found = compare(village([]), SEPTEMBER, OCTOBER)
    assert found.ties.empty
    assert found.causes.empty
    assert found.measures.loc["reach"].tolist() == [0, 0, 0]
    assert math.isnan(found.jaccard)
    assert "none" in found._repr_html_()
    with pytest.raises(IdentityError):
        compare(village(me=None), SEPTEMBER, OCTOBER)
