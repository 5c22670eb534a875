from __future__ import annotations

import base64
import csv
import datetime as dt
import functools
import hashlib
import html
import io
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import icalendar
import pandas as pd
import pytest
import toy

from villagegraph.errors import IdentityError
from villagegraph.measures import neglect
from villagegraph.report import NEGLECTED_COLUMNS, Report, monthly_report
from villagegraph.report.content import CARDS_SHOWN, DORMANT_SHOWN, SLIPPING_SHOWN, shape_rows
from villagegraph.report.numbers import Numbers, month_numbers
from villagegraph.settings import Me, PersonSettings, Settings
from villagegraph.tables import INTERACTIONS, make
from villagegraph.ties import contact_days
from villagegraph.touches import neglected_csv, occasions_calendar
from villagegraph.village import load_village

if TYPE_CHECKING:
    from villagegraph.village import Village

ROOT = Path(__file__).parent.parent
HOSTILE = "</script><img src=x onerror=alert(1)>"
VOID = {"meta", "link", "br", "img", "hr", "input"}

SLOW = toy.every("slow", days=7, count=30, last="2026-08-20")
OLD = toy.every("old", days=10, count=20, last="2025-02-01")
BACK = [
    *toy.every("back", days=14, count=6, last="2025-12-01"),
    ("me", ("back",), "call", "2026-10-09"),
]
STEADY = toy.every("steady", days=3, count=200, last="2026-10-30", channel="chat")
FRESH = [("fresh", ("me",), "email", "2026-10-05"), ("me", ("fresh",), "email", "2026-10-06")]
ITEMS = [*SLOW, *OLD, *BACK, *STEADY, *FRESH]
PEOPLE: dict[str, dict[str, Any]] = {
    "me": {"name": "Mia Me", "organization": "Lantern Labs"},
    "slow": {"name": "Sol Slow", "title": "Editor", "organization": "Quarry Books"},
    "old": {"name": "Ola Old"},
    "back": {"name": "Bo Back", "anniversary": "2016-11-28"},
    "steady": {"name": "Stella Steady", "birthday": "1986-11-03"},
    "fresh": {"name": "Fay Fresh", "birthday": "--11-20"},
}


def village(items: Any = ITEMS, *, people: Any = PEOPLE, **more: Any) -> Village:
    return toy.village(items, people=people, **more)


def named(person: str, name: str) -> dict[str, dict[str, Any]]:
    return PEOPLE | {person: PEOPLE[person] | {"name": name}}


class Page(HTMLParser):
    """Text by section, every tag with its attributes; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"": []}
        self.open: list[str] = []
        self.section = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("section", "header", "footer"):
            self.section = dict(attrs).get("id") or tag
            self.texts.setdefault(self.section, [])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] not in ("style", "title"):
            self.texts[self.section].append(" ".join(data.split()))

    def text(self, section: str) -> str:
        return " ".join(self.texts.get(section, []))


def report(*, month: str = "2026-10", **more: Any) -> tuple[Report, Page]:
    made = monthly_report(village(**more), month=month) if more else _plain(month)
    return made, Page(made.html)


@functools.cache
def _plain(month: str) -> Report:
    return monthly_report(village(), month=month)


def figures(page: Page) -> list[str]:
    return page.texts["section"]


def test_figures_equal_a_count_by_hand():
    _, page = report()
    days: dict[str, set[str]] = {"2026-09": set(), "2026-10": set()}
    people: dict[str, set[str]] = {"2026-09": set(), "2026-10": set()}
    for sender, recipients, _, day in ITEMS:
        if day[:7] in days:
            days[day[:7]].add(day)
            people[day[:7]] |= {sender, *recipients} - {"me"}
    # the last 60 days begin on 2 September, and those up to the end of September on 2 August
    recent = {
        end: {s for s, _, _, day in ITEMS if start <= day <= end}
        | {r for _, to, _, day in ITEMS for r in to if start <= day <= end}
        for start, end in (("2026-09-02", "2026-10-31"), ("2026-08-02", "2026-09-30"))
    }
    now, then = (len(people - {"me"}) for people in recent.values())
    assert (now, then) == (3, 2)
    assert figures(page) == [
        "people you were in touch with", str(len(people["2026-10"])),
        f"{len(people['2026-09'])} in September",
        "days with contact", str(len(days["2026-10"])), "of 31",
        f"{len(days['2026-09'])} in September",
        # slow was last seen 72 days before the end
        "people with contact in the last 60 days", str(now), f"{then} in September",
        "people within two steps, at least", "5", "4 in September",
    ]  # fmt: skip
    assert (len(people["2026-10"]), len(people["2026-09"])) == (3, 1)


def test_the_month_is_told_in_sentences():
    _, page = report()
    assert page.text("header") == (
        "Mia Me · all contact up to 31 October 2026 Your village in October 2026 "
        "You were in touch with three people, two more than in September, with contact on 11 of "
        "31 days. One tie is new, and Bo Back is back after a long silence. One tie is slipping: "
        "a line to Sol Slow would help. November brings two birthdays and one anniversary."
    )


def test_slipping_tie_has_reason_picture_and_advice():
    made, page = report()
    text = page.text("slipping")
    (row,) = made.neglected[made.neglected["list"] == "slipping"].itertuples()
    assert row.name == "Sol Slow"
    assert f"Sol Slow Editor, Quarry Books {row.reason}" in text
    assert "31 October 2026" in text
    assert len([1 for tag, _ in page.tags if tag == "figure"]) == 2
    assert text.endswith("say what came of it.")


def test_a_near_birthday_is_the_best_reason_to_write():
    people = PEOPLE | {
        "slow": PEOPLE["slow"] | {"birthday": "1990-11-07", "anniversary": "--11-20"}
    }
    _, page = report(people=people)
    assert "Their birthday is on 7 November. A short note" in page.text("slipping")


def test_dormant_new_and_revived_are_named():
    made, page = report()
    (row,) = made.neglected[made.neglected["list"] == "dormant"].itertuples()
    assert f"Ola Old {row.reason}" in page.text("dormant")
    assert re.search("New ties Fay Fresh .* Back after a long silence Bo Back ", page.text("new"))
    assert "Stella" not in page.text("new") + page.text("slipping") + page.text("dormant")


def test_occasions_of_next_month_are_listed():
    made, page = report()
    assert made.occasions["date"].tolist() == ["2026-11-03", "2026-11-20", "2026-11-28"]
    assert page.text("occasions").endswith(
        "3 November Stella Steady turns 40 20 November Fay Fresh birthday "
        "28 November Bo Back ten years, anniversary"
    )


def test_december_looks_into_the_next_year():
    made, page = report(month="2025-12")
    assert made.month == "2025-12"
    assert "No birthdays or anniversaries are known for January" in page.text("occasions")
    assert "in November" in page.text("section")


def test_the_plot_has_a_table_beside_it():
    _, page = report()
    text = page.text("days")
    assert "October 2026 1 10 2" in text
    assert re.search(r"Month Called Chatted Mailed", text)


def test_structure_is_explained():
    _, page = report()
    text = page.text("shape")
    assert "One step Two steps at least People 5 4 in September 5 4 in September" in text
    assert "October September Who knows whom 0% 0% Of every 100 pairs of people" in text
    assert "none were in contact with each other" in text
    assert "not to be compared between people" in text
    assert "would not meet otherwise" not in text
    assert "5 of 5 4 of 4 Where people who know one another count in part, your five ties" in text


def test_headline_or_the_advice_to_write_one():
    settings = Settings(me=Me(name="Mia M. Me", headline="I mend bridges"))
    _, page = report(settings=settings)
    assert "I mend bridges Is it still true?" in page.text("headline")
    assert page.text("header").startswith("Mia M. Me · ")
    _, page = report()
    assert "You have none yet." in page.text("headline")


def test_every_section_has_something_to_say_when_it_is_empty():
    _, page = report(items=STEADY, people={"me": PEOPLE["me"], "steady": {"name": "Stella"}})
    assert "No tie passes the mark this month." in page.text("slipping")
    assert "has heard from you" not in page.text("slipping")
    marks = ["", *"- - - - five".split(), *["-"] * 24, "30"]
    assert f"{marks[neglect.MIN_DAYS]} days of contact or more" in page.text("slipping")
    assert f"quiet for {neglect.MIN_SILENCE} days and for three times" in page.text("slipping")
    assert neglect.MIN_OVERDUE == 3
    assert "No birthdays or anniversaries are known for November" in page.text("occasions")
    assert "No new ties this month" in page.text("new")
    assert "quiet for over a year" in page.text("dormant")
    assert "No tie is slipping." in page.text("header")


def test_a_month_without_contact_claims_none():
    items = [
        *toy.every("steady", days=3, count=20, last="2026-08-30"),
        ("a", ("b",), "email", "2026-10-31"),
    ]
    _, page = report(items=items)
    assert "There was no contact with anybody in the month." in page.text("header")


def test_first_month_has_nothing_beside_it():
    _, page = report(items=toy.every("steady", days=3, count=9, last="2026-10-30"))
    assert "in September" not in " ".join(map(" ".join, page.texts.values()))


def test_in_the_first_month_nobody_is_called_new():
    _, page = report(items=toy.every("steady", days=3, count=9, last="2026-10-30"))
    assert page.text("new") == (
        "New, and back again Your exports begin in this month, so it cannot be told who is new."
    )
    assert "new" not in page.text("header").lower()
    # with a month before it, the same tie is new
    _, page = report(
        items=[*toy.every("steady", days=3, count=9, last="2026-10-30"), *SLOW],
    )
    assert "Stella Steady" in page.text("new")
    assert "One tie is new" in page.text("header")


# ana wrote to ben and me, so ana-ben is a tie of its own; zed only stood in the same line as me
TRIANGLE = [
    ("ana", ("me", "ben"), "email", "2026-10-01"),
    *(("me", ("ana",), "chat", f"2026-10-{day:02d}") for day in range(2, 12)),
    ("ben", ("me",), "email", "2026-10-20"),
    ("cy", ("me",), "email", "2026-10-21"),
    ("cy", ("me", "zed"), "email", "2026-10-22"),
]


def triangle(items: Any = TRIANGLE) -> Numbers:
    names = ("me", "ana", "ben", "cy", "zed")
    held = village(items, people={name: {"name": name.title()} for name in names})
    first, last = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
    contacts = contact_days(held, as_of=last)
    return month_numbers(held, first=first, as_of=last, contacts=contacts)


def test_structure_equals_a_count_by_hand():
    found = triangle()
    assert found.people == found.recent == found.alters == 3
    # three alters and one tie among them: 3 - 2 * 1 / 3, and 1 of 3 pairs
    assert found.effective_size == pytest.approx(3 - 2 / 3)
    assert found.clustering == pytest.approx(1 / 3)


def test_who_was_only_seen_beside_me_is_no_first_step():
    found = triangle()
    assert (found.reach[0].people, found.reach[1].people) == (3, 4)
    # with a message of one's own zed is, and stands in the triangle me, cy, zed
    found = triangle([*TRIANGLE, ("zed", ("me",), "email", "2026-10-23")])
    assert (found.reach[0].people, found.reach[1].people) == (4, 4)
    assert found.effective_size == pytest.approx(4 - 2 * 2 / 4)


def test_recent_are_sixty_days_and_no_more():
    for day, number in (("2026-09-02", 2), ("2026-09-01", 1)):
        items = [("ana", ("me",), "email", day), ("ben", ("me",), "email", "2026-10-30")]
        assert triangle(items).recent == number


@pytest.mark.parametrize(
    ("share", "size", "bound", "told"),
    [
        (0.0, 1234.4, 0.02, ["0%", "1,234 of 1,300", "0.02", "none were", "among 50 people"]),
        (0.004, 2.0, 1.1, ["under 1%", "1,000 pairs", "four were", "one person or one small"]),
        (0.0001, 2.0, 0.5, ["under 1%", "fewer than one was", "among two people"]),
        (0.01, 2.0, 0.1, ["one was in contact", "among ten people"]),
        (math.nan, math.nan, math.nan, ["none", "no pair", "no ties to count", "bound by"]),
    ],
)
def test_each_measure_is_read_in_a_sentence(
    share: float, size: float, bound: float, told: list[str]
):
    alters = 0 if math.isnan(size) else 1300
    found = replace(
        triangle(), clustering=share, effective_size=size, constraint=bound, alters=alters
    )
    text = " ".join(" ".join(row.values()) for row in shape_rows(found, None))
    for part in told:
        assert part in text
    assert "nan" not in text


def test_such_silences_are_explained_before_the_first():
    _, page = report()
    text = page.text("slipping")
    assert text.index("“Such silences” are all") < text.index("Sol Slow")


def test_a_strip_begins_with_contact():
    # the first mail of slow lies 203 days before the last, on 29 January
    _, page = report()
    assert "29 January 2026 31 October 2026" in page.text("slipping")
    # a short history leaves some room, so that the silence does not fill the strip
    _, page = report(items=[*STEADY, *toy.every("slow", days=2, count=9, last="2026-08-20")])
    assert "4 May 2026 31 October 2026" in page.text("slipping")
    # a long one is cut
    _, page = report(items=[*STEADY, *toy.every("slow", days=7, count=200, last="2026-08-20")])
    assert "15 May 2025 31 October 2026" in page.text("slipping")


def test_a_wished_pace_is_called_a_wish():
    slow = [f"s{n}" for n in range(CARDS_SHOWN + 1)]
    items = [
        *STEADY,
        *(row for who in slow for row in toy.every(who, days=7, count=30, last="2026-08-20")),
    ]
    settings = Settings(people={"S3": PersonSettings(cadence_days=10)})
    people = PEOPLE | {who: {"name": who.upper()} for who in slow}
    _, page = report(items=items, people=people, settings=settings)
    assert "S3 Wished every 10 days, quiet for 72 days" in page.text("slipping")
    _, page = report(items=items, people=people | {"s3": {"name": f"Z {TELLING}"}})
    assert "Z Sol … … Usually every 7 days, quiet for 72 days" in page.text("slipping")


def test_long_lists_are_cut_and_the_rest_is_counted():
    items = [
        *STEADY,
        *(
            row
            for n in range(SLIPPING_SHOWN + 3)
            for row in toy.every(f"s{n:02d}", days=7, count=30, last="2026-08-20")
        ),
        *(
            row
            for n in range(DORMANT_SHOWN + 1)
            for row in toy.every(f"d{n:02d}", days=9, count=20, last="2025-02-01")
        ),
    ]
    made, page = report(items=items)
    counts = {"slipping": 11, "worth a message": 11, "dormant": 6}
    assert made.neglected["list"].value_counts().to_dict() == counts
    assert "If you write to only three: the silence of " in page.text("slipping")
    assert "And three more; neglected.csv lists them all." in page.text("slipping")
    assert "And one more; neglected.csv lists them all." in page.text("dormant")
    assert page.text("slipping").count("31 October 2026") == CARDS_SHOWN
    rows = made.neglected["name"].tolist()[CARDS_SHOWN:SLIPPING_SHOWN]
    for name in rows:
        line = f"{name} Usually every 7 days, quiet for 72 days last on 20 August, by mail"
        assert line in page.text("slipping")
    assert page.text("slipping").count("Usually every 7 days") == SLIPPING_SHOWN
    touches = {text for text in page.texts["slipping"] if text.endswith((".", "?"))}
    assert len(touches) >= CARDS_SHOWN + 2


# exports that end too early, or begin too late


def test_exports_that_end_long_before_say_so_and_stop():
    made, page = report(month="2027-03")
    text = page.text("header")
    assert "Your exports end on 30 October 2026. There is nothing to report for March 2027;" in text
    assert (
        "the last month with data is October 2026: villagegraph report FOLDER --month 2026-10"
        in text
    )
    assert made.notices == (text.partition("Your village in March 2027 ")[2],)
    assert text.startswith("Mia Me · exports up to 30 October 2026 Your village")
    assert "2027 ·" not in text
    assert "31 March 2027" not in made.html
    assert not {"slipping", "dormant", "new", "days", "shape"} & page.texts.keys()
    assert made.neglected.empty
    assert tuple(made.neglected.columns) == NEGLECTED_COLUMNS
    assert "Sol Slow" not in made.html


def test_exports_that_end_within_the_month_are_used_up_to_then():
    items = [item for item in ITEMS if item[3] <= "2026-10-16"]
    made, page = report(items=items)
    assert made.as_of == dt.date(2026, 10, 15)
    text = page.text("header")
    assert (
        "Your exports end on 15 October 2026, so this report covers October up to that day." in text
    )
    assert "than in September" not in text
    assert "of 15" in figures(page)
    assert made.neglected["dormancy_days"].tolist()[0] == 56


def test_a_quiet_weekend_at_the_end_is_no_gap():
    made, _page = report(items=[*STEADY[:-1], ("steady", ("me",), "email", "2026-10-28")])
    assert made.as_of == dt.date(2026, 10, 31)
    assert made.notices == ()


def test_exports_that_begin_later_say_so():
    _, page = report(month="2020-02")
    text = page.text("header")
    assert "Your exports begin on" in text
    first = min(day for *_, day in ITEMS)[:7]
    assert text.endswith(f"villagegraph report FOLDER --month {first}")


def test_exports_without_contact_say_what_is_missing():
    _, page = report(items=[])
    assert "names, but no mail, meeting or chat" in page.text("header")
    assert page.text("header").startswith("Mia Me Your village")
    assert "3 November Stella Steady" in page.text("occasions")


def test_a_source_that_ends_early_is_named():
    held = village()
    mail = held.interactions["channel"] == "email"
    early = held.interactions[~mail | (held.interactions["at"] < "2026-09-01")]
    made = monthly_report(replace(held, interactions=early), month="2026-10")
    (notice,) = made.notices
    assert notice.startswith("Among your exports, E-mail ends on 20 August 2026.")


def test_notices_hold_nothing_of_a_person():
    held = village()
    mail = held.interactions["channel"] == "email"
    early = held.interactions[~mail | (held.interactions["at"] < "2026-09-01")]
    early = early.assign(app="Sol Slow sol@example.org")
    names = [data["name"] for data in PEOPLE.values()]
    for month in ("2026-10", "2027-03", "2020-02"):
        made = monthly_report(replace(held, interactions=early), month=month)
        told = " ".join(made.notices)
        assert told
        assert not [word for name in names for word in name.split() if word in told.split()]
        assert "@" not in told


def test_what_was_left_out_is_counted():
    held = village()
    rows = {name: [held.interactions[name].iloc[0]] * 3 for name in INTERACTIONS.columns}
    more = make(INTERACTIONS, rows | {"automated": [True] * 3, "event_id": ["x1", "x2", "x3"]})
    skipped = pd.DataFrame({"path": ["a.csv"], "line": [3], "reason": ["broken"]})
    page = Page(
        monthly_report(
            replace(held, interactions=pd.concat([held.interactions, more]), skipped=skipped),
            month="2026-10",
        ).html
    )
    assert (
        "Three automated mails and notices (newsletters, replies by machines) were left out."
        in page.text("about")
    )
    assert "One row or file was left out" in page.text("about")
    assert "a.csv" not in page.text("about")


def test_without_me_it_is_asked_who_me_is():
    with pytest.raises(IdentityError, match="whose village"):
        monthly_report(village(me=None), month="2026-10")


@pytest.mark.parametrize("month", ["October", "2026-13", "2026", "9999-12"])
def test_what_is_no_month_is_said(month: str):
    with pytest.raises(ValueError, match="month needs to be such as '2026-10'"):
        monthly_report(village(), month=month)


# safe and self-contained


def test_page_allows_its_own_style_and_nothing_else():
    made, page = report()
    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = re.findall(r"<style>(.*?)</style>", made.html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    assert "\r" not in made.html


def test_page_loads_runs_and_links_nothing():
    made, page = report()
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "form", "base", "img", "a"}
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src", "xlink:href"):
            value = attributes.get(name)
            assert value is None or value.startswith("#") or (tag, value) == ("link", "data:,")
    assert "http:" not in made.html
    assert "https:" not in made.html
    assert "@import" not in made.html


def test_ids_are_unique():
    _, page = report()
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("person", ["me", "slow", "old", "back", "steady", "fresh"])
def test_hostile_names_stay_text(person: str):
    made, page = report(people=named(person, HOSTILE))
    assert "<img" not in made.html
    assert HOSTILE in " ".join(map(" ".join, page.texts.values()))


def test_hostile_fields_stay_text():
    people = PEOPLE | {
        "slow": PEOPLE["slow"] | {"title": HOSTILE, "organization": '"><svg onload=alert(1)>'}
    }
    settings = Settings(me=Me(name=HOSTILE, headline="{{ 7 * 7 }}" + HOSTILE))
    made, page = report(people=people, settings=settings)
    assert "<img" not in made.html
    assert "<svg onload" not in made.html
    assert "{{ 7 * 7 }}" + HOSTILE in page.text("headline")


def test_no_address_no_number_no_note():
    held = village()
    handles = held.handles.assign(handle="email:secret@example.org")
    made = monthly_report(replace(held, handles=handles), month="2026-10")
    assert "secret" not in made.html
    assert "@" not in re.sub(r"<style>.*?</style>", "", made.html, flags=re.DOTALL)


TELLING = "Sol sol@example.org +49 30 23125 001"


@pytest.mark.parametrize("person", PEOPLE)
def test_addresses_and_numbers_in_names_are_masked(person: str):
    people = PEOPLE | {person: PEOPLE[person] | dict.fromkeys(("name", "title"), TELLING)}
    people[person] |= {"organization": TELLING, "birthday": "1990-11-07"}
    made, page = report(people=people)
    calendar = occasions_calendar(made.occasions, stamp=made.as_of).decode()
    for text in (" ".join(map(" ".join, page.texts.values())), calendar):
        assert "sol@" not in text
        assert "23125" not in text
    assert "Sol … …" in page.text("header" if person == "me" else "occasions")
    # the owner's own list keeps them, to find the person again
    if person == "slow":
        assert TELLING in neglected_csv(made.neglected)


def test_addresses_and_numbers_of_the_owner_are_masked():
    settings = Settings(me=Me(name=TELLING, headline=f"I mend bridges. {TELLING}"))
    made, page = report(settings=settings)
    assert "I mend bridges. Sol … …" in page.text("headline")
    assert page.text("header").startswith("Sol … … ·")
    assert "sol@" not in made.html


@pytest.mark.parametrize("person", ["slow", "old", "back", "steady", "fresh"])
def test_who_opted_out_is_on_no_list(person: str):
    name = PEOPLE[person]["name"]
    settings = Settings(people={name: PersonSettings(opt_out=True)})
    made, _ = report(settings=settings)
    assert name not in made.html
    assert name not in set(made.neglected["name"]) | set(made.occasions["name"])


# the same again


def test_nothing_given_is_changed():
    held = village()
    before = {
        name: getattr(held, name).copy(deep=True)
        for name in ("people", "interactions", "participants")
    }
    monthly_report(held, month="2026-10")
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(held, name), table)


_PRINT = """
import hashlib, sys, tempfile, pathlib
sys.path.insert(0, "tests")
import test_report
from villagegraph.report import monthly_report
with tempfile.TemporaryDirectory() as folder:
    monthly_report(test_report.village(), month="2026-10").save(folder)
    for path in sorted(pathlib.Path(folder).iterdir()):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_same_bytes_in_any_place_and_zone():
    printed = set()
    for seed, zone, locale, threads in (
        ("0", "UTC", "C", "1"),
        ("7", "Asia/Tokyo", "C.UTF-8", "2"),
    ):
        environment = os.environ | {
            "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "OMP_NUM_THREADS": threads,
            "PYTHONPATH": "",
        }  # fmt: skip
        printed.add(
            subprocess.run(
                [sys.executable, "-W", "ignore", "-c", _PRINT],
                cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
            ).stdout
        )  # fmt: skip
    assert len(printed) == 1
    assert [line.split()[0] for line in printed.pop().splitlines()] == [
        "neglected.csv", "occasions.ics", "report.html",
    ]  # fmt: skip


def test_rows_in_another_order_give_the_same_page():
    assert report()[0].html == report(items=ITEMS)[0].html
    held = village()
    turned = replace(
        held, interactions=held.interactions[::-1], participants=held.participants[::-1]
    )
    assert monthly_report(turned, month="2026-10").html == report()[0].html


# as files and in a notebook


def test_save_writes_three_files_for_their_owner_alone(tmp_path: Path):
    made, _ = report()
    page = made.save(tmp_path / "deep" / "october")
    assert page == tmp_path / "deep" / "october" / "report.html"
    assert page.read_text(encoding="utf-8") == made.html
    rows = list(
        csv.reader(io.StringIO((page.parent / "neglected.csv").read_text(encoding="utf-8")))
    )
    assert tuple(rows[0]) == NEGLECTED_COLUMNS
    assert [row[0] for row in rows[1:]] == made.neglected["list"].tolist()
    calendar = icalendar.Calendar.from_ical((page.parent / "occasions.ics").read_bytes())
    assert len(calendar.walk("VEVENT")) == len(made.occasions)
    if os.name == "posix":
        assert {path.stat().st_mode & 0o777 for path in page.parent.iterdir()} == {0o600}


def test_a_stopped_report_can_be_saved(tmp_path: Path):
    made, _ = report(month="2027-03")
    assert made.save(tmp_path).exists()
    assert (tmp_path / "neglected.csv").read_text() == ",".join(NEGLECTED_COLUMNS) + "\n"


def test_notebook_shows_the_page_in_a_frame_that_runs_nothing():
    made, _ = report(people=named("slow", HOSTILE))
    shown = made._repr_html_()
    (tag,) = re.findall(r"<[^>]*>", shown.replace("</iframe>", ""))
    ((name, attributes),) = Page(shown).tags
    assert (name, attributes["sandbox"]) == ("iframe", None)
    assert attributes["srcdoc"] == made.html
    assert html.escape(made.html) in tag
    assert HOSTILE not in repr(made)
    assert len(repr(made)) < 500


def test_sample_reports_what_was_planted(sample_village: Village, truth: dict[str, Any]):
    made = monthly_report(sample_village, month="2026-10")
    page = Page(made.html)
    assert made.notices == ()
    assert [(row.date, row.kind) for row in made.occasions.itertuples()] == [
        (row["date"], row["kind"]) for row in truth["occasions"] if row["date"] < "2026-12-01"
    ]
    known = [None if pd.isna(years) else int(years) for years in made.occasions["years"]]
    assert known == [row["years"] for row in truth["occasions"] if row["date"] < "2026-12-01"]
    assert page.text("new").count("First contact on") >= len(truth["new"]["2026-10"])


CONNECTIONS = (
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    "Ana,Berg,https://www.linkedin.com/in/ana-berg,,{},{},01 Feb 2024\n"
    "Ben,Holt,https://www.linkedin.com/in/ben-holt,,Hill Ltd,Baker,01 Feb 2024\n"
)
MAIL = (
    "From x@example.org Mon Jan  5 10:00:00 2026\n"
    "From: Me <me@example.org>\nTo: Ben Holt <ben@example.org>\nMessage-ID: <{0}@example.org>\n"
    "Date: {0} Oct 2026 10:00:00 +0000\n\nHello\n\n"
)


@pytest.mark.parametrize(
    ("job", "told"),
    [
        (("Sea Inc", "Painter"), "Now Painter at Sea Inc; before: Baker at Hill Ltd."),
        (("Hill Ltd", "Head baker"), "Now Head baker at Hill Ltd; before: Baker."),
        (("Hill Ltd", "Baker"), ""),
    ],
)
def test_who_has_a_new_job_is_told_in_the_month_of_the_export(tmp_path, job, told):
    for folder, work in (("2026-09-30", ("Hill Ltd", "Baker")), ("2026-10-28", job)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Connections.csv").write_text(CONNECTIONS.format(*work))
    (tmp_path / "a.mbox").write_text("".join(MAIL.format(day) for day in range(10, 30)))
    loaded = load_village(tmp_path, me="me@example.org")
    page = monthly_report(loaded, month="2026-10").html
    assert ("<h2>New jobs</h2>" in page) == bool(told)
    assert told in page
    assert page.count("Hill Ltd") == (1 if told else 0)
    assert "New jobs" not in monthly_report(loaded, month="2026-09").html
