"""Whole columns of times: epochs, ISO, or days in an order that the column must show."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SECOND, MINUTE, DAY = 0, 1, 2
PRECISIONS = ("second", "minute", "day")
FAULTS = (
    "",
    "the time cannot be read",
    (
        "day and month may stand in either order: write `dayfirst = true` or `dayfirst = false` "
        "into village.toml"
    ),
    "the date is out of range",
)
_BAD, _ORDER, _RANGE = 1, 2, 3

_NUMBER, _YMD, _OPEN, _DOTTED, _NAIVE, _INSTANT = 1, 2, 3, 4, 5, 6
_NO_OFFSET = 32_767
_MICRO = 1_000_000
_FIRST, _LAST = 86_400, 4_133_980_800  # 1970-01-02, 2101-01-01
_TELLING = 3  # steps back that are no chance
_BUCKET = 900  # every change of a zone's offset stands on a quarter of an hour
_CLOCK = (
    r"(?:(?:T|,?\s+)(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<ap>(?:[AaPp]\.?\s?[Mm]\.?)?)\s*"
    r"(?P<z>(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?))?$"
)
_SHAPES = (
    (_YMD, rf"^(?P<y>\d{{4}})[-/.](?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}}){_CLOCK}"),
    (_DOTTED, rf"^(?P<b>\d{{1,2}})\.\s?(?P<a>\d{{1,2}})\.\s?(?P<y>\d{{4}}|\d{{2}}){_CLOCK}"),
    (_OPEN, rf"^(?P<a>\d{{1,2}})[-/](?P<b>\d{{1,2}})[-/](?P<y>\d{{4}}|\d{{2}}){_CLOCK}"),
)
_DIGITS = r"^(?P<n>[0-8]?\d{1,18})(?:\.(?P<f>\d{1,9}))?$"


class _Parts(NamedTuple):
    """What was read of some cells: the shape of each, and its numbers."""

    shape: np.ndarray
    year: np.ndarray  # of a number its fraction, in millionths
    a: np.ndarray
    b: np.ndarray
    clock: np.ndarray  # microseconds of the day; of a number the number, of an instant itself
    precision: np.ndarray
    offset: np.ndarray  # minutes

    @classmethod
    def nothing(cls, n: int) -> _Parts:
        return cls(
            np.zeros(n, np.uint8),
            np.zeros(n, np.int32),
            np.zeros(n, np.int16),
            np.zeros(n, np.int16),
            np.zeros(n, np.int64),
            np.zeros(n, np.uint8),
            np.full(n, _NO_OFFSET, np.int16),
        )


class Times(NamedTuple):
    """
    Times of a column.

    Attributes
    ----------
    at
        Microseconds since 1970 UTC.
    precision
        `SECOND`, `MINUTE` or `DAY`.
    naive
        Whether the zone was assumed.
    fault
        Which of `FAULTS` it is.
    by_rows
        Whether the order of day and month was told by the order of the rows.
    """

    at: np.ndarray
    precision: np.ndarray
    naive: np.ndarray
    fault: np.ndarray
    by_rows: bool


class TimeColumn:
    """A column of times that comes in blocks and is understood as a whole."""

    def __init__(self) -> None:
        self._blocks: list[_Parts] = []

    def add(self, cells: pa.Array) -> None:
        """Take some cells."""
        self._blocks.append(_whole(cells) or _parted(pc.utf8_trim_whitespace(cells)))

    def read(self, *, zone: str, dayfirst: bool | None) -> Times:
        """
        Return all times.

        Parameters
        ----------
        zone
            In which times without a zone are read.
        dayfirst
            Order of days such as 3/4/2026; None to find out from the column.
        """
        parts = _Parts(*map(np.concatenate, zip(*self._blocks, strict=True)))
        self._blocks.clear()
        n = len(parts.shape)
        fault = np.where(parts.shape == 0, _BAD, 0).astype(np.uint8)
        local = np.zeros(n, np.int64)
        precision = parts.precision.copy()
        naive = (parts.offset == _NO_OFFSET) & (parts.shape != _INSTANT)
        instant = (parts.shape == _NAIVE) | (parts.shape == _INSTANT)
        local[instant] = parts.clock[instant]
        _numbers(parts, local, precision, naive)
        by_rows = _calendar(parts, local, fault, dayfirst)
        zoned = (parts.offset != _NO_OFFSET) & (fault == 0)
        local[zoned] -= parts.offset[zoned].astype(np.int64) * 60 * _MICRO
        # what is far outside has no offset to be looked up
        day = 86_400 * _MICRO
        far = (local < 0) | (local > _LAST * _MICRO + day)
        fault[(fault == 0) & far] = _RANGE
        asked = naive & (fault == 0)
        local[asked] = _utc(local[asked], zone)
        out = (local < _FIRST * _MICRO) | (local >= _LAST * _MICRO)
        fault[(fault == 0) & out] = _RANGE
        return Times(local, precision, naive, fault, by_rows)


def _whole(cells: pa.Array) -> _Parts | None:
    """Read cells that are all whole numbers or all full ISO times; None if they are not."""
    n = len(cells)
    if not n:
        return _Parts.nothing(0)
    parts = _Parts.nothing(n)
    try:
        numbers = pc.cast(cells, pa.int64())
    except pa.ArrowInvalid:
        pass
    else:
        parts.clock[:] = numbers.to_numpy()
        parts.shape[:] = np.where(parts.clock >= 0, _NUMBER, 0)
        return parts
    if pc.min(pc.binary_length(cells)).as_py() < len("2026-10-31T12:00:00"):
        return None
    for shape, kind in ((_NAIVE, pa.timestamp("us")), (_INSTANT, pa.timestamp("us", "UTC"))):
        try:
            times = pc.cast(cells, kind)
        except pa.ArrowInvalid:
            continue
        parts.clock[:] = times.cast(pa.int64()).to_numpy()
        parts.shape[:] = shape
        return parts
    return None


def _parted(cells: pa.Array) -> _Parts:
    """Read cells of any shape, a shape at a time."""
    parts = _Parts.nothing(len(cells))
    _take_numbers(parts, pc.extract_regex(cells, _DIGITS))
    for shape, pattern in _SHAPES:
        found = pc.extract_regex(cells, pattern)
        rows = np.flatnonzero(pc.is_valid(found).to_numpy(zero_copy_only=False))
        rows = rows[parts.shape[rows] == 0]
        if not len(rows):
            continue
        found = found.take(pa.array(rows))
        year = _ints(found.field("y"))
        year += np.where(year < 70, 2_000, np.where(year < 100, 1_900, 0))
        parts.year[rows], parts.a[rows] = year, _ints(found.field("a"))
        parts.b[rows] = _ints(found.field("b"))
        _take_clock(parts, rows, found)
        good = parts.shape[rows] == 0
        parts.shape[rows[good]] = shape
        parts.shape[rows[~good]] = 0
    return parts


def _take_numbers(parts: _Parts, found: pa.StructArray) -> None:
    rows = np.flatnonzero(pc.is_valid(found).to_numpy(zero_copy_only=False))
    if not len(rows):
        return
    found = found.take(pa.array(rows))
    parts.clock[rows] = _ints(found.field("n"))
    parts.year[rows] = _fraction(found.field("f"))
    parts.shape[rows] = _NUMBER


def _take_clock(parts: _Parts, rows: np.ndarray, found: pa.StructArray) -> None:
    """Fill in the time of the day; what is none is marked, to be left out by the caller."""
    texts = {name: found.field(name) for name in ("H", "M", "S", "ap", "z")}
    hour, minute, second = (_ints(texts[name]) for name in ("H", "M", "S"))
    half = pc.utf8_lower(pc.utf8_slice_codeunits(texts["ap"], 0, 1))
    late = pc.equal(half, "p").to_numpy(zero_copy_only=False)
    twelve = late | pc.equal(half, "a").to_numpy(zero_copy_only=False)
    wrong = (minute > 59) | (second > 60) | (hour > 23) | (twelve & ((hour < 1) | (hour > 12)))
    hour = np.where(twelve, hour % 12 + 12 * late, hour)
    clock = ((hour * 60 + minute) * 60 + np.minimum(second, 59)) * _MICRO
    parts.clock[rows] = clock + _fraction(found.field("f"))
    timed = pc.not_equal(texts["H"], "").to_numpy(zero_copy_only=False)
    full = pc.not_equal(texts["S"], "").to_numpy(zero_copy_only=False)
    parts.precision[rows] = np.where(full, SECOND, np.where(timed, MINUTE, DAY))
    offset, known = _offsets(texts["z"])
    parts.offset[rows] = np.where(known, offset, _NO_OFFSET)
    # 99 is no shape: it keeps the row from being read
    parts.shape[rows[wrong]] = 99


def _offsets(zones: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return minutes east of UTC, and whether a zone was given; there are few zones."""
    coded = zones.dictionary_encode()
    minutes, known = [], []
    for text in coded.dictionary.to_pylist():
        digits = "".join(letter for letter in text if letter.isdigit()).ljust(4, "0")
        sign = -1 if text.startswith("-") else 1
        minutes.append(sign * (int(digits[:2]) * 60 + int(digits[2:4])))
        known.append(bool(text))
    codes = coded.indices.to_numpy()
    return np.array(minutes, np.int16)[codes], np.array(known, bool)[codes]


def _ints(texts: pa.Array) -> np.ndarray:
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    return np.array(pc.cast(filled, pa.int64()), dtype=np.int64)


def _fraction(texts: pa.Array) -> np.ndarray:
    """Return decimals as millionths."""
    return _ints(pc.utf8_slice_codeunits(pc.utf8_rpad(texts, 6, padding="0"), 0, 6))


def _numbers(
    parts: _Parts,
    local: np.ndarray,
    precision: np.ndarray,
    naive: np.ndarray,
) -> None:
    """Read numbers as seconds, thousandths, millionths ... since 1970, or as 20261031."""
    rows = np.flatnonzero(parts.shape == _NUMBER)
    if not len(rows):
        return
    numbers, fraction = parts.clock[rows], parts.year[rows]
    day = _days(numbers // 10_000, numbers // 100 % 100, numbers % 100)
    if ((numbers > 19_000_000) & (numbers < 21_010_000) & (day != _NO_DAY)).all():
        local[rows], precision[rows] = day * 86_400 * _MICRO, DAY
        return
    middle = float(np.median(numbers))
    per_second = (
        1 if middle < 1e11 else 10**3 if middle < 1e14 else 10**6 if middle < 1e17 else 10**9
    )
    whole = numbers // per_second
    good = whole < 2 * _LAST
    rest = (numbers % per_second) * _MICRO // per_second + fraction // per_second
    local[rows] = np.where(good, np.minimum(whole, 2 * _LAST) * _MICRO + rest, -1)
    naive[rows] = False


_NO_DAY = np.iinfo(np.int64).min


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return days since 1970; `_NO_DAY` for what no calendar has."""
    right = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1) & (year <= 9_999)
    months = np.where(right, (year.astype(np.int64) - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    right &= day <= after - first
    return np.where(right, first + day - 1, _NO_DAY)


def _calendar(parts: _Parts, local: np.ndarray, fault: np.ndarray, dayfirst: bool | None) -> bool:
    """Read days; return whether the rows' order told which part is the month."""
    by_rows = False
    for shape in (_YMD, _DOTTED, _OPEN):
        rows = np.flatnonzero(parts.shape == shape)
        if not len(rows):
            continue
        year, a, b = (part[rows].astype(np.int64) for part in (parts.year, parts.a, parts.b))
        day = _days(year, a, b)
        if shape == _OPEN:
            other = _days(year, b, a)
            either = (day != _NO_DAY) & (other != _NO_DAY) & (day != other)
            if dayfirst is None:
                clock = parts.clock[rows]
                dayfirst, by_rows = _order(day, other, either, clock)
            preferred, second = (other, day) if dayfirst else (day, other)
            day = np.where(preferred != _NO_DAY, preferred, second)
            if dayfirst is None:
                fault[rows[either]] = _ORDER
        gone = day == _NO_DAY
        fault[rows[gone]] = _BAD
        day = np.clip(day, -1_000_000, 1_000_000)
        local[rows] = day * 86_400 * _MICRO + parts.clock[rows]
    fault[parts.shape == 99] = _BAD
    return by_rows


def _order(
    monthfirst: np.ndarray, dayfirst: np.ndarray, either: np.ndarray, clock: np.ndarray
) -> tuple[bool | None, bool]:
    """Tell the order by days that only one order knows, else by rows that stand in time."""
    says_month = bool(((monthfirst != _NO_DAY) & (dayfirst == _NO_DAY)).any())
    says_day = bool(((dayfirst != _NO_DAY) & (monthfirst == _NO_DAY)).any())
    if says_month != says_day:
        return says_day, False
    if says_month or not either.any():
        return None, False
    jumps = []
    for days in (monthfirst, dayfirst):
        steps = np.diff(days[days != _NO_DAY] * 86_400 * _MICRO + clock[days != _NO_DAY])
        jumps.append(min(int((steps < 0).sum()), int((steps > 0).sum())))
    # a log that runs in one direction in one order only
    if min(jumps) == 0 and max(jumps) >= _TELLING:
        return jumps[1] == 0, True
    return None, False


def _utc(local: np.ndarray, zone: str) -> np.ndarray:
    """Return wall clocks of a zone as instants; of a repeated hour the first."""
    if zone == "UTC" or not len(local):
        return local
    place = ZoneInfo(zone)
    buckets, codes = np.unique(local // (_BUCKET * _MICRO), return_inverse=True)
    start = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock
    offsets = [
        (start + dt.timedelta(seconds=int(bucket) * _BUCKET)).replace(tzinfo=place).utcoffset()
        for bucket in buckets
    ]
    shifts = np.array([round((o or dt.timedelta()).total_seconds()) for o in offsets], np.int64)
    return local - shifts[codes] * _MICRO
