from __future__ import annotations

import itertools
import math

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import villagegraph as vg
from villagegraph.layout.palette import INK
from villagegraph.plots import fig_svg

DAY = "2026-10-31"


@pytest.fixture(scope="module")
def graph(sample_village):
    return vg.village_graph(sample_village, as_of=DAY)


@pytest.fixture(scope="module")
def drawn(graph):
    return vg.draw_map(graph)


@pytest.fixture(scope="module")
def picture(graph, drawn):
    return vg.plot_village(graph, positions=drawn.positions, title="October")


def dots(ax):
    return ax.collections[-1]


def test_places_and_colours_are_the_maps(graph, drawn, picture):
    _, ax = picture
    there = np.asarray(dots(ax).get_offsets())
    shown = {
        tuple(spot): to_hex(color)
        for spot, color in zip(there.round(9), dots(ax).get_facecolor(), strict=True)
    }
    twin = drawn.to_graph()
    assert len(shown) == len(graph)
    for person in graph:
        spot = tuple(drawn.positions.loc[person].round(9))
        assert shown[spot] == twin.nodes[person]["color"]
    assert twin.nodes[graph.graph["me"]]["color"] == INK["light"]


def test_ties_of_the_owner_are_not_drawn(graph, picture):
    _, ax = picture
    others = [pair for pair in graph.edges if graph.graph["me"] not in pair]
    assert len(ax.collections[0].get_segments()) == len(others)


def test_no_name_covers_another(picture):
    fig, ax = picture
    assert len(ax.texts) > 25
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    whole = ax.get_window_extent()
    assert all(whole.x0 <= box.x0 and box.x1 <= whole.x1 for box in boxes)
    assert isinstance(fig, Figure)


def test_groups_are_called_as_on_the_map(drawn, picture):
    _, ax = picture
    said = {text.get_text() for text in ax.texts}
    names = set(nx.get_node_attributes(drawn.to_graph(), "group").values()) - {"", "Smaller groups"}
    assert len(names & said) >= len(names) - 1


def test_a_given_ax_is_used_and_nothing_of_matplotlib_changes(graph, drawn):
    before = dict(mpl.rcParams)
    fig = Figure(figsize=(8, 4))
    left, right = fig.subplots(1, 2)
    assert vg.plot_village(graph, ax=right, positions=drawn.positions, labels=0) == (fig, right)
    assert not left.collections
    assert dict(mpl.rcParams) == before


def test_the_same_picture_twice_is_the_same_bytes(graph, drawn):
    one, two = (
        fig_svg(vg.plot_village(graph, positions=drawn.positions)[0], title="t", name="v")
        for _ in range(2)
    )
    assert one == two


def test_small_and_odd_graphs():
    for G in (nx.Graph(), nx.Graph([("a", "b")]), nx.path_graph(3)):
        G.add_node("$x$ <b>")
        fig, ax = vg.plot_village(G)
        assert len(dots(ax).get_offsets()) == len(G)
        # text stays text, and no formula
        assert "$x$ &lt;b&gt;" in fig_svg(fig, title="t", name="v")
    with pytest.raises(ValueError, match="a place for everybody"):
        vg.plot_village(nx.path_graph(2), positions=pd.DataFrame({"x": [0.0], "y": [math.nan]}))
