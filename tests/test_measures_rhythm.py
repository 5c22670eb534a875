from __future__ import annotations

import ast
import datetime as dt
import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial import distance
from toy import ME, village

from villagegraph.errors import IdentityError, TableError
from villagegraph.measures import rhythm as table_of
from villagegraph.measures.rhythm import (
    active_days,
    balance_of_contacts,
    call_duration,
    churn_of_contacts,
    clustering_coefficient_unweighted,
    clustering_coefficient_weighted,
    entropy_of_contacts,
    interaction_log,
    interactions_per_contact,
    interevent_time,
    number_of_contacts,
    number_of_interactions,
    percent_initiated_conversations,
    percent_initiated_interactions,
    percent_nocturnal,
    percent_pareto_durations,
    percent_pareto_interactions,
    response_delay_text,
    response_rate_text,
    summary,
    week_matrix,
)
from villagegraph.settings import Settings

INDICATORS = {
    function.__name__: function
    for function in (
        active_days, balance_of_contacts, call_duration, entropy_of_contacts,
        interactions_per_contact, interevent_time, number_of_contacts, number_of_interactions,
        percent_initiated_conversations, percent_initiated_interactions, percent_nocturnal,
        percent_pareto_durations, percent_pareto_interactions, response_delay_text,
        response_rate_text,
    )
}  # fmt: skip
COLUMNS = ["at", "person_id", "direction", "channel", "minutes"]
NONE = pd.DataFrame(
    {name: pd.Series(dtype="float64" if name == "minutes" else "str") for name in COLUMNS}
)


def log(*rows):
    """A row per item: time, contact, direction, channel, minutes."""
    full = [(*row, *("out", "chat", math.nan)[len(row) - 2 :]) for row in rows]
    return pd.DataFrame(full, columns=COLUMNS)


def random_log(seed, *, size=60):
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    start = pd.Timestamp("2026-09-20")
    rows = []
    for _ in range(rng.randint(0, size)):
        channel = rng.choice(["call", "chat", "email", "sms", "meeting"])
        minutes = rng.choice([0, 1, 2.5, 40, math.nan]) if channel == "call" else math.nan
        # whole quarters of an hour, so that some things happen at once
        at = start + pd.Timedelta(minutes=15 * rng.randint(0, 3_000))
        way = rng.choice(["in", "out", "" if channel in ("call", "meeting") else "out"])
        rows.append((at, rng.choice("abcdef"), way, channel, minutes))
    return pd.DataFrame(rows, columns=COLUMNS) if rows else NONE


def test_who_was_in_contact_with_me_and_who_began():
    diary = [
        (ME, ("ana", "ben"), "email", "2026-10-01T10:00"),
        ("ana", (ME, "ben"), "email", "2026-10-02T10:00"),
        ("ana", ("ben",), "email", "2026-10-03T10:00"),
        ("cy", (ME,), "call", "2026-10-04T10:00"),
    ]
    found = interaction_log(village(diary))
    assert found[["person_id", "direction", "channel"]].to_numpy().tolist() == [
        ["ana", "out", "email"],
        ["ben", "out", "email"],
        ["ana", "in", "email"],
        ["cy", "in", "call"],
    ]
    assert number_of_interactions(village(diary)) == 3
    assert number_of_contacts(village(diary)) == 3
    assert interactions_per_contact(village(diary)).to_dict() == {"ana": 2, "ben": 1, "cy": 1}
    assert set(interaction_log(village(diary), person="Ben Okafor")["person_id"]) == {ME, "ana"}
    assert len(interaction_log(village(diary), as_of="2026-10-01")) == 2
    assert interaction_log(village(diary), channel="call")["person_id"].tolist() == ["cy"]
    assert len(interaction_log(village(diary), channel="callandtext")) == 4


def test_meetings_of_many_are_nobody_s_contact_and_who_invites_begins():
    from villagegraph.village import village_from_tables

    events = pd.DataFrame(
        {"event_id": ["few", "many"], "at": "2026-10-01 10:00", "channel": "meeting"}
    )
    crowd = [("many", f"p{number:02d}", "attendee") for number in range(25)]
    who = pd.DataFrame(
        [("few", "ana", "organizer"), ("few", "ben", "attendee"), ("few", ME, "attendee"),
         ("many", ME, "organizer"), *crowd],
        columns=["event_id", "person_id", "role"],
    )  # fmt: skip
    met = village_from_tables(events, who, me=ME)
    found = interaction_log(met)
    assert found[["person_id", "direction"]].to_numpy().tolist() == [["ana", "in"], ["ben", ""]]
    assert percent_initiated_interactions(met) == 0
    assert balance_of_contacts(met, weighted=False).to_dict() == {"ana": 0.0}


def test_the_log_has_the_contacts_of_the_tie_table(sample_village):
    from villagegraph.ties import tie_table

    ties = tie_table(sample_village, as_of="2026-10-31").reset_index()
    me = sample_village.owner()
    mine = ties[(ties["days"] > 0) & ((ties["person_u"] == me) | (ties["person_v"] == me))]
    expected = mine["person_u"].where(mine["person_v"] == me, mine["person_v"])
    found = interaction_log(sample_village, as_of="2026-10-31")
    assert set(found["person_id"]) == set(expected)
    days = found.groupby("person_id")["at"].agg(lambda at: at.dt.date.nunique())
    assert days.to_dict() == dict(zip(expected, mine["days"], strict=True))


def test_days_and_hours_are_those_of_the_village():
    diary = [("ana", (ME,), "chat", "2026-10-01T22:30"), ("ana", (ME,), "chat", "2026-10-02T05:30")]
    berlin = village(diary, settings=Settings(zone="Europe/Berlin"))
    assert (active_days(village(diary)), active_days(berlin)) == (2, 1)
    assert (percent_nocturnal(village(diary)), percent_nocturnal(berlin)) == (1.0, 0.5)
    assert week_matrix(berlin).loc["Fri", 0] == 1
    assert interevent_time(berlin).tolist() == [7 * 3600.0]


def test_the_night_has_both_its_bounds():
    times = ["06:59", "07:00", "07:01", "18:59", "19:00", "23:00"]
    found = [percent_nocturnal(log((f"2026-10-01 {time}", "ana"))) for time in times]
    assert found == [1, 1, 0, 0, 1, 1]
    siesta = [
        percent_nocturnal(log((f"2026-10-01 {time}", "ana")), night=("07:01", "18:59"))
        for time in times
    ]
    assert siesta == [0, 0, 1, 1, 0, 0]
    with pytest.raises(ValueError, match="night needs"):
        percent_nocturnal(log(("2026-10-01", "ana")), night=("19", "7"))


def test_pareto_counts_contacts_not_interactions():
    found = log(*[("2026-10-01", name) for name in "aaaabbbccd"])
    # 10 in all: 4 + 3 reach 7, 4 + 3 + 2 reach 8 and 9
    assert [percent_pareto_interactions(found, percentage=part) for part in (0.4, 0.7, 0.8, 1)] == [
        0.25, 0.5, 0.75, 1,
    ]  # fmt: skip
    calls = log(
        *[("2026-10-01", name, "in", "call", minutes) for name, minutes in (("a", 8), ("b", 2))]
    )
    assert percent_pareto_durations(calls) == 0.5
    assert percent_pareto_durations(calls, percentage=0.81) == 1
    with pytest.raises(ValueError, match="percentage needs"):
        percent_pareto_interactions(found, percentage=80)


def test_fifty_five_percent_of_a_hundred_are_fifty_five():
    found = log(*[("2026-10-01", name) for name in "a" * 55 + "b" * 45])
    assert percent_pareto_interactions(found, percentage=0.55) == 0.5


def test_conversations_end_with_a_silence():
    found = log(
        ("2026-10-01 09:00", "ana", "in", "chat"),
        ("2026-10-01 09:59:59", "ana", "out", "chat"),
        ("2026-10-01 10:59:59", "ana", "out", "chat"),
    )
    assert response_rate_text(found) == 1
    assert response_delay_text(found).tolist() == [3599]
    # the last one came after an hour: the second conversation, which the person began
    assert percent_initiated_conversations(found) == 0.5
    assert percent_initiated_conversations(found, window={"chat": "2h"}) == 0
    assert math.isnan(response_delay_text(found, window={"chat": dt.timedelta(minutes=1)}).mean())


def test_mail_has_days_to_be_answered():
    found = log(
        ("2026-10-01 09:00", "ana", "in", "email"), ("2026-10-07 09:00", "ana", "out", "email")
    )
    assert response_delay_text(found).to_dict() == {"ana": 6 * 86_400}
    assert response_rate_text(found, compat="bandicoot") == 0
    assert response_rate_text(found, window={"email": "3d"}) == 0
    for window in ({"fax": "1h"}, {"chat": 0}, {"chat": "soon"}):
        with pytest.raises(ValueError, match="window needs"):
            response_rate_text(found, window=window)


def test_a_call_ends_a_conversation_only_for_bandicoot():
    found = log(
        ("2026-10-01 09:00", "ana", "in", "sms"),
        ("2026-10-01 09:10", "ana", "in", "call", 1.0),
        ("2026-10-01 09:20", "ana", "out", "sms"),
    )
    assert response_rate_text(found) == 1
    assert response_rate_text(found, compat="bandicoot") == 0
    assert percent_initiated_conversations(found) == 0
    assert percent_initiated_conversations(found, compat="bandicoot") == 0.5
    # of which it does not know how long it was, that is no call
    unknown = found.assign(minutes=math.nan)
    assert response_rate_text(unknown, compat="bandicoot") == 1


def test_an_answer_at_once_is_an_answer():
    found = log(("2026-10-01 09:00", "ana", "in", "sms"), ("2026-10-01 09:00", "ana", "out", "sms"))
    assert response_delay_text(found).tolist() == [0]
    assert response_delay_text(found, compat="bandicoot").empty
    # whatever the order in which a file has them
    assert response_delay_text(found[::-1]).tolist() == [0]


def test_channels_are_conversations_of_their_own():
    found = log(
        ("2026-10-01 09:00", "ana", "in", "sms"), ("2026-10-01 09:10", "ana", "out", "chat")
    )
    assert response_rate_text(found) == 0
    assert response_rate_text(found, compat="bandicoot") == 1


def test_churn_is_one_less_the_cosine():
    found = log(
        *[("2026-08-03", name) for name in "aab"],
        *[("2026-09-03", name) for name in "abc"],
        *[("2026-11-03", name) for name in "abc"],
        *[("2026-12-03", name) for name in "abc"],
    )
    churn = churn_of_contacts(found)
    assert churn.index.tolist() == ["2026-09", "2026-10", "2026-11", "2026-12"]
    assert churn["2026-09"] == pytest.approx(distance.cosine([2, 1, 0], [1, 1, 1]))
    assert churn[["2026-10", "2026-11"]].isna().all()
    assert churn["2026-12"] == pytest.approx(0, abs=1e-12)
    assert churn_of_contacts(NONE).empty


@pytest.mark.parametrize("seed", range(20))
def test_the_summary_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=rng.integers(2, 30))
    found = summary(values)
    expected = [
        values.mean(), values.std(), np.median(values), values.min(), values.max(),
        stats.skew(values), stats.kurtosis(values, fisher=False),
    ]  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_summary_of_equal_values_has_no_shape():
    found = summary([0.1, 0.1, 0.1])
    assert found["std"] == 0
    assert found[["skewness", "kurtosis"]].isna().all()
    assert (summary([0.1] * 3, compat="bandicoot")[["skewness", "kurtosis"]] == 0).all()
    assert summary([]).isna().all()
    with pytest.raises(ValueError, match="compat needs"):
        summary([], compat="other")


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_entropy_agrees_with_scipy(people):
    found = log(*[("2026-10-01", person) for person in people])
    counts = [people.count(person) for person in sorted(set(people))]
    assert entropy_of_contacts(found) == pytest.approx(stats.entropy(counts), abs=1e-12)
    share = entropy_of_contacts(found, normalize=True)
    if len(counts) == 1:
        assert math.isnan(share)
    else:
        assert share == pytest.approx(stats.entropy(counts, base=len(counts)))


def test_without_an_interaction_counts_are_0_and_shares_undefined():
    for name in ("active_days", "number_of_contacts", "number_of_interactions"):
        assert INDICATORS[name](NONE) == 0
    for name, function in INDICATORS.items():
        if name.startswith(("percent", "response_rate", "entropy")):
            assert math.isnan(function(NONE)), name
    for name in ("call_duration", "interevent_time", "balance_of_contacts", "response_delay_text"):
        assert INDICATORS[name](NONE).empty
    assert week_matrix(NONE).to_numpy().sum() == 0
    found = table_of(village([])).query("stat == 'value' and indicator != 'active_days'")
    assert (found["value"].isna() | (found["value"] == 0)).all()


def test_of_which_only_the_day_is_known_says_nothing_of_hours():
    found = log(("2026-10-01", "ana"), ("2026-10-02", "ben")).assign(precision="day")
    assert active_days(found) == 2
    assert math.isnan(percent_nocturnal(found))
    assert interevent_time(found).empty
    assert week_matrix(found).to_numpy().sum() == 0
    parts = table_of(found, split="day").query("indicator == 'active_days' and channel == 'all'")
    assert parts.set_index("part_of_day")["value"].to_dict() == {"allday": 2, "day": 0, "night": 0}


@pytest.mark.parametrize("by", [None, "day", "week", "month", "year"])
@pytest.mark.parametrize("seed", range(2))
def test_each_number_of_the_table_is_what_its_function_gives(seed, by):
    whole = random_log(seed)
    found = table_of(whole, by=by, split=("week", "day"))
    at = whole["at"]
    text = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
    period = at.dt.strftime(text[by]) if by else pd.Series("all", index=whole.index)
    week = np.where(at.dt.day_of_week >= 5, "weekend", "weekday")
    minute = at.dt.hour * 60 + at.dt.minute
    day = np.where((minute > 7 * 60) & (minute < 19 * 60), "day", "night")
    groups = ["period", "part_of_week", "part_of_day", "channel", "indicator", "params"]
    rng = random.Random(seed)  # noqa: S311  # a test's own dice
    numbers = list(found.groupby(groups)["value"])
    for (name, weekly, daily, channel, indicator, params), value in rng.sample(
        numbers, min(60, len(numbers))
    ):
        part = whole[
            (period == name)
            & ((week == weekly) | (weekly == "allweek"))
            & ((day == daily) | (daily == "allday"))
            & ((whole["channel"] == channel) | (channel == "all"))
        ]
        pairs = (pair.split("=") for pair in params.split())
        arguments = {
            key: cell if cell in ("in", "out") else ast.literal_eval(cell) for key, cell in pairs
        }
        expected = INDICATORS[indicator](part, **arguments)
        if isinstance(expected, pd.Series):
            expected = summary(expected)
        np.testing.assert_allclose(value, np.atleast_1d(expected), rtol=1e-9, atol=1e-12)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None)
def test_neither_the_order_of_rows_nor_names_matter(seed, dice):
    rows = random_log(seed)
    # the same moment, contact and channel in both directions stays the same pair of rows
    order = list(range(len(rows)))
    dice.shuffle(order)
    names = dict(zip("abcdef", dice.sample("uvwxyz", 6), strict=True))
    other = rows.iloc[order].assign(person_id=rows["person_id"].map(names))
    pd.testing.assert_frame_equal(
        table_of(rows, by="month"), table_of(other, by="month"), rtol=0, atol=1e-9
    )


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_shares_lie_between_0_and_1_and_balances_add_up(seed):
    rows = random_log(seed)
    found = table_of(rows)
    shares = found[found["indicator"].str.startswith(("percent", "response_rate", "balance"))]
    shares = shares[shares["stat"].isin(["value", "mean", "min", "max"])]["value"].dropna()
    assert shares.between(0, 1 + 1e-12).all()
    known = rows[rows["direction"] != ""]
    if len(known):
        out = (known["direction"] == "out").mean()
        assert balance_of_contacts(rows).sum() == pytest.approx(out)
    days = table_of(rows, by="day").query("channel == 'all' and indicator == 'active_days'")
    assert days["value"].sum() == active_days(rows)


def test_who_wrote_to_one_another_is_closed():
    pairs = [(ME, "ana"), (ME, "ben"), (ME, "cy"), ("ana", "ben"), ("ben", "cy")]
    diary = [
        (one, (other,), "chat", "2026-10-01T10:00")
        for a, b in pairs
        for one, other in ((a, b), (b, a))
    ]
    # dee only ever received
    diary.append((ME, ("dee",), "chat", "2026-10-01T10:00"))
    closed = village(diary)
    assert clustering_coefficient_unweighted(closed) == pytest.approx(2 / 3)
    assert clustering_coefficient_weighted(closed) == pytest.approx(2 / 3)
    assert clustering_coefficient_weighted(closed, interaction="text") == pytest.approx(2 / 3)
    assert math.isnan(clustering_coefficient_weighted(closed, interaction="call"))
    assert clustering_coefficient_weighted(closed, interaction="call", compat="bandicoot") == 0
    assert math.isnan(clustering_coefficient_unweighted(closed, person="dee"))
    assert clustering_coefficient_unweighted(closed, person="ana") == 1
    more = [*diary, *[(ME, ("ana",), "chat", f"2026-10-02T1{hour}:00") for hour in range(6)]]
    # me and ana: 8 half-hours, all others 2: (8 * 2 * 2) ** (1 / 3) / 8 and 2 / 8
    expected = (32 ** (1 / 3) / 8 + 2 / 8) / 3
    assert clustering_coefficient_weighted(village(more)) == pytest.approx(expected)
    with pytest.raises(ValueError, match="interaction needs"):
        clustering_coefficient_weighted(closed, interaction="mail")


def test_the_table_of_a_village_ends_with_the_coefficients(sample_village):
    found = table_of(sample_village, as_of="2026-10-31")
    last = found[found["channel"] == ""]
    assert last.index.tolist() == list(found.index[-5:])
    value = clustering_coefficient_unweighted(sample_village, as_of="2026-10-31")
    assert last["value"].iloc[-1] == value
    assert 0 < value <= 1
    assert {"all", "email", "meeting"} <= set(found["channel"])
    assert found["params"].str.count("=").max() == 2


def test_bad_logs_are_told_in_one_message():
    with pytest.raises(TableError, match="no column `at`"):
        active_days(pd.DataFrame({"person_id": ["ana"]}))
    odd = pd.DataFrame(
        {
            "at": ["soon", "2026-10-01"],
            "person_id": ["SECRET", None],
            "direction": "SECRET",
            "minutes": "SECRET",
        }
    )
    with pytest.raises(TableError) as caught:
        active_days(odd)
    assert len(caught.value.problems) == 4
    assert "SECRET" not in str(caught.value)
    with pytest.raises(TypeError, match="list was given"):
        active_days([])
    with pytest.raises(ValueError, match="direction needs"):
        number_of_contacts(log(("2026-10-01", "ana")), direction="up")
    for wrong in ({"by": "hour"}, {"split": "hour"}, {"compat": "other"}, {"as_of": "2026-10-01"}):
        with pytest.raises(ValueError, match=r"needs?"):
            table_of(log(("2026-10-01", "ana")), **wrong)
    with pytest.raises(IdentityError):
        table_of(village(me=None))


def test_a_frame_given_is_not_changed():
    rows = random_log(3)
    before = rows.copy(deep=True)
    table_of(rows, by="week", compat="bandicoot")
    pd.testing.assert_frame_equal(rows, before)
