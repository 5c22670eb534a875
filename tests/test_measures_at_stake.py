from __future__ import annotations

import networkx as nx
import pytest
from toy import ME, village

from villagegraph.graph import village_graph
from villagegraph.measures import neglected_ties
from villagegraph.measures.at_stake import at_stake
from villagegraph.ties import tie_table

DAY = "2026-10-31"


def test_it_is_what_removal_shows(sample_village):
    ties = tie_table(sample_village, as_of=DAY)
    found = at_stake(sample_village, ties)
    G = village_graph(sample_village, as_of=DAY)
    me = sample_village.me
    contacts = {v for v in G[me] if G.edges[me, v]["days"] > 0}
    for person in list(found.index)[:60]:
        left = nx.Graph(G.subgraph(set(G) - {person}))
        left.remove_edges_from([(me, v) for v in list(left[me]) if v not in contacts])
        near = set(nx.single_source_shortest_path_length(left, me, cutoff=2))
        before = {w for v in contacts for w in G[v]} | contacts
        lost = before - near - {person, me}
        assert found.loc[person, "people_at_risk"] == len(lost)


def test_the_only_one_of_an_organization():
    people = {
        "ana": {"organization": "Quarry Books"},
        "ben": {"organization": " quarry books "},
        "cy": {"organization": "Lantern Labs"},
        "dee": {"organization": "Home Ltd"},
        ME: {"organization": "Home ltd"},
    }
    mails = [(who, (ME,), "email", "2026-10-01") for who in ("ana", "ben", "cy", "dee")]
    toy = village(mails, people=people)
    found = at_stake(toy, tie_table(toy, as_of=DAY))["organization_at_risk"]
    assert found.to_dict() == {"ana": "", "ben": "", "cy": "Lantern Labs", "dee": ""}


@pytest.mark.parametrize(
    ("others", "organization", "said"),
    [
        ((), "", None),
        (("eve",), "", "Your only way to 1 person."),
        (("eve", "flo"), "", "Your only way to 2 people."),
        ((), "Quarry Books", "Your only tie to Quarry Books."),
        (("eve",), "Quarry Books", "Your only way to 1 person and to Quarry Books."),
    ],
)
def test_what_is_at_risk_stands_in_the_reason(others, organization, said):
    mails = [("ana", (ME,), "email", f"2026-0{month}-10") for month in range(1, 7)]
    mails += [("ana", (ME,), "email", f"2026-06-{day}") for day in (11, 14, 18, 22)]
    mails += [("ana", (other,), "email", "2026-06-01") for other in others]
    toy = village(mails, people={"ana": {"name": "Ana", "organization": organization}})
    found = neglected_ties(toy, as_of=DAY)
    for reason in found["reason"]:
        assert reason.endswith(said) if said else "only" not in reason
