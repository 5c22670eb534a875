"""From content to one self-contained page of HTML."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from villagegraph.plots import fig_svg, plain_style, plot_contact_days, plot_rhythm

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from villagegraph.village import Village

RHYTHM_MONTHS = 18


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
        and `rhythms`, one drawing for each of `people`.
    """
    with plain_style():
        wide, _ = plot_contact_days(village, as_of=as_of, months=24, contacts=contacts)
        narrow, _ = plot_contact_days(village, as_of=as_of, months=12, contacts=contacts)
        narrow.set_size_inches(4.4, 3.2)
        told = "Contact days by month, stacked by way of contact. The table below has the counts."
        rhythms = []
        for number, person in enumerate(people):
            fig, _ = plot_rhythm(
                village,
                people=[person],
                as_of=as_of,
                months=RHYTHM_MONTHS,
                names=False,
                contacts=contacts,
            )
            title = "Days of contact over eighteen months, then silence"
            rhythms.append(_markup(fig, title=title, name=f"rhythm-{number}"))
        return {
            "wide": _markup(wide, title=told, name="wide"),
            "narrow": _markup(narrow, title=told, name="narrow"),
            "rhythms": rhythms,
        }


def _markup(fig: Any, *, title: str, name: str) -> Markup:  # noqa: ANN401 - matplotlib is untyped here
    return Markup(fig_svg(fig, title=title, name=name))  # noqa: S704 - drawn by us, text escaped
