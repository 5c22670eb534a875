"""The map as a still picture, for reports and papers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from villagegraph.layout import layout
from villagegraph.layout.groups import homes, named_groups
from villagegraph.layout.palette import GREY, INK, LIGHT, PAPER, mixed
from villagegraph.layout.sizes import sizes
from villagegraph.layout.weights import pull
from villagegraph.measures.communities import communities as find_communities
from villagegraph.parsing.masking import masked
from villagegraph.plots.fonts import font_families

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

_LABELLED = 40  # names that are tried, at most
_SIDES = ((1, 0, "left", "center"), (-1, 0, "right", "center"), (0, 1, "center", "bottom"),
          (0, -1, "center", "top"))  # fmt: skip
_INCHES = 9.0
_FONT = 7.5
_MARGIN = 0.12
# a stroke around the letters would turn text into outlines in SVG and PDF
_PAPER_BEHIND = {
    "boxstyle": "square,pad=0.08", "facecolor": PAPER["light"], "edgecolor": "none", "alpha": 0.7,
}  # fmt: skip


def plot_village(
    G: nx.Graph,
    *,
    ax: Axes | None = None,
    communities: pd.Series | None = None,
    positions: pd.DataFrame | None = None,
    labels: int | None = None,
    title: str = "",
    seed: int = 0,
) -> tuple[Figure, Axes]:
    """
    Draw the village as a still picture.

    It is the interactive map's twin: the same places, colours, sizes and names of groups.

    Parameters
    ----------
    G
        Village graph, as `village_graph` gives it.
    ax
        Where to draw; a figure of its own if None.
    communities, positions
        As `communities` and `Map.positions` give them; computed if None.
    labels
        How many of the largest dots are named, where there is room; by default 40 at most.
        No name covers another, or a caption.
    title
        Heading of the picture.
    seed
        Seed of communities and positions, where they are computed.

    Returns
    -------
    fig, ax
        Save it with `fig.savefig("village.pdf")`, or `.svg` or `.png`.

    Raises
    ------
    ValueError
        If `positions` lacks somebody.

    Examples
    --------
    >>> import networkx as nx
    >>> G = nx.Graph([("ana", "ben"), ("ben", "cy"), ("ana", "cy")])
    >>> fig, ax = plot_village(G)
    >>> len(ax.collections)
    2
    """
    if communities is None:
        communities = find_communities(G, seed=seed)
    communities = pd.to_numeric(communities).fillna(-1).astype("int64")
    spots = layout(G, communities=communities, seed=seed) if positions is None else positions
    spots = spots[["x", "y"]].astype("float64").reindex(pd.Index(list(G), dtype=object))
    if not np.isfinite(spots.to_numpy()).all():
        msg = "`positions` needs a place for everybody in the graph"
        raise ValueError(msg)
    axes = _whole_figure() if ax is None else ax
    me = G.graph.get("me") if G.graph.get("me") in G else None
    people, groups = _people(G, me, communities, spots)
    _prepare(axes, spots, title=title)
    _draw_ties(axes, G, people, me)
    _draw_people(axes, people, me)
    _name(axes, people, groups, labels=_LABELLED if labels is None else labels)
    fig: Figure = axes.get_figure(root=True)  # type: ignore[assignment]  # None once removed
    return fig, axes


def _whole_figure() -> Axes:
    axes: Axes = Figure(figsize=(_INCHES, _INCHES), layout="constrained").add_subplot()
    return axes


def _people(
    G: nx.Graph, me: Hashable | None, communities: pd.Series, spots: pd.DataFrame
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    home, kinds = homes(G, me, communities)
    radius = sizes(G, me)
    people = pd.DataFrame(
        {
            "name": [masked(G.nodes[v].get("name")) or masked(str(v)) for v in G],
            "organization": [masked(G.nodes[v].get("organization")) for v in G],
            "tags": [[masked(tag) for tag in G.nodes[v].get("tags") or ()] for v in G],
            "group": [home[v] for v in G],
            "size": [radius[v] for v in G],
            "x": spots["x"].to_numpy(),
            "y": spots["y"].to_numpy(),
        },
        index=pd.Index(list(G), dtype=object),
    )
    colors = [LIGHT[kinds[k][1]] if kinds else LIGHT[GREY] for k in people["group"]]
    people["color"] = [
        INK["light"] if v == me else color for v, color in zip(G, colors, strict=True)
    ]
    return people, named_groups(G, me, people, kinds)


def _prepare(axes: Axes, spots: pd.DataFrame, *, title: str) -> None:
    for name, limit in (("x", axes.set_xlim), ("y", axes.set_ylim)):
        low, high = (spots[name].min(), spots[name].max()) if len(spots) else (-1.0, 1.0)
        limit(low - _MARGIN, high + _MARGIN)
    axes.set_aspect("equal")
    axes.set_axis_off()
    if title:
        axes.set_title(
            masked(title), loc="left", color=INK["light"], fontsize=13, fontfamily=font_families()
        )


def _draw_ties(axes: Axes, G: nx.Graph, people: pd.DataFrame, me: Hashable | None) -> None:
    place = {person: k for k, person in enumerate(people.index)}
    xy = people[["x", "y"]].to_numpy()
    # the owner is tied to nearly everyone: those ties say nothing on a map
    ends = sorted(
        (place[u], place[v], pull(tie)) for u, v, tie in G.edges(data=True) if me not in (u, v)
    )
    pulls = np.array([weight for *_, weight in ends])
    most = max(float(np.quantile(pulls, 0.97)), 1e-9) if ends else 1.0
    group, color = people["group"].tolist(), people["color"].tolist()
    plain = mixed(LIGHT[GREY], PAPER["light"], share=0.3)
    lines = LineCollection(
        [xy[[u, v]] for u, v, _ in ends],
        colors=[
            mixed(color[u], PAPER["light"], share=0.45) if group[u] == group[v] else plain
            for u, v, _ in ends
        ],
        linewidths=[0.25 + 0.9 * min(weight / most, 1.0) for *_, weight in ends],
        zorder=1,
    )
    axes.add_collection(lines, autolim=False)


def _draw_people(axes: Axes, people: pd.DataFrame, me: Hashable | None) -> None:
    largest = people.sort_values("size", ascending=False, kind="stable")
    axes.scatter(
        largest["x"],
        largest["y"],
        s=(1.5 * largest["size"]) ** 2 * (_scale(axes) ** 2),
        c=largest["color"].tolist() or None,
        edgecolors=PAPER["light"],
        linewidths=[1.4 if v == me else 0.5 for v in largest.index],
        zorder=2,
    )


def _scale(axes: Axes) -> float:
    """Return how large the axes are, beside a figure of their own."""
    box = axes.get_window_extent()
    return float(min(box.width, box.height)) / (_INCHES * axes.figure.dpi)


def _name(axes: Axes, people: pd.DataFrame, groups: list[dict[str, Any]], *, labels: int) -> None:
    """Write captions beside groups, then names beside dots, wherever there is room."""
    taken: list[Bbox] = []
    for k, group in enumerate(groups):
        members = people[people["group"] == k]
        if group["caption"] and len(members):
            _caption(axes, members, group, taken)
    largest = people.sort_values(["size", "name"], ascending=[False, True], kind="stable")
    for row in largest.head(labels).itertuples(index=False):
        _label(axes, row, taken)


def _caption(axes: Axes, members: pd.DataFrame, group: dict[str, Any], taken: list[Bbox]) -> None:
    middle, top, bottom = members["x"].median(), members["y"].max(), members["y"].min()
    color = mixed(LIGHT[group["color"]], INK["light"], share=0.7)
    for y, below in ((top + 0.035, "bottom"), (bottom - 0.035, "top")):
        if _written(
            axes, (middle, y), group["caption"], taken, ha="center", va=below, color=color,
            fontsize=9.5, fontweight="bold", zorder=4,
        ):  # fmt: skip
            return


def _label(axes: Axes, row: Any, taken: list[Bbox]) -> None:  # noqa: ANN401 - a row
    away = 2.0 + 0.75 * row.size * _scale(axes)
    for right, up, across, along in _SIDES:
        if _written(
            axes, (row.x, row.y), row.name, taken, offset=(right * away, up * away),
            ha=across, va=along, color=INK["light"], fontsize=_FONT, zorder=3,
        ):  # fmt: skip
            return


def _written(
    axes: Axes,
    at: tuple[float, float],
    text: str,
    taken: list[Bbox],
    *,
    offset: tuple[float, float] = (0.0, 0.0),
    **style: Any,  # noqa: ANN401 - as matplotlib takes them
) -> bool:
    """Write a text if it stands inside the picture and on no other; tell whether it does."""
    note = axes.annotate(
        text, at, xytext=offset, textcoords="offset points", fontfamily=font_families(),
        parse_math=False, annotation_clip=False, bbox=_PAPER_BEHIND, **style,
    )  # fmt: skip
    with warnings.catch_warnings():
        # a name may be in a script that no font of this machine has
        warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
        warnings.filterwarnings("ignore", message=r"Matplotlib currently does not support")
        box = note.get_window_extent().padded(1.0)
    whole = axes.get_window_extent()
    inside = whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1
    if not inside or any(box.overlaps(other) for other in taken):
        note.remove()
        return False
    taken.append(box)
    return True
