from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
from toy import ME, every, village

from villagegraph.days import day_number
from villagegraph.measures import neglected_ties
from villagegraph.measures.observed import Observed

END = "2026-10-31"


def read(items, apps):
    """Return a village as if read from exports; `apps` names the app of each channel."""
    toy = village(items, people={})
    table = toy.interactions.assign(app=toy.interactions["channel"].map(apps).astype("str"))
    files = pd.DataFrame({"kind": ["mbox"]}, index=pd.Index(["a.mbox"], name="path"))
    return replace(toy, interactions=table, files=files)


def daily(person, *, last, count, channel):
    return every(person, days=1, count=count, last=last, channel=channel)


APPS = {"sms": "sms", "email": "mail", "chat": "whatsapp", "note": "notes"}


def unseen(toy, person, last):
    found = Observed(toy, as_of=END).unseen(np.array([person]), np.array([day_number(last)]))
    return int(found[0])


def test_days_after_the_end_of_the_only_source_are_not_seen():
    texts = daily("ana", last="2026-06-30", count=60, channel="sms")
    mails = daily("ben", last=END, count=200, channel="email")
    toy = read([*texts, *mails], APPS)
    # July to October
    assert unseen(toy, "ana", "2026-06-30") == 31 + 31 + 30 + 31
    assert unseen(toy, "ben", END) == 0


def test_a_second_source_that_goes_on_sees_the_silence():
    texts = daily("ana", last="2026-06-30", count=60, channel="sms")
    mails = [*daily("ana", last="2026-06-30", count=60, channel="email"),
             *daily("ben", last=END, count=200, channel="email")]  # fmt: skip
    assert unseen(read([*texts, *mails], APPS), "ana", "2026-06-30") == 0


def test_a_source_that_is_seldom_used_may_pause():
    rare = every("ana", days=30, count=12, last="2026-06-30", channel="sms")
    mails = daily("ben", last=END, count=400, channel="email")
    assert unseen(read([*rare, *mails], APPS), "ana", "2026-06-30") == 0


def test_a_hole_in_a_source_is_not_seen():
    texts = [*daily("ben", last="2026-05-31", count=90, channel="sms"),
             *daily("ben", last=END, count=61, channel="sms"),
             *daily("ana", last="2026-05-31", count=30, channel="sms")]  # fmt: skip
    # June, July and August are missing; September and October are seen
    assert unseen(read(texts, APPS), "ana", "2026-05-31") == 92


def test_own_notes_cover_nothing_and_end_nothing():
    notes = daily("ana", last="2026-06-30", count=60, channel="note")
    mails = daily("ben", last=END, count=200, channel="email")
    assert unseen(read([*notes, *mails], APPS), "ana", "2026-06-30") == 0


def test_tables_of_ones_own_are_complete():
    toy = read(daily("ana", last="2026-06-30", count=60, channel="sms"), APPS)
    assert unseen(toy, "ana", "2026-06-30") == 123
    assert unseen(replace(toy, files=toy.files.iloc[:0]), "ana", "2026-06-30") == 0


def test_only_days_that_were_seen_make_a_silence():
    texts = every("ana", days=7, count=20, last="2026-06-01", channel="sms")
    keep = daily("ben", last="2026-07-10", count=150, channel="sms")
    mails = daily("cy", last=END, count=300, channel="email")
    found = neglected_ties(read([*texts, *keep, *mails], APPS), as_of=END)
    row = found[found["person_id"] == "ana"].iloc[0]
    # seen to be quiet from 2 June to 10 July
    assert (row["dormancy_days"], row["unseen_days"]) == (39, 113)
    assert "Not counted: 113 days that your exports do not cover." in row["reason"]
    assert "ben" not in set(found["person_id"])
    earlier = (dt.date(2026, 6, 1) + dt.timedelta(days=39)).isoformat()
    same = neglected_ties(read([*texts, *keep, *mails], APPS), as_of=earlier)
    assert same.loc[same["person_id"] == "ana", "dormancy_days"].iloc[0] == 39
    assert ME not in set(found["person_id"])


def test_the_estimate_hears_nothing_of_days_that_were_not_seen():
    # ana's source goes on for 42 days after her last message, and so does cy's
    texts = [*every("ana", days=7, count=20, last="2026-01-01", channel="sms"),
             *daily("ben", last="2026-02-12", count=200, channel="sms")]  # fmt: skip
    mails = [*every("cy", days=7, count=20, last="2026-09-19"),
             *daily("dee", last=END, count=400, channel="email")]  # fmt: skip
    found = neglected_ties(read([*texts, *mails], APPS), as_of=END)
    found = found[found["list"] == "slipping"].set_index("person_id")
    assert found["dormancy_days"].to_dict() == {"ana": 42, "cy": 42}
    assert found.loc["ana", "unseen_days"] > 200
    assert found.loc["ana", "band"] == found.loc["cy", "band"]


def test_a_source_in_which_two_only_received_is_not_theirs():
    texts = [*every("ben", days=7, count=20, last="2026-01-29", channel="chat"),
             *daily("ana", last="2026-01-30", count=200, channel="chat")]  # fmt: skip
    mails = [*daily("dee", last=END, count=400, channel="email")]
    seen = [("dee", (ME, "ben"), "email", day) for *_, day in mails[-300::10]]
    for more in ([], seen):
        toy = read([*texts, *mails, *more], APPS)
        assert unseen(toy, "ben", "2026-01-29") == 274
        assert "ben" not in set(neglected_ties(toy, as_of=END)["person_id"])
    # whom the owner or they themselves wrote to, or met, they were in contact with
    for item in (
        ("ben", (ME, "dee"), "email"), (ME, ("ben", "dee"), "email"), (ME, ("ben",), "email"),
    ):  # fmt: skip
        toy = read([*texts, *mails, *[(*item, day) for *_, day in seen]], APPS)
        assert unseen(toy, "ben", "2026-01-29") == 0
    # at a meeting all are in contact with all, unless it is a crowd
    apps = {**APPS, "meeting": "mail"}
    for size, days in ((3, 0), (24, 274)):
        crowd = tuple(f"p{n}" for n in range(size))
        met = [("dee", (ME, "ben", *crowd), "meeting", day) for *_, day in seen]
        assert unseen(read([*texts, *mails, *met], apps), "ben", "2026-01-29") == days
