"""A map fit to be handed on: without names, with made-up ones, or with some fields only."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from villagegraph.errors import LeakError
from villagegraph.layout.groups import FIXED_NAMES
from villagegraph.maps.origins import ORIGINS
from villagegraph.maps.pseudonyms import pseudonyms as made_up_names
from villagegraph.maps.titles import DEFAULT, NEUTRAL, tells_of_somebody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from villagegraph.maps.data import Scene

FIELDS = (
    "organization", "title", "headline", "location", "tags", "origin", "reason", "short", "ask",
)  # fmt: skip
"""What a map tells of a person besides the name."""

NAMELESS_FIELDS = ("origin", "short")
"""Those of them that tell no one who it is: kinds of export, and how long it has been quiet."""

_TELLING = ("name", "organization", "title", "headline", "location", "reason", "ask")
_WORD = re.compile(r"[^\W\d_]{3,}")


def shared(drawn: Scene, *, names: bool, pseudonyms: bool, include: Iterable[str] | None) -> Scene:
    """
    Return a scene with nothing in it but what shall travel.

    Parameters
    ----------
    drawn
        The whole scene.
    names
        Whether real names stay.
    pseudonyms
        Whether made-up names take their place; else people are numbered.
    include
        Which of `FIELDS` travel; None for all, or without names for `NAMELESS_FIELDS`.

    Raises
    ------
    ValueError
        If `include` names something else, or without names a field that tells who it is.
    """
    named = names and not pseudonyms
    kept = set(_fields(include, named=named))
    if named and kept == set(FIELDS):
        return drawn
    people = drawn.people.copy()
    for name in FIELDS:
        if name not in kept:
            people[name] = [[] for _ in range(len(people))] if name == "tags" else ""
    if not named:
        people["name"] = _other_names(drawn, pseudonyms=pseudonyms)
    groups = drawn.groups
    if not named or not {"organization", "tags"} <= kept:
        groups = [_numbered(group, k) for k, group in enumerate(groups, start=1)]
    return replace(drawn, people=people, groups=groups)


def _fields(include: Iterable[str] | None, *, named: bool) -> tuple[str, ...]:
    allowed = FIELDS if named else NAMELESS_FIELDS
    if include is None:
        return allowed
    wanted = (include,) if isinstance(include, str) else tuple(include)
    wrong = [name for name in wanted if name not in allowed]
    if wrong:
        least = "" if named else "without names, "
        msg = f"{least}include needs to name some of {', '.join(allowed)}; `{wrong[0]}` was given"
        raise ValueError(msg)
    return wanted


def _other_names(drawn: Scene, *, pseudonyms: bool) -> list[str]:
    people = drawn.people
    if not pseudonyms:
        return [f"Person {number}" for number in range(1, len(people) + 1)]
    real = {word for name in people["name"] for word in _words(name)}
    return made_up_names(list(people.index), avoid=real)


def _numbered(group: dict[str, Any], number: int) -> dict[str, Any]:
    if group["name"] in FIXED_NAMES:
        return group
    return {**group, "name": f"Group {number}", "caption": f"Group {number}"}


def shared_title(title: str, drawn: Scene) -> str:
    """Return the title, or a plain one if it tells of somebody."""
    told = tells_of_somebody(title, drawn.people) or _leaks([title], drawn)
    return NEUTRAL if told else title


def check_no_names(data: dict[str, Any], drawn: Scene) -> None:
    """
    Make sure that no real name is left in what a page is given.

    Parameters
    ----------
    data
        The page's data, as `payload` returns it.
    drawn
        The whole scene, with all names.

    Raises
    ------
    LeakError
        If a name, a part of one, an organisation, a title, a headline or a place is left.
    """
    # numbers that are packed as letters are no text, and may spell anything
    people = {key: value for key, value in data["people"].items() if key != "circle"}
    told = [data["title"], data["groups"], data["tags"], people]
    found = _leaks(_texts(told), drawn)
    if found:
        raise LeakError(found)


def _leaks(texts: Iterable[str], drawn: Scene) -> int:
    """Count the texts that hold a word of a name, or a whole text, of somebody's."""
    people = drawn.people
    whole = {text.casefold() for name in _TELLING for text in people[name] if len(text) > 1}
    whole |= {tag.casefold() for tags in people["tags"] for tag in tags}
    # a name may be a plain word of the page's own: Person, Group, or a kind of export; those
    # are never taken from what is told of people, or what leaks in would count as plain
    plain = {text.casefold() for text in _OWN} | {word for text in _OWN for word in _words(text)}
    words = {word for name in people["name"] for word in _words(name)} - plain
    return sum(
        text.casefold() in whole - plain or not words.isdisjoint(_words(text)) for text in texts
    )


_OWN = (
    *FIXED_NAMES,
    *ORIGINS,
    DEFAULT,
    NEUTRAL,
    "Person Group email call chat meeting note sms social",
    "quiet for, usually, wished for, every, about once a",
    "day days week weeks month months year years",
)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
