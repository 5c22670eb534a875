"""Made-up names, the same for a person in every map."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from villagegraph.files import digest

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

_FIRST = (
    "Amber Ashen Azure Brass Bright Bronze Calm Cedar Chalk Cobalt Copper Coral Crimson Dappled "
    "Dusky Ebony Ember Fern Flint Frosty Gentle Gilded Golden Granite Hazel Indigo Ivory Jade Keen "
    "Lilac Linen Lively Lunar Maple Marble Mellow Merry Misty Mossy Nimble Ochre Olive Opal Pearl "
    "Pebble Plum Quartz Quiet Russet Sandy Sapphire Scarlet Silver Slate Snowy Sunny Tawny Teal "
    "Umber Velvet Violet Walnut Willow Windy"
).split()
_SECOND = (
    "Albatross Antelope Badger Bear Beaver Bison Buzzard Camel Caribou Condor Cormorant Crane "
    "Curlew Deer Dolphin Dormouse Eagle Egret Elk Falcon Ferret Finch Gazelle Gecko Goose Grouse "
    "Gull Hare Hedgehog Heron Ibex Ibis Jackdaw Kestrel Kingfisher Lapwing Lemur Linnet Lizard "
    "Lynx Magpie Marmot Marten Mole Moose Nightingale Nuthatch Ocelot Orca Osprey Otter Owl Panda "
    "Partridge Pelican Plover Puffin Quail Raven Salmon Seal Sparrow Stork Swallow Swift Tapir "
    "Tern Thrush Toucan Trout Turtle Walrus Weasel Whale Wombat Wren Zebra"
).split()


def pseudonyms(people: Sequence[Hashable], *, avoid: Collection[str]) -> list[str]:
    """
    Return a made-up name for each person.

    Parameters
    ----------
    people
        `person_id` of each. The same id has the same name in every map, as long as
        the words that must be avoided stay the same.
    avoid
        Words, in lower case, that stand in somebody's real name.

    Examples
    --------
    >>> first, second = pseudonyms(["p1", "p2"], avoid=set())
    >>> first == pseudonyms(["p1"], avoid=set())[0], first == second
    (True, False)
    """
    banks = [[word for word in bank if word.lower() not in avoid] for bank in (_FIRST, _SECOND)]
    numbers = [int(digest("pseudonym", person), 16) for person in people]
    names = [" ".join(_picked(banks, number)) for number in numbers]
    times = Counter(names)
    # two with one name are told apart by a number of their own, whoever else is there
    return [
        f"{name} {number % 9973}" if times[name] > 1 else name
        for name, number in zip(names, numbers, strict=True)
    ]


def _picked(banks: list[list[str]], number: int) -> list[str]:
    words = []
    for bank in banks:
        number, place = divmod(number, len(bank))
        words.append(bank[place])
    return words
