"""Fields of work and places, as far as titles, headlines and locations tell them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_MOST_SHARE = 0.2  # a word in more than a fifth of all titles names no field
_SHORTEST = 4
_WORD = re.compile(r"[^\W\d_]+")
# ranks and fillers, which say nothing of what somebody works on
_NO_FIELD = frozenset(
    "assistant associate chief deputy director directeur executive experienced former founder "
    "from freelance freelancer general global head helping independent intern interim junior "
    "lead leader leiter leiterin manager member officer owner partner passionate principal "
    "president professional project regional retired senior specialist staff team that trainee "
    "vice with work working years".split()
)


def fields_of(people: pd.DataFrame) -> dict[str, dict[str, str]]:
    """
    Return the words of each person's title and headline that name a field.

    Parameters
    ----------
    people
        The table `people`.

    Returns
    -------
    fields
        By `person_id`: each word in the form in which words are compared, and as
        the person writes it. Words that many people have, or that name a rank,
        are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"title": ["Senior cartographer", "Nurse"], "headline": ["", ""]})
    >>> fields_of(people)["0"]
    {'cartographer': 'cartographer'}
    """
    found = {
        str(person): {
            folded(word): word.lower()
            for text in (title, headline)
            for word in _WORD.findall(text)
            if len(word) >= _SHORTEST and folded(word) not in _NO_FIELD
        }
        for person, title, headline in zip(
            people.index, people["title"], people["headline"], strict=True
        )
    }
    told = sum(bool(words) for words in found.values())
    counts = Counter(word for words in found.values() for word in words)
    common = {word for word, n in counts.items() if n > max(_MOST_SHARE * told, 2)}
    return {
        person: {word: shown for word, shown in words.items() if word not in common}
        for person, words in found.items()
    }


def places_of(people: pd.DataFrame) -> dict[str, dict[str, str]]:
    """
    Return the town of each person, the first part of the location.

    Examples
    --------
    >>> import pandas as pd
    >>> places_of(pd.DataFrame({"location": ["Zürich, Switzerland", ""]}, index=["a", "b"]))
    {'a': {'zurich': 'Zürich'}, 'b': {}}
    """
    towns = {
        str(person): text.split(",")[0].strip()
        for person, text in zip(people.index, people["location"], strict=True)
    }
    return {person: {folded(town): town} if town else {} for person, town in towns.items()}


def folded(word: str) -> str:
    """Return a word without case and marks, as words are compared."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
