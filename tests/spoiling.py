"""Files as they must never be: bytes changed at random, and what a reader makes of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

_PIECES = (
    b"\x00", b"\xff", b"\xed\xa0\xbd", b'"', b"'", b"<", b">", b"/>", b"&", b"&#55357;", b";",
    b"\n", b"\r", b",", b"\t", b"-1", b"9" * 40, b"0123-01-01", b"9999-12-31", b"25:61", b"PM",
)  # fmt: skip


def spoiled(data: bytes, *, seed: int, times: int) -> Iterator[bytes]:
    """Yield copies of `data` with a few bytes changed, put in or taken out, or cut short."""
    dice = random.Random(seed)  # noqa: S311 - seeded, and nothing secret
    for _ in range(times):
        out = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(out) + 1)
            match dice.randrange(4):
                case 0:
                    out[place : place + 1] = dice.choice(_PIECES)
                case 1:
                    out[place:place] = dice.choice(_PIECES)
                case 2:
                    del out[place : place + dice.randint(1, 40)]
                case _:
                    del out[place if dice.random() < 0.2 else len(out) :]
        yield bytes(out)


def survives(reader: ModuleType, path: Path, data: bytes) -> bool:
    """Read `data` as that file: tell whether it was read, or refused as it should be."""
    path.write_bytes(data)
    file = file_at(path, label=path.name)
    if not reader.sniff(file):
        return False
    try:
        export = reader.read(file, settings=Settings()).export()
    except ExportError:
        return False
    for name, contract in CONTRACTS.items():
        if hasattr(export, name):
            check(getattr(export, name), contract)
    return True
