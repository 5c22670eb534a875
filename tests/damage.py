"""Exports as a bad disk, a broken download or a wrong program leaves them."""

from __future__ import annotations

import copy
import json
import math
import random
from typing import TYPE_CHECKING, Any

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

_BITS = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b",", b";", b"\t", b":", b"-", b"/",
    b"0123-01-01", b"9999-12-31 23:59:59", b"99999999999999999999", b"\xd9\xa3", b"\xe2\x80\x8e",
)  # fmt: skip
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**30, -(10**18), math.nan, math.inf, "", "x", "0123-01-01",
    "9999-12-31T23:59:59Z", "\ud800", "\x00", [], {}, [None], [[]], {"": None}, [1, "x", None],
)  # fmt: skip


def damaged(data: bytes, *, seed: int, times: int) -> Iterator[bytes]:
    """Yield `data` with a few bytes changed, lost, doubled or put in, the same for each seed."""
    dice = random.Random(seed)  # noqa: S311 - damage, nothing secret
    for _ in range(times):
        found = bytearray(data)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(found) + 1)
            match dice.randrange(9):
                case 0 | 1:
                    found[at : at + 1] = bytes([dice.randrange(256)])
                case 2 | 3:
                    del found[at : at + dice.randint(1, 40)]
                case 4 | 5:
                    found[at:at] = dice.choice(_BITS)
                case 6 | 7:
                    start = dice.randrange(len(found) + 1)
                    found[at:at] = found[start : start + dice.randint(1, 80)]
                case _:
                    del found[at:]
        yield bytes(found)


def odd_json(value: Any, *, seed: int, times: int) -> Iterator[bytes]:
    """Yield `value` as JSON with a few parts of another kind, or gone, the same for each seed."""
    dice = random.Random(seed)  # noqa: S311 - damage, nothing secret
    for _ in range(times):
        found = copy.deepcopy(value)
        for _ in range(dice.randint(1, 3)):
            found = _with_odd(found, dice)
        yield json.dumps(found).encode()


def _with_odd(value: Any, dice: random.Random) -> Any:
    """Put something odd in the place of one part, at any depth."""
    if not isinstance(value, dict | list) or not value or dice.random() < 0.05:
        return dice.choice(_ODD)
    key = dice.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if dice.random() < 0.1:
        del value[key]
    else:
        value[key] = _with_odd(value[key], dice)
    return value


def survives(reader: ModuleType, path: Path, data: bytes, *, label: str = "") -> bool:
    """Read `data`, whatever it is; return whether it was read, False if it was refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    file = file_at(path, label=label or path.name)
    kind = reader.sniff(file)
    assert kind in ("", *reader.KINDS)
    if not kind:
        return False
    try:
        export = reader.read(file, settings=Settings()).export()
    except ExportError:
        return False
    for name, contract in CONTRACTS.items():
        if hasattr(export, name):
            check(getattr(export, name), contract)
    assert len(export.skipped) == export.files["skipped"].sum()
    return True
