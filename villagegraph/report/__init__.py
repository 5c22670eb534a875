"""The monthly report: one month beside the month before, as a page to read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from villagegraph.measures import neglected_ties, tie_changes
from villagegraph.measures.neglect import COLUMNS
from villagegraph.parsing.masking import masked
from villagegraph.plots import WAYS, contact_months
from villagegraph.report import content
from villagegraph.report.jobs import job_rows
from villagegraph.report.month import (
    Month,
    Notice,
    began_before,
    coverage_notices,
    open_month,
    sources,
)
from villagegraph.report.numbers import month_numbers
from villagegraph.report.outputs import Report
from villagegraph.report.page import drawings, render
from villagegraph.report.words import month_name
from villagegraph.ties import contact_days
from villagegraph.touches import occasions
from villagegraph.who import job_changes

if TYPE_CHECKING:
    from villagegraph.village import Village

__all__ = ["Report", "monthly_report"]

NEGLECTED_COLUMNS = tuple(COLUMNS)


def monthly_report(village: Village, *, month: str) -> Report:
    """
    Report a month of your village, beside the month before.

    Parameters
    ----------
    village
        The village, with `me`.
    month
        Year and month, such as `2026-10`.

    Returns
    -------
    report
        The page and its two lists. Where the exports end within the month,
        the report covers the month up to then. Where they hold nothing of it,
        the page says so and names the nearest month with data.

    Raises
    ------
    IdentityError
        If it is not known who `me` is.
    ValueError
        If `month` is no month.
    """
    village.owner()
    span, closed = open_month(village, month)
    start, end = span.after.first, span.after.last
    days = occasions(village, start=start, end=end)
    if closed is not None:
        neglected = pd.DataFrame(columns=list(NEGLECTED_COLUMNS))
        page = _frame(village, span, notices=[closed], days=days)
        page["kicker"] = content.kicker(village, span, closed=True)
    else:
        neglected = neglected_ties(village, as_of=span.as_of)
        page = _whole_page(village, span, neglected=neglected, days=days)
    return Report(
        month=span.text,
        as_of=span.as_of,
        notices=tuple(f"{notice.text} {notice.command}".strip() for notice in page["notices"]),
        html=render(page),
        neglected=neglected,
        occasions=days,
    )


def _frame(
    village: Village, span: Month, *, notices: list[Notice], days: pd.DataFrame
) -> dict[str, Any]:
    """Return what every page has, also one with nothing to report."""
    found = sources(village, as_of=span.as_of)
    return {
        "title": content.title(span),
        "kicker": content.kicker(village, span),
        "notices": notices,
        "lead": "",
        "figures": [],
        "full": False,
        "next_month": month_name(span.after.text, year=False),
        "occasions": content.occasion_rows(days),
        "sources": content.source_rows(found),
        "notes": content.notes(village, month=span),
    }


def _whole_page(
    village: Village, span: Month, *, neglected: pd.DataFrame, days: pd.DataFrame
) -> dict[str, Any]:
    contacts = contact_days(village, as_of=span.as_of)
    now = month_numbers(village, first=span.first, as_of=span.as_of, contacts=contacts)
    before = None
    known = began_before(village, span)
    if known:
        last = span.before
        before = month_numbers(village, first=last.first, as_of=last.as_of, contacts=contacts)
    changes = tie_changes(village, since=span.first, as_of=span.as_of)
    if not known:
        # in the first month of the exports everybody would look new
        changes = changes[changes["change"] != "new"]
    lists = {
        "slipping": neglected[neglected["list"] == "slipping"],
        "messages": neglected[neglected["list"] == "worth a message"],
        "dormant": neglected[neglected["list"] == "dormant"],
        "new": changes[changes["change"] == "new"],
        "revived": changes[changes["change"] == "revived"],
        "occasions": days,
    }
    found = sources(village, as_of=span.as_of)
    page = _frame(village, span, notices=coverage_notices(span, found), days=days)
    page |= {
        "full": True,
        "lead": content.lead(now, before, month=span, lists=lists),
        "figures": content.figures(now, before, month=span),
        "reach": content.reach_rows(now, before, month=span),
        "shape": content.shape_rows(now, before),
        "month_short": month_name(span.text, year=False),
        "before_short": month_name(span.before.text, year=False) if before else "",
        "headline": masked(village.settings.me.headline, longest=300),
        "new_known": known,
        "jobs": job_rows(
            job_changes(village, since=span.first - dt.timedelta(days=1), as_of=span.last)
        ),
    }
    return page | _lists(lists) | _pictures(village, span, lists=lists, contacts=contacts)


def _lists(lists: dict[str, pd.DataFrame]) -> dict[str, Any]:
    slipping, dormant = lists["slipping"], lists["dormant"]
    where = "; neglected.csv lists them all"
    groups = [("new", "New ties"), ("revived", "Back after a long silence")]
    return {
        "messages": content.messages(lists["messages"]),
        "slipping_more": content.more(slipping, limit=content.SLIPPING_SHOWN, where=where),
        "dormant": content.plain_rows(dormant, limit=content.DORMANT_SHOWN),
        "dormant_more": content.more(dormant, limit=content.DORMANT_SHOWN, where=where),
        "changes": [
            {
                "title": title,
                "people": content.plain_rows(lists[name], limit=content.CHANGES_SHOWN),
                "more": content.more(lists[name], limit=content.CHANGES_SHOWN),
            }
            for name, title in groups
            if len(lists[name])
        ],
    }


def _pictures(
    village: Village, span: Month, *, lists: dict[str, pd.DataFrame], contacts: pd.DataFrame
) -> dict[str, Any]:
    cards = content.slipping_cards(
        village, lists["slipping"], month=span, occasions=lists["occasions"]
    )
    people = [card["person_id"] for card in cards]
    drawn = drawings(village, as_of=span.as_of, people=people, contacts=contacts)
    counts = contact_months(village, as_of=span.as_of, months=24, contacts=contacts)
    used = [way for way in WAYS if counts[way].any()]
    return {
        "slipping": [card | rhythm for card, rhythm in zip(cards, drawn["rhythms"], strict=True)],
        "slipping_rows": content.slipping_rows(village, lists["slipping"], month=span),
        "plot_wide": drawn["wide"] if used else "",
        "plot_narrow": drawn["narrow"] if used else "",
        "ways": used,
        "way_rows": [
            {"month": month_name(str(month)), "counts": [f"{number:,}" for number in row]}
            for month, row in zip(
                counts.index[::-1], counts[used].to_numpy()[::-1].tolist(), strict=True
            )
        ],
    }
