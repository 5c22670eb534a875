from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from toy import borgatti, random_graph, shuffled

from villagegraph.measures import backbone


@pytest.mark.parametrize("seed", range(30))
def test_it_is_the_integral_that_was_published(seed):
    """Equation 2 of Serrano et al. (2009): alpha_ij = 1 - (k - 1) int_0^p (1 - x)^(k - 2) dx."""
    G = random_graph(seed, most=15)
    found = backbone(G)
    assert list(found.index) == sorted(tuple(sorted(tie)) for tie in G.edges)
    for u, v in found.index:
        chances = []
        for one, other in ((u, v), (v, u)):
            strengths = {alter: tie["strength"] for alter, tie in G[one].items()}
            k, part = len(strengths), strengths[other] / sum(strengths.values())
            area = quad(lambda x, k=k: (1 - x) ** (k - 2), 0, part)[0] if k > 1 else 0.0
            chances.append(1 - (k - 1) * area)
        assert found.loc[(u, v), "disparity"] == pytest.approx(min(chances), abs=1e-7)
        assert found.loc[(u, v), "strength"] == G.edges[u, v]["strength"]
    assert (found["kept"] == (found["disparity"] < 0.05)).all()


def test_borgattis_graph_by_hand():
    # C has one tie only; at G it takes 10 of 33 with six ties: (23 / 33) ** 5
    found = backbone(borgatti(), alpha=0.18)
    assert found.loc[("C", "G"), "disparity"] == pytest.approx((23 / 33) ** 5)
    # E gives G 8 of 10 in two ties, G gives E 8 of 33 in six
    assert found.loc[("E", "G"), "disparity"] == pytest.approx(min(0.2, (25 / 33) ** 5))
    assert list(found.index[found["kept"]]) == [("C", "G")]


def test_an_only_tie_stands_out_at_neither_end():
    found = backbone(nx.path_graph(2), weight=None, alpha=1)
    assert found["disparity"].tolist() == [1]
    assert not found["kept"].any()


def test_equal_ties_do_not_stand_out():
    found = backbone(nx.complete_graph(6), weight=None)
    assert found["disparity"].to_numpy() == pytest.approx(0.8**4)


@pytest.mark.parametrize("G", [nx.Graph(), nx.empty_graph(3)])
def test_without_ties_there_is_nothing(G):
    assert backbone(G).empty


@pytest.mark.parametrize("alpha", [0, -1, 1.1, float("nan")])
def test_a_chance_that_means_nothing_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha needs to be above 0"):
        backbone(nx.path_graph(2), weight=None, alpha=alpha)


@given(st.integers(0, 10_000), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_neither_order_nor_somebody_alone_counts(seed, order):
    G = random_graph(seed)
    H = shuffled(G, order)
    H.add_node("alone")
    table = pd.DataFrame(
        [(u, v, tie["strength"]) for u, v, tie in H.edges(data=True)],
        columns=["person_u", "person_v", "strength"],
    )
    whole = backbone(G)
    pd.testing.assert_frame_equal(backbone(H).reset_index(), whole.reset_index())
    pd.testing.assert_frame_equal(
        backbone(table).reset_index(), whole.reset_index(), check_dtype=False
    )
