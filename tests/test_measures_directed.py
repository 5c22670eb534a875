from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from toy import random_graph, village

from villagegraph.graph import village_graph
from villagegraph.measures import directed_centrality
from villagegraph.ties import tie_table


def random_arcs(seed: int) -> nx.DiGraph:
    rng = np.random.default_rng(seed)
    arcs = nx.gnp_random_graph(int(rng.integers(1, 30)), 0.12, seed=seed, directed=True)
    return nx.relabel_nodes(arcs, {node: f"p{node:02d}" for node in arcs})


def as_arcs(arcs: nx.DiGraph, seed: int) -> pd.DataFrame:
    rows = [(u, v, 1, 0) if seed % 2 else (v, u, 0, 1) for u, v in arcs.edges]
    table = pd.DataFrame(rows, columns=["person_u", "person_v", "n_uv", "n_vu"])
    return table.sample(frac=1, random_state=seed)


@pytest.mark.parametrize("seed", range(100))
def test_it_agrees_with_networkx(seed):
    arcs = random_arcs(seed)
    arcs.remove_nodes_from(list(nx.isolates(arcs)))
    found = directed_centrality(as_arcs(arcs, seed))
    assert list(found.index) == sorted(arcs)
    expected = pd.DataFrame(
        {
            "in_degree": dict(arcs.in_degree()),
            "out_degree": dict(arcs.out_degree()),
            "degree": dict(arcs.degree()),
            "betweenness": nx.betweenness_centrality(arcs, normalized=False),
            "closeness": nx.closeness_centrality(arcs.to_undirected(), wf_improved=False),
            "pagerank": nx.pagerank(arcs, tol=1e-15, max_iter=2000) if len(arcs) else {},
        },
        index=found.index,
    )
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_a_graph_and_its_table_tell_the_same_directions():
    G = village_graph(village(), as_of="2026-10-31")
    table = tie_table(village(), as_of="2026-10-31")
    G.remove_nodes_from(list(nx.isolates(G)))  # whom the table does not know
    found, other = directed_centrality(G), directed_centrality(table)
    pd.testing.assert_frame_equal(found.loc[other.index], other, atol=1e-12)
    # cy wrote to me and to dee, and nobody to cy
    assert found.loc["cy", ["in_degree", "out_degree"]].tolist() == [0, 2]
    turned = nx.relabel_nodes(G, {"cy": "zoe"})  # comes last now, so that the two ends swap
    for u, v, data in turned.edges(data=True):
        if "zoe" in (u, v):
            data["n_uv"], data["n_vu"] = data["n_vu"], data["n_uv"]
    again = directed_centrality(turned).rename(index={"zoe": "cy"})
    pd.testing.assert_frame_equal(found, again.loc[found.index], atol=1e-12)


def test_somebody_alone_has_no_closeness():
    G = nx.Graph()
    G.add_edge("ana", "ben", n_uv=0, n_vu=0)
    found = directed_centrality(G)
    assert found["closeness"].isna().all()
    assert found["pagerank"].tolist() == [0.5, 0.5]
    assert directed_centrality(nx.Graph()).empty


def test_ties_without_directions_are_refused():
    with pytest.raises(ValueError, match="have no `n_uv`"):
        directed_centrality(random_graph(3))
    with pytest.raises(ValueError, match="ties need `n_uv`"):
        directed_centrality(pd.DataFrame({"person_u": ["a"], "person_v": ["b"]}))
    with pytest.raises(ValueError, match="damping needs to be above 0 and below 1"):
        directed_centrality(nx.Graph(), damping=1)


@pytest.mark.real
def test_it_gives_what_vivainsights_gives(shared_data):
    folder = shared_data / "reference" / "vivainsights"
    rows = pd.read_csv(folder / "p2p_sim_seed1.csv")
    theirs = pd.read_csv(folder / "p2p_centrality.csv").set_index("name")
    ends = {
        "PrimaryCollaborator_PersonId": "person_u",
        "SecondaryCollaborator_PersonId": "person_v",
    }
    ties = rows.rename(columns=ends).assign(n_uv=1, n_vu=0).sample(frac=1, random_state=1)
    found = directed_centrality(ties).loc[theirs.index]
    for name in ("betweenness", "closeness", "degree", "pagerank"):
        np.testing.assert_allclose(found[name], theirs[name], rtol=1e-9, atol=1e-9)
    # what is known of people is joined by who they are, never by where they stand
    sides = [
        rows.filter(like=side).set_axis(["person_id", "organization", "level", "city"], axis=1)
        for side in ("Primary", "Secondary")
    ]
    people = pd.concat(sides).drop_duplicates("person_id").set_index("person_id")
    assert found.join(people)["organization"].to_dict() == theirs["Organization"].to_dict()
