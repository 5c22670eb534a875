"""What stands on the page: every figure and list of the month, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from villagegraph.measures.wording import by_channel, every, span
from villagegraph.parsing.masking import masked
from villagegraph.report.advice import light_touch
from villagegraph.report.numbers import RECENT_DAYS
from villagegraph.report.words import (
    count,
    day_name,
    decimal,
    difference,
    listed,
    month_name,
    percent,
    sentence,
    small,
)

if TYPE_CHECKING:
    import pandas as pd

    from villagegraph.report.month import Month
    from villagegraph.report.numbers import Numbers
    from villagegraph.village import Village

CARDS_SHOWN = 3
SLIPPING_SHOWN = 8
MESSAGES_SHOWN = 3
DORMANT_SHOWN = 5
CHANGES_SHOWN = 10
_REASON = 600  # letters

_DATES = (("birthday", "birthdays"), ("anniversary", "anniversaries"))


def title(month: Month) -> str:
    """Return the heading of the page."""
    return f"Your village in {month_name(month.text)}"


def kicker(village: Village, month: Month, *, closed: bool = False) -> str:
    """Return the line above the heading: whose report, up to which day."""
    name = masked(village.settings.me.name or village.people["name"][village.owner()])
    if not closed:
        return f"{name} · all contact up to {day_name(month.as_of)}"
    last = village.last_day
    return name if last is None else f"{name} · exports up to {day_name(last)}"


def lead(
    now: Numbers, before: Numbers | None, *, month: Month, lists: dict[str, pd.DataFrame]
) -> str:
    """
    Tell the month in a few sentences.

    Parameters
    ----------
    now, before
        The month's figures, and those of the month before if there are any.
    month
        The month.
    lists
        `slipping`, `new`, `revived` and `occasions`.

    Returns
    -------
    lead
        Three to five sentences.
    """
    if not now.people:
        said = ["There was no contact with anybody in the month."]
    else:
        people, than = count(now.people, "person", "people"), _than(now, before, month)
        all_days = month.as_of.day
        days = "every day" if now.days == all_days else f"{now.days} of {all_days} days"
        said = [f"You were in touch with {people}{than}, with contact on {days}."]
    said += [_changes(lists["new"], lists["revived"]), _slipping(lists["slipping"])]
    kinds = lists["occasions"]["kind"].value_counts()
    dates = [count(int(kinds[kind]), kind, many) for kind, many in _DATES if kind in kinds]
    if dates:
        said.append(f"{month_name(month.after.text, year=False)} brings {listed(dates)}.")
    return " ".join(text for text in said if text)


def _than(now: Numbers, before: Numbers | None, month: Month) -> str:
    # part of a month against a whole one would look like a loss
    if before is None or month.as_of < month.last:
        return ""
    since = month_name(month.before.text, year=False)
    return ", " + difference(now.people, before.people, since=since)


def _changes(new: pd.DataFrame, revived: pd.DataFrame) -> str:
    parts = []
    if len(new):
        parts.append(f"{count(len(new), 'tie')} {'is' if len(new) == 1 else 'are'} new")
    if 1 <= len(revived) <= 2:
        names = listed([masked(name) for name in revived["name"]])
        verb = "is" if len(revived) == 1 else "are"
        parts.append(f"{names} {verb} back after a long silence")
    elif len(revived):
        ties = small(len(revived)) if len(new) else count(len(revived), "tie")
        parts.append(f"{ties} came back after a long silence")
    return sentence(", and ".join(parts)) + "." if parts else ""


def _slipping(slipping: pd.DataFrame) -> str:
    if slipping.empty:
        return "No tie is slipping."
    if len(slipping) == 1:
        return f"One tie is slipping: a line to {masked(slipping['name'].iloc[0])} would help."
    verb = f"{sentence(count(len(slipping), 'tie'))} are slipping"
    return f"{verb}; a line to {masked(slipping['name'].iloc[0])} would count most."


def figures(now: Numbers, before: Numbers | None, *, month: Month) -> list[dict[str, str]]:
    """Return the four figures at the head of the page, last month's beside each."""
    two = now.reach[1]
    rows = [
        ("people you were in touch with", now.people, "", before and before.people),
        ("days with contact", now.days, f"of {month.as_of.day}", before and before.days),
        (
            f"people with contact in the last {RECENT_DAYS} days",
            now.recent,
            "",
            before and before.recent,
        ),
        ("people within two steps, at least", two.people, "", before and before.reach[1].people),
    ]
    since = month_name(month.before.text, year=False)
    return [
        {
            "label": label,
            "value": f"{value:,}",
            "unit": unit,
            "before": "" if before is None else f"{then:,} in {since}",
        }
        for label, value, unit, then in rows
    ]


def reach_rows(now: Numbers, before: Numbers | None, *, month: Month) -> list[dict[str, Any]]:
    """Return the table of reach: people, organisations and communities, in one step and two."""
    since = month_name(month.before.text, year=False)
    rows = []
    for place, label in enumerate(["People", "Organisations", "Communities"]):
        cells = []
        for step, reach in enumerate(now.reach):
            then = "" if before is None else f"{before.reach[step].cells[place]:,} in {since}"
            cells.append({"now": f"{reach.cells[place]:,}", "before": then})
        rows.append({"label": label, "cells": cells})
    return rows


def shape_rows(now: Numbers, before: Numbers | None) -> list[dict[str, str]]:
    """Return the table of structure, each measure with a sentence that reads it."""
    both = (now, before or now)
    told = [
        ("Who knows whom", _pairs(now.clustering), [percent(one.clustering) for one in both]),
        (
            "Ties that lead elsewhere",
            _separate(now),
            [_of(one.effective_size, one.alters) for one in both],
        ),
        ("How bound you are", _circle(now.constraint), [decimal(one.constraint) for one in both]),
    ]
    return [
        {"label": label, "meaning": meaning, "now": values[0], "before": values[1]}
        for label, meaning, values in told
    ]


def _pairs(share: float) -> str:
    if math.isnan(share):
        return "With fewer than two people there is no pair that could know one another."
    of = 100 if share == 0 or share >= 0.01 else 1000
    met = round(share * of)
    verb = "was" if met == 1 else "were"
    few = f"{small(met)} {verb}" if met else "none were" if share == 0 else "fewer than one was"
    return (
        f"Of every {of:,} pairs of people you were in contact with, {few} in contact with each "
        "other or seen together (clustering). This is as far as your exports show; it is not to "
        "be compared between people."
    )


def _separate(now: Numbers) -> str:
    if math.isnan(now.effective_size):
        return "There are no ties to count."
    return (
        f"Where people who know one another count in part, your {count(now.alters, 'tie')} "
        f"{'is' if now.alters == 1 else 'are'} worth {now.effective_size:,.0f} (effective size)."
    )


def _circle(constraint: float) -> str:
    if math.isnan(constraint):
        return "There are no ties to be bound by."
    people = max(round(1 / constraint), 1)
    as_if = (
        "as if all went to one person or one small circle"
        if people == 1
        else f"as if shared evenly among {small(people)} people who do not know one another"
    )
    return f"Your days of contact, the recent ones above all, are spread {as_if} (constraint)."


def _of(size: float, alters: int) -> str:
    return "none" if math.isnan(size) else f"{size:,.0f} of {alters:,}"


def slipping_cards(
    village: Village, slipping: pd.DataFrame, *, month: Month, occasions: pd.DataFrame
) -> list[dict[str, str]]:
    """Return a card for each slipping tie: who, why, and a small thing to do."""
    near = {
        row.person_id: f"{row.kind} is on {day_name(row.date, year=False)}"
        for row in occasions[::-1].itertuples(index=False)
    }
    cards = []
    plain = 0
    for row in slipping.head(CARDS_SHOWN).itertuples(index=False):
        occasion = near.get(row.person_id, "")
        cards.append(
            {
                "person_id": row.person_id,
                "name": masked(row.name),
                "about": _about(village.people.loc[row.person_id]),
                "reason": masked(row.reason, longest=_REASON),
                "touch": light_touch(plain, month=month.first.month, occasion=occasion),
            }
        )
        plain += not occasion
    return cards


def slipping_rows(
    village: Village, slipping: pd.DataFrame, *, month: Month
) -> list[dict[str, str]]:
    """Return a line for each slipping tie below the cards: who, how quiet, and since when."""
    rows = []
    for row in slipping.iloc[CARDS_SHOWN:SLIPPING_SHOWN].itertuples(index=False):
        chosen = village.chosen.get(row.person_id)
        wished = chosen is not None and chosen.cadence_days is not None
        usual = "Wished" if wished else "Usually"
        last = row.last_at.tz_convert(village.zone).date()
        day = day_name(last, year=last.year != month.as_of.year)
        rows.append(
            {
                "name": masked(row.name),
                "reason": (
                    f"{usual} {every(row.cadence_days)}, quiet for "
                    f"{span(row.dormancy_days, in_days=120)}"
                ),
                "last": f"last on {day}, {by_channel(row.channel)}",
            }
        )
    return rows


def messages(worth: pd.DataFrame) -> str:
    """
    Say whose silence is least like them, where there is a choice.

    Parameters
    ----------
    worth
        The ties worth a message, in their order.
    """
    if len(worth) <= MESSAGES_SHOWN:
        return ""
    names = listed([masked(name) for name in worth["name"].head(MESSAGES_SHOWN)])
    return (
        f"If you write to only {small(MESSAGES_SHOWN)}: the silence of {names} is least like them."
    )


def _about(person: pd.Series) -> str:
    return ", ".join(
        text for text in map(masked, (person["title"], person["organization"])) if text
    )


def plain_rows(frame: pd.DataFrame, *, limit: int) -> list[dict[str, str]]:
    """Return name and reason of the first rows."""
    rows = frame.head(limit)
    return [
        {"name": masked(name), "reason": masked(reason, longest=_REASON)}
        for name, reason in zip(rows["name"], rows["reason"], strict=True)
    ]


def more(frame: pd.DataFrame, *, limit: int, where: str = "") -> str:
    """Say how many rows did not find room."""
    rest = len(frame) - limit
    return f"And {count(rest, 'more', 'more')}{where}." if rest > 0 else ""


def occasion_rows(occasions: pd.DataFrame) -> list[dict[str, str]]:
    """Return the days to remember, in words."""
    return [
        {
            "day": day_name(row.date, year=False),
            "name": masked(row.name),
            "what": _what(row.kind, row.years),
        }
        for row in occasions.itertuples(index=False)
    ]


def _what(kind: str, years: float) -> str:
    if not years >= 1:
        return kind
    if kind == "birthday":
        return f"turns {years:.0f}"
    return f"{count(int(years), 'year')}, anniversary"


def source_rows(found: pd.DataFrame) -> list[dict[str, str]]:
    """Return what each kind of export holds, in words."""
    return [
        {
            "label": label,
            "first": day_name(row["first"]),
            "last": day_name(row["last"]),
            "n": f"{row['n']:,}",
        }
        for label, row in found.iterrows()
    ]


def notes(village: Village, *, month: Month) -> list[str]:
    """Say how the figures came about and what they leave out."""
    past = village.until(month.as_of)
    automated = int(past.interactions["automated"].sum())
    said = [
        (
            "Contact means that one of you addressed the other, by mail, message or call, or "
            "that you sat in the same meeting. Standing in the same list of recipients is none."
        ),
        f"Days are counted in the time zone {village.zone}.",
    ]
    if automated:
        subject = count(automated, "automated mail or notice", "automated mails and notices")
        verb = "was" if automated == 1 else "were"
        said.append(f"{sentence(subject)} (newsletters, replies by machines) {verb} left out.")
    rows = len(village.skipped)
    if rows:
        subject = count(rows, "row or file", "rows or files")
        verb = "was" if rows == 1 else "were"
        said.append(
            f"{sentence(subject)} {verb} left out, as unreadable or as no contact between people; "
            "villagegraph check FOLDER says why."
        )
    return said
