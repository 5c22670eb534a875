from __future__ import annotations

import math

import pandas as pd
import pytest
from toy import ME, every, village

from villagegraph.errors import IdentityError
from villagegraph.measures import tie_changes
from villagegraph.settings import PersonSettings, Settings

COLUMNS = ["change", "person_id", "name", "first_day", "days", "silence_days", "reason"]


def october(diary, **more):
    return tie_changes(village(diary, **more), since="2026-10-01", as_of="2026-10-31")


def mail(person, *days, back=False):
    sender, other = (ME, person) if back else (person, ME)
    return [(sender, (other,), "email", day) for day in days]


def test_a_tie_is_new_with_two_days_or_an_answer():
    assert october(mail("ana", "2026-10-05")).empty
    two = october(mail("ana", "2026-10-05", "2026-10-09"))
    assert two[COLUMNS[:5]].to_numpy().tolist() == [["new", "ana", "Ana Ruiz", "2026-10-05", 2]]
    assert math.isnan(two["silence_days"][0])
    answered = october(mail("ana", "2026-10-05") + mail("ana", "2026-10-05", back=True))
    assert answered["days"].tolist() == [1]
    assert answered["reason"][0] == "First contact on 5 October 2026; 1 day of contact up to now."


def test_an_earlier_contact_makes_a_tie_old():
    days = ("2026-10-05", "2026-10-09")
    assert october(mail("ana", "2026-09-30", *days)).empty
    assert len(october(mail("ana", "2026-10-01", "2026-10-31"))) == 1


def test_what_happened_later_counts_for_nothing():
    assert october(mail("ana", "2026-10-05", "2026-11-01")).empty


@pytest.mark.parametrize(
    ("last", "count", "revived"),
    [("2026-04-08", 3, True), ("2026-04-09", 3, False), ("2026-04-08", 2, False)],
)
def test_a_tie_is_revived_after_half_a_year(last, count, revived):
    diary = every("ben", days=7, count=count, last=last) + mail("ben", "2026-10-05")
    found = october(diary)
    assert (found["change"].tolist() == ["revived"]) is revived
    if revived:
        assert found["silence_days"].tolist() == [180]
        assert found["reason"][0] == (
            "In touch again on 5 October 2026, after 6 months of silence; 1 day of contact since."
        )


def test_a_tie_revived_before_is_not_revived_again():
    diary = every("ben", days=7, count=9, last="2025-10-01")
    diary += mail("ben", "2026-09-20", "2026-10-05")
    assert october(diary).empty
    found = tie_changes(village(diary), since="2026-09-01", as_of="2026-09-30")
    assert found["change"].tolist() == ["revived"]


def test_the_order():
    diary = [
        *every("ana", days=3, count=3, last="2026-10-20"),
        *every("ben", days=3, count=5, last="2026-10-20"),
        *every("dee", days=3, count=3, last="2026-10-20"),
        *every("cy", days=7, count=9, last="2025-10-01"),
        *mail("cy", "2026-10-02"),
    ]
    found = october(diary)
    assert found["person_id"].tolist() == ["ben", "ana", "dee", "cy"]
    pd.testing.assert_frame_equal(october(diary[::-1]), found)


def test_who_opted_out_is_left_out():
    settings = Settings(people={"ana": PersonSettings(opt_out=True)})
    diary = mail("ana", "2026-10-05", "2026-10-09")
    assert october(diary, settings=settings).empty


def test_ties_of_others_are_not_mine():
    diary = [("ana", ("ben",), "email", f"2026-10-{day:02d}") for day in (3, 4, 5)]
    assert october(diary).empty


def test_days_are_those_of_the_village():
    diary = mail("ana", "2026-09-30T23:30", "2026-10-05")
    assert october(diary).empty
    found = october(diary, settings=Settings(zone="Europe/Berlin"))
    assert found["first_day"].tolist() == ["2026-10-01"]


def test_an_empty_list_has_its_columns():
    found = october([])
    assert list(found.columns) == COLUMNS
    assert found.empty


def test_it_needs_an_owner_and_a_stretch_of_days():
    with pytest.raises(IdentityError):
        october([], me=None)
    with pytest.raises(ValueError, match="as_of needs to be"):
        tie_changes(village(), since="2026-10-02", as_of="2026-10-01")
