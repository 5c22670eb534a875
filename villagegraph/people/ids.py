"""Ids that last: what was known the last time, and what `ids.csv` pins, before any new name."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.files import digest
from villagegraph.parsing import (
    OWNER,
    any_handle,
    column_key,
    decode,
    file_at,
    one_line,
    table_rows,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

IDS_FILE = "ids.csv"
COLUMNS = ("person_id", "handle")
CARD = "card:"
"""Start of the keys of people who have no handle: their full name follows."""


class Pin(NamedTuple):
    """One line of `ids.csv`: whoever has the handle bears the id."""

    person_id: str
    handle: str
    line: int


class Kept(NamedTuple):
    """
    Which ids people bear, and why they last.

    Attributes
    ----------
    ids
        New id to the one that is borne instead; only those that differ.
    rows
        `person_id` and handle to add to `ids.csv`, so that the ids last without memory.
    clashes
        Lines of `ids.csv` that cannot be followed, and why.
    """

    ids: dict[str, str]
    rows: tuple[tuple[str, str], ...]
    clashes: tuple[tuple[int, str], ...]


def new_id(key: str) -> str:
    """
    Return the id of a person who is named after a key.

    Examples
    --------
    >>> new_id("email:ada@example.org")
    'p2906419e1dd52196'
    """
    return "p" + digest("person", key, size=8)


def kept_ids(
    people: Mapping[str, Sequence[str]],
    *,
    known: Mapping[str, str],
    pinned: Sequence[Pin] = (),
) -> Kept:
    """
    Keep the ids that people had.

    A pin counts first. Else a person keeps the id under which one of the
    handles was known; of several, that of the handle seen earliest. An id
    that several claim stays with the handle it was made from, else with the
    handle seen earliest. Nobody shares an id.

    Parameters
    ----------
    people
        The id that each person would get anew, to that person's handles (and
        `card:` with the name, for who has none), the one that names the person
        first, then those seen earliest.
    known
        Handle to id, as it was the last time.
    pinned
        The lines of `ids.csv`.

    Returns
    -------
    kept
    """
    if not (known or pinned):
        return Kept({}, (), ())
    owner = {key: person for person in sorted(people) for key in people[person]}
    final, clashes = _pinned(pinned, people, owner)
    held, taken = frozenset(final), set(final.values())
    wishes = {
        person: [wish for wish in _known(keys, known) if wish not in taken]
        for person, keys in people.items()
        if person not in final
    }
    final |= _matched(wishes, people, known)
    taken = set(final.values())
    for person in sorted(people.keys() - final.keys()):
        final[person] = _free(person, people[person], taken)
        taken.add(final[person])
    ids = {person: bears for person, bears in sorted(final.items()) if bears != person}
    rows = [
        (bears, handle)
        for person, bears in ids.items()
        if person not in held and (handle := _pin_for(bears, people[person], known))
    ]
    return Kept(ids, tuple(rows), tuple(sorted(clashes)))


def _pinned(
    pinned: Sequence[Pin], people: Mapping[str, Sequence[str]], owner: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Give pinned ids to whoever has the handles; list the lines that clash."""
    place = {key: at for keys in people.values() for at, key in enumerate(keys)}
    clashes = []
    final: dict[str, str] = {}
    by_person: dict[str, Pin] = {}
    by_id: dict[str, Pin] = {}

    def rank(pin: Pin) -> tuple[bool, int, int]:
        return (new_id(pin.handle) != pin.person_id, place[pin.handle], pin.line)

    for pin in sorted((pin for pin in pinned if pin.handle in owner), key=rank):
        person = owner[pin.handle]
        mine, theirs = by_person.get(person), by_id.get(pin.person_id)
        if mine is not None:
            if mine.person_id != pin.person_id:
                what = "handle" if mine.handle == pin.handle else "person"
                clashes.append((pin.line, f"pins another id to the {what} of line {mine.line}"))
        elif theirs is not None:
            clashes.append((pin.line, f"pins the id of line {theirs.line} to another person"))
        else:
            by_person[person] = by_id[pin.person_id] = pin
            final[person] = pin.person_id
    return final, clashes


def _known(keys: Iterable[str], known: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(known[key] for key in keys if key in known))


def _matched(
    wishes: dict[str, list[str]], people: Mapping[str, Sequence[str]], known: Mapping[str, str]
) -> dict[str, str]:
    """Give each id to one of those who claim it: people and ids choose in turn."""

    def claim(person: str, wanted: str) -> tuple[bool, int, str]:
        made = any(new_id(key) == wanted for key in people[person])
        at = next(n for n, key in enumerate(people[person]) if known.get(key) == wanted)
        return (not made, at, person)

    holder: dict[str, str] = {}
    waiting = sorted(person for person, wished in wishes.items() if wished)
    left = {person: list(wishes[person]) for person in waiting}
    while waiting:
        person = waiting.pop()
        if not left[person]:
            continue
        wanted = left[person].pop(0)
        rival = holder.get(wanted)
        if rival is None or claim(person, wanted) < claim(rival, wanted):
            holder[wanted] = person
            if rival is not None:
                waiting.append(rival)
        else:
            waiting.append(person)
    return {person: wanted for wanted, person in holder.items()}


def _free(person: str, keys: Sequence[str], taken: set[str]) -> str:
    """Return the new id, or one of another handle if somebody else bears that."""
    for wanted in (person, *map(new_id, keys)):
        if wanted not in taken:
            return wanted
    number = 2
    while (wanted := new_id(f"{person}#{number}")) in taken:
        number += 1
    return wanted


def _pin_for(bears: str, keys: Sequence[str], known: Mapping[str, str]) -> str:
    """Return the handle that shall hold an id: the one it was made from or known under."""
    handles = [key for key in keys if not key.startswith(CARD) and key != OWNER]
    made = [key for key in handles if new_id(key) == bears]
    under = [key for key in handles if known.get(key) == bears]
    return next(iter([*made, *under, *handles]), "")


class Pins(NamedTuple):
    """
    What stands in `ids.csv`.

    Attributes
    ----------
    pins
        Its lines.
    skipped
        Line and reason of what cannot be followed; line 0 is the file as a whole.
    sound
        Whether lines may be added to it.
    """

    pins: tuple[Pin, ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()
    sound: bool = True


def read_ids(path: str | os.PathLike[str]) -> Pins:
    """
    Read `ids.csv`.

    Parameters
    ----------
    path
        The file. One that does not exist pins nothing, and a line that says
        nothing is left out: ids are better new than none.
    """
    file = Path(path)
    pins: list[Pin] = []
    skipped: list[tuple[int, str]] = []
    try:
        text = decode(file_at(file, label=file.name).read()) if file.exists() else ""
        if not text.strip("\ufeff \t\r\n"):
            return Pins()
        rows = table_rows(
            text,
            path=file.name,
            wanted=COLUMNS,
            skip=lambda line, reason: skipped.append((line, reason)),
        )
        for line, row in rows:
            cells = {column_key(name): cell for name, cell in row.items()}
            person_id, typed = one_line(cells["personid"]), one_line(cells["handle"])
            handle = any_handle(typed) or (typed if ":" in typed else "")
            if person_id and handle:
                pins.append(Pin(person_id, handle, line))
            else:
                skipped.append((line, "needs an id and the handle of whoever shall bear it"))
    except MissingColumnError:
        problem = (
            1, "needs the columns person_id, handle in its first line, separated by commas",
        )  # fmt: skip
        return Pins((), (problem,), sound=False)
    except ExportError as error:
        return Pins(tuple(pins), (*skipped, (error.line or 0, error.problem)), sound=False)
    except OSError:
        return Pins((), ((0, "cannot be opened"),), sound=False)
    return Pins(tuple(pins), tuple(skipped))


def with_pins(data: bytes, rows: Iterable[tuple[str, str]]) -> bytes:
    r"""
    Return `ids.csv` with further lines at its end.

    Examples
    --------
    >>> with_pins(b"", [("p1", "email:ada@example.org")])
    b'person_id,handle\np1,email:ada@example.org\n'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        data = decode(data).encode()
    if not data.strip():
        writer.writerow(COLUMNS)
        data = b""
    elif not data.endswith((b"\n", b"\r")):
        out.write("\n")
    writer.writerows(rows)
    return data + out.getvalue().encode("utf-8", "replace")
