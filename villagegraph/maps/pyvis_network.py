"""
The same map as a pyvis network, for tinkering in a notebook.

pyvis's own writer loads scripts from a CDN and turns tooltips into HTML; this
one writes a page that is offline, escaped and still.
"""

from __future__ import annotations

import html
import json
import re
import webbrowser
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pyvis.edge import Edge
from pyvis.network import Network

from villagegraph.errors import VillageError
from villagegraph.files import write_whole
from villagegraph.layout.palette import INK, LIGHT, PAPER, mixed
from villagegraph.maps.notebook import framed
from villagegraph.maps.page import policy
from villagegraph.maps.text import script_json
from villagegraph.parsing.masking import masked

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

    from villagegraph.maps.data import Scene

_PIXELS = 420.0  # at this many a unit of the layout, the map opens at about its own size
_SAFE_CSS = re.compile(r"[#\w.%(), -]{1,60}")
# the line tells the list as the map's does: whole, dashed, dotted; of several lists the first
_RINGS: dict[int, tuple[str, bool | list[int]]] = {
    1: ("#a84a08", False), 3: ("#00615a", [8, 8]), 2: ("#6b4fa0", [2, 3])
}  # fmt: skip
_STYLE = """html,body{{margin:0;height:100%;background:{background}}}
h1{{margin:0;padding:12px 16px;font:600 20px/1.3 Georgia,serif;color:#1f242c}}
#network{{width:{width};height:{height}}}
div.vis-tooltip{{position:absolute;visibility:hidden;z-index:5;max-width:320px;padding:8px 12px;
border:1px solid #e3e1da;border-radius:9px;background:#fff;color:#1f242c;
font:13px/1.45 system-ui,sans-serif;white-space:pre-line;overflow-wrap:anywhere;
pointer-events:none}}"""
_START = (
    "const data=JSON.parse(document.getElementById('village').textContent);"
    "const network=new vis.Network(document.getElementById('network'),"
    "{nodes:new vis.DataSet(data.nodes),edges:new vis.DataSet(data.edges)},data.options);"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{heading}<div id="network"></div>
<script type="application/json" id="village">{data}</script>
<script>{library}</script>
<script>{start}</script>
</body>
</html>
"""


@cache
def _library() -> str:
    """Return vis-network as pyvis ships it."""
    folder = files("pyvis").joinpath("templates", "lib", "vis-9.1.2")
    script = folder.joinpath("vis-network.min.js").read_text(encoding="utf-8")
    return script.replace("</script", "<\\/script")


class VillageNetwork(Network):  # type: ignore[misc]  # pyvis ships no types
    """
    A pyvis network that writes safe, offline pages and opens still.

    Use it as any `pyvis.network.Network`: `add_node`, `add_edge`, `get_node`,
    `set_options`, `show`. Everything written goes through `generate_html`.

    Attributes
    ----------
    numbers
        Number of each person in the network, by `person_id`. Pages hold these
        numbers alone.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - pyvis's own options
        for name in ("select_menu", "filter_menu", "neighborhood_highlight"):
            if options.get(name):
                msg = (
                    f"`{name}` is not offered: pyvis builds it by writing names into the page "
                    "as code. The page of `Map.save` has search and filters."
                )
                raise ValueError(msg)
        options.setdefault("height", "680px")
        options.setdefault("bgcolor", PAPER["light"])
        options["cdn_resources"] = "in_line"
        options["notebook"] = False
        super().__init__(**options)
        self.numbers: dict[Hashable, int] = {}
        self._tied: set[tuple[Any, Any]] = set()
        self.toggle_physics(False)
        self.options.edges.smooth.enabled = False
        self.options.interaction.hover = True

    def add_edge(self, source: Any, to: Any, **options: Any) -> None:  # noqa: ANN401
        """
        Add a tie, unless the two are tied already.

        Parameters
        ----------
        source, to
            Numbers of nodes that are in the network.
        **options
            Options of vis-network, such as `width`, `color`, `title`.
        """
        for node in (source, to):
            if node not in self.node_map:
                msg = "both ends of a tie need to be added as nodes first"
                raise KeyError(msg)
        ends = (source, to)
        if not self.directed:
            if ends in self._tied or (to, source) in self._tied:
                return
            self._tied.add(ends)
        self.edges.append(Edge(source, to, self.directed, **options).options)

    def generate_html(
        self,
        name: str = "index.html",  # noqa: ARG002 - pyvis's own signature
        local: bool = True,  # noqa: ARG002
        notebook: bool = False,  # noqa: ARG002
    ) -> str:
        """
        Return the page: offline, escaped, with a policy that forbids requests.

        Parameters
        ----------
        name, local, notebook
            Taken as pyvis takes them; they change nothing.
        """
        options = self.options
        if not isinstance(options, dict):
            options = json.loads(options.to_json())
        data = {"nodes": self.nodes, "edges": self.edges, "options": options}
        style = _STYLE.format(
            background=_css(self.bgcolor, PAPER["light"]),
            width=_css(self.width, "100%"),
            height=_css(self.height, "680px"),
        )
        heading = masked(self.heading)
        self.html = _PAGE.format(
            policy=html.escape(policy(scripts=[_library(), _START], styles=[style])),
            title=html.escape(heading or "Village"),
            heading=f"<h1>{html.escape(heading)}</h1>\n" if heading else "",
            style=style,
            data=script_json(json.loads(json.dumps(data, default=_plain))),
            library=_library(),
            start=_START,
        )
        return self.html

    def write_html(
        self, name: str, local: bool = True, notebook: bool = False, open_browser: bool = False
    ) -> Path:
        """
        Write the page to a file that its owner alone may read.

        Parameters
        ----------
        name
            Path of the file.
        local, notebook
            Taken as pyvis takes them; they change nothing.
        open_browser
            Open the file in the browser.
        """
        path = write_whole(name, self.generate_html(name, local, notebook))
        if open_browser:
            webbrowser.open(path.resolve().as_uri())
        return path

    def save_graph(self, name: str) -> None:
        """Write the page to a file; see `write_html`."""
        self.write_html(name)

    def show(self, name: str, local: bool = True, notebook: bool = True) -> VillageNetwork | None:
        """
        Write the page to a file, and show it.

        Parameters
        ----------
        name
            Path of the file.
        local
            Taken as pyvis takes it; it changes nothing.
        notebook
            Return what a notebook shows; if False, open the browser.
        """
        self.write_html(name, local, notebook, open_browser=not notebook)
        return self if notebook else None

    def from_nx(self, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Refuse: pyvis would take the weights out of the caller's graph."""
        msg = "draw a graph with `draw_map(G).to_pyvis()`: pyvis's `from_nx` changes the graph"
        raise VillageError(msg)

    def from_DOT(self, *_: Any, **__: Any) -> None:  # noqa: ANN401, N802 - pyvis's own name
        """Refuse: pyvis would write the file into the page as it is."""
        msg = "DOT files are not read; add nodes and ties one by one"
        raise VillageError(msg)

    def _repr_html_(self) -> str:
        return framed(
            self.generate_html(),
            title=masked(self.heading) or "Village",
            sandbox="allow-scripts",
            height=_css(self.height, "680px"),
        )


def _css(value: object, otherwise: str) -> str:
    text = str(value)
    return text if _SAFE_CSS.fullmatch(text) else otherwise


def _plain(value: Any) -> Any:  # noqa: ANN401 - numpy numbers, and whatever a user adds
    return value.item() if hasattr(value, "item") else str(value)


def network_of(drawn: Scene, *, title: str) -> VillageNetwork:
    """
    Return a map's scene as a pyvis network.

    Parameters
    ----------
    drawn
        What the map shows.
    title
        Heading of the page.
    """
    network = VillageNetwork(heading=title)
    people = drawn.people
    labelled = float(people["size"].quantile(0.88)) if len(people) > 60 else 0.0
    rows: list[dict[str, Any]] = people.to_dict("records")
    for number, person in enumerate(people.index):
        row = rows[number]
        me = number == drawn.me
        group: dict[str, Any]
        group = drawn.groups[row["group"]] if drawn.groups and not me else {"color": 8, "name": ""}
        fill = INK["light"] if me else LIGHT[group["color"]]
        ring = next((_RINGS[k] for k in _RINGS if row["list"] & 1 << (k - 1)), (fill, False))
        network.numbers[person] = number
        network.add_node(
            number,
            label=row["name"],
            title=_tooltip(row, group["name"]),
            color={"background": fill, "border": ring[0]},
            shapeProperties={"borderDashes": ring[1]},
            borderWidth=3 if row["list"] else 0,
            size=row["size"],
            x=round(row["x"] * _PIXELS),
            y=round(-row["y"] * _PIXELS),
            physics=False,
            font={"size": 13, "color": INK["light"], "face": "system-ui, sans-serif"},
        )
        if not me and row["size"] < labelled:
            network.get_node(number)["label"] = ""
    for tie in drawn.ties.to_dict("records"):
        a, b = int(tie["a"]), int(tie["b"])
        one, two = people["group"].iat[a], people["group"].iat[b]
        mine = drawn.me in (a, b)
        tint = LIGHT[drawn.groups[one]["color"]] if one == two and not mine else LIGHT[8]
        share = 0.12 if mine else 0.25 + 0.3 * tie["weight"]
        network.add_edge(
            a,
            b,
            color=mixed(tint, PAPER["light"], share=share),
            width=round(0.6 if mine else 0.7 + 1.3 * tie["weight"], 1),
        )
    return network


def _tooltip(row: dict[str, Any], group: str) -> str:
    work = ", ".join(text for text in (row["title"], row["organization"]) if text)
    return "\n".join(text for text in (row["name"], work, group, row["reason"]) if text)
