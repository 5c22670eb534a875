from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from toy import ME, every, village

from villagegraph.errors import IdentityError
from villagegraph.measures import neglected_ties
from villagegraph.settings import PersonSettings, Settings
from villagegraph.ties import tie_table

DAY = "2026-10-31"
COLUMNS = [
    "list", "rank", "person_id", "name", "value", "band", "days_365", "cadence_days",
    "dormancy_days", "unseen_days", "overdue", "last_at", "channel", "ended", "cases",
    "people_at_risk", "organization_at_risk", "reason",
]  # fmt: skip


def before(days):
    return (dt.date.fromisoformat(DAY) - dt.timedelta(days=days)).isoformat()


def alone(days, *, silence, count=12, **wishes):
    """The list for one person who wrote every so many days."""
    settings = Settings(people={"ana": PersonSettings(**wishes)}) if wishes else None
    toy = village(
        every("ana", days=days, count=count, last=before(silence)), people={}, settings=settings
    )
    return neglected_ties(toy, as_of=DAY)


def lists(found):
    """Return the list of each person; who is slipping stands in two, of which the first is told."""
    first = found.drop_duplicates("person_id")
    return dict(zip(first["person_id"], first["list"], strict=True))


def messages(found):
    return found[found["list"] == "worth a message"].reset_index(drop=True)


@pytest.mark.parametrize(
    ("days", "silence", "where"),
    [
        (7, 20, None),
        (7, 29, None),
        (7, 30, "slipping"),
        (14, 41, None),
        (14, 42, "slipping"),
        (90, 200, None),
        (7, 365, "slipping"),
        (7, 366, "dormant"),
        (300, 366, "dormant"),
    ],
)
def test_the_gate(days, silence, where):
    assert lists(alone(days, silence=silence)) == ({"ana": where} if where else {})


def test_five_days_of_contact_are_needed():
    assert alone(7, silence=60, count=5)["list"].tolist() == ["slipping", "worth a message"]
    assert alone(7, silence=60, count=4).empty
    assert alone(7, silence=600, count=4).empty


def test_value_counts_the_days_of_the_last_year():
    # 30 mails, 20 days apart, the last one 100 days ago: 14 lie within 365 days
    row = alone(20, silence=100, count=30).loc[0]
    assert row["days_365"] == 14
    assert row["value"] == pytest.approx(math.log(15))
    # silent for over half a year: the year up to the last contact holds 19
    row = alone(20, silence=183, count=30).loc[0]
    assert row["days_365"] == 19
    assert row["value"] == pytest.approx(math.log(20))
    assert "(19 days of contact in the year before)" in row["reason"]


def test_a_star_counts_double():
    plain, starred = alone(7, silence=60), alone(7, silence=60, star=True)
    assert starred["value"][0] == 2 * plain["value"][0]


@pytest.mark.parametrize(
    ("wishes", "listed"),
    [
        ({"mute": True}, False),
        ({"opt_out": True}, False),
        ({"snooze_until": dt.date(2026, 11, 1)}, False),
        ({"snooze_until": dt.date(2026, 10, 31)}, True),
        ({"tags": ("friend",)}, True),
    ],
)
def test_wishes_are_kept(wishes, listed):
    assert (not alone(7, silence=60, **wishes).empty) is listed


def test_a_wished_gap_takes_the_place_of_the_usual_one():
    # a habit needs three times the usual gap; a wish says itself when it is time
    assert alone(7, silence=60, cadence_days=90).empty
    assert alone(7, silence=20, cadence_days=20).empty
    assert lists(alone(7, silence=20, cadence_days=19)) == {"ana": "slipping"}
    found = alone(40, silence=95, cadence_days=30.0)
    assert found["cadence_days"][0] == 30
    assert found["reason"][0].startswith(
        "You wish to be in touch every 30 days (7 days of contact in the last year). "
        "Quiet for 95 days, 3 times as long."
    )
    found = alone(40, silence=41, cadence_days=30.0)
    assert "Quiet for 41 days. In" in found["reason"][0]
    # one day of contact is enough
    found = alone(7, silence=100, count=1, cadence_days=30)
    assert lists(found) == {"ana": "slipping"}
    assert "1 day of contact" in found["reason"][0]
    assert "own past" not in found["reason"][0]


def test_the_order_is_value_times_the_chance_of_return():
    steady = every("ben", days=8, count=20, last=before(60))
    # as many days, but this is not ana's first long silence
    gaps = [4, 4, 4, 4, 70] * 3 + [4, 4, 4, 4]
    back = np.cumsum([60, *gaps])
    bursts = [("ana", (ME,), "email", before(int(days))) for days in back]
    # as many days in the last year, and dee has been seen to return for much longer
    short = every("cy", days=8, count=5, last=before(62))
    tried = [
        *every("dee", days=8, count=5, last=before(62)),
        *every("dee", days=2, count=25, last=before(370)),
    ]
    # long silences are common with flo, who wrote today
    rare = every("flo", days=90, count=30, last=DAY)
    diary = [*steady, *bursts, *short, *tried, *rare]
    found = messages(neglected_ties(village(diary), as_of=DAY))

    # the formula of the docstring, written out anew from the diary
    ordinal = dt.date.fromisoformat(DAY).toordinal()
    days = {}
    for sender, _, _, day in diary:
        days.setdefault(sender, set()).add(dt.date.fromisoformat(day).toordinal())
    gaps = {person: np.diff(sorted(own)) for person, own in days.items()}
    pool = np.concatenate(list(gaps.values()))
    score = {}
    for person, own in days.items():
        silence = ordinal - max(own)
        longer = (gaps[person] > silence).sum()
        survival = (longer + 3 * (pool > silence).mean()) / (len(gaps[person]) + 3)
        recent = sum(day > ordinal - 365 for day in own)
        score[person] = math.log1p(recent) * (1 - survival)
    del score["flo"]
    assert found["person_id"].tolist() == sorted(score, key=score.get, reverse=True)
    assert found["person_id"].tolist() == ["ben", "ana", "dee", "cy"]
    assert found["days_365"].tolist() == [20, 20, 5, 5]
    assert found["rank"].tolist() == [1, 2, 3, 4]


def test_a_year_has_365_days():
    # every 15 days, and so one of the mails exactly 365 days ago: it counts no more
    assert alone(15, silence=50, count=30)["days_365"][0] == 21


def test_equal_ties_stand_by_name():
    diary = [
        *every("p2", days=7, count=9, last=before(50)),
        *every("p1", days=7, count=9, last=before(50)),
        *every("p3", days=7, count=9, last=before(50)),
    ]
    people = {"p1": {"name": "Cy"}, "p2": {"name": "Ana"}, "p3": {"name": "Ben"}}
    found = neglected_ties(village(diary, people=people), as_of=DAY)
    assert found["name"].tolist() == ["Ana", "Ben", "Cy"] * 2


def test_dormant_ties_stand_by_value():
    diary = [
        *every("ana", days=30, count=10, last=before(400)),
        *every("ben", days=10, count=10, last=before(900)),
        *every("cy", days=60, count=12, last=before(500)),
    ]
    found = neglected_ties(village(diary), as_of=DAY)
    assert found["list"].eq("dormant").all()
    assert set(found["person_id"][:2]) == {"ana", "ben"}  # ten days each, then six
    assert found["person_id"].tolist() == ["ana", "ben", "cy"]
    assert found["rank"].tolist() == [1, 2, 3]


def test_the_reason_of_a_dormant_tie():
    diary = [
        *every("ana", days=18, count=41, last="2025-03-14"),
        (ME, ("ana",), "email", "2025-03-14"),
    ]
    found = neglected_ties(village(diary), as_of=DAY)
    assert found["reason"][0] == (
        "You were in touch on 41 days over 2 years, last in March 2025 by mail. "
        "Quiet for 20 months."
    )
    assert found["channel"][0] == "email"


def test_how_earlier_silences_ended_is_told():
    # dee: a gap of 40 days after every ten days of daily mail, 24 times over
    start = dt.date(2022, 1, 1)
    diary = [
        ("dee", (ME,), "email", (start + dt.timedelta(days=50 * turn + day)).isoformat())
        for turn in range(25)
        for day in range(10)
    ]
    last = start + dt.timedelta(days=50 * 24 + 9)
    as_of = (last + dt.timedelta(days=32)).isoformat()
    found = messages(neglected_ties(village(diary), as_of=as_of))
    assert found["reason"][0].endswith(
        "In your own past, 24 of 24 such silences ended within 90 days."
    )
    assert found.loc[0, ["ended", "cases"]].tolist() == [24, 24]
    # a day longer than any before: there are none such
    as_of = (last + dt.timedelta(days=43)).isoformat()
    found = messages(neglected_ties(village(diary), as_of=as_of))
    assert found.loc[0, ["ended", "cases"]].tolist() == [0, 0]
    assert "own past" not in found["reason"][0]


def test_silences_that_never_ended_count_as_not_ended():
    diary = []
    for number in range(30):
        diary += every(f"q{number:02d}", days=10, count=12, last=before(340))
    diary += every("ana", days=10, count=12, last=before(60))
    found = messages(neglected_ties(village(diary), as_of=DAY)).set_index("person_id")
    assert found.loc["ana", "reason"].endswith(
        "In your own past, 0 of 30 such silences ended within 90 days."
    )


def test_words_and_numbers_agree():
    row = alone(9, silence=61, count=34).loc[0]
    assert row["cadence_days"] == pytest.approx(9)
    assert row["overdue"] == pytest.approx(61 / 9)
    assert row["reason"].startswith(
        "Usually every 9 days (34 days of contact in the last year). "
        "Quiet for 61 days, 7 times the usual gap. "
        "In reference mail data, contact within 90 days then "
    )
    assert alone(1, silence=61)["reason"][0].startswith("Usually about once a day (12 days")
    assert "every 11 weeks" in alone(77, silence=240, count=20)["reason"][0]


def test_cadence_and_last_contact_are_those_of_the_tie_table():
    toy = village(every("ana", days=7, count=20, last=before(50)))
    row = neglected_ties(toy, as_of=DAY).loc[0]
    tie = tie_table(toy, as_of=DAY).loc[("ana", ME)]
    assert row["cadence_days"] == tie["cadence_days"]
    assert row["dormancy_days"] == tie["dormancy_days"] == 50
    assert row["last_at"] == tie["last_at"]


def test_what_happened_later_counts_for_nothing():
    diary = every("ana", days=7, count=20, last=before(50))
    then = neglected_ties(village(diary), as_of=DAY)
    later = [*diary, ("ana", (ME,), "email", "2026-11-02"), ("ben", (ME,), "email", "2026-11-02")]
    pd.testing.assert_frame_equal(neglected_ties(village(later), as_of=DAY), then)
    assert neglected_ties(village(later), as_of="2026-11-30").empty


def test_machines_and_desks_are_no_people():
    people = {person: {"name": "Shop"} for person in ("machine", "desk", "named", "both")}
    people["named"] = {"name": "Ines Moreau"}
    diary = [mail for person in people for mail in every(person, days=7, count=9, last=before(50))]
    toy = village(diary, people=people)
    rows = [
        ("machine", "email:no-reply@example.org"),
        ("desk", "email:info@example.org"),
        ("named", "email:hello@example.net"),
        ("both", "email:no-reply@example.com"),
        ("both", "email:ines@example.com"),
    ]
    handles = pd.DataFrame(rows, columns=["person_id", "handle"]).assign(
        record_id="", kind="email", source=""
    )
    # one address each in the mails, as a mailbox that stands in no card would show
    seen = dict(rows[:4])
    shown = toy.participants["person_id"].map(seen).fillna(toy.participants["handle"])
    mails = toy.participants.assign(handle=shown)
    for known in (handles, handles[handles["person_id"] == "both"]):
        found = neglected_ties(replace(toy, handles=known, participants=mails), as_of=DAY)
        assert set(found["person_id"]) == {"named", "both"}


def test_ties_worth_a_message_are_ranked_by_value_and_own_survival():
    rng = np.random.default_rng(3)
    gaps = {f"q{n}": rng.choice([3, 5, 8, 60, 90], size=rng.integers(5, 30)) for n in range(25)}
    silence = {who: int(rng.integers(60, 180)) for who in gaps}
    end = dt.date.fromisoformat(DAY)
    diary = []
    for who, own in gaps.items():
        day = end - dt.timedelta(days=silence[who])
        for back in [0, *own.cumsum()]:
            at = day - dt.timedelta(days=int(back))
            diary.append((who, (ME,), "email", at.isoformat()))
    found = messages(neglected_ties(village(diary), as_of=DAY))
    pool = np.concatenate(list(gaps.values()))

    def order(prior):
        def worth(who):
            longer = (gaps[who] > silence[who]).sum() + prior * (pool > silence[who]).mean()
            year = silence[who] if silence[who] > 182 else 0
            recent = [back for back in [0, *gaps[who].cumsum()] if back + silence[who] - year < 365]
            return np.log1p(len(recent)) * (1 - longer / (len(gaps[who]) + prior))

        return sorted(found["person_id"], key=lambda who: -worth(who))

    assert len(found) > 8
    assert found["person_id"].tolist() == order(3) != order(30)


def test_each_list_is_cut_at_the_limit():
    diary = [
        mail
        for number in range(6)
        for mail in every(f"q{number}", days=7, count=9, last=before(50 + 330 * (number % 2)))
    ]
    found = neglected_ties(village(diary), as_of=DAY, limit=2)
    assert found["list"].tolist() == [
        name for name in ("slipping", "worth a message", "dormant") for _ in range(2)
    ]
    assert neglected_ties(village(diary), as_of=DAY, limit=0).empty
    for odd in (-1, 2.5, "2"):
        with pytest.raises(ValueError, match="limit needs to be a whole number, 0 or more"):
            neglected_ties(village(diary), as_of=DAY, limit=odd)


def test_an_empty_list_has_its_columns():
    for diary in ([], every("ana", days=7, count=9, last=DAY)):
        found = neglected_ties(village(diary), as_of=DAY)
        assert list(found.columns) == COLUMNS
        assert found.empty
        assert isinstance(found["last_at"].dtype, pd.DatetimeTZDtype)
    assert neglected_ties(village(), as_of="1999-01-01").empty
    assert list(neglected_ties(village(), as_of=DAY).columns) == COLUMNS


def test_it_needs_an_owner():
    with pytest.raises(IdentityError, match="whose village"):
        neglected_ties(village(me=None), as_of=DAY)


def test_the_order_of_the_exports_does_not_matter():
    diary = [
        mail
        for number in range(5)
        for mail in every(f"q{number}", days=5 + number, count=20, last=before(40 + 9 * number))
    ]
    one = neglected_ties(village(diary), as_of=DAY)
    other = neglected_ties(village(diary[::-1]), as_of=DAY)
    pd.testing.assert_frame_equal(one, other)


def test_no_word_hurts():
    found = pd.concat(
        [alone(7, silence=60), alone(7, silence=600), alone(7, silence=60, cadence_days=9)]
    )
    for reason in found["reason"]:
        assert not any(word in reason.lower() for word in ("lost", "dead", "ghost", "neglect"))
