"""Measures of a whole organisation's log."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toy import PEOPLE, village

from villagegraph.measures import (
    flow_shares,
    gini,
    group_to_group,
    joiners_and_leavers,
    lorenz_curve,
)

numbers = st.lists(st.floats(0, 1e6).filter(lambda x: x == 0 or x > 1e-6), min_size=1, max_size=30)
DIARY = [
    ("ana", ("ben",), "email", "2026-09-01"),
    ("ana", ("ben",), "email", "2026-09-02"),
    ("ben", ("cy", "dee"), "email", "2026-09-03"),
    ("cy", ("dee",), "chat", "2026-10-05"),
    ("ana", ("flo",), "chat", "2026-10-06"),
]
TEAMS = pd.Series({"ana": "red", "ben": "red ", "cy": "blue", "dee": "blue", "flo": ""})


@pytest.mark.real
def test_shares_of_groups_agree_with_vivainsights(shared_data):
    data = shared_data / "corpora" / "viva_p2p" / "vivainsights" / "data" / "g2g_data.csv"
    sides = [f"{side}Collaborator_Organization" for side in ("Primary", "Secondary")]
    found = flow_shares(
        pd.read_csv(data, encoding="utf-8-sig"),
        source=sides[0],
        target=sides[1],
        value="Group_collaboration_time_invested",
        within="Within Group",
    )
    folder = shared_data / "reference" / "vivainsights"
    long = pd.read_csv(folder / "g2g_data.csv")
    assert len(long) == 27
    for row in long.itertuples():
        assert found.loc[row.PrimaryOrg, row.SecondaryOrg] == pytest.approx(
            row.metric_prop, rel=1e-12
        )
    wide = pd.read_csv(folder / "g2g_table.csv", index_col="PrimaryOrg").fillna(0.0)
    assert list(found.index) == list(wide.index)
    np.testing.assert_allclose(found[wide.columns], wide, rtol=1e-12)


def test_weeks_are_averaged_before_shares_are_taken():
    flows = pd.DataFrame(
        {"a": ["x", "x", "x", "y"], "b": ["Within", "y", "y", "x"], "n": [4.0, 1.0, 3.0, 0.0]}
    )
    found = flow_shares(flows, source="a", target="b", value="n", within="Within")
    assert found.loc["x"].to_dict() == {"x": 4 / 6, "y": 2 / 6}
    assert found.loc["y"].isna().all()


@pytest.mark.parametrize("column", ["a", "b"])
def test_flows_go_from_a_group_to_a_group(column):
    flows = pd.DataFrame({"a": ["SECRET", "y"], "b": ["y", "z"], "n": [1.0, 2.0]})
    flows.loc[1, column] = None
    with pytest.raises(
        ValueError, match=f"`{column}` needs to name a group in every row; .* 1"
    ) as raised:
        flow_shares(flows, source="a", target="b", value="n")
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, "SECRET"])
def test_flows_are_numbers_of_0_or_more(value):
    flows = pd.DataFrame({"a": ["x"], "b": ["y"], "n": [value]})
    with pytest.raises(ValueError, match="`n` needs to hold finite numbers"):
        flow_shares(flows, source="a", target="b", value="n")
    with pytest.raises(ValueError, match="flows need `c`"):
        flow_shares(flows, source="a", target="c", value="n")


def test_shares_of_groups_by_hand():
    log = village(DIARY, me=None)
    found = group_to_group(log, groups=TEAMS)
    # red: two days of ana and ben, seen from both, half a day each with cy and dee, one with flo
    assert found.loc["red"].to_dict() == pytest.approx(
        {"blue": 1 / 6, "not known": 1 / 6, "red": 4 / 6}
    )
    assert found.loc["blue"].to_dict() == pytest.approx(
        {"blue": 2 / 3, "not known": 0, "red": 1 / 3}
    )
    assert found.loc["not known", "red"] == 1
    september = group_to_group(log, groups=TEAMS, as_of="2026-09-30")
    assert september.loc["red"].to_dict() == pytest.approx({"blue": 0.2, "red": 0.8})
    october = group_to_group(log, groups=TEAMS, since="2026-10-01")
    assert october.loc["blue"].to_dict() == {"blue": 1, "not known": 0, "red": 0}
    spelled = TEAMS.where(~TEAMS.index.isin(["ana"]), TEAMS.str.upper() + " ")
    assert spelled["ana"] != TEAMS["ana"]
    other = group_to_group(log, groups=spelled).rename(index=str.lower, columns=str.lower)
    pd.testing.assert_frame_equal(other.loc[found.index, found.columns], found, check_names=False)
    by_organization = group_to_group(log)
    assert set(by_organization.index) <= {
        *(p.get("organization", "").strip() for p in PEOPLE.values()),
        "not known",
    }
    assert group_to_group(village([], me=None)).empty


@given(st.permutations(DIARY))
@settings(max_examples=10, deadline=None)
def test_the_order_of_items_does_not_matter(diary):
    found = group_to_group(village(diary, me=None), groups=TEAMS)
    np.testing.assert_allclose(found, group_to_group(village(DIARY, me=None), groups=TEAMS))
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_who_joined_and_who_left():
    before, after = ("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31")
    log = village(DIARY, me=None)
    found = joiners_and_leavers(log, before=before, after=after)
    assert found["change"].to_dict() == {
        "ana": "stayed", "ben": "left", "cy": "stayed", "dee": "stayed", "flo": "joined",
    }  # fmt: skip
    assert found.loc["ana", ["days_before", "days_after"]].tolist() == [2, 1]
    back = joiners_and_leavers(log, before=after, after=before)
    turned = {"joined": "left", "left": "joined", "stayed": "stayed"}
    assert back["change"].to_dict() == found["change"].map(turned).to_dict()
    assert joiners_and_leavers(village([], me=None), before=before, after=after).empty
    with pytest.raises(ValueError, match="a stretch needs to end"):
        joiners_and_leavers(log, before=before[::-1], after=after)


@given(numbers)
def test_gini_is_the_mean_difference_of_two_people(values):
    x = np.array(values)
    if x.sum() == 0:
        assert math.isnan(gini(values))
        return
    expected = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert gini(values) == pytest.approx(expected, abs=1e-9)
    curve = lorenz_curve(values)
    area = (
        np.diff(curve["people"]) * (curve["value"][1:].to_numpy() + curve["value"][:-1]) / 2
    ).sum()
    assert gini(values) == pytest.approx(1 - 2 * area, abs=1e-9)
    assert gini(values[::-1]) == gini(values)


def test_lorenz_and_gini_of_nothing_and_of_what_is_none():
    assert lorenz_curve([]).shape == (1, 2)
    assert lorenz_curve([0, 0])["value"].isna().all()
    assert math.isnan(gini([]))
    assert gini([5]) == 0
    for function in (gini, lorenz_curve):
        for wrong in ([-1.0], [math.nan], [math.inf]):
            with pytest.raises(ValueError, match="values need to be"):
                function(wrong)
