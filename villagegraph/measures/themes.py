"""All measures by theme, gathered from the modules that compute them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.measures.catalog import Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

THEMES: Mapping[str, tuple[str, ...]] = {
    "Ties": ("tie_columns", "probability", "alter_ties", "backbone", "pairs"),
    "Neglect and change": ("neglect", "introductions", "change", "comparison"),
    "Reach": ("reach", "risk"),
    "Clustering": ("clustering",),
    "Brokerage": ("brokerage", "ego_networks", "betweenness", "roles"),
    "Centrality": ("centrality", "closeness", "directed"),
    "Communities": ("communities", "stability"),
    "Diversity": ("diversity", "homophily", "office"),
    "Circles": ("circles",),
    "Rhythm": ("rhythm",),
    "Whole organisations": ("organisation",),
}
"""The modules of each theme: every module that has a tuple `MEASURES` stands here once."""


def measures_of(module: str) -> tuple[Measure, ...]:
    """Return what a module of `measures` tells of its measures."""
    found: tuple[Measure, ...] = import_module(f"villagegraph.measures.{module}").MEASURES
    return found


def measure_table() -> pd.DataFrame:
    """
    List every measure with what it means.

    The same as `docs/measures.md`, to look things up while working.

    Returns
    -------
    measures
        A row a measure, by theme: `name` (of the column or, of a function that returns
        a number, of the function), `function` (which gives it), `of` (what it is told of:
        `person`, `tie`, `pair`, `village`, `group`), `meaning`, `unit`, `range`,
        `undefined` (when it is `nan`), `reference`. All text, none empty.

    Examples
    --------
    >>> measures = measure_table().set_index(["function", "name"])
    >>> measures.loc[("transitivity", "transitivity"), ["of", "unit", "range"]].tolist()
    ['village', 'share', '0 to 1']
    """
    rows = [entry for modules in THEMES.values() for name in modules for entry in measures_of(name)]
    return pd.DataFrame(rows, columns=list(Measure._fields), dtype="str")
