"""What stands on the page: every figure and list of the month, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from villagegraph.parsing.text import clean
from villagegraph.report.advice import light_touch
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

SLIPPING_SHOWN = 8
DORMANT_SHOWN = 5
CHANGES_SHOWN = 10

_DATES = (("birthday", "birthdays"), ("anniversary", "anniversaries"))


def title(month: Month) -> str:
    """Return the heading of the page."""
    return f"Your village in {month_name(month.text)}"


def kicker(village: Village, month: Month) -> str:
    """Return the line above the heading: whose report, up to which day."""
    name = clean(village.settings.me.name or str(village.people["name"][village.owner()]))
    return f"{name} · all contact up to {day_name(month.as_of)}"


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
        names = listed([clean(name) for name in revived["name"]])
        verb = "is" if len(revived) == 1 else "are"
        parts.append(f"{names} {verb} back after a long silence")
    elif len(revived):
        ties = small(len(revived)) if len(new) else count(len(revived), "tie")
        parts.append(f"{ties} came back after a long silence")
    return sentence(", and ".join(parts)) + "." if parts else ""


def _slipping(slipping: pd.DataFrame) -> str:
    if slipping.empty:
        return "Nobody you see at a steady pace is slipping."
    if len(slipping) == 1:
        return f"One tie is slipping: a line to {clean(slipping['name'].iloc[0])} would help."
    verb = f"{sentence(count(len(slipping), 'tie'))} are slipping"
    return f"{verb}; a line to {clean(slipping['name'].iloc[0])} would count most."


def figures(
    now: Numbers, before: Numbers | None, *, month: Month, village: Village
) -> list[dict[str, str]]:
    """Return the four figures at the head of the page, last month's beside each."""
    half_life = village.settings.half_life_days
    two = now.reach[1]
    rows = [
        ("people you were in touch with", now.people, "", before and before.people),
        ("days with contact", now.days, f"of {month.as_of.day}", before and before.days),
        (
            f"active ties, with contact in about the last {half_life:.0f} days",
            now.active,
            "",
            before and before.active,
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
    """Return the table of reach: two steps by people, organisations and communities."""
    since = month_name(month.before.text, year=False)
    labels = [
        ("One step", "everybody you have a tie with"),
        ("Two steps, at least", "and those they were seen with"),
    ]
    rows = []
    for step, (label, meaning) in enumerate(labels):
        then = (None,) * 3 if before is None else before.reach[step].cells
        cells = [
            {"now": f"{cell:,}", "before": "" if old is None else f"{old:,} in {since}"}
            for cell, old in zip(now.reach[step].cells, then, strict=True)
        ]
        rows.append({"label": label, "meaning": meaning, "cells": cells})
    return rows


def shape_rows(now: Numbers, before: Numbers | None) -> list[dict[str, str]]:
    """Return the table of structure, each measure with its meaning."""
    told = [
        (
            "Who knows whom",
            (
                "Of all pairs of people you have a tie with, the share seen together in your "
                "exports (clustering). A low share means that you join people who would not "
                "meet otherwise."
            ),
            [percent(month.clustering) for month in (now, before or now)],
        ),
        (
            "Ties that lead elsewhere",
            (
                "How many of your ties are not doubled by others: people who are seen together "
                "count in part (effective size)."
            ),
            [_of(month.effective_size, month.alters) for month in (now, before or now)],
        ),
        (
            "How bound you are",
            (
                "Near 0 your days go to many people who do not know one another; near 1 they "
                "go to one small circle (Burt's constraint)."
            ),
            [decimal(month.constraint) for month in (now, before or now)],
        ),
    ]
    return [
        {"label": label, "meaning": meaning, "now": values[0], "before": values[1]}
        for label, meaning, values in told
    ]


def _of(size: float, alters: int) -> str:
    return decimal(size) if size != size else f"{size:.0f} of {alters:,}"  # noqa: PLR0124 - nan


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
    for row in slipping.head(SLIPPING_SHOWN).itertuples(index=False):
        occasion = near.get(row.person_id, "")
        cards.append(
            {
                "person_id": row.person_id,
                "name": clean(row.name),
                "about": _about(village.people.loc[row.person_id]),
                "reason": row.reason,
                "touch": light_touch(plain, month=month.first.month, occasion=occasion),
            }
        )
        plain += not occasion
    return cards


def _about(person: pd.Series) -> str:
    return ", ".join(text for text in map(clean, (person["title"], person["organization"])) if text)


def plain_rows(frame: pd.DataFrame, *, limit: int) -> list[dict[str, str]]:
    """Return name and reason of the first rows."""
    rows = frame.head(limit)
    return [
        {"name": clean(name), "reason": reason}
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
            "name": clean(row.name),
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
