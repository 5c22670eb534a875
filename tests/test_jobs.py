from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_likely import village_of

from villagegraph.parsing import Collector, ExportFile
from villagegraph.parsing.join import join
from villagegraph.who import job_changes

if TYPE_CHECKING:
    from villagegraph.tables import Export

ADA, BEN = "linkedin:ada", "linkedin:ben"
SPAN = {"since": "2026-01-01", "as_of": "2026-12-31"}


def connections(
    day: str, *rows: tuple[str, str, str, str], kind: str = "linkedin-connections"
) -> Export:
    file = f"{day}/{kind}.csv"
    collector = Collector(ExportFile(Path(file), file, 1), kind)
    for line, (handle, name, organization, title) in enumerate(rows, start=2):
        collector.contact(
            handles=[handle], name=name, organization=organization, title=title, record=line
        )
    return collector.export()


def test_a_new_employer_and_a_new_position_are_found_between_two_exports() -> None:
    export = join(
        [
            connections(
                "2026-04-30",
                (ADA, "Ada Lane", "Quarry", "Editor"),
                (BEN, "Ben Roe", "Acme", "Cook"),
            ),
            connections(
                "2026-10-31",
                (ADA, "Ada Lane", "Lantern Labs", "Editor"),
                (BEN, "Ben Roe", "ACME", "Chef"),
            ),
        ]
    )
    village = village_of(export)
    found = job_changes(village, **SPAN)
    assert found.drop(columns=["person_id", "kind"]).to_numpy().tolist() == [
        ["Ada Lane", "Quarry", "Lantern Labs", "Editor", "Editor", "2026-04-30", "2026-10-31"],
        ["Ben Roe", "Acme", "ACME", "Cook", "Chef", "2026-04-30", "2026-10-31"],
    ]
    assert set(found["kind"]) == {"linkedin-connections"}
    assert job_changes(village, since="2026-10-31", as_of="2026-12-31").empty
    assert job_changes(village, since="2026-01-01", as_of="2026-10-30").empty
    with pytest.raises(ValueError, match="as_of needs to be 2026-05-01 or later"):
        job_changes(village, since="2026-05-01", as_of="2026-04-01")


def test_a_job_that_lasts_narrows_the_days_between_which_the_next_began() -> None:
    rows = [
        ("2026-01-31", "Quarry"), ("2026-04-30", "Quarry"), ("2026-07-31", "Lantern"),
        ("2026-10-31", "Lantern"),
    ]  # fmt: skip
    parts = [connections(day, (ADA, "Ada Lane", where, "Editor")) for day, where in rows]
    for order in (parts, parts[::-1]):
        found = job_changes(village_of(join(order)), **SPAN)
        assert found[["after", "by"]].to_numpy().tolist() == [["2026-04-30", "2026-10-31"]]
        assert village_of(join(order)).people["organization"].tolist() == ["Lantern"]


def test_what_is_no_change_is_not_listed() -> None:
    old = (ADA, "Ada Lane", "Quarry", "Editor")
    for new in (
        (ADA, "Ada Lane", "quarry ", "Editor."),
        (ADA, "Ada Lane", "", ""),
        (ADA, "Ada Lane", "Quarry", ""),
    ):
        export = join([connections("2026-04-30", old), connections("2026-10-31", new)])
        assert job_changes(village_of(export), **SPAN).empty
    # two kinds of file do not speak of one thing, and no day is no date
    book = connections("2026-10-31", (ADA, "Ada Lane", "Lantern", ""), kind="google-contacts")
    assert job_changes(village_of(join([connections("2026-04-30", old), book])), **SPAN).empty
    undated = connections("undated", (ADA, "Ada Lane", "Lantern", ""))
    assert job_changes(village_of(join([connections("2026-04-30", old), undated])), **SPAN).empty
    # two jobs at a time
    both = connections("2026-10-31", old, (ADA, "Ada Lane", "Lantern", "Cook"))
    assert job_changes(village_of(join([connections("2026-04-30", old), both])), **SPAN).empty


def test_the_newest_export_tells_where_people_work() -> None:
    first = (ADA, "Ada Lane", "Quarry", "Editor")
    for day, second, work in (
        ("2026-10-31", (ADA, "Ada Lane", "Lantern", ""), ("Lantern", "")),
        ("2026-10-31", (ADA, "Ada Lane", "", "Boss"), ("Quarry", "Boss")),
        ("2020-10-31", (ADA, "Ada Lane", "Lantern", "Boss"), ("Quarry", "Editor")),
    ):
        export = join([connections("2026-04-30", first), connections(day, second)])
        row = village_of(export).people.iloc[0]
        assert (row["organization"], row["title"]) == work


@pytest.mark.parametrize(("day", "where"), [("2026-11-30", "Quarry"), ("2029-11-30", "Old Mill")])
def test_a_profile_is_believed_before_a_card_of_about_the_same_day(day: str, where: str) -> None:
    export = join(
        [
            connections("2026-10-31", (ADA, "Ada Lane", "Quarry", "")),
            connections(day, (ADA, "Ada Lane", "Old Mill", ""), kind="google-contacts"),
        ]
    )
    assert village_of(export).people["organization"].tolist() == [where]


def test_a_job_taken_up_again_is_the_latest() -> None:
    rows = [("2026-01-31", "Quarry"), ("2026-04-30", "Lantern"), ("2026-10-31", "Quarry")]
    parts = [connections(day, (ADA, "Ada Lane", where, "Editor")) for day, where in rows]
    village = village_of(join(parts))
    assert village.people["organization"].tolist() == ["Quarry"]
    found = job_changes(village, **SPAN)
    assert found["organization_to"].tolist() == ["Quarry"]
