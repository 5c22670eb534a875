"""The pipeline against the truth planted in the sample, for its own seed and for twenty others."""

from __future__ import annotations

import itertools
import json
import math
import warnings
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import villagegraph as vg

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = tuple(range(1, 21))


class Case(NamedTuple):
    """A village that was read, and what a right reading finds in it."""

    village: vg.Village
    truth: dict[str, Any]
    person_of: dict[str, str]
    ids: dict[str, str]


def case_of(village: vg.Village, truth: dict[str, Any]) -> Case:
    person_of = dict(
        zip(village.handles["handle"], village.handles["person_id"], strict=True)
    ) | dict(zip(village.participants["handle"], village.participants["person_id"], strict=True))
    ids = {
        person["id"]: person_of[person["handles"][0]]
        for person in truth["people"]
        if person["handles"][0] in person_of
    }
    return Case(village, truth, person_of, ids)


@pytest.fixture(
    scope="module",
    params=[None, *(pytest.param(seed, marks=pytest.mark.seeds) for seed in SEEDS)],
    ids=lambda seed: "committed" if seed is None else f"seed-{seed}",
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    if request.param is None:
        village = request.getfixturevalue("sample_village")
        return case_of(village, request.getfixturevalue("truth"))
    folder: Path = tmp_path_factory.mktemp(f"seed-{request.param}")
    exports = vg.write_sample(folder, seed=request.param)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", vg.SkippedRowsWarning)
        return case_of(vg.load_village(exports), truth)


def test_every_handle_is_found(case: Case) -> None:
    handles = {handle for person in case.truth["people"] for handle in person["handles"]}
    assert handles - case.person_of.keys() == set()


def test_every_planted_merge_is_made(case: Case) -> None:
    split = {
        person["id"]: found
        for person in case.truth["people"]
        if len(found := {case.person_of[handle] for handle in person["handles"]}) > 1
    }
    assert split == {}


def test_no_two_people_are_merged(case: Case) -> None:
    owners: dict[str, set[str]] = {}
    for person in [*case.truth["people"], {"id": "me", "handles": case.truth["me"]["handles"]}]:
        for handle in person["handles"]:
            owners.setdefault(case.person_of[handle], set()).add(person["id"])
    assert {found: who for found, who in owners.items() if len(who) > 1} == {}


def test_people_of_one_name_stay_apart(case: Case) -> None:
    for first, second in case.truth["same_name"]:
        assert case.ids[first] != case.ids[second]


def test_shared_mailboxes_are_nobody_in_particular(case: Case) -> None:
    people = set(case.ids.values()) | {case.village.me}
    handles, present = case.village.handles, case.village.participants
    for handle in case.truth["shared"]:
        # what came from there is put down to no planted person
        assert people.isdisjoint(present.loc[present["handle"] == handle, "person_id"])
        # and on cards it stands with everybody who has it, never with one of them
        holders = set(handles.loc[handles["handle"] == handle, "person_id"]) & people
        assert len(holders) != 1


def test_owner_is_found(case: Case) -> None:
    found = {case.person_of[handle] for handle in case.truth["me"]["handles"]}
    assert found == {case.village.me}
    assert case.village.people.loc[case.village.me, "name"] == case.truth["me"]["name"]


def test_mail_and_meetings_are_counted(case: Case) -> None:
    expected = case.truth["mail"]
    mail = case.village.interactions.query("channel == 'email'")
    assert len(mail) == expected["read"]
    assert int(mail["automated"].sum()) == expected["automated"]
    boxes = case.village.skipped[case.village.skipped["path"].str.endswith(".mbox")]
    reasons = boxes["reason"].str.contains("spam", case=False)
    assert int(reasons.sum()) == expected["spam"]
    assert int((~reasons).sum()) == expected["drafts"]
    until = case.village.until(case.truth["as_of"])
    meetings = until.participants[
        until.participants["event_id"].isin(
            until.interactions.index[
                (until.interactions["channel"] == "meeting")
                & (until.interactions["app"] != "notes")
            ]
        )
    ]
    together = meetings.groupby("event_id")["person_id"].nunique()
    assert int((together > 1).sum()) == case.truth["meetings"]


def mutual_information(a: list[object], b: list[object]) -> float:
    """Return the normalised mutual information of two labellings (arithmetic mean)."""

    def entropy(counts: Counter[Any]) -> float:
        return -sum(n / len(a) * math.log(n / len(a)) for n in counts.values())

    in_a, in_b, both = Counter(a), Counter(b), Counter(zip(a, b, strict=True))
    shared = sum(
        n / len(a) * math.log(n * len(a) / (in_a[x] * in_b[y])) for (x, y), n in both.items()
    )
    return 2 * shared / (entropy(in_a) + entropy(in_b))


def test_mutual_information_by_hand() -> None:
    assert mutual_information(list("aabb"), [1, 1, 2, 2]) == pytest.approx(1)
    assert mutual_information(list("aabb"), [1, 2, 1, 2]) == pytest.approx(0)
    # two nats' worth of thirds against halves: I = ln 2 - 1/3 ln 2 ... worked on paper
    assert mutual_information(list("aaabbb"), [1, 1, 2, 2, 3, 3]) == pytest.approx(
        2 * (2 / 3 * math.log(2)) / (math.log(2) + math.log(3))
    )


def test_communities_are_found_without_the_owner(case: Case) -> None:
    graph = vg.village_graph(case.village, as_of=case.truth["as_of"])
    found = vg.communities(graph, seed=0)
    members = [person for person in case.truth["people"] if person["community"]]
    planted = [person["community"] for person in members]
    labels = [int(found[case.ids[person["id"]]]) for person in members]
    assert mutual_information(planted, labels) >= 0.9
    big = [label for label, n in Counter(labels).items() if n >= 10]
    assert len(big) == len(case.truth["communities"])


@pytest.mark.parametrize("kind", ["slipping", "worth a message", "dormant"])
def test_silent_ties_are_listed(case: Case, kind: str) -> None:
    listed = vg.neglected_ties(case.village, as_of=case.truth["as_of"])
    first = listed[listed["list"] == kind].sort_values("rank")["person_id"].head(10).tolist()
    # a slipping tie is always worth a message too: the two lists differ in their order
    part = "slipping" if kind == "worth a message" else kind
    planted = {case.ids[who] for who in case.truth[part]}
    assert planted <= set(first)
    assert len(set(first) - planted) <= 2


def test_muted_snoozed_and_noted_ties_are_not_listed(case: Case) -> None:
    listed = set(vg.neglected_ties(case.village, as_of=case.truth["as_of"])["person_id"])
    for kind in ("muted", "snoozed", "reset_by_note", "unseen"):
        assert case.truth[kind]
        for who in case.truth[kind]:
            assert case.ids[who] not in listed, kind


def test_who_is_out_of_sight_would_be_listed_if_the_exports_went_on(case: Case) -> None:
    # without a word of where exports end, the same days are a silence of four months
    village = replace(case.village, files=case.village.files.iloc[:0])
    listed = set(vg.neglected_ties(village, as_of=case.truth["as_of"])["person_id"])
    assert {case.ids[who] for who in case.truth["unseen"]} <= listed


@pytest.mark.parametrize(
    ("month", "last"), [("2026-08", "31"), ("2026-09", "30"), ("2026-10", "31")]
)
def test_new_and_revived_ties_are_named_in_their_month(case: Case, month: str, last: str) -> None:
    changes = vg.tie_changes(case.village, since=f"{month}-01", as_of=f"{month}-{last}")
    for kind in ("new", "revived"):
        found = set(changes.loc[changes["change"] == kind, "person_id"])
        if month != "2026-08":
            assert found == {case.ids[who] for who in case.truth[kind][month]}, kind
        else:
            later = itertools.chain.from_iterable(case.truth[kind].values())
            assert found.isdisjoint(case.ids[who] for who in later), kind


def test_occasions_of_the_next_month(case: Case) -> None:
    found = vg.occasions(case.village, start="2026-11-01", end="2026-11-30")
    rows = {
        (row.date, row.person_id, row.kind, None if math.isnan(row.years) else int(row.years))
        for row in found.itertuples()
    }
    assert rows == {
        (item["date"], case.ids[item["id"]], item["kind"], item["years"])
        for item in case.truth["occasions"]
    }
