"""The logs that ties are made of: a village's tables, or a frame of any engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from villagegraph.days import day_numbers, end_of_day
from villagegraph.errors import TableError
from villagegraph.tables import HIDDEN
from villagegraph.ties.engines import with_seconds
from villagegraph.ties.pairs import CHANNEL_NAMES, GROUP_LIMIT, Frame, Log, either, flag
from villagegraph.ties.zones import DAY_SECONDS, local_day, utc_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.days import DayLike
    from villagegraph.village import Village

_LOG = "log"
_NOBODY = -1
_NO_NUMBER = -(2**63)

_TOGETHER = ("event_id", "person_id", "role", "at")
_ADDRESSED = ("src", "dst", "at")

# the end of the year 9999: what is later was not told in seconds
_LAST_SECOND = 253_402_300_799

_PER_SECOND = {"s": 1, "us": 1_000_000}
_PER_DAY = {unit: count * DAY_SECONDS for unit, count in _PER_SECOND.items()}


@dataclass(frozen=True, slots=True)
class Local:
    """
    A log held in pandas, with people and items as whole numbers.

    Attributes
    ----------
    table
        The columns that `Log` names, `day` left out where it follows from `at`
        alone; `at` in `unit` since 1970.
    people
        What each number of a person stands for, in sorted order; None if the
        log names people by numbers itself.
    directed, channels, me
        As in `Log`.
    unit
        What `at` counts: seconds (`s`) or microseconds (`us`).
    left_out
        Items of more people than are paired.
    """

    table: pd.DataFrame
    people: pd.Index | None
    directed: bool
    channels: tuple[str, ...] | None
    me: int | None
    unit: Literal["s", "us"] = "us"
    left_out: int = 0

    def on(self, frame: Frame) -> Log:
        """Return the log as `frame` holds it."""
        if "day" not in self.table:
            frame = frame.with_columns(day=utc_day(nw.col("at"), per_day=_PER_DAY[self.unit]))
        return Log(frame, directed=self.directed, channels=self.channels, me=self.me)


def village_log(
    village: Village, *, as_of: DayLike | None, zone: str, me: str | int | None
) -> Local:
    """Return the log of a village up to the end of a day."""
    human = village.interactions[~village.interactions["automated"].to_numpy(dtype=bool)]
    if as_of is not None:
        human = human[human["at"] < end_of_day(as_of, zone=zone)]
    rows = village.participants
    item = human.index.get_indexer(rows["event_id"])
    # who opted out is nobody, and still one more to whom a mail went
    hidden = (rows["person_id"] == "") & rows["handle"].str.startswith(HIDDEN)
    names = rows["person_id"].where(~hidden, rows["handle"])
    kept = np.flatnonzero((item >= 0) & (names != "").to_numpy(dtype=bool))
    item = item[kept]
    columns = {
        "event_id": item,
        "sends": (rows["role"] == "from").to_numpy(dtype=np.float64)[kept],
        "at": _micros(human["at"])[item],
        "day": _days(human["at"], zone)[item],
        "channel": _channel_codes(human["channel"])[item],
    }
    found = _participants(columns, names.iloc[kept], me=me)
    # an owner who took part in nothing has no ties to take a rhythm from
    return replace(found, me=None) if found.me == _NOBODY else found


def pandas_log(log: pd.DataFrame, *, as_of: DayLike, zone: str, me: str | int | None) -> Local:
    """
    Return the log that a frame holds, up to the end of a day.

    Raises
    ------
    TableError
        If columns are missing, or `at` holds neither epoch seconds nor timestamps.
    """
    directed = is_directed(list(log.columns))
    at, unit = _instants(log["at"])
    end = int(end_of_day(as_of, zone=zone).timestamp()) * _PER_SECOND[unit]
    kept = _kept(log, at, end=end, ends=("src", "dst") if directed else ("event_id", "person_id"))
    if kept is not None:
        log, at = log[kept], at[kept]
    columns = {"at": at}
    # plain arithmetic is left to the engine: it takes no array of its own there
    if not directed or zone != "UTC":
        columns["day"] = _days(pd.Series(pd.to_datetime(at, unit=unit, utc=True)), zone)
    if "channel" in log.columns:
        columns["channel"] = _channel_codes(log["channel"])
    if directed:
        found = _addressed(columns, log["src"], log["dst"], me=me)
    else:
        columns["event_id"] = pd.factorize(log["event_id"])[0]
        columns["sends"] = (log["role"] == "from").to_numpy(dtype=np.float64)
        found = _participants(columns, log["person_id"], me=me)
    return replace(found, unit=unit)


def frame_log(frame: Frame, *, as_of: DayLike, zone: str, me: str | int | None) -> Log:
    """
    Return the log that a frame of another engine holds, up to the end of a day.

    Raises
    ------
    TableError
        If columns are missing, or `at` holds neither epoch seconds nor timestamps.
    """
    schema = frame.collect_schema()
    directed = is_directed(list(schema))
    if schema["at"].is_integer():
        frame = frame.with_columns(seconds=nw.col("at").cast(nw.Int64))
        seconds = nw.col("seconds")
        extremes = frame.select(seconds.min().alias("least"), seconds.max().alias("most"))
        least, most = extremes.collect().row(0)
        if most is not None and max(most, -least) > _LAST_SECOND:
            raise _no_seconds()
    elif isinstance(schema["at"], nw.Datetime):
        frame = with_seconds(frame, "at")
    else:
        raise _no_times(schema["at"])
    end = int(end_of_day(as_of, zone=zone).timestamp())
    kept = nw.col("seconds") < end
    if "automated" in schema:
        kept &= ~nw.col("automated").fill_null(value=False)
    ends = ("src", "dst") if directed else ("event_id", "person_id")
    for name in ends:
        kept &= ~nw.col(name).is_null()
        if schema[name] == nw.String:
            kept &= nw.col(name) != ""
    day = local_day(nw.col("seconds"), zone=zone, until=end)
    columns = {"day": day}
    if "channel" in schema:
        columns["channel"] = _channel_code()
    shown = {name: _is_shown(name, schema) for name in ends if name != "event_id"}
    if directed:
        frame = frame.filter(kept, *shown.values()).select(*ends, "at", **columns)
    else:
        columns["sends"] = flag((nw.col("role") == "from").fill_null(value=False))
        columns["shown"] = flag(shown["person_id"])
        frame = frame.filter(kept).select(*ends, "at", **columns)
    channels = CHANNEL_NAMES if "channel" in schema else None
    return Log(frame, directed=directed, channels=channels, me=me)


def is_directed(columns: Sequence[str]) -> bool:
    """
    Return whether a log has a row for each time one person addressed one other.

    Raises
    ------
    TableError
        If the columns are those of no log.
    """
    if set(_ADDRESSED) <= set(columns):
        return True
    missing = [name for name in _TOGETHER if name not in columns]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        others = ", ".join(f"`{name}`" for name in _ADDRESSED)
        raise TableError(_LOG, [f"no column {names}, and not all of {others} either"])
    return False


def _participants(
    columns: dict[str, np.ndarray], names: pd.Series, *, me: str | int | None
) -> Local:
    codes, people = pd.factorize(names, sort=True)
    hidden = _are_hidden(people)
    table = pd.DataFrame(
        {**columns, "person_id": codes, "shown": (~hidden[codes]).astype(np.float64)}
    )
    return Local(
        table=table,
        people=people,
        directed=False,
        channels=_channels(columns),
        me=_place(me, people),
        left_out=_left_out(table),
    )


def _addressed(
    columns: dict[str, np.ndarray], src: pd.Series, dst: pd.Series, *, me: str | int | None
) -> Local:
    if _holds_numbers(src) and _holds_numbers(dst):
        columns |= {"src": src.to_numpy(), "dst": dst.to_numpy()}
        # a name is nobody among numbers, and a number no row can hold stands for it
        owner = me if me is None or isinstance(me, int | np.integer) else _NO_NUMBER
        return Local(
            table=pd.DataFrame(columns, copy=False),
            people=None,
            directed=True,
            channels=_channels(columns),
            me=None if owner is None else int(owner),
        )
    codes, people = pd.factorize(pd.concat([src, dst], ignore_index=True), sort=True)
    table = pd.DataFrame({**columns, "src": codes[: len(src)], "dst": codes[len(src) :]})
    hidden = _are_hidden(people)
    if hidden.any():
        table = table[~(hidden[table["src"]] | hidden[table["dst"]])]
    return Local(
        table=table,
        people=people,
        directed=True,
        channels=_channels(columns),
        me=_place(me, people),
    )


def _left_out(table: pd.DataFrame) -> int:
    """Count the items of more people than are paired."""
    rows = np.bincount(table["event_id"])
    great = table.loc[rows[table["event_id"]] > GROUP_LIMIT, ["event_id", "person_id"]]
    # a person may stand in an item with two addresses
    sizes = np.bincount(great.drop_duplicates()["event_id"])
    return int((sizes > GROUP_LIMIT).sum())


def _are_hidden(people: pd.Index) -> np.ndarray:
    return np.array([str(name).startswith(HIDDEN) for name in people], dtype=bool)


def _place(me: str | int | None, people: pd.Index) -> int | None:
    if me is None:
        return None
    return int(people.get_loc(me)) if me in people else _NOBODY


def _channels(columns: dict[str, np.ndarray]) -> tuple[str, ...] | None:
    """Return the channels that were used; None if the log does not tell them."""
    if "channel" not in columns:
        return None
    used = np.bincount(columns["channel"] + 1, minlength=len(CHANNEL_NAMES) + 1)[1:]
    return tuple(name for name, n in zip(CHANNEL_NAMES, used, strict=True) if n)


def _channel_codes(channel: pd.Series) -> np.ndarray:
    codes: np.ndarray = pd.Categorical(channel, categories=list(CHANNEL_NAMES)).codes
    return codes.astype(np.int64)


def _channel_code() -> nw.Expr:
    code: nw.Expr = nw.lit(_NOBODY)
    for place, name in enumerate(CHANNEL_NAMES):
        code = either(nw.col("channel") == name, nw.lit(place), code)
    return code


def _is_shown(name: str, schema: nw.Schema) -> nw.Expr:
    if schema[name] == nw.String:
        return ~nw.col(name).str.starts_with(HIDDEN)
    return nw.lit(value=True)


def _kept(
    log: pd.DataFrame, at: np.ndarray, *, end: int, ends: tuple[str, str]
) -> np.ndarray | None:
    """Return which rows count: those of somebody, at some time before `end`; None for all."""
    # a great log mostly counts whole, and each array as long as it takes longer than the look
    rows: list[np.ndarray] = []
    if len(at) and at.max() >= end:
        rows.append(at < end)
    if log["at"].hasnans:
        rows.append(log["at"].notna().to_numpy())
    if "automated" in log.columns:
        rows.append(~(log["automated"] == True).to_numpy(dtype=bool))  # noqa: E712 - a missing one is not
    rows.extend(
        (log[name].notna() & (log[name] != "")).to_numpy(dtype=bool)
        for name in ends
        if not _holds_numbers(log[name])
    )
    kept = np.logical_and.reduce(rows) if rows else None
    return None if kept is None or kept.all() else kept


def _instants(at: pd.Series) -> tuple[np.ndarray, Literal["s", "us"]]:
    """Return times as whole numbers since 1970, and their unit; a missing one as any number."""
    if pd.api.types.is_integer_dtype(at.dtype):
        seconds = (at if _holds_numbers(at) else at.fillna(0)).to_numpy(dtype=np.int64)
        if len(seconds) and max(seconds.max(), -seconds.min()) > _LAST_SECOND:
            raise _no_seconds()
        return seconds, "s"
    if pd.api.types.is_datetime64_any_dtype(at.dtype):
        return _micros(pd.to_datetime(at, utc=True)), "us"
    raise _no_times(at.dtype)


def _holds_numbers(values: pd.Series) -> bool:
    return isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu"


def _no_times(dtype: object) -> TableError:
    return TableError(_LOG, [f"`at` needs to hold epoch seconds or timestamps, {dtype} was given"])


def _no_seconds() -> TableError:
    msg = "`at` needs to hold epoch seconds: milliseconds need to be divided by 1,000 first"
    return TableError(_LOG, [msg])


def _days(at: pd.Series, zone: str) -> np.ndarray:
    return day_numbers(at, zone=zone) if len(at) else np.empty(0, dtype=np.int64)


def _micros(at: pd.Series) -> np.ndarray:
    micros: np.ndarray = at.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return micros
