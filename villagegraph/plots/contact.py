"""Contact over time: how many days a month, and each person's rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.ticker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from villagegraph.days import DayLike, as_day, day_number
from villagegraph.parsing.masking import masked
from villagegraph.plots.fonts import font_families
from villagegraph.ties import contact_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from villagegraph.village import Village

WAYS: dict[str, tuple[str, ...]] = {
    "Met": ("meeting",),
    "Called": ("call",),
    "Chatted": ("chat", "sms"),
    "Mailed": ("email",),
    "Elsewhere": ("social", "note"),
}
"""Ways of contact, closest first, and the channels in each."""

# colours that stay apart for colour-blind eyes, 3:1 or more on white
COLORS = {
    "Met": "#c2410c",
    "Called": "#7c3f8c",
    "Chatted": "#0b8a63",
    "Mailed": "#1d6fb8",
    "Elsewhere": "#8a7a3c",
}
INK, MUTED, LINE, QUIET, EDGE = "#2a2622", "#6b645b", "#ddd6ca", "#f3dfb8", "#a06a12"

# strftime would name months in the language of the machine
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def contact_months(
    village: Village,
    *,
    as_of: DayLike,
    months: int = 24,
    contacts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Count contact days by month and way of contact.

    A contact day is one person on one day: ten mails with Ada on Monday are
    one, a lunch with three people is three. A day counts in one way alone,
    the closest: whoever met and mailed has met.

    Parameters
    ----------
    village
        The village. With `me`, only the contacts of `me` count.
    as_of
        Last day that counts; its month is the last row.
    months
        How many months to go back. Months before the first contact are left
        out, down to six.
    contacts
        As `contact_days` returns them, if they are at hand.

    Returns
    -------
    counts
        Indexed by month (YYYY-MM), a column for each of `WAYS`.
    """
    contacts = _own_contacts(village, as_of, contacts)
    dates = contacts["day"].to_numpy(dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]")
    last = np.datetime64(as_day(as_of), "M")
    first = min(max(last - (months - 1), dates.min(initial=last)), last - min(5, months - 1))
    index = np.arange(first, last + 1)
    way = np.array([_way(channels) for channels in contacts["channels"]], dtype=np.int64)
    counts = {
        name: np.bincount((dates[mine] - first).astype(np.int64), minlength=len(index))
        for number, name in enumerate(WAYS)
        for mine in [(way == number) & (dates >= first)]
    }
    return pd.DataFrame(counts, index=pd.Index(index.astype(str), name="month", dtype="str"))


def _own_contacts(village: Village, as_of: DayLike, contacts: pd.DataFrame | None) -> pd.DataFrame:
    if contacts is None:
        contacts = contact_days(village, as_of=as_of)
    contacts = contacts[contacts["day"] <= day_number(as_of)]
    if village.me is None:
        return contacts
    mine = (contacts["person_u"] == village.me) | (contacts["person_v"] == village.me)
    return contacts[mine]


def _way(channels: Sequence[str]) -> int:
    return next(
        number for number, names in enumerate(WAYS.values()) if not set(names).isdisjoint(channels)
    )


def plot_contact_days(
    village: Village,
    *,
    as_of: DayLike,
    months: int = 24,
    contacts: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> tuple[Any, Any]:
    """
    Draw the days with contact in each month, by way of contact.

    Parameters
    ----------
    village, as_of, months, contacts
        As in `contact_months`.
    ax
        Where to draw; None for a figure of its own.

    Returns
    -------
    fig, ax
        The figure and the axes drawn on.
    """
    counts = contact_months(village, as_of=as_of, months=months, contacts=contacts)
    counts = counts.loc[:, counts.sum() > 0]
    axes = _axes(ax, width=7.2, height=3.0)
    base = np.zeros(len(counts))
    ends = {}
    # the closest way on top, so that the names beside the bars stand in the order of the table
    for name in counts.columns[::-1]:
        values = counts[name].to_numpy(dtype=float)
        axes.bar(range(len(counts)), values, bottom=base, width=0.78, color=COLORS[name], lw=0)
        ends[name] = base[-1] + values[-1] / 2
        base += values
    _label_ends(axes, ends, x=len(counts) - 0.1, top=max(base.max(initial=0.0), 1.0))
    _month_ticks(axes, counts.index)
    axes.set_ylim(0, max(base.max(initial=0.0), 1.0) * 1.05)
    axes.set_xlim(-0.6, len(counts) - 0.4)
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y", color=LINE, lw=0.8)
    axes.set_axisbelow(True)
    _bare(axes)
    return axes.figure, axes


def _label_ends(axes: Axes, ends: Mapping[str, float], *, x: float, top: float) -> None:
    """Name each band beside its end, moved apart where two would touch."""
    place = -np.inf
    for name, end in sorted(ends.items(), key=lambda item: item[1]):
        place = max(end, place + 0.105 * top)
        axes.annotate(
            name,
            (x, place),
            xytext=(10, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=10,
            annotation_clip=False,
        )
        axes.plot([x], [place], marker="s", ms=6, color=COLORS[name], clip_on=False, zorder=3)


def _month_ticks(axes: Axes, months: Sequence[str]) -> None:
    """Name every third month, so that each January is among them, with its year."""
    named = [place for place, month in enumerate(months) if int(month[5:]) % 3 == 1]
    texts = [_month_label(months[place], first=place == named[0]) for place in named]
    axes.set_xticks(named, texts)


def _month_label(month: str, *, first: bool) -> str:
    name = MONTHS[int(month[5:]) - 1]
    return f"{name}\n{month[:4]}" if first or name == "Jan" else name


def plot_rhythm(
    village: Village,
    *,
    people: Sequence[str],
    as_of: DayLike,
    months: int = 18,
    start: DayLike | None = None,
    names: bool = True,
    contacts: pd.DataFrame | None = None,
    ax: Axes | None = None,
) -> tuple[Any, Any]:
    """
    Draw a row of dots for each person: the days of contact, and the silence since.

    Parameters
    ----------
    village
        The village, with `me`.
    people
        `person_id` of each row, from the top.
    as_of
        The day at the right end.
    months
        How far back to go, in months of 30 days.
    start
        The day at the left end, if it is not `months` back.
    names
        Whether to write names and months beside the rows.
    contacts
        As `contact_days` returns them, if they are at hand.
    ax
        Where to draw; None for a figure of its own.

    Returns
    -------
    fig, ax
        The figure and the axes drawn on.
    """
    end = day_number(as_of)
    begin = end - 30 * months if start is None else day_number(start)
    own = _own_contacts(village, as_of, contacts)
    days = {person: _days_of(own, person) for person in people}
    axes = _axes(ax, width=6.4 if names else 5.4, height=0.34 * max(len(people), 1) + 0.5 * names)
    for row, person in enumerate(people):
        last = int(days[person].max(initial=begin))
        shown = days[person][days[person] >= begin]
        axes.plot([begin, end], [row, row], color=LINE, lw=1, zorder=1)
        band = {"facecolor": QUIET, "edgecolor": EDGE, "lw": 0.7, "zorder": 0}
        axes.fill_between([last, end], row - 0.36, row + 0.36, **band)
        axes.plot(shown, np.full(len(shown), row), ls="", marker="o", ms=4, mew=0, color=INK)
    axes.set_ylim(max(len(people), 1) - 0.5, -0.5)
    # half a dot of room, so that the first and the last stay round
    room = max((end - begin) / 100, 1)
    axes.set_xlim(begin - room, end + room)
    if names:
        _row_names(axes, [masked(village.people.at[who, "name"]) for who in people])  # noqa: PD008 - one cell
        _day_ticks(axes, begin, end)
        _bare(axes)
    else:
        axes.set_axis_off()
    return axes.figure, axes


def _days_of(contacts: pd.DataFrame, person: str) -> np.ndarray:
    with_person = (contacts["person_u"] == person) | (contacts["person_v"] == person)
    return np.unique(contacts.loc[with_person, "day"].to_numpy(dtype=np.int64))


def _row_names(axes: Axes, names: Sequence[str]) -> None:
    # a dollar sign in a name is no formula
    axes.set_yticks(range(len(names)), names, parse_math=False, fontfamily=font_families())


def _day_ticks(axes: Axes, start: int, end: int) -> None:
    first, last = (np.datetime64(day, "D").astype("datetime64[M]") for day in (start, end))
    months = np.arange(first + 1, last + 1)
    names = months.astype(str)
    kept = [place for place, month in enumerate(names) if int(month[5:]) % 3 == 1]
    texts = [_month_label(str(names[place]), first=place == kept[0]) for place in kept]
    axes.set_xticks(months[kept].astype("datetime64[D]").astype(np.int64), texts)


def _axes(ax: Axes | None, *, width: float, height: float) -> Any:  # noqa: ANN401 - matplotlib is untyped here
    if ax is not None:
        return ax
    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def _bare(axes: Axes) -> None:
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=MUTED, labelsize=10)
