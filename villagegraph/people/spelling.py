"""Names of one sound in several spellings and scripts, for suggestions alone."""

from __future__ import annotations

import functools
import re
import unicodedata

import nicknames

from villagegraph.people.names import short_for

# letters that no decomposition takes apart, and scripts as passports and profiles write them
_LETTERS = str.maketrans(
    dict(
        zip(
            "øłđðþæœıабвгґдеёєжзиіїйклмнопрстуфхцчшщъыьэюяђјљњћџαβγδεζηθικλμνξοπρσςτυφχψω-'",
            [
                *"o l d d th ae oe i".split(),
                *"a b v g g d e e e zh z i i i i k l m n o p r s t u f kh ts ch sh shch".split(),
                *["", "i", "", "e", "iu", "ia"],
                *"d j lj nj c dz".split(),
                *"a v g d e z i th i k l m n x o p r s s t i f ch ps o".split(),
                *["", ""],
            ],
            strict=True,
        )
    )
)
# Greek sounds of two letters: ou, b, d
_TWO = {"\N{GREEK SMALL LETTER OMICRON}\N{GREEK SMALL LETTER UPSILON}": "ou", "μπ": "b", "ντ": "d"}
# umlauts written out, then what languages write in different ways for one sound
_SOUNDS = (
    (re.compile(r"ou"), "u"), (re.compile(r"ae"), "a"), (re.compile(r"oe"), "o"),
    (re.compile(r"ue"), "u"), (re.compile(r"aa"), "a"), (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "t"), (re.compile(r"kh"), "h"), (re.compile(r"sch|sz|ş"), "sh"),
    (re.compile(r"tch|tsch|cz"), "ch"), (re.compile(r"ck"), "k"), (re.compile(r"w"), "v"),
    (re.compile(r"[yj]"), "i"), (re.compile(r"(.)\1+"), r"\1"),
)  # fmt: skip


@functools.lru_cache(maxsize=200_000)
def in_letters(word: str) -> str:
    """
    Return a word of a name in plain Latin letters.

    Examples
    --------
    >>> in_letters("søren"), in_letters("дмитрий")
    ('soren', 'dmitrii')
    """
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFKD", word.casefold())
    # a breve or an accent of another script goes, too, once its letter is read
    plain = unicodedata.normalize("NFC", plain)
    for two, latin in _TWO.items():
        plain = plain.replace(two, latin)
    plain = plain.translate(_LETTERS)
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", plain)
        if not unicodedata.combining(letter)
    ).translate(_LETTERS)


@functools.lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """
    Return a word of a name as it sounds, roughly, in whatever spelling.

    Examples
    --------
    >>> sound("mueller") == sound("müller") == sound("muller")
    True
    >>> sound("dmitry") == sound("dmitriy") == sound("дмитрий")
    True
    >>> sound("anna") == sound("hannah")
    False
    """
    text = in_letters(word)
    for pattern, letters in _SOUNDS:
        text = pattern.sub(letters, text)
    return text


@functools.cache
def _english() -> nicknames.NickNamer:
    return nicknames.NickNamer()


@functools.lru_cache(maxsize=50_000)
def longer_names(word: str) -> frozenset[str]:
    """
    Return the names for which a given name may be short.

    Examples
    --------
    >>> sorted(longer_names("abby"))
    ['abbigail', 'abbigale', 'abigail', 'abigale']
    """
    return frozenset(_english().canonicals_of(word))


def nicknamed(one: str, other: str) -> bool:
    """
    Tell whether one given name is short for the other, or both for a third.

    Examples
    --------
    >>> nicknamed("bob", "rob"), nicknamed("gabe", "gabriel"), nicknamed("ada", "eva")
    (True, True, False)
    """
    return short_for(one, other) or one in longer_names(other) or other in longer_names(one)
