"""
Maps: one offline HTML page that people can open, search and share.

>>> import networkx as nx, pandas as pd
>>> G = nx.Graph([("ana", "ben")])
>>> page = draw_map(G, communities=pd.Series({"ana": 0, "ben": 0})).html
>>> page.startswith("<!doctype html>")
True
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.files import write_whole
from villagegraph.layout import layout
from villagegraph.layout.palette import INK, LIGHT
from villagegraph.maps.data import Scene, scene
from villagegraph.maps.notebook import bridge_to, framed
from villagegraph.maps.packing import payload
from villagegraph.maps.page import write_page
from villagegraph.maps.sharing import check_no_names, shared, shared_title
from villagegraph.maps.titles import DEFAULT
from villagegraph.measures.communities import communities as find_communities
from villagegraph.parsing.masking import masked

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable, Iterable
    from pathlib import Path

    import networkx as nx

    from villagegraph.maps.bridge import Bridge
    from villagegraph.maps.pyvis_network import VillageNetwork

__all__ = ["Map", "draw_map"]

_HEIGHT = 680
_SANDBOX = "allow-scripts allow-downloads"


@dataclass(frozen=True, eq=False)
class Map:
    """
    A drawn map. It shows itself in Jupyter.

    Attributes
    ----------
    title
        Title of the page.
    positions
        Where each person stands, columns `x` and `y`, indexed by `person_id`:
        give them to the next map and people stay where they are.
    """

    title: str
    positions: pd.DataFrame
    _scene: Scene
    _graph: nx.Graph

    @cached_property
    def html(self) -> str:
        """The page: complete, offline, without addresses or numbers."""
        return write_page(payload(self._scene, title=self.title), title=self.title)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        names: bool = True,
        pseudonyms: bool = False,
        include: Iterable[str] | None = None,
    ) -> Path:
        """
        Write the page to a file that its owner alone may read.

        Addresses, phone numbers and notes never stand in it.

        Parameters
        ----------
        path
            Where the file shall stand, such as `village.html`.
        names
            False to number people in the place of names: names, organisations,
            titles, headlines, places, tags and reasons are not in the file at all; a title
            of the page that holds one of them becomes "A village".
        pseudonyms
            True for made-up names instead of numbers, the same for a person in every map.
        include
            What the page tells of people besides the name, some of `organization`,
            `title`, `headline`, `location`, `tags`, `origin` (kinds of export), `reason`,
            `short` (how long it has been quiet) and `ask` (a question); None for all, or
            without names for `origin` and `short`, which are all that may be told then.

        Returns
        -------
        path
            The file written.

        Raises
        ------
        ValueError
            If `include` names something else.
        LeakError
            If a name were left all the same; then nothing is written.
        """
        drawn = shared(self._scene, names=names, pseudonyms=pseudonyms, include=include)
        if drawn is self._scene:
            return write_whole(path, self.html)
        if names and not pseudonyms:
            return write_whole(path, write_page(payload(drawn, title=self.title), title=self.title))
        title = shared_title(self.title, self._scene)
        data = payload(drawn, title=title)
        check_no_names(data, self._scene)
        return write_whole(path, write_page(data, title=title))

    def to_graph(self) -> nx.Graph:
        """
        Return the graph with what the map shows, for `save_graph`.

        Returns
        -------
        G
            A copy, its nodes with `x` and `y` (1,000 is the map's radius; `y` counts
            upwards), `size`, `color` (`#rrggbb`), `r`, `g`, `b` (0 to 255, as Gephi reads
            them from GraphML) and `group` (its name) besides their own attributes.
        """
        G = self._graph.copy()
        people, groups = self._scene.people, self._scene.groups
        for person, x, y, size, group in zip(
            people.index, people["x"], people["y"], people["size"], people["group"], strict=True
        ):
            # the owner stands in no group
            mine = person == G.graph.get("me") or not groups
            color = INK["light"] if mine else LIGHT[groups[group]["color"]]
            red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
            G.nodes[person].update(
                x=round(float(x) * 1000, 3), y=round(float(y) * 1000, 3), size=float(size),
                color=color, r=red, g=green, b=blue,
                group="" if mine else groups[group]["name"],
            )  # fmt: skip
        return G

    def to_pyvis(self) -> VillageNetwork:
        """
        Return the map as a pyvis network, for tinkering in a notebook.

        Returns
        -------
        network
            A `pyvis.network.Network` with these positions, colours and
            tooltips. It opens still; best below some 1,000 people.
        """
        from villagegraph.maps.pyvis_network import network_of  # noqa: PLC0415 - pyvis is slow

        return network_of(self._scene, title=self.title)

    @property
    def selected(self) -> list[Hashable]:
        """
        Whom you have selected on the map that this notebook shows, as it is now.

        Press a person on the map and read this in another cell; Shift or Ctrl and a press
        adds one or takes one away, Esc selects nobody. If the map is shown twice, the last
        selection made on either counts.

        Returns
        -------
        selected
            Their `person_id`s, in the order of the page. Empty if nobody is selected, if the
            map was not shown yet, outside a notebook, and without the extra `lab`
            (`pip install "villagegraph[lab]"`): the map works all the same then, but says nothing.

        Examples
        --------
        >>> import networkx as nx, pandas as pd
        >>> draw_map(nx.Graph([("ana", "ben")]), communities=pd.Series({"ana": 0})).selected
        []
        """
        if self._bridge is None:
            return []
        return [self._scene.people.index[k] for k in self._bridge.selected()]

    @cached_property
    def _bridge(self) -> Bridge | None:
        return bridge_to(len(self._scene.people))

    def __repr__(self) -> str:
        """Name the map without naming anybody on it."""
        n = len(self._scene.people)
        return f"<Map {self.title!r}: {n:,} {'person' if n == 1 else 'people'}>"

    def _repr_html_(self) -> str:
        return self._frame()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        # without anybody to hear it, the page needs no name: Jupyter takes `_repr_html_`
        return {} if self._bridge is None else {"text/html": self._frame(self._bridge.frame)}

    def _frame(self, name: str = "") -> str:
        # a frame of its own keeps the page's script away from the notebook's
        return framed(self.html, title=self.title, sandbox=_SANDBOX, height=str(_HEIGHT), name=name)


def draw_map(
    G: nx.Graph,
    *,
    communities: pd.Series | None = None,
    positions: pd.DataFrame | None = None,
    neglected: pd.DataFrame | None = None,
    title: str = DEFAULT,
    seed: int = 0,
) -> Map:
    """
    Draw the village as a map.

    Parameters
    ----------
    G
        Village graph, as `village_graph` gives it. Any networkx graph will do: what is
        missing is not shown. Of a person `name`, `organization`, `title`, `headline`,
        `location` and `tags` are shown, and from `sources` the kinds of export; of a tie
        `strength`, or else `weight`, sets sizes, circles and how bold it is, `credit` and
        `shared_credit`, or else the strength, how near the two stand, `basis` says whether it is
        contact or `seen together`, and `days`, `days_365`, `n_shared`, `channels`,
        `cadence_days`, `first_at` and `last_at` are told, filtered by and placed on the
        time line. `G.graph` may hold `me` (who stands in the middle), `as_of` (the day from
        which silences are counted; else that of the last contact) and `zone`. Addresses,
        phone numbers and notes are never shown.
    communities
        Number of each person's community, -1 or `nan` for none. Found anew if
        None.
    positions
        Columns `x` and `y`, indexed by `person_id`, such as those of an earlier
        map. Everybody stands there; if somebody is missing, all are laid out
        anew from there, and stay about where they were. Computed if None.
    neglected
        What `neglected_ties` gives: those people are ringed, by `list`, and told of with
        the `reason`, those of the least `rank` first; whoever stands on several lists has
        the reason of the first of `slipping`, `worth a message`, `dormant`. Of the other
        columns, `dormancy_days` and `cadence_days` make the short form of the reason
        (there is none without a silence), and `question`, which you may add, is shown as a
        question to ask that person (empty for none). More columns, lists of other names, and
        people who are not in `G`, change nothing.
    title
        Title of the page.
    seed
        Seed of communities and positions, where they are computed.

    Returns
    -------
    map
        Save it with `Map.save`, or leave it as the last line of a notebook cell.

    Raises
    ------
    ValueError
        If `positions` has no columns `x` and `y`, or a person twice, or `neglected` lacks
        `list`, `rank`, `person_id` or `reason`.

    Examples
    --------
    >>> import networkx as nx, pandas as pd
    >>> G = nx.Graph([("ana", "ben")])
    >>> drawn = draw_map(G, communities=pd.Series({"ana": 0, "ben": 0}))
    >>> drawn.positions.columns.tolist()
    ['x', 'y']
    """
    if communities is None:
        communities = find_communities(G, seed=seed)
    else:
        communities = pd.to_numeric(communities).fillna(-1).astype("int64")
    spots = _spots(G, communities, positions, seed=seed)
    drawn = scene(G, communities=communities, positions=spots, neglected=neglected)
    # a copy: what becomes of the caller's graph changes no map that is drawn
    return Map(masked(title) or DEFAULT, spots, drawn, G.copy())


def _spots(
    G: nx.Graph, communities: pd.Series, positions: pd.DataFrame | None, *, seed: int
) -> pd.DataFrame:
    """Return where everybody stands: as given, if everybody is given a place."""
    if positions is None:
        return layout(G, communities=communities, seed=seed)
    if not {"x", "y"} <= set(positions.columns):
        msg = "`positions` needs the columns `x` and `y`, indexed by `person_id`"
        raise ValueError(msg)
    if positions.index.has_duplicates:
        msg = "`positions` names a person twice: give everybody one place"
        raise ValueError(msg)
    people = pd.Index(list(G.nodes), dtype=object, name="person_id")
    given = positions[["x", "y"]].astype("float64").reindex(people)
    if np.isfinite(given.to_numpy()).all():
        return given
    return layout(G, communities=communities, seed=seed, start=given)
