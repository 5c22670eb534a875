from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from dataclasses import replace

import pandas as pd
import pytest
from toy import ME, every, village

from villagegraph.days import day_number
from villagegraph.errors import IdentityError
from villagegraph.files import digest
from villagegraph.settings import PersonSettings, Settings
from villagegraph.touches import questions, this_week
from villagegraph.touches.letters import Letters

DAY = "2026-10-31"
FIRST = dt.date(2026, 3, 2)


def weeks(count, start=FIRST):
    return [start + dt.timedelta(weeks=n) for n in range(count)]


def answered(who, *, last, count=6):
    """Mails of a person to me, each answered on the day after, but the last."""
    mails = every(who, days=9, count=count, last=last)
    back = every(who, days=9, count=count - 1, last=_before(last, 8))
    return [*mails, *((ME, (who,), "email", day) for *_, day in back)]


def _before(day, days):
    return (dt.date.fromisoformat(day) - dt.timedelta(days=days)).isoformat()


def test_a_reply_is_owed_to_whom_one_usually_answers():
    toy = village(answered("ana", last="2026-10-24"), people={"ana": {"name": "Ana"}})
    (row,) = this_week(toy, as_of=DAY).to_dict("records")
    assert (row["kind"], row["person_id"], row["channel"]) == ("reply owed", "ana", "email")
    assert row["why"] == "Wrote to you on 24 October and has had no answer."
    assert row["line"].startswith("Ana, by mail: Wrote to you on 24 October")
    assert row["question"] in questions.REPLY
    # answered, just arrived, long ago, never answered before, or to several: nothing is owed
    day_after = (ME, ("ana",), "email", "2026-10-25")
    for mails in (
        [*answered("ana", last="2026-10-24"), day_after],
        answered("ana", last="2026-10-30"),
        answered("ana", last="2026-10-14"),
        every("ana", days=9, count=6, last="2026-10-24"),
        [("ana", (ME, "ben"), "email", "2026-10-24")],
    ):
        assert "reply owed" not in set(this_week(village(mails, people={}), as_of=DAY)["kind"])


def test_a_letter_to_two_addresses_of_mine_is_to_me_alone():
    toy = village(answered("ana", last="2026-10-24"), people={})
    rows = toy.participants
    last = rows[rows["event_id"].isin(rows.loc[rows["person_id"] == "ana", "event_id"])]
    mine = last[last["person_id"] == ME].assign(handle="mia@second.example", role="cc")
    twice = replace(toy, participants=pd.concat([rows, mine], ignore_index=True))
    assert this_week(twice, as_of=DAY)["kind"].tolist() == ["reply owed"]
    # somebody who opted out has no id, and is somebody all the same
    other = replace(toy, participants=pd.concat([rows, mine.assign(person_id="")]))
    assert "reply owed" not in set(this_week(other, as_of=DAY)["kind"])


def test_each_waiting_mail_is_named_in_one_week_only():
    toy = village(answered("ana", last="2026-10-14"), people={})
    named = [
        day
        for day in weeks(12, dt.date(2026, 9, 14))
        if "reply owed" in set(this_week(toy, as_of=day)["kind"])
    ]
    assert named == [dt.date(2026, 10, 19)]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"birthday": "1990-11-03"}, "Has a birthday on Tuesday, 3 November."),
        ({"anniversary": "2016-11-06"}, "Has an anniversary (10 years) on Friday, 6 November."),
        ({"anniversary": "2025-11-06"}, "Has an anniversary (1 year) on Friday, 6 November."),
        ({"anniversary": "--10-31"}, "Has an anniversary on Saturday, 31 October."),
    ],
)
def test_days_of_the_week_are_named(facts, why):
    toy = village(every("ana", days=7, count=9, last="2026-10-29"), people={"ana": facts})
    assert this_week(toy, as_of=DAY)["why"].tolist() == [why]
    assert this_week(toy, as_of="2026-10-20").empty
    assert this_week(toy, as_of="2026-11-10").empty


def test_a_slipping_tie_is_named_once_in_five_weeks():
    toy = village(every("ana", days=7, count=30, last="2026-02-20"), people={})
    named = [day for day in weeks(20, dt.date(2026, 4, 6)) if len(this_week(toy, as_of=day))]
    assert len(named) == 4
    assert {(b - a).days for a, b in itertools.pairwise(named)} == {35}
    asked = [this_week(toy, as_of=day)["question"][0] for day in named]
    assert len(set(asked)) == 4
    assert this_week(toy, as_of=named[0])["why"][0].startswith(
        "You were usually in touch every 7 days; it has been quiet for "
    )


def test_an_introduction_holds_no_address_and_no_number():
    told = "+49 30 23125 001 / cy@example.org"
    week = day_number(DAY) // 7
    # two who both have this week for what can wait
    ids = [f"p{n}" for n in range(40) if (week + int(digest("week", f"p{n}"), 16)) % 5 == 0][:2]
    people = {who: {"name": who.title(), "location": told} for who in ids}
    mails = [mail for who in ids for mail in every(who, days=5, count=6, last="2026-10-28")]
    found = this_week(village(mails, people=people), as_of=DAY)
    why = found.loc[found["kind"] == "introduction", "why"].tolist()
    assert why
    assert not any("@" in text or "23125" in text for text in why)


def test_nobody_is_named_twice_in_a_month(sample_village):
    start = dt.date(2026, 5, 4)
    last = defaultdict(list)
    for day in weeks(8, start):
        for row in this_week(sample_village, as_of=day, limit=40).to_dict("records"):
            last[row["person_id"]].append(day)
    gaps = [(b - a).days for days in last.values() for a, b in itertools.pairwise(days)]
    assert len(last) > 30
    assert gaps
    assert min(gaps) > 28


def test_the_list_is_short_varied_and_asks_nothing_twice(sample_village):
    table = this_week(sample_village, as_of=DAY)
    assert len(table) == 3
    assert table["kind"].nunique() == 3
    assert table["question"].is_unique
    assert table["rank"].tolist() == [1, 2, 3]
    assert this_week(sample_village, as_of=DAY, limit=0).empty
    assert this_week(sample_village, as_of=DAY, limit=40)["question"].str.endswith("?").all()


def test_wishes_are_kept():
    people = {"ana": {"birthday": "--11-02"}}
    for wish in ({"mute": True}, {"snooze_until": dt.date(2026, 12, 1)}, {"opt_out": True}):
        settings = Settings(people={"ana": PersonSettings(**wish)})
        toy = village(
            every("ana", days=7, count=9, last="2026-10-29"), people=people, settings=settings
        )
        assert this_week(toy, as_of=DAY).empty


def test_it_needs_an_owner_and_a_limit():
    with pytest.raises(IdentityError):
        this_week(village(me=None), as_of=DAY)
    with pytest.raises(ValueError, match="limit needs to be a whole number, 0 or more"):
        this_week(village(), as_of=DAY, limit=-1)


def test_people_answer_where_they_mostly_write():
    mails = [
        *every("ana", days=7, count=4, last="2026-10-20", channel="email"),
        *every("ana", days=7, count=6, last="2026-10-10", channel="chat"),
        *every("ana", days=2, count=40, last="2020-10-10", channel="sms"),
        *every("ana", days=2, count=40, last="2026-10-10", channel="meeting"),
    ]
    letters = Letters(village(mails, people={}))
    assert letters.usual_channel("ana") == "chat"
    assert letters.usual_channel("nobody") == ""


def test_questions_come_round_before_any_is_repeated():
    for bank in (questions.GENERAL, questions.BIRTHDAY, questions.REPLY):
        assert len(set(bank)) == len(bank)
        asked = [
            questions.question(bank, "p1", turn=turn, taken=frozenset())
            for turn in range(len(bank))
        ]
        assert set(asked) == set(bank)
    taken = frozenset(questions.REPLY[1:])
    assert questions.question(questions.REPLY, "p", turn=3, taken=taken) == questions.REPLY[0]
