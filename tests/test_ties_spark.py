"""The tie table on a real Spark cluster: a standalone master with two workers, started here."""

from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import spark_cluster
from plain_ties import Row, counted, large_items
from test_ties_engines import AS_OF, DAY, END, as_pandas, assert_counts, frame_of, page_block

import villagegraph as vg
from villagegraph import count_large_items, tie_table
from villagegraph.errors import TableError
from villagegraph.tables import TIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZONE = "Europe/Berlin"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    reason = spark_cluster.missing()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("spark")
    with spark_cluster.cluster(folder) as (address, status), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        settings = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": spark_cluster.STEADY,
            "spark.driver.memory": "512m",
            "spark.executor.cores": "1",
            "spark.executor.extraJavaOptions": spark_cluster.QUICK_START,
            "spark.executor.memory": "512m",
            "spark.locality.wait": "0s",
            "spark.log.level": "ERROR",
            "spark.sql.adaptive.enabled": "false",  # planning anew takes longer than so few rows
            "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few rows
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.session.timeZone": "America/Lima",  # must not matter
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master(address).appName("villagegraph")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session, status
        session.stop()


def shipped(spark: Any, frame: pd.DataFrame, path: Path) -> Any:
    """Let the workers read a frame from shared storage, in several parts."""
    path.mkdir()
    for part in range(3):
        frame[part::3].to_parquet(path / f"{part}.parquet", index=False)
    return spark.read.parquet(str(path))


def collected(ties: Any) -> pd.DataFrame:
    return as_pandas(ties.toArrow().to_pandas())


def a_log(size: int) -> list[Row]:
    rng = random.Random(11)  # noqa: S311 - seeded, nothing secret
    people = [f"p{number:02}" for number in range(24)] + ["me", "hidden:1", "Ďura"]
    rows = []
    for number in range(size):
        at = END - rng.randint(-2 * DAY, 500 * DAY)
        channel = rng.choice(["email", "chat", "call", "meeting"])
        crowd = rng.sample(people, 27 if number % 50 == 0 else rng.choice([2, 2, 2, 3, 4, 8]))
        first = rng.choice(["from", "from", "organizer"])
        machine = rng.random() < 0.05
        rows += [
            Row(f"e{number}", person, first if place == 0 else "to", at, channel, machine)
            for place, person in enumerate(crowd)
        ]
    return rows


@pytest.mark.parametrize("me", [None, "me"])
def test_two_workers_find_what_a_plain_count_finds(
    spark: Any, tmp_path: Path, me: str | None
) -> None:
    session, status = spark
    rows = a_log(400)
    log = shipped(session, frame_of(rows), tmp_path / "log")
    ties = tie_table(log, as_of=AS_OF, zone=ZONE, me=me)
    assert type(ties) is type(log)
    assert ties.columns == ["person_u", "person_v", *TIES.columns]
    assert_counts(collected(ties), counted(rows, as_of=AS_OF, zone=ZONE, me=me))
    found = spark_cluster.status_of(status)
    assert found["aliveworkers"] == 2
    assert found["coresused"] == 2


def test_great_items_are_counted(spark: Any, tmp_path: Path) -> None:
    rows = a_log(400)
    log = shipped(spark[0], frame_of(rows), tmp_path / "log")
    as_of = "2027-12-31"
    assert count_large_items(log, as_of=as_of) == large_items(rows) > 0


def test_the_sample_village_gives_the_table_of_pandas(
    spark: Any, tmp_path: Path, sample_village: Any
) -> None:
    village = sample_village
    log = village.participants.merge(
        village.interactions[["at", "channel", "automated"]],
        left_on="event_id",
        right_index=True,
    )
    log = log[["event_id", "person_id", "role", "at", "channel", "automated"]]
    how = {"as_of": AS_OF, "zone": village.zone, "me": village.me}
    ties = collected(tie_table(shipped(spark[0], log, tmp_path / "log"), **how))
    expected = tie_table(village, as_of=AS_OF)
    pd.testing.assert_frame_equal(
        ties, expected, check_dtype=False, rtol=1e-9, atol=1e-12, check_index_type=False
    )


def test_one_addressing_one_other_at_time_stamps(spark: Any, tmp_path: Path) -> None:
    rng = random.Random(2)  # noqa: S311 - seeded, nothing secret
    ends = [rng.sample([7, 8, 9, 12], 2) for _ in range(500)]
    log = pd.DataFrame(ends, columns=["src", "dst"])
    seconds = [END - rng.randint(-DAY, 400 * DAY) for _ in ends]
    log["at"] = pd.to_datetime(seconds, unit="s", utc=True)
    expected = tie_table(log, as_of=AS_OF, zone=ZONE)
    log["ntz"] = log["at"].dt.tz_localize(None)
    frame = shipped(spark[0], log, tmp_path / "log")
    for column in ("at", "ntz"):
        times = frame.select("src", "dst", frame[column].alias("at"))
        ties = tie_table(times, as_of=AS_OF, zone=ZONE)
        pd.testing.assert_frame_equal(
            collected(ties), expected, check_dtype=False, rtol=1e-9, check_index_type=False
        )


def test_the_page_on_great_logs_holds(spark: Any, tmp_path: Path) -> None:
    log = pd.DataFrame({"src": ["ana"], "dst": ["ben"], "at": [END - 86_400]})
    shipped(spark[0], log, tmp_path / "log.parquet")
    names = {"spark": spark[0], "vg": vg}
    # Spark's own process stays where it was started
    example = page_block("spark.read").replace("log.parquet", str(tmp_path / "log.parquet"))
    exec(example, names)  # noqa: S102 - the page's own example
    assert collected(names["ties"])["days"].tolist() == [1]


def test_a_frame_that_is_no_log_is_refused(spark: Any) -> None:
    log = spark[0].createDataFrame([("a", "b")], ["src", "dst"])
    with pytest.raises(TableError, match="no column `event_id`"):
        tie_table(log, as_of=AS_OF)
