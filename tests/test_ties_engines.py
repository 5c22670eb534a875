"""One log on every engine: the ties that a plain count finds, in any order of its rows."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_ties import Row, counted, large_items

from villagegraph import as_adjacency, count_large_items, tie_table
from villagegraph.days import day_numbers
from villagegraph.errors import TableError
from villagegraph.tables import TIES, check
from villagegraph.ties import table as engine
from villagegraph.ties.zones import local_day

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 86_400
AS_OF = "2026-10-31"
END = int(dt.datetime(2026, 11, 1, tzinfo=dt.UTC).timestamp())
PEOPLE = ("ana", "ben", "cy", "Ďura", "eve", "hidden:1", "me", "Ω")


def frame_of(rows: list[Row], *, channel: bool = True) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(Row._fields))
    texts = ["event_id", "person_id", "role", "channel"]
    frame = frame.astype(dict.fromkeys(texts, "str") | {"at": "int64", "automated": "bool"})
    return frame if channel else frame.drop(columns="channel")


def through_duckdb(frame: pd.DataFrame, **how: Any) -> pd.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_ROWS_FOR_DUCKDB", 0)
        return tie_table(frame, **how)


def through_relation(frame: pd.DataFrame, **how: Any) -> pd.DataFrame:
    with duckdb.connect() as connection:
        relation = connection.from_arrow(pl.from_pandas(frame).to_arrow())
        return as_pandas(tie_table(relation, **how).df())


def as_pandas(ties: pd.DataFrame) -> pd.DataFrame:
    """Put a table of another engine into the form of pandas, to compare them."""
    ties = ties.sort_values(["person_u", "person_v"]).set_index(["person_u", "person_v"])
    ties["channels"] = [tuple(filter(None, text.split(","))) for text in ties["channels"]]
    for name in ("first_at", "last_at"):
        seconds = ties[name].astype("Int64") if ties[name].dtype.kind in "iuf" else ties[name]
        unit = {"unit": "s"} if ties[name].dtype.kind in "iufO" else {}
        ties[name] = pd.to_datetime(seconds, utc=True, **unit).astype("datetime64[us, UTC]")
    numbers = ["reciprocity", "cadence_days", "dormancy_days"]
    return ties.astype(dict.fromkeys(numbers, "float64"))


def page_block(word: str) -> str:
    """Return the example of the page on great logs that holds a word."""
    page = (Path(__file__).parent.parent / "docs" / "large.md").read_text(encoding="utf-8")
    (block,) = [
        part for part in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if word in part
    ]
    return block


def held_by(kind: str, frame: pd.DataFrame, connection: duckdb.DuckDBPyConnection) -> Any:
    if kind == "pandas":
        return frame
    other = pl.from_pandas(frame)
    return other if kind == "polars" else connection.from_arrow(other.to_arrow())


ENGINES: dict[str, Callable[..., pd.DataFrame]] = {
    "pandas": tie_table,
    "pandas through duckdb": through_duckdb,
    "in buckets": lambda frame, **how: through_duckdb(frame, buckets=3, **how),
    "polars": lambda frame, **how: as_pandas(tie_table(pl.from_pandas(frame), **how).to_pandas()),
    "lazy polars": lambda frame, **how: as_pandas(
        tie_table(pl.from_pandas(frame).lazy(), **how).collect().to_pandas()
    ),
    "duckdb": through_relation,
}


def assert_counts(ties: pd.DataFrame, plain: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert list(ties.index) == list(plain)
    for pair, row in zip(plain, ties.to_dict("records"), strict=True):
        for name, value in plain[pair].items():
            found = row[name]
            if name in ("first_at", "last_at"):
                found = None if pd.isna(found) else found.timestamp()
            if isinstance(value, float):
                assert found == pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True), name
            else:
                assert found == value, (pair, name)


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    """Draw a log with everything that is odd: crowds, machines, double addresses, no sender."""
    rows = []
    for number in range(draw(st.integers(0, 14))):
        channel = draw(st.sampled_from(["email", "chat", "call", "meeting"]))
        at = END - draw(st.integers(-3, 500)) * DAY // 2 - draw(st.integers(1, DAY))
        people = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=5))
        crowd = draw(st.sampled_from([0] * 9 + [25]))
        people += [f"crowd{place:02}" for place in range(crowd)]
        sender = draw(st.sampled_from(["from", "to", "organizer"]))
        roles = [sender, *(draw(st.sampled_from(["to", "cc", "from"])) for _ in people[1:5])]
        roles += ["to"] * (len(people) - len(roles))
        machine = draw(st.integers(0, 9)) == 0
        rows += [
            Row(f"e{number}", person, role, at, channel, machine)
            for person, role in zip(people, roles, strict=True)
        ]
    return rows


@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=12, deadline=None)
@given(rows=logs(), me=st.sampled_from([None, "me"]), seed=st.integers(0, 99))
def test_every_engine_finds_what_a_plain_count_finds(
    name: str, rows: list[Row], me: str | None, seed: int
) -> None:
    how = {"as_of": AS_OF, "me": me, "half_life_days": 30.0}
    plain = counted(rows, as_of=AS_OF, me=me, half_life=30.0)
    random.Random(seed).shuffle(rows)  # noqa: S311 - seeded, nothing secret
    assert_counts(ENGINES[name](frame_of(rows), **how), plain)


@pytest.mark.parametrize("name", ENGINES)
def test_without_channels_an_item_nobody_sent_is_contact_of_all(name: str) -> None:
    rows = [Row("m", person, "attendee", END - DAY) for person in ("ana", "ben", "cy")]
    rows += [Row("n", "ana", "from", END - 5), Row("n", "cy", "to", END - 5)]
    ties = ENGINES[name](frame_of(rows, channel=False), as_of=AS_OF)
    assert_counts(ties, counted(rows, as_of=AS_OF))
    assert ties["n_vu"].tolist() == [1, 1, 1]
    assert ties["channels"].tolist() == [()] * 3


@pytest.mark.parametrize("name", ENGINES)
def test_a_row_may_be_one_person_addressing_one_other(name: str) -> None:
    rng = random.Random(3)  # noqa: S311 - seeded, nothing secret
    rows = []
    for number in range(300):
        one, other = rng.sample(["ana", "ben", "cy", "dee"], 2)
        at = END - rng.randint(-DAY, 400 * DAY)
        channel = rng.choice(["email", "chat", "sms"])
        rows += [
            Row(f"e{number}", one, "from", at, channel),
            Row(f"e{number}", other, "to", at, channel),
        ]
    plain = counted(rows, as_of=AS_OF, zone="Europe/Berlin", me="ana")
    directed = pd.DataFrame(
        {
            "src": [row.person_id for row in rows[::2]] + ["ana", "hidden:2", "ana"],
            "dst": [row.person_id for row in rows[1::2]] + ["ana", "ben", "ben"],
            "at": [row.at for row in rows[::2]] + [END - 9] * 3,
            "channel": [row.channel for row in rows[::2]] + ["email"] * 3,
            "automated": [False] * 302 + [True],
        }
    )
    found = ENGINES[name](directed, as_of=AS_OF, zone="Europe/Berlin", me="ana")
    assert_counts(found, plain)


@pytest.mark.parametrize("name", ENGINES)
def test_people_may_be_numbers_and_an_empty_log_has_no_ties(name: str) -> None:
    log = pd.DataFrame({"src": [7, 12, 7], "dst": [12, 7, 9], "at": [END - 5, END - DAY - 1, 3]})
    ties = ENGINES[name](log, as_of=AS_OF, me=7)
    assert list(ties.index) == [(7, 9), (7, 12)]
    assert ties["days"].tolist() == [1, 2]
    assert len(ENGINES[name](log[:0], as_of=AS_OF)) == 0
    assert len(ENGINES[name](frame_of([]), as_of=AS_OF)) == 0


@pytest.mark.parametrize("name", ["pandas", "polars", "duckdb"])
def test_more_contacts_than_a_day_can_hold_are_one_day(name: str) -> None:
    many = 110_000  # credits of these in whole numbers would not fit into 64 bits
    log = pd.DataFrame({"event_id": np.repeat(np.arange(many), 2), "at": END - 1})
    log["person_id"] = np.tile([1, 2], many)
    log["role"] = pd.Categorical.from_codes(np.tile([0, 1], many), ["from", "to"]).astype("str")
    ties = ENGINES[name](log, as_of=AS_OF)
    wanted = ["n_uv", "days", "credit", "strength"]
    assert ties[wanted].to_numpy().tolist() == [[many, 1, 1.0, 1.0]]


@pytest.mark.parametrize("name", ENGINES)
def test_a_tie_keeps_its_strength_however_long_ago(name: str) -> None:
    days = [0, 1, 2, 9]
    log = pd.DataFrame({"src": "ana", "dst": "ben", "at": [END - 1 - 20_000 * DAY] * 4})
    log["at"] += np.array(days) * DAY
    found = ENGINES[name](log, as_of=AS_OF)["strength"].item()
    assert found == pytest.approx(sum(2 ** (-(20_000 - day) / 60) for day in days), rel=1e-9)


TIMES = pd.DatetimeIndex([pd.Timestamp("2026-10-03 22:30:01.5"), "2026-10-04 21:59:59"])


@pytest.mark.parametrize(
    "times",
    [TIMES, TIMES.tz_localize("UTC"), TIMES.tz_localize("UTC").tz_convert("America/Lima")],
    ids=["naive", "UTC", "Lima"],
)
@pytest.mark.parametrize("name", ENGINES)
def test_times_may_be_time_stamps(name: str, times: pd.DatetimeIndex) -> None:
    log = pd.DataFrame({"src": "ana", "dst": "ben", "at": times})
    ties = ENGINES[name](log, as_of=AS_OF, zone="Europe/Berlin")
    assert ties["days"].tolist() == [1]  # 4 October from midnight to midnight
    assert ties["first_at"].tolist() == [pd.Timestamp("2026-10-03 22:30:01.5", tz="UTC")]
    assert ties["dormancy_days"].tolist() == [27]


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"]
)
@settings(max_examples=5, deadline=None)
@given(
    st.lists(st.integers(-2_208_988_800, END - 1), min_size=1, max_size=60),
    st.lists(st.integers(-10, 10), min_size=1, max_size=9),
)
def test_days_are_those_of_the_zone_at_every_change(
    zone: str, seconds: list[int], near: list[int]
) -> None:
    from villagegraph.ties.zones import utc_offsets

    changes, _ = utc_offsets(zone, END)
    at = sorted({*seconds, *(change + step for change in changes for step in near)})
    at = [second for second in at if second >= -2_208_988_800]
    frame = pl.DataFrame({"at": at})
    expression = local_day(nw.col("at"), zone=zone, until=END)
    found = nw.from_native(frame).select(day=expression)["day"].to_list()
    instants = pd.Series(pd.to_datetime(at, unit="s", utc=True))
    assert found == day_numbers(instants, zone=zone).tolist()


def test_neither_threads_nor_buckets_nor_order_change_a_bit() -> None:
    rng = np.random.default_rng(5)
    size = 12_000
    log = pd.DataFrame(
        {
            "event_id": rng.integers(0, size // 4, size),
            "person_id": rng.integers(0, 60, size),
            "role": rng.choice(["from", "to", "to"], size),
        }
    )
    log["at"] = END - 1 - (log["event_id"] * 7919 % 900) * DAY // 2
    seen = set()
    for threads, buckets in ((1, 1), (2, 1), (4, 3)):
        mixed = log.sample(frac=1, random_state=threads + buckets)
        with duckdb.connect(config={"threads": threads}) as connection:
            relation = connection.from_arrow(pl.from_pandas(mixed).to_arrow())
            ties = tie_table(relation, as_of=AS_OF, buckets=buckets)
            seen.add(ties.to_arrow_table().to_pandas().to_csv(float_format="%.17g"))
    assert len(seen) == 1


@pytest.mark.parametrize("kind", ["pandas", "polars", "duckdb"])
def test_great_items_can_be_counted_on_every_engine(kind: str) -> None:
    rows = [Row("m", f"p{number}", "to", END - 1) for number in range(25)] * 2
    rows += [row._replace(event_id="n") for row in rows] + [Row("n", "ana", "from", END - 1)]
    rows += [row._replace(event_id="late", at=END) for row in rows]
    frame = frame_of(rows)
    with duckdb.connect() as connection:
        log = held_by(kind, frame, connection)
        assert count_large_items(log, as_of=AS_OF) == 1 == large_items(rows[:101])
    assert tie_table(frame, as_of=AS_OF).attrs == {"left_out": 1}


def test_a_frame_comes_back_as_a_frame_of_its_engine() -> None:
    frame = pd.DataFrame({"src": ["ana"], "dst": ["ben"], "at": [END - 1]})
    ties = tie_table(frame, as_of=AS_OF, me="ana")
    assert check(ties, TIES) is ties
    assert ties.attrs == {"left_out": 0, "me": "ana"}
    columns = ["person_u", "person_v", *TIES.columns]
    assert tie_table(pl.from_pandas(frame), as_of=AS_OF).columns == columns
    assert isinstance(tie_table(pl.from_pandas(frame).lazy(), as_of=AS_OF), pl.LazyFrame)
    with duckdb.connect() as connection:
        relation = connection.from_arrow(pl.from_pandas(frame).to_arrow())
        found = tie_table(relation, as_of=AS_OF)
        assert isinstance(found, duckdb.DuckDBPyRelation)
        assert found.columns == columns
        # it stands in the connection that it came from
        assert len(found.join(relation.set_alias("log"), "person_u = src").fetchall()) == 1


@pytest.mark.parametrize("kind", ["pandas", "polars", "duckdb"])
@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"src": ["a"], "at": [1]}, "no column `event_id`, `person_id`, `role`, and not all of"),
        ({"src": ["a"], "dst": ["b"], "at": ["1"]}, "`at` needs to hold epoch seconds or time"),
        ({"src": ["a"], "dst": ["b"], "at": [1.5]}, "`at` needs to hold epoch seconds or time"),
    ],
)
def test_a_frame_that_is_no_log_is_refused(kind: str, columns: Any, problem: str) -> None:
    frame = pd.DataFrame(columns)
    with duckdb.connect() as connection:
        log = held_by(kind, frame, connection)
        with pytest.raises(TableError, match=problem):
            tie_table(log, as_of=AS_OF)


@pytest.mark.parametrize("kind", ["pandas", "polars", "duckdb"])
def test_milliseconds_are_not_taken_for_seconds(kind: str) -> None:
    frame = pd.DataFrame({"src": ["a"], "dst": ["b"], "at": [1_790_000_000_000]})
    with duckdb.connect() as connection:
        log = held_by(kind, frame, connection)
        with pytest.raises(TableError, match="milliseconds need to be divided by 1,000"):
            tie_table(log, as_of=AS_OF)


@pytest.mark.parametrize("wrong", [None, 3, {"src": []}, pd.Series([1])])
def test_what_is_no_frame_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"a duckdb relation.*villagegraph\[spark\].*was given"):
        tie_table(wrong, as_of=AS_OF)


@pytest.mark.parametrize("buckets", [0, -1, 1.5, "2"])
def test_buckets_need_to_be_a_whole_number(buckets: Any) -> None:
    log = pd.DataFrame({"src": ["a"], "dst": ["b"], "at": [1]})
    with pytest.raises(ValueError, match="buckets needs to be a whole number above 0"):
        tie_table(log, as_of=AS_OF, buckets=buckets)


def test_nothing_is_changed_and_nothing_unknown_counts() -> None:
    log = pd.DataFrame({"src": ["a", None, "", "b"], "dst": ["b", "b", "a", None], "at": [1] * 4})
    before = log.copy(deep=True)
    assert tie_table(log, as_of=AS_OF)["n_uv"].tolist() == [1]
    pd.testing.assert_frame_equal(log, before)
    assert len(tie_table(pl.from_pandas(log), as_of=AS_OF)) == 1
    assert math.isnan(tie_table(log, as_of=AS_OF)["cadence_days"].item())


def test_the_page_on_great_logs_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = pd.DataFrame({"src": ["ana", "ben"], "dst": ["ben", "cy"], "at": [END - 1] * 2})
    log.to_parquet("log.parquet", index=False)
    names: dict[str, Any] = {}
    exec(page_block("import duckdb"), names)  # noqa: S102 - the page's own example
    assert names["ties"]["person_v"].to_list() == ["ben", "cy"]
    names["ties"] = SimpleNamespace(toPandas=names["ties"].to_pandas)
    exec(page_block("toPandas"), names)  # noqa: S102
    assert list(as_adjacency(names["table"])[0]) == ["ana", "ben", "cy"]
