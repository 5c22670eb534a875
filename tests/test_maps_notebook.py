"""A map in a notebook, without a browser: what is shown, and what Python takes from the page."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser

import networkx as nx
import pandas as pd
import pytest

import villagegraph.maps
from villagegraph.maps import draw_map, notebook
from villagegraph.maps.notebook import NOTICE


@pytest.fixture
def drawn():
    G = nx.relabel_nodes(nx.complete_graph(4), dict(enumerate(["ana", "ben", 7, "dee"])))
    return draw_map(G, communities=pd.Series(0, index=pd.Index(list(G), dtype=object)))


@pytest.fixture
def in_kernel(monkeypatch):
    monkeypatch.setattr(notebook, "_in_kernel", lambda: True)


class Frames(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        assert tag == "iframe"
        self.found.append(dict(attrs))


def test_outside_a_notebook_nobody_is_selected_and_no_widget_is_made(drawn):
    assert drawn.selected == []
    assert drawn._repr_mimebundle_() == {}
    assert "data-map" not in drawn._repr_html_()
    code = (
        "import sys, networkx as nx, villagegraph as vg; m = vg.draw_map(nx.path_graph(3)); "
        "m._repr_mimebundle_(); m._repr_html_(); assert m.selected == []; "
        "assert not {'anywidget', 'ipywidgets', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.usefixtures("in_kernel")
def test_without_the_extra_the_page_shows_as_ever(drawn, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "villagegraph.maps.bridge", raising=False)
    monkeypatch.delattr(villagegraph.maps, "bridge", raising=False)
    assert drawn.selected == []
    assert drawn._repr_mimebundle_(include=None, exclude=None) == {}
    assert drawn._repr_html_().startswith("<iframe sandbox=")


@pytest.mark.usefixtures("in_kernel")
def test_in_a_kernel_the_page_stands_in_a_frame_that_the_bridge_knows(drawn):
    bundle = drawn._repr_mimebundle_(include=None, exclude=None)
    assert list(bundle) == ["text/html"]
    (frame,) = Frames(bundle["text/html"]).found
    assert frame.pop("data-map") == drawn._bridge.frame
    assert [frame] == Frames(drawn._repr_html_()).found
    assert drawn._bridge.n == 4
    other = draw_map(nx.path_graph(3))
    assert other._bridge.frame != drawn._bridge.frame


@pytest.mark.usefixtures("in_kernel")
def test_the_numbers_of_the_page_become_people_and_strange_ones_nobody(drawn):
    ids = drawn._scene.people.index.tolist()
    assert drawn.selected == []
    for told, meant in (
        ([2, 0], [ids[0], ids[2]]),
        ([3, 3], [ids[3]]),
        ([-1, 4, 10**12, 1], [ids[1]]),
        ([], []),
    ):
        # as a browser's message comes in
        drawn._bridge.set_state({"people": told})
        assert drawn.selected == meant
    assert set(map(type, ids)) == {str, int}


def test_a_map_names_nobody_where_only_text_is_shown(drawn):
    assert repr(drawn) == "<Map 'My village': 4 people>"
    assert repr(draw_map(nx.Graph([], me=1))) == "<Map 'My village': 0 people>"


@pytest.mark.parametrize("page", ["map", "pyvis"])
def test_where_frames_are_taken_out_a_notice_is_left(drawn, page):
    text = drawn._repr_html_() if page == "map" else drawn.to_pyvis()._repr_html_()

    class Rest(HTMLParser):
        said = ""

        def handle_data(self, data):
            self.said += data

    rest = Rest()
    rest.feed(text)
    assert rest.said == NOTICE
