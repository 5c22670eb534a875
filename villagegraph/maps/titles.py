"""Whether a map's title tells of somebody on the map: titles are written by hand, in any script."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from villagegraph.maps.data import NAMELESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

DEFAULT = "My village"
NEUTRAL = "A village"
"""Title of a map that is handed on without names, where its own would tell of somebody."""

# scripts without spaces between words, or with endings that stick to a name: Thai to Burmese,
# Khmer, kana, Chinese and Korean. There each letter is a token
_UNSPACED = (
    "\u0e00-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af"
)
_UNSPACED += "\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+|\d+")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[,;|/()\u00b7\u2022]+")
_OWNING = re.compile(r"['\u2019]s\b")  # that somebody owns something isn't somebody called S.
_LEGAL_FORMS = frozenset(
    "ab ag as bv co company corp corporation eg ev gmbh inc kg limited llc llp lp ltd nv oy plc "
    "sa sarl se spa srl ug".split()
)
_PLACE_WORD = 4  # letters: of New York and San Francisco the first words are no place


def tells_of_somebody(title: str, people: pd.DataFrame) -> bool:
    """
    Return whether a title holds a word of a name, an organisation, a place, a role or a tag.

    Parameters
    ----------
    title
        The title.
    people
        The people of a scene, with all names.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = dict.fromkeys(["title", "headline"], "") | {"location": "Ulm, Germany"}
    >>> ana = {"name": "Ana Berg", "organization": "Lantern Labs", "tags": [], **texts}
    >>> people = pd.DataFrame([ana])
    >>> [tells_of_somebody(t, people) for t in ("Ana's village", "Life in Ulm", "Lantern labs")]
    [True, True, True]
    >>> tells_of_somebody("Labs of my village", people)
    False
    """
    tokens = _tokens(title)
    held = {
        tokens[start:end]
        for start in range(len(tokens))
        for end in range(start + 1, len(tokens) + 1)
    }
    plain = {*_tokens(DEFAULT), *_tokens(NEUTRAL)}
    return any(run in held and not plain.issuperset(run) for run in _runs(people))


def _runs(people: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield each run of tokens that a title must not hold."""
    for name in people["name"]:
        if name != NAMELESS:
            yield from _words(name, least=1)
    for text in people["location"]:
        yield from _words(text, least=_PLACE_WORD)
    tags = [tag for row in people["tags"] for tag in row]
    columns = (people[name] for name in ("organization", "title", "headline", "location"))
    for text in {text for column in (*columns, tags) for text in column}:
        yield _tokens(text)
        for part in _BETWEEN.split(text):
            run = _tokens(part)
            yield run
            while run and run[-1] in _LEGAL_FORMS:
                run = run[:-1]
                yield run


def _words(text: str, *, least: int) -> Iterator[tuple[str, ...]]:
    """Yield the words of a text that are no mere numbers, each as its tokens."""
    for word in _WORD.findall(_OWNING.sub(" ", text)):
        run = _tokens(word)
        if len(word) >= least and not word.isdigit():
            yield run


def _tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text however they are written: José, JOSE and full-width letters."""
    apart = unicodedata.normalize("NFKD", _OWNING.sub(" ", text))
    bare = "".join(letter for letter in apart if unicodedata.category(letter) != "Mn")
    return tuple(_TOKEN.findall(unicodedata.normalize("NFKC", bare).casefold()))
