"""Exports with a marker in their cells, so that tests see where what stands there turns up."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from typing import TYPE_CHECKING, Any

from reading import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable

_ATTRIBUTE = re.compile(r'(?<=[\w-]=")[^"]*')
_LITERAL = re.compile(r"'[^'\n]*'")
_WORD = re.compile(r"(?<![\d:/.-])\b[^\W\d_]{2,}\b(?![\d:/])")
_FIELD = re.compile(
    r"^([\w;=\".,@ -]+?:)(?!VCARD|VCALENDAR|VEVENT|[34]\.0|2\.[01])(.*)$", re.MULTILINE
)
_START = re.compile(r"\s*(?:window[^=]*=)?\s*")


def marked(name: str, data: bytes, *, seed: int, share: float) -> bytes:
    """
    Put the marker into a share of all values of a file, which keeps its structure.

    Parameters
    ----------
    name
        Its ending tells how it is written.
    data
        The file; statements, of a database.
    seed
        Chooses the values.
    share
        How many of them, from 0 to 1. One in six is no more than the marker then.
    """
    dice = random.Random(seed)  # noqa: S311 - damage, nothing secret

    def mark(text: str) -> str:
        if dice.random() >= share:
            return text
        return MARKER if dice.random() < 1 / 6 else f"{text}{MARKER}"

    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8-sig", "replace")
    ending = name.rpartition(".")[2]
    return _WAYS.get(ending, _plain)(text, mark).encode()


def _plain(text: str, mark: Callable[[str], str]) -> str:
    return _WORD.sub(lambda word: mark(word[0]), text)


def _table(text: str, mark: Callable[[str], str]) -> str:
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    # of a report with a preamble the header is the first row as wide as any
    width = max(map(len, rows))
    header = next(number for number, row in enumerate(rows) if len(row) == width)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        rows[: header + 1] + [list(map(mark, row)) for row in rows[header + 1 :]]
    )
    return out.getvalue()


def _json(text: str, mark: Callable[[str], str]) -> str:
    begin = _START.match(text)[0]
    value, end = json.JSONDecoder().raw_decode(text[len(begin) :])
    if text[len(begin) + end :].strip(" \r\n;"):
        msg = "more than one value"
        raise ValueError(msg)
    return begin + json.dumps(_marked_value(value, mark))


def _marked_value(value: Any, mark: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _marked_value(part, mark) for key, part in value.items()}
    if isinstance(value, list):
        return [_marked_value(part, mark) for part in value]
    if isinstance(value, str):
        return mark(value)
    # a number may be text in the next export
    return value if mark("") == "" else f"{value}{MARKER}"


def _json_lines(text: str, mark: Callable[[str], str]) -> str:
    return "\n".join(_json(line, mark) if line else "" for line in text.split("\n"))


def _json_of_lines(text: str, mark: Callable[[str], str]) -> str:
    try:
        return _json(text, mark)
    except ValueError:  # signal-export writes a record a line
        return _json_lines(text, mark)


def _statements(text: str, mark: Callable[[str], str]) -> str:
    marked_text = _LITERAL.sub(lambda cell: f"'{mark(cell[0][1:-1])}'", text)
    # two rows may have become the same
    return marked_text.replace("INSERT INTO", "INSERT OR IGNORE INTO")


_WAYS: dict[str, Callable[[str, Callable[[str], str]], str]] = {
    "csv": _table,
    "tsv": _table,
    "json": _json_of_lines,
    "js": _json,
    "jsonl": _json_lines,
    "xml": lambda text, mark: _ATTRIBUTE.sub(lambda cell: mark(cell[0]), text),
    "sql": _statements,
    "vcf": lambda text, mark: _FIELD.sub(lambda cell: cell[1] + mark(cell[2]), text),
    "ics": lambda text, mark: _FIELD.sub(lambda cell: cell[1] + mark(cell[2]), text),
}
