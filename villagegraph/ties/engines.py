"""What differs from engine to engine: clocks, buckets, and how a result is handed back."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from villagegraph.ties.pairs import Frame

FrameT = TypeVar("FrameT")

ROWS_PER_BUCKET = 10_000_000
"""Rows of a log whose pairs duckdb counts in one go where items are shared: some 400 MB."""

ADDRESSED_PER_BUCKET = 25_000_000
"""The same where one addresses one other, of which less is held."""

_KINDS = (
    "a Village, or a log as a pandas or polars frame, a duckdb relation, or a Spark DataFrame "
    "(pip install 'villagegraph[spark]')"
)


def as_frame(log: object) -> Frame:
    """
    Return a log of an engine that is not pandas as a lazy narwhals frame.

    Raises
    ------
    TypeError
        If it is of no kind that is known.
    """
    frame: Any = nw.from_native(log, pass_through=True)
    engine = getattr(frame, "implementation", None)
    if engine is None or not (engine.is_polars() or engine.is_duckdb() or engine.is_spark_like()):
        msg = f"needs to be {_KINDS}; {type(log).__name__} was given"
        raise TypeError(msg)
    lazy: Frame = frame.lazy()
    return lazy


def with_seconds(frame: Frame, column: str) -> Frame:
    """Add `seconds`: a column of instants as epoch seconds; times without a zone are UTC."""
    native, engine = frame.to_native(), frame.implementation
    if engine.is_duckdb():
        from duckdb import ColumnExpression, FunctionExpression, StarExpression

        micros = FunctionExpression("epoch_us", ColumnExpression(column)).alias("seconds")
        frame = nw.from_native(native.select(StarExpression(), micros)).lazy()
    elif engine.is_polars():
        frame = frame.with_columns(seconds=nw.col(column).dt.timestamp("us"))
    else:
        frame = nw.from_native(native.withColumn("seconds", _spark_micros(native, column))).lazy()
    # floor of a true quotient: integer division rounds towards 0 on some engines
    return frame.with_columns(
        seconds=(nw.col("seconds").cast(nw.Float64) / 1_000_000).floor().cast(nw.Int64)
    )


def _spark_micros(native: Any, column: str) -> Any:  # noqa: ANN401 - Spark's own types are optional
    from pyspark.sql import functions
    from pyspark.sql.types import TimestampNTZType

    if isinstance(native.schema[column].dataType, TimestampNTZType):
        epoch = functions.expr("TIMESTAMP_NTZ'1970-01-01 00:00:00'")
        return functions.timestamp_diff("MICROSECOND", epoch, functions.col(column))
    return functions.unix_micros(functions.col(column))


@contextmanager
def embedded(table: pd.DataFrame) -> Iterator[Frame]:
    """
    Hold a pandas frame in a duckdb of its own.

    It lives in memory, writes nothing to disk, and never loads anything from the network.
    """
    import duckdb
    import pyarrow as pa

    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(":memory:", config=config) as connection:
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        yield nw.from_native(connection.from_arrow(arrow)).lazy()


def buckets_for(frame: Frame, rows: int | None, *, per_bucket: int) -> int:
    """Return in how many portions the pairs of a log are counted."""
    if rows is None:
        rows = int(frame.select(nw.len()).collect().item())
    return max(1, -(-rows // per_bucket))


def handed_back(ties: Frame, *, like: FrameT) -> FrameT:
    """Return ties as a frame of the kind that was given, sorted unless machines share it."""
    if not ties.implementation.is_spark_like():
        ties = ties.sort("person_u", "person_v")
    eager = isinstance(nw.from_native(like, pass_through=True), nw.DataFrame)
    result: FrameT = (ties.collect() if eager else ties).to_native()
    return result


def in_buckets(
    rows: Frame, *, ends: tuple[str, str], buckets: int, count: Callable[[Frame], Frame]
) -> Frame:
    """
    Count the pairs of a relation of duckdb a bucket at a time, and hold the result.

    Memory is that of one bucket. The rows of a pair all fall into one, whatever
    their order, and whichever of the two stands first.

    Parameters
    ----------
    rows
        What to count.
    ends
        The columns that tell the two people.
    buckets
        How many.
    count
        What to do with the rows of a bucket.
    """
    import pyarrow as pa

    relation = rows.to_native()
    parts = []
    for bucket in range(buckets):
        chosen = relation
        if buckets > 1:
            number = "xor(hash({}), hash({}))".format(*ends)
            chosen = relation.filter(f"{number} % {buckets} = {bucket}")
        part = count(nw.from_native(chosen).lazy())
        parts.append(part.to_native().to_arrow_table())
    # duckdb finds the table by its name here, and puts it in the connection of the
    # relation, so that its owner can join the ties with other relations
    held = pa.concat_tables(parts)  # noqa: F841
    whole: Frame = nw.from_native(relation.query("_", "SELECT * FROM held")).lazy()
    return whole
