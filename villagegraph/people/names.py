"""Whether two names can be one person's."""

from __future__ import annotations

# given names of which one stands for the other in daily life; only pairs nobody would doubt
_NICKNAMES = (
    "alexander alex sasha", "alexandra alex sasha", "andrew andy drew", "anthony tony",
    "benjamin ben", "catherine katherine kathryn kate kathy katie cathy", "charles charlie chuck",
    "christina tina christine chris", "christopher chris", "daniel dan danny", "david dave",
    "deborah debbie deb", "donald don", "edward ed eddie ted", "elizabeth liz lizzie beth betty",
    "francisco paco", "frederick fred freddie", "gerald gerry jerry", "gregory greg",
    "jacob jake", "james jim jimmy jamie", "jennifer jen jenny", "johannes hannes",
    "john jack johnny", "jonathan jon", "jose pepe", "joseph joe joey", "joshua josh",
    "kenneth ken", "kimberly kim", "lawrence larry", "margaret maggie meg peggy", "matthew matt",
    "michael mike mick michi", "nicholas nick", "pamela pam", "patricia pat patty trish",
    "patrick pat", "peter pete", "philip phil", "rebecca becky", "richard rich rick dick",
    "robert bob rob bobby robbie bert", "ronald ron", "samuel sam", "samantha sam", "stephen steve",
    "steven steve", "susan sue", "theodore ted", "thomas tom tommy", "timothy tim",
    "victoria vicky", "vladimir vova", "william bill will billy",
)  # fmt: skip
_SHORT: dict[str, set[int]] = {}
for _place, _row in enumerate(_NICKNAMES):
    for _word in _row.split():
        _SHORT.setdefault(_word, set()).add(_place)


def contradict(one: tuple[str, ...], other: tuple[str, ...], *, nicknames: bool = False) -> bool:
    """
    Tell whether two names cannot be one person's.

    A part that is left out says nothing, and an initial stands for every
    name that begins with it.

    Parameters
    ----------
    one, other
        Parts of the names, as `name_parts` gives them.
    nicknames
        Whether Bob may be Robert.

    Examples
    --------
    >>> contradict(("a", "lane"), ("ada", "m", "lane"))
    False
    >>> contradict(("anna", "berg"), ("jonas", "berg"), nicknames=True)
    True
    >>> contradict(("bob", "smith"), ("robert", "smith"), nicknames=True)
    False
    """
    if "".join(one) == "".join(other):
        return False
    few, many = sorted((one, other), key=len)
    left = list(many)
    odd = []
    for part in few:
        if part in left:
            left.remove(part)
        else:
            odd.append(part)
    for part in odd:
        like = next((word for word in left if _stands_for(part, word, nicknames=nicknames)), None)
        if like is None:
            return True
        left.remove(like)
    return False


def _stands_for(one: str, other: str, *, nicknames: bool) -> bool:
    if 1 in (len(one), len(other)):
        return one[0] == other[0]
    return nicknames and short_for(one, other)


def short_for(one: str, other: str) -> bool:
    """
    Tell whether two given names stand for one another beyond doubt.

    Examples
    --------
    >>> short_for("bob", "robert"), short_for("bob", "ben")
    (True, False)
    """
    return not _SHORT.get(one, set()).isdisjoint(_SHORT.get(other, ()))


def short_rows(word: str) -> frozenset[int]:
    """Return the rows of names that stand for one another in which a name is."""
    return frozenset(_SHORT.get(word, ()))
