"""Pairs of people whose names, addresses or numbers are alike, found without comparing all."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from villagegraph.people.names import short_rows
from villagegraph.people.spelling import longer_names, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from villagegraph.who.traits import Parts, Traits

MAX_NAMESAKES = 8
"""Of more people with one name, each is compared with the first alone."""
MAX_BEARERS = 4
"""What more people share, such as a first name as an address, tells nothing."""
BLOCK = 1_000
MIN_LETTERS = {1: 8, 2: 13}
"""Letters that two names need so that one, or two, that differ tell nothing."""
MIN_LOCAL = 6
MIN_DIGITS = 7
FULL = 2

Pair = tuple[int, int]


class Likeness(NamedTuple):
    """
    What makes a pair look alike.

    Attributes
    ----------
    weight
        How much it says, 0 to 1: an ordering that was set by hand.
    reason
        In words.
    group
        `name`, `address`, `phone` or `carried`: of one group only the strongest counts.
    """

    weight: float
    reason: str
    group: str = "name"


SAME = "the same full name"
SPELLING = "the same name in another spelling"
LETTER = "the same name but for one letter"
LETTERS = "the same name but for two letters"
PART = "the same name with a part left out"
SHORT = "the same family name, and one given name is short for the other"
INITIAL = "the same family name and initial"
SPELLS = "the address of one spells the name of the other"
LOCAL = "the same mailbox name at two providers"
PHONE = "the same phone number but for the country code"
CARRIED = "both have the same address or number"
WEIGHTS = {
    SAME: 0.7, SPELLING: 0.6, LETTER: 0.5, PART: 0.5, SPELLS: 0.5, SHORT: 0.45, INITIAL: 0.35,
    LETTERS: 0.3, LOCAL: 0.5, PHONE: 0.6, CARRIED: 0.5,
}  # fmt: skip


def alike(people: Sequence[Traits]) -> dict[Pair, list[Likeness]]:
    """Return the pairs of places in `people` that look alike, with what makes them so."""
    best: defaultdict[Pair, dict[str, Likeness]] = defaultdict(dict)
    for one, other, likeness in _all(people):
        if one != other:
            pair = (min(one, other), max(one, other))
            held = best[pair].get(likeness.group)
            if held is None or likeness.weight > held.weight:
                best[pair][likeness.group] = likeness
    return {pair: list(found.values()) for pair, found in best.items()}


def _all(people: Sequence[Traits]) -> Iterator[tuple[int, int, Likeness]]:
    named = [{parts for parts in each.names if _is_full(parts)} for each in people]
    spelled = [{parts for parts in each.spelled if _is_full(parts)} for each in people]
    yield from _namesakes(named, spelled)
    yield from _misspelled(named)
    yield from _parts_left_out(named)
    yield from _short_names(named)
    yield from _initials(people, named)
    yield from _mailboxes(people, named)
    yield from _phones(people)
    yield from _carried(people)


def _is_full(parts: Parts) -> bool:
    return sum(len(part) > 1 for part in parts) >= FULL


def _pairs(members: Iterable[int]) -> Iterator[Pair]:
    """Pair everybody with everybody; of very many, everybody with the first."""
    found = sorted(set(members))
    if len(found) > MAX_NAMESAKES:
        return ((found[0], other) for other in found[1:])
    return itertools.combinations(found, 2)


def _groups(keys: Iterable[tuple[int, Iterable[object]]]) -> list[list[int]]:
    found: defaultdict[object, set[int]] = defaultdict(set)
    for person, own in keys:
        for key in own:
            found[key].add(person)
    return [sorted(members) for members in found.values() if len(members) > 1]


def _namesakes(
    named: Sequence[set[Parts]], spelled: Sequence[set[Parts]]
) -> Iterator[tuple[int, int, Likeness]]:
    def keys(names: Sequence[set[Parts]]) -> list[set[str]]:
        return [{" ".join(sorted(parts)) for parts in own} for own in names]

    shown, told = keys(named), keys(spelled)
    for members in _groups(enumerate(shown)):
        # the more people bear a name, the less it says of two of them
        weight = WEIGHTS[SAME] * (2 / len(members)) ** 0.5
        for one, other in _pairs(members):
            yield one, other, Likeness(weight, SAME)
    for members in _groups(enumerate(a | b for a, b in zip(shown, told, strict=True))):
        weight = WEIGHTS[SPELLS] * (2 / len(members)) ** 0.5
        for one, other in _pairs(members):
            if not shown[one] & shown[other]:
                both = not (shown[one] or shown[other])
                yield one, other, Likeness(weight, LOCAL if both else SPELLS)
    sounds = [{"".join(sorted(map(sound, parts))) for parts in own} for own in named]
    for members in _groups(enumerate(sounds)):
        weight = WEIGHTS[SPELLING] * (2 / len(members)) ** 0.5
        for one, other in _pairs(members):
            yield one, other, Likeness(weight, SPELLING)


def _misspelled(named: Sequence[set[Parts]]) -> Iterator[tuple[int, int, Likeness]]:
    bearers: defaultdict[str, set[int]] = defaultdict(set)
    words: dict[str, Parts] = {}
    for person, own in enumerate(named):
        for parts in own:
            for order in (parts, tuple(sorted(parts))):
                text = "".join(order)
                bearers[text].add(person)
                words.setdefault(text, order)
    common = _common(named)
    for one, other, distance in _near([text for text in bearers if len(text) >= MIN_LETTERS[1]]):
        likeness = _letters(words[one], words[other], distance, common)
        if likeness is not None:
            for a, b in itertools.product(bearers[one], bearers[other]):
                yield a, b, likeness
    # De Vries is Devries
    for members in _groups((person, [text]) for text in bearers for person in bearers[text]):
        for a, b in _pairs(members):
            yield a, b, Likeness(WEIGHTS[SPELLING], SPELLING)


def _near(texts: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Compare all texts letter by letter, in blocks of bounded size."""
    ordered = sorted(texts, key=lambda text: (len(text), text))
    lengths = np.array([len(text) for text in ordered])
    far = max(MIN_LETTERS)
    for start in range(0, len(ordered), BLOCK):
        rows = ordered[start : start + BLOCK]
        # what is longer by more than two letters is not compared
        stop = int(np.searchsorted(lengths, len(rows[-1]) + far, side="right"))
        distance = cdist(
            rows, ordered[start:stop], scorer=OSA.distance, score_cutoff=far, dtype=np.uint8
        )
        for row, column in np.argwhere((distance > 0) & (distance <= far)).tolist():
            if column > row:
                yield rows[row], ordered[start + column], int(distance[row, column])


def _common(named: Sequence[set[Parts]]) -> frozenset[str]:
    """Return the words that stand in names of several people with otherwise different names."""
    company: defaultdict[str, set[Parts]] = defaultdict(set)
    for own in named:
        for parts in own:
            for word in parts:
                company[word].add(tuple(part for part in parts if part != word))
    return frozenset(word for word, others in company.items() if len(others) > 1)


def _letters(one: Parts, other: Parts, distance: int, common: frozenset[str]) -> Likeness | None:
    shorter = min(len("".join(one)), len("".join(other)))
    if shorter < MIN_LETTERS[distance]:
        return None
    reason = LETTER if distance == 1 else LETTERS
    weight = WEIGHTS[reason]
    only_one, only_other = set(one) - set(other), set(other) - set(one)
    # what differs by a whole word is a name with a part left out
    if not (only_one and only_other):
        return None
    # a letter of many scripts is a syllable
    if not "".join(one).isascii():
        weight *= 0.4
    if len(only_one) == len(only_other) == 1:
        (a,), (b,) = only_one, only_other
        weight *= _doubt(a, b, common)
    return Likeness(weight, reason)


def _doubt(one: str, other: str, common: frozenset[str]) -> float:
    """Return what is left of the weight of two like words that may well be two names."""
    # Mario is not Maria, and what other people bear as well is a name of its own
    if one[:-1] == other[:-1] or one in other or other in one or {one, other} <= common:
        return 0.4
    # slips of the pen hardly ever begin a word: Verma is not Sharma
    return 0.5 if one[0] != other[0] or min(len(one), len(other)) <= 4 else 1.0


def _parts_left_out(named: Sequence[set[Parts]]) -> Iterator[tuple[int, int, Likeness]]:
    short: defaultdict[Parts, set[int]] = defaultdict(set)
    for person, own in enumerate(named):
        for parts in own:
            short[tuple(sorted(parts))].add(person)
    for person, own in enumerate(named):
        for parts in own:
            for size in range(FULL, len(parts)):
                for fewer in set(itertools.combinations(sorted(parts), size)):
                    others = short.get(fewer, set()) if _is_full(fewer) else set()
                    weight = WEIGHTS[PART] / max(len(others), 1) ** 0.5
                    if len(others) <= MAX_NAMESAKES:
                        for other in others:
                            yield person, other, Likeness(weight, PART)


def _ends(parts: Parts) -> Iterator[tuple[str, str]]:
    """Yield given and family name: the outer two words, either way round."""
    yield parts[0], parts[-1]
    yield parts[-1], parts[0]


def _short_names(named: Sequence[set[Parts]]) -> Iterator[tuple[int, int, Likeness]]:
    likeness = Likeness(WEIGHTS[SHORT], SHORT)
    plain: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    rows: list[tuple[int, set[object]]] = []
    for person, own in enumerate(named):
        keys: set[object] = set()
        for parts in own:
            for given, family in _ends(parts):
                plain[given, family].add(person)
                keys |= {(row, family) for row in short_rows(given)}
        rows.append((person, keys))
    for members in _groups(rows):
        for one, other in _pairs(members):
            yield one, other, likeness
    for (given, family), persons in list(plain.items()):
        for longer in longer_names(given):
            for one, other in itertools.product(persons, plain.get((longer, family), ())):
                yield one, other, likeness


def _initials(
    people: Sequence[Traits], named: Sequence[set[Parts]]
) -> Iterator[tuple[int, int, Likeness]]:
    full: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for person, own in enumerate(named):
        for parts in own:
            for given, family in _ends(parts):
                if len(given) > 1:
                    full[given[0], family].add(person)
    for person, traits in enumerate(people):
        for parts in traits.names | traits.spelled:
            for given, family in _ends(parts) if len(parts) >= FULL else ():
                others = full.get((given, family), set()) - {person} if len(given) == 1 else set()
                for other in others if len(others) <= MAX_BEARERS else ():
                    yield person, other, Likeness(WEIGHTS[INITIAL] / len(others), INITIAL)


def _mailboxes(
    people: Sequence[Traits], named: Sequence[set[Parts]]
) -> Iterator[tuple[int, int, Likeness]]:
    """Compare the part of addresses before the @ with one another and with names."""
    boxes: defaultdict[str, set[int]] = defaultdict(set)
    for person, traits in enumerate(people):
        for local, _ in traits.mailboxes:
            if len(local) >= MIN_LOCAL:
                boxes[local].add(person)
    written = _written(named)
    for local, persons in boxes.items():
        if 1 < len(persons) <= MAX_BEARERS:
            like = Likeness(WEIGHTS[LOCAL] / (len(persons) - 1), LOCAL, "address")
            yield from ((one, other, like) for one, other in _pairs(persons))
        for weight, bearers in written.get(local, {}).items():
            if len(bearers) <= MAX_BEARERS:
                like = Likeness(weight / len(bearers), SPELLS, "address")
                yield from ((a, b, like) for a, b in itertools.product(persons, bearers))


def _written(named: Sequence[set[Parts]]) -> Mapping[str, Mapping[float, set[int]]]:
    """Return how names are written as one word, with whose they are and what that says."""
    found: defaultdict[str, defaultdict[float, set[int]]] = defaultdict(lambda: defaultdict(set))
    for person, own in enumerate(named):
        for parts in own:
            first, last = parts[0], parts[-1]
            for text in (first + last, last + first):
                found[text][WEIGHTS[SPELLS]].add(person)
            for text in (first[0] + last, last + first[0]):
                found[text][WEIGHTS[SPELLS] / 2].add(person)
    return found


def _phones(people: Sequence[Traits]) -> Iterator[tuple[int, int, Likeness]]:
    ends: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
    for person, traits in enumerate(people):
        for number in traits.phones:
            digits = number.lstrip("+")
            ends[digits[-MIN_DIGITS:]].add((person, number))
    for bearers in ends.values():
        if 1 < len(bearers) <= MAX_NAMESAKES:
            for (one, a), (other, b) in itertools.combinations(sorted(bearers), 2):
                if _one_number(a, b):
                    yield one, other, Likeness(WEIGHTS[PHONE], PHONE, "phone")


def _carried(people: Sequence[Traits]) -> Iterator[tuple[int, int, Likeness]]:
    """Pair those whose cards share an address: a name may have changed, or a mailbox be two's."""
    for members in _groups((place, traits.carried) for place, traits in enumerate(people)):
        for one, other in _pairs(members) if len(members) <= MAX_BEARERS else ():
            given = [{parts[0] for parts in people[at].names if parts} for at in (one, other)]
            # of one family, or of one desk, are those whose given names differ
            if given[0] & given[1]:
                yield one, other, Likeness(WEIGHTS[CARRIED], CARRIED, "carried")


def _one_number(a: str, b: str) -> bool:
    """Tell whether one number is the other, written without its country code."""
    if a.startswith("+") == b.startswith("+"):
        return False
    whole, bare = (a, b) if a.startswith("+") else (b, a)
    national = bare.lstrip("0")
    return len(national) >= MIN_DIGITS and whole.endswith(national)
