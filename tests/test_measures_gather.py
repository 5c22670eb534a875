"""All measures in one frame, and what is written down of each."""

from __future__ import annotations

import importlib.util
import inspect
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import toy

import villagegraph as vg
import villagegraph.measures
from villagegraph.errors import IdentityError
from villagegraph.measures.catalog import Measure
from villagegraph.measures.gather import _NUMBERS, _SPREADS, _SUMMARIES, _TWICE, column_of
from villagegraph.measures.themes import THEMES, measures_of

if TYPE_CHECKING:
    import networkx as nx

    from villagegraph.village import Village

ROOT = Path(__file__).parent.parent
DAY = "2026-10-31"
# what says of whom or what a row is, and is no measure
LABELS = {"name", "name_a", "name_b", "person_a", "person_b", "person_id"}
# public, and no measures: they compare, cut or sum up what others give
TOOLS = {
    "Backtest", "Comparison", "alter_measures", "as_adjacency", "backtest",
    "backtest_introductions", "backup_path",
    "ego_measures", "interaction_log", "match_communities", "measure_table", "rhythm", "summary",
    "without", "without_tie",
}  # fmt: skip
# their columns are groups, hours or shares of one and the same measure
WHOLE = {"flow_shares", "group_to_group", "joiners_and_leavers", "lorenz_curve", "week_matrix"}
# a whole: its numbers; its tables give other functions' measures of two days
COMPARED = {"jaccard", "signature_distance", "difference"}


@pytest.fixture(scope="module")
def village() -> Village:
    return toy.village()


@pytest.fixture(scope="module")
def alters(village: Village) -> pd.DataFrame:
    return vg.alter_measures(village, as_of=DAY)


@pytest.fixture(scope="module")
def ego(village: Village) -> pd.DataFrame:
    return vg.ego_measures(village, as_of=DAY)


def written(function: str) -> set[str]:
    table = vg.measure_table()
    return set(table.loc[table["function"] == function, "name"])


def returned(function: str, village: Village, G: nx.Graph) -> set[str]:
    """Return the names of the measures that a public function gives."""
    measure = getattr(vg, function)
    rows = vg.circles(G)
    more: dict[str, tuple[Any, dict[str, Any]]] = {
        "circle_stability": (rows, {"before": rows}),
        "contact_probability": (village, {"as_of": DAY}),
        "gini": ([1, 2], {}),
        "introductions": (village, {"as_of": DAY}),
        "neglected_ties": (village, {"as_of": DAY}),
        "signature_distance": (pd.Series([1.0]), {"other": pd.Series([1.0])}),
        "social_signature": (village, {"since": "2025-01-01", "as_of": DAY}),
        "tie_changes": (village, {"since": "2026-01-01", "as_of": DAY}),
    }
    if function in ("ego_constraint", "ego_effective_size"):
        found = measure(G, "me")
    elif function == "modularity":
        found = measure(G, vg.communities(G))
    elif function in more:
        first, options = more[function]
        found = measure(first, **options)
    else:
        first_name = next(iter(inspect.signature(measure).parameters))
        found = measure(G if first_name == "graph_or_ties" else village)
    if isinstance(found, pd.DataFrame):
        return {str(name) for name in found.columns} - LABELS
    if isinstance(found, pd.Series):
        return set(found.index) if function == "homophily" else {str(found.name)}
    assert isinstance(found, int | float | np.number)
    return {function}


@pytest.mark.parametrize("function", sorted(set(villagegraph.measures.__all__) - TOOLS))
def test_every_column_is_written_down_and_the_other_way_round(
    function: str, village: Village
) -> None:
    if function in WHOLE:
        assert written(function) == {function}
    elif function == "compare":
        assert written(function) <= COMPARED
        found = vg.compare(village, "2026-05-01", DAY)
        assert all(hasattr(found, name) or name in found.causes for name in written(function))
    else:
        G = vg.village_graph(village, as_of=DAY)
        assert returned(function, village, G) == written(function)


def test_every_column_of_the_tie_table_is_written_down(village: Village) -> None:
    assert set(vg.tie_table(village, as_of=DAY).columns) == written("tie_table")


def test_nothing_is_written_down_of_what_is_not_there() -> None:
    functions = set(vg.measure_table()["function"])
    assert functions <= {*villagegraph.measures.__all__, "tie_table"}


def test_every_module_with_measures_has_a_theme() -> None:
    listed = [module for modules in THEMES.values() for module in modules]
    assert len(listed) == len(set(listed))
    package = villagegraph.measures
    there = {
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if hasattr(importlib.import_module(f"{package.__name__}.{module.name}"), "MEASURES")
    }
    assert set(listed) == there


def test_the_table_is_whole() -> None:
    table = vg.measure_table()
    assert tuple(table.columns) == Measure._fields
    assert not table.duplicated(["function", "name"]).any()
    assert (table.map(str.strip) == table).all(axis=None)
    assert (table != "").all(axis=None)
    assert set(table["of"]) == {"person", "tie", "pair", "village", "group"}
    assert table["meaning"].str.endswith(".").all()


def gathered(functions: set[str]) -> set[str]:
    return {
        column_of(function, name)
        for function in functions
        for name in written(function)
        if _TWICE.get(function) != name
    }


EVERYBODY = {
    "betweenness", "brokerage", "brokerage_roles", "centrality", "clustering",
    "directed_centrality", "diversity", "ego_betweenness", "inside_outside", "reach",
}  # fmt: skip
OF_ALTERS = {"circles", "community_stability", "contact_probability", "reach_at_risk"}


def test_alter_measures_are_those_written_down(alters: pd.DataFrame) -> None:
    assert set(alters.columns) == gathered(EVERYBODY | OF_ALTERS)
    assert alters.columns.is_unique


def test_every_measure_of_a_person_is_gathered() -> None:
    table = vg.measure_table()
    people = set(table.loc[table["of"] == "person", "function"])
    rhythm = {entry.function for entry in measures_of("rhythm")}
    # their columns stand there already, or they take two dates or make a series
    rest = {
        "communities", "compare", "ego_constraint", "ego_effective_size", "harmonic_closeness",
        "joiners_and_leavers", "social_signature",
    }  # fmt: skip
    assert people - rhythm - rest == (EVERYBODY | OF_ALTERS) - {"contact_probability"}
    told = {measure.__name__ for measure in (*_NUMBERS, *_SPREADS)}
    coefficients = {"clustering_coefficient_unweighted", "clustering_coefficient_weighted"}
    assert rhythm - {"week_matrix"} == told | coefficients


def test_ego_measures_are_those_written_down(ego: pd.DataFrame) -> None:
    spreads = {measure.__name__ for measure in _SPREADS}
    rhythm = {entry.name for entry in measures_of("rhythm")} - {"week_matrix"}
    means = {f"{name}_{summary}" for name in spreads for summary in _SUMMARIES}
    whole = gathered({"transitivity", "modularity", "homophily"})
    assert set(ego.columns) == gathered(EVERYBODY) | whole | (rhythm - spreads) | means
    assert ego.index.tolist() == ["me"]


def test_the_numbers_are_those_of_the_functions(
    village: Village, alters: pd.DataFrame, ego: pd.DataFrame
) -> None:
    G = vg.village_graph(village, as_of=DAY)
    assert alters.index.tolist() == sorted(G)
    for person in G:
        assert alters["degree"][person] == G.degree(person)
    reach = vg.reach(G, communities=vg.communities(G))
    pd.testing.assert_series_equal(alters["reach_people"], reach["people"], check_names=False)
    pd.testing.assert_series_equal(
        alters["constraint"], vg.brokerage(G)["constraint"], check_names=False
    )
    lost = vg.reach_at_risk(G)["people"]
    pd.testing.assert_series_equal(
        alters["reach_at_risk_people"].sort_index(), lost.sort_index(), check_names=False
    )
    ties = vg.tie_table(village, as_of=DAY)
    for person in ("ana", "ben", "cy", "dee"):
        assert alters["circles_strength"][person] == ties["strength"][(person, "me")]
    chances = vg.contact_probability(village, as_of=DAY)
    assert alters["p_contact"]["cy"] == chances[("cy", "me")]
    assert alters["p_contact"][["flo", "me"]].isna().all()
    assert ego["number_of_interactions"]["me"] == vg.number_of_interactions(village)
    assert ego["transitivity"]["me"] == vg.transitivity(G)
    assert ego["constraint"]["me"] == alters["constraint"]["me"]
    assert ego["homophily_people"]["me"] == vg.homophily(G, me_out=True)["people"]


def test_what_came_later_counts_for_nothing(village: Village) -> None:
    early = vg.alter_measures(village, as_of="2024-12-31")
    assert early["degree"]["cy"] == 0
    mine = vg.ego_measures(village, as_of="2024-12-31")
    assert mine["number_of_contacts"]["me"] < 4


def test_without_an_owner_everybody_is_measured() -> None:
    log = toy.village(me=None)
    measures = vg.alter_measures(log, as_of=DAY)
    assert measures["degree"]["me"] == 4
    assert measures[["circle", "p_contact"]].isna().all(axis=None)
    assert measures["reach_at_risk_people"].notna().all()
    assert not measures["reach_lower_bound"].any()
    with pytest.raises(IdentityError):
        vg.ego_measures(log, as_of=DAY)


def test_people_without_a_tie_are_measured_too(alters: pd.DataFrame) -> None:
    nothing = toy.village([])
    measures = vg.alter_measures(nothing, as_of=DAY)
    assert (measures["degree"] == 0).all()
    assert measures[["clustering", "constraint", "p_contact"]].isna().all(axis=None)
    assert list(measures.columns) == list(alters.columns)
    mine = vg.ego_measures(nothing, as_of=DAY)
    assert mine["number_of_interactions"]["me"] == 0
    assert mine[["transitivity", "modularity", "interevent_time_mean"]].isna().all(axis=None)


def test_a_village_of_nobody_has_no_rows(alters: pd.DataFrame) -> None:
    empty = toy.village([], people={}, me=None)
    measures = vg.alter_measures(empty, as_of=DAY)
    assert len(measures) == 0
    assert list(measures.columns) == list(alters.columns)


def test_the_same_seed_gives_the_same_numbers(village: Village, alters: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(vg.alter_measures(village, as_of=DAY), alters)


def generated() -> Any:
    spec = importlib.util.spec_from_file_location("page", ROOT / "docs" / "generate_measures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_measures_is_generated() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    assert generated().page() == page, "run: make docs"


def test_every_reference_is_given_in_full() -> None:
    listed = generated().REFERENCES.splitlines()
    assert listed == sorted(listed, key=str.casefold)
    cited = "; ".join(vg.measure_table()["reference"])
    for author, year in re.findall(r"((?:de )?[A-Z][\w-]+)(?:[ ,]+[A-Za-z]+\.?)*? (\d{4})", cited):
        works = [line for line in listed if line.startswith(f"- {author},") and f"({year})" in line]
        assert works, f"{author} {year}"
