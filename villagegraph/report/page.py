"""From content to one self-contained page of HTML."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from villagegraph.days import day_number
from villagegraph.plots import fig_svg, plain_style, plot_contact_days, plot_rhythm
from villagegraph.report.words import day_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from villagegraph.village import Village

RHYTHM_DAYS = 540
SHORTEST_RHYTHM_DAYS = 180


@functools.cache
def _source(name: str) -> str:
    # a page's style is allowed by its hash, so newlines must be the same everywhere
    text = resources.files("villagegraph.report").joinpath(name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def render(content: Mapping[str, Any]) -> str:
    """
    Fill the page.

    Parameters
    ----------
    content
        Everything the template names. All text is escaped; only `Markup`,
        that is the drawings, stands as it is.

    Returns
    -------
    html
        A whole page that loads nothing and runs nothing.
    """
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    css = _source("page.css")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    template = environment.from_string(_source("page.html.j2"))
    return template.render(page=content, css=Markup(css), css_hash=digest)  # noqa: S704 - our own file


def drawings(
    village: Village, *, as_of: dt.date, people: list[str], contacts: pd.DataFrame
) -> dict[str, Any]:
    """
    Draw the pictures of the page.

    Parameters
    ----------
    village
        The village.
    as_of
        Last day that counts.
    people
        `person_id` of those whose rhythm is shown.
    contacts
        As `contact_days` returns them.

    Returns
    -------
    drawings
        `wide` and `narrow`, the contact days for a wide and a narrow screen,
        and `rhythms`, for each of `people` a drawing `rhythm` and the days `begin` and
        `end` between which it lies, in words.
    """
    with plain_style():
        wide, _ = plot_contact_days(village, as_of=as_of, months=24, contacts=contacts)
        narrow, _ = plot_contact_days(village, as_of=as_of, months=12, contacts=contacts)
        narrow.set_size_inches(4.4, 3.2)
        told = "Contact days by month, stacked by way of contact. The table below has the counts."
        rhythms = []
        for number, person in enumerate(people):
            begin = _begin(contacts, person, village.owner(), as_of=as_of)
            fig, _ = plot_rhythm(
                village, people=[person], as_of=as_of, start=begin, names=False, contacts=contacts
            )
            ends = {"begin": day_name(begin), "end": day_name(as_of)}
            title = f"Days of contact since {ends['begin']}, then silence up to {ends['end']}"
            rhythms.append({"rhythm": _markup(fig, title=title, name=f"rhythm-{number}"), **ends})
        return {
            "wide": _markup(wide, title=told, name="wide"),
            "narrow": _markup(narrow, title=told, name="narrow"),
            "rhythms": rhythms,
        }


def _begin(contacts: pd.DataFrame, person: str, me: str, *, as_of: dt.date) -> dt.date:
    """Return the first day of contact within the window, so that no strip begins empty."""
    u, v = contacts["person_u"], contacts["person_v"]
    with_me = ((u == person) & (v == me)) | ((u == me) & (v == person))
    today = day_number(as_of)
    days = contacts.loc[with_me, "day"]
    first = int(days[days > today - RHYTHM_DAYS].min())
    return as_of - dt.timedelta(days=max(today - first, SHORTEST_RHYTHM_DAYS))


def _markup(fig: Any, *, title: str, name: str) -> Markup:  # noqa: ANN401 - matplotlib is untyped here
    return Markup(fig_svg(fig, title=title, name=name))  # noqa: S704 - drawn by us, text escaped
