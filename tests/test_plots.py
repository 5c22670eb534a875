from __future__ import annotations

import datetime as dt
import re
import sys
import warnings
from dataclasses import replace
from subprocess import run
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from villagegraph.plots import (
    COLORS,
    WAYS,
    contact_months,
    fig_svg,
    plain_style,
    plot_contact_days,
    plot_rhythm,
)
from villagegraph.tables import CHANNELS
from villagegraph.village import Village, village_from_tables

NAMES = {
    "p1": "佐藤 美咲",
    "p2": "محمد العلي",
    "p3": "Noor $\\frac{$ Khan",
    "p4": "</script><img src=x onerror=alert(1)>",
    "p5": "\U00010330\u1e00\ue000 Zoë",
}


def village(*items: tuple[str, str, str], me: str | None = "me") -> Village:
    """Hold one-to-one contacts: (day, channel, person)."""
    events = pd.DataFrame(
        {
            "event_id": [f"e{number}" for number in range(len(items))],
            "at": [f"{day} 12:00" for day, _, _ in items],
            "channel": [channel for _, channel, _ in items],
        }
    )
    rows = [
        (f"e{number}", person, role)
        for number, (_, _, other) in enumerate(items)
        for person, role in (("me", "from"), (other, "to"))
    ]
    people = pd.DataFrame({"person_id": ["me", *NAMES], "name": ["Mia Me", *NAMES.values()]})
    present = pd.DataFrame(rows, columns=["event_id", "person_id", "role"])
    return village_from_tables(events, present, people=people, me=me)


def lively() -> Village:
    day = dt.date(2026, 10, 30)
    channels = ("email", "chat", "meeting", "call", "social")
    return village(
        *(
            ((day - dt.timedelta(days=7 * week)).isoformat(), channels[week % 5], f"p{place}")
            for week in range(60)
            for place in range(1, 6)
            if week % place == 0
        )
    )


def test_every_channel_is_one_way_of_contact():
    assert sorted(name for names in WAYS.values() for name in names) == sorted(CHANNELS)
    assert COLORS.keys() == WAYS.keys()


def test_a_day_with_one_person_counts_once_in_the_closest_way():
    held = village(
        ("2026-10-05", "email", "p1"),
        ("2026-10-05", "email", "p1"),
        ("2026-10-05", "meeting", "p1"),
        ("2026-10-05", "email", "p2"),
        ("2026-10-06", "sms", "p1"),
        ("2026-10-06", "chat", "p1"),
        ("2026-09-30", "call", "p1"),
    )
    counts = contact_months(held, as_of="2026-10-31")
    assert counts.loc["2026-10"].to_dict() == {
        "Met": 1,
        "Called": 0,
        "Chatted": 1,
        "Mailed": 1,
        "Elsewhere": 0,
    }
    assert counts.loc["2026-09", "Called"] == 1
    assert counts.to_numpy().sum() == 4


def test_months_run_to_as_of_and_no_later():
    held = village(
        ("2023-01-05", "email", "p1"), ("2026-08-05", "email", "p1"), ("2026-10-20", "chat", "p1")
    )
    counts = contact_months(held, as_of="2026-10-10", months=12)
    assert counts.index[[0, -1]].tolist() == ["2025-11", "2026-10"]
    assert counts.to_numpy().sum() == 1
    short = contact_months(held, as_of="2023-01-31", months=24)
    assert short.index[[0, -1]].tolist() == ["2022-08", "2023-01"]


def test_only_contacts_of_me_count():
    events = pd.DataFrame({"event_id": ["e"], "at": ["2026-10-05"]})
    present = pd.DataFrame(
        {"event_id": "e", "person_id": ["p1", "p2", "me"], "role": ["from", "to", "cc"]}
    )
    counts = contact_months(village_from_tables(events, present, me="me"), as_of="2026-10-31")
    assert counts.to_numpy().sum() == 1
    counts = contact_months(village_from_tables(events, present), as_of="2026-10-31")
    assert counts.to_numpy().sum() == 2


def heights(ax: object) -> np.ndarray:
    return np.array([[bar.get_height() for bar in bars] for bars in ax.containers])


def test_bars_are_the_counts():
    held = lively()
    counts = contact_months(held, as_of="2026-10-31")
    fig, ax = plot_contact_days(held, as_of="2026-10-31")
    assert isinstance(fig, Figure)
    assert heights(ax).sum(axis=0).tolist() == counts.sum(axis=1).tolist()
    assert sorted(heights(ax).sum(axis=1)) == sorted(counts.sum())
    shown = [text.get_text() for text in ax.texts]
    assert sorted(shown) == sorted(WAYS)
    # from the top, names stand as the columns of the table do
    assert sorted(ax.texts, key=lambda text: -text.xy[1]) == ax.texts[::-1]
    assert shown[::-1] == list(WAYS)
    places = sorted(text.xy[1] for text in ax.texts)
    assert np.diff(places).min() >= 0.1 * heights(ax).sum(axis=0).max()


def test_months_are_named_in_english_whatever_the_locale():
    _, ax = plot_contact_days(lively(), as_of="2026-10-31")
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["Oct\n2025", "Jan\n2026", "Apr", "Jul", "Oct"] or labels[0].endswith("2025")
    assert set(re.sub(r"\s\d+", "", " ".join(labels)).split()) <= {"Jan", "Apr", "Jul", "Oct"}


def test_given_axes_are_drawn_on():
    fig = Figure()
    first, second = fig.subplots(2)
    assert plot_contact_days(lively(), as_of="2026-10-31", ax=first) == (fig, first)
    assert plot_rhythm(lively(), people=["p1"], as_of="2026-10-31", ax=second) == (fig, second)
    assert first.containers
    assert second.lines


def test_an_empty_village_can_be_drawn():
    fig, _ = plot_contact_days(village(), as_of="2026-10-31")
    assert "<svg" in fig_svg(fig, title="nothing", name="a")
    fig, _ = plot_rhythm(village(), people=["p1"], as_of="2026-10-31")
    assert "<svg" in fig_svg(fig, title="nothing", name="a")
    fig, _ = plot_rhythm(village(), people=[], as_of="2026-10-31")
    assert "<svg" in fig_svg(fig, title="nothing", name="a")


def test_rhythm_has_a_dot_a_day_and_the_silence_since():
    held = village(
        ("2026-08-01", "email", "p1"),
        ("2026-08-01", "chat", "p1"),
        ("2026-07-01", "email", "p1"),
        ("2020-01-01", "email", "p1"),
        ("2026-10-31", "email", "p2"),
    )
    _, ax = plot_rhythm(held, people=["p2", "p1"], as_of="2026-10-31", months=12)
    dots = {
        int(line.get_ydata()[0]): line.get_xdata().tolist()
        for line in ax.lines
        if line.get_marker() == "o"
    }
    epoch = dt.date(1970, 1, 1)
    assert dots[1] == [(dt.date(2026, month, 1) - epoch).days for month in (7, 8)]
    assert dots[0] == [(dt.date(2026, 10, 31) - epoch).days]
    silences = [band.get_paths()[0].get_extents() for band in ax.collections]
    assert [round(box.width) for box in silences] == [0, 91]


def test_rhythm_can_start_on_a_day():
    held = village(("2026-07-01", "email", "p1"), ("2026-08-01", "email", "p1"))
    _, ax = plot_rhythm(held, people=["p1"], as_of="2026-10-31", start="2026-07-20")
    (dots,) = (line.get_xdata() for line in ax.lines if line.get_marker() == "o")
    assert dots.tolist() == [(dt.date(2026, 8, 1) - dt.date(1970, 1, 1)).days]
    first, last = ax.get_xlim()
    assert 103 < last - first < 108


def test_addresses_and_numbers_in_names_are_masked():
    held = lively()
    held = replace(held, people=held.people.assign(name="Ana ana@example.org +49 30 23125 001"))
    _, ax = plot_rhythm(held, people=["p1"], as_of="2026-10-31")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Ana … …"]


def test_names_of_any_script_are_drawn_without_a_warning():
    fig, ax = plot_rhythm(lively(), people=list(NAMES), as_of="2026-10-31")
    assert [label.get_text() for label in ax.get_yticklabels()] == list(NAMES.values())
    svg = fig_svg(fig, title="rhythm", name="r")
    texts = {"".join(text.itertext()).strip() for text in ET.fromstring(svg).iter("text")}  # noqa: S314
    assert set(NAMES.values()) <= texts
    assert "<img" not in svg


def inline(name: str = "a", title: str = "Days & <b>contact</b>") -> str:
    with plain_style():
        fig, _ = plot_contact_days(lively(), as_of="2026-10-31")
        return fig_svg(fig, title=title, name=name)


def test_svg_can_stand_in_a_strict_page():
    svg = inline()
    assert svg.startswith("<svg ")
    assert svg.endswith("</svg>")
    for foreign in ("style=", "<style", "http", "<!", "<?", "metadata", "xlink", "xmlns", "script"):
        assert foreign not in svg
    root = ET.fromstring(svg)  # noqa: S314
    title = root[0]
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
    assert title.text == "Days & <b>contact</b>"
    assert {text.get("font-size") for text in root.iter("text")} == {"10px"}


def test_svg_refers_to_its_own_ids_alone():
    first, second = (ET.fromstring(inline(name)) for name in ("a", "b"))  # noqa: S314
    ids = [{element.get("id") for element in root.iter()} - {None} for root in (first, second)]
    assert not ids[0] & ids[1]
    for root, own in zip((first, second), ids, strict=True):
        text = ET.tostring(root, encoding="unicode")
        assert len(re.findall(r' id="', text)) == len(own)
        used = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', text)
        assert used
        assert {one or other for one, other in used} <= own


def test_colours_follow_the_page():
    svg = inline()
    assert "var(--mailed, #" in svg
    assert 'fill="currentColor"' in svg
    # every colour that is drawn has a place in the theme
    assert not re.findall(r'(?:fill|stroke)="#[0-9a-f]{6}"', svg)


def test_same_bytes_whatever_the_settings_of_matplotlib():
    plain = inline()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "x"}):
        assert inline() == plain
        assert mpl.rcParams["font.size"] == 30
    assert inline() == plain


def test_no_setting_and_no_figure_is_left_behind():
    code = (
        "import sys, villagegraph.plots as p;"
        "p.plain_style().__enter__();"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    run([sys.executable, "-c", code], check=True)
    before = dict(mpl.rcParams)
    inline()
    assert dict(mpl.rcParams) == before


def test_warnings_of_others_are_not_swallowed():
    fig = Figure()

    def draw(*_: object) -> None:
        warnings.warn("something else", UserWarning, stacklevel=1)

    fig.draw_without_rendering = draw
    fig.add_subplot().draw = draw
    with pytest.warns(UserWarning, match="something else"):
        fig_svg(fig, title="x", name="x")
