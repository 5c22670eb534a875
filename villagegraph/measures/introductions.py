"""Introductions: people of the owner's who might like to meet, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from villagegraph.measures.arguments import check_limit
from villagegraph.measures.catalog import Measure
from villagegraph.measures.communities import communities
from villagegraph.measures.fields import fields_of, places_of
from villagegraph.measures.histories import listable
from villagegraph.measures.pairs import pair_similarity
from villagegraph.measures.wording import counted
from villagegraph.parsing.masking import masked
from villagegraph.ties import tie_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from villagegraph.days import DayLike
    from villagegraph.village import Village

WARM = 0.5
"""Least strength with both: one day of contact a half-life ago."""
MIN_DAYS = 3

_MOST_PEOPLE = 600  # the warmest, so that pairs stay in the hundred thousands
_MOST_TIMES = 2
_APART_BONUS = 0.5
_ALIKE_BONUS = 0.3
# two of one community with as many items, or with so great a part of all alters, will have met
_OFTEN = 3
_CLOSE = 1 / 3
_COLUMNS = {
    "rank": "int64",
    "person_a": "str",
    "name_a": "str",
    "person_b": "str",
    "name_b": "str",
    "common_alters": "int64",
    "seen_together": "int64",
    "closes_hole": "bool",
    "reason": "str",
}


def introductions(village: Village, *, as_of: DayLike, limit: int | None = 20) -> pd.DataFrame:
    """
    Suggest whom of your people you could introduce to each other.

    Both are warm with the owner, they share people, a field or a place, and
    nothing shows that they have met. It is a hint: who knows whom beyond the
    owner's sight, no export tells.

    Parameters
    ----------
    village
        The village of one person.
    as_of
        The day, in the village's zone; what happened later counts for nothing.
    limit
        Most pairs, nobody in more than two of them; None for all pairs.

    Returns
    -------
    introductions
        One row a pair, most promising first: `rank` (from 1), `person_a`, `name_a`,
        `person_b`, `name_b` (the warmer of the two is a), `common_alters` (people
        both know, the owner left out), `seen_together` (items that both received),
        `closes_hole` (the owner is, as far as the exports show, the only link
        between the two: introducing them gives that place up), `reason` (in words).

    Raises
    ------
    IdentityError
        If it is not known whose village it is.
    ValueError
        If `limit` is below 0.

    Notes
    -----
    Warm is a strength of 0.5 or more with at least 3 days of contact. Pairs are
    ordered by ``ln(1 + RA) + 2 ln(1 + 5 C) + 0.15 ln(S_a S_b)``, RA the
    resource allocation over the ties among the others, C the summed credit of
    what both received, S the strengths with the owner; and 0.5 more for two
    of different communities, 0.3 for the same field or place. Left out are pairs
    with a contact of their own, those of one community who received three or more
    items together, and those who share a third of their alters: they will have met.
    Of more than 600 warm people the warmest count.

    `backtest_introductions` tells how often such pairs come into contact by themselves.

    References
    ----------
    .. [1] Zhou, T., Lu, L., & Zhang, Y.-C. (2009). Predicting missing links via
       local information. European Physical Journal B 71, 623-630.
    .. [2] Kossinets, G., & Watts, D. J. (2006). Empirical analysis of an evolving
       social network. Science 311, 88-90.
    .. [3] Burt, R. S. (2004). Structural holes and good ideas. American Journal of
       Sociology 110(2), 349-399.
    """
    check_limit(limit)
    past = village.until(as_of)
    ties = tie_table(past, as_of=as_of)
    pairs = unmet_pairs(past, ties)
    pairs = pairs[~pairs["one_circle"]]
    pairs = pairs if limit is None else _varied(pairs).head(limit)
    names = past.people["name"]
    table = pairs.assign(
        rank=np.arange(1, len(pairs) + 1),
        name_a=names.reindex(pairs["person_a"]).to_numpy(),
        name_b=names.reindex(pairs["person_b"]).to_numpy(),
        reason=_reasons(past, ties, pairs),
    )
    return table[list(_COLUMNS)].astype(_COLUMNS).reset_index(drop=True)


def unmet_pairs(village: Village, ties: pd.DataFrame) -> pd.DataFrame:
    """
    Rank all pairs of warm people between whom no contact is seen.

    Parameters
    ----------
    village
        The village of one person, up to a day.
    ties
        Its tie table of that day.

    Returns
    -------
    pairs
        Most promising first: `person_a`, `person_b`, `common_alters`, `seen_together`,
        `closes_hole`, `field`, `place` (what both have in common, or empty),
        `one_circle` (of one community, and too close not to have met), `order`
        (what the pairs are sorted by). Pairs that share nothing are left out.
    """
    warm = _warm(village, ties)
    others = ties[~_with(ties, village.owner())]
    grid = _Grid(warm.index, others)
    u, v = np.triu_indices(len(warm), k=1)
    u, v = u[~grid.met[u, v]], v[~grid.met[u, v]]
    fields, places = (
        _shared(told(village.people), warm.index, u, v) for told in (fields_of, places_of)
    )
    alike = (fields != "") | (places != "")
    related = (grid.allocation[u, v] > 0) | (grid.seen[u, v] > 0) | alike
    u, v, fields, places, alike = (each[related] for each in (u, v, fields, places, alike))
    group = communities(others).reindex(warm.index).fillna(-1).to_numpy() if len(others) else None
    apart = np.zeros(len(u), bool) if group is None else (group[u] != group[v]) | (group[u] < 0)
    strength = warm.to_numpy()
    order = (
        np.log1p(grid.allocation[u, v])
        + 2 * np.log1p(5 * grid.credit[u, v])
        + 0.15 * np.log(strength[u] * strength[v])
        + _APART_BONUS * apart
        + _ALIKE_BONUS * alike
    )
    people = warm.index.to_numpy()
    pairs = pd.DataFrame(
        {
            "person_a": people[u],
            "person_b": people[v],
            "common_alters": grid.common[u, v].astype(np.int64),
            "seen_together": grid.seen[u, v].astype(np.int64),
            "closes_hole": (grid.common[u, v] == 0) & (grid.seen[u, v] == 0),
            "field": fields,
            "place": places,
            "one_circle": (~apart & (grid.seen[u, v] >= _OFTEN)) | (grid.jaccard[u, v] >= _CLOSE),
            # rounded: the last bits must not decide before the id does
            "order": order.round(12),
        }
    )
    return pairs.sort_values(
        ["order", "person_a", "person_b"], ascending=[False, True, True], ignore_index=True
    )


def _varied(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep the best pairs of everybody: a list with one name throughout helps nobody."""
    times: Counter[str] = Counter()
    kept = []
    for a, b in zip(pairs["person_a"], pairs["person_b"], strict=True):
        kept.append(max(times[a], times[b]) < _MOST_TIMES)
        times.update((a, b) if kept[-1] else ())
    return pairs[np.array(kept, dtype=bool)]


def _warm(village: Village, ties: pd.DataFrame) -> pd.Series:
    """Return the strength of those who are warm with the owner, the warmest first."""
    me = village.owner()
    mine = ties[_with(ties, me) & (ties["strength"] >= WARM) & (ties["days"] >= MIN_DAYS)]
    u, v = (mine.index.get_level_values(name) for name in ("person_u", "person_v"))
    other = np.where(np.asarray(u == me), v, u)
    strength = pd.Series(mine["strength"].to_numpy(), index=pd.Index(other, dtype="object"))
    strength = strength[listable(village, strength.index)].rename_axis("person_id").reset_index()
    strength.columns = ["person_id", "strength"]
    strength = strength.sort_values(["strength", "person_id"], ascending=[False, True])
    return strength.head(_MOST_PEOPLE).set_index("person_id")["strength"]


def _with(ties: pd.DataFrame, person: str) -> np.ndarray:
    u, v = (ties.index.get_level_values(name) for name in ("person_u", "person_v"))
    return np.asarray((u == person) | (v == person))


class _Grid:
    """What is known of every two of some people, as square matrices."""

    def __init__(self, people: pd.Index, ties: pd.DataFrame) -> None:
        self.people = people
        alike = pair_similarity(ties, tied=True)
        self.allocation = self._square(alike["resource_allocation"])
        self.common = self._square(alike["common_alters"])
        self.jaccard = self._square(alike["jaccard"])
        self.credit = self._square(ties["shared_credit"])
        self.seen = self._square(ties["n_shared"])
        self.met = self._square(ties["days"]) > 0

    def _square(self, values: pd.Series) -> np.ndarray:
        square = np.zeros((len(self.people),) * 2)
        u, v = (self.people.get_indexer(values.index.get_level_values(k)) for k in (0, 1))
        there = (u >= 0) & (v >= 0)
        square[u[there], v[there]] = square[v[there], u[there]] = values.to_numpy()[there]
        return square


def _shared(
    told: Mapping[str, Mapping[str, str]], people: pd.Index, u: np.ndarray, v: np.ndarray
) -> np.ndarray:
    """Return the first word that each pair has in common, empty if none."""
    words = [told.get(person, {}) for person in people]
    return np.array(
        [
            min((words[a][word] for word in words[a].keys() & words[b].keys()), default="")
            for a, b in zip(u.tolist(), v.tolist(), strict=True)
        ],
        dtype=object,
    )


def _reasons(village: Village, ties: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """Say of each pair what it has in common, and what introducing it would change."""
    names = village.people["name"].to_dict()
    alters = _alters(ties[~_with(ties, village.owner())])
    return [
        " ".join(
            [
                f"{'; '.join(_common(row, alters, names))}.",
                *(["So far you are the only link between them."] if row["closes_hole"] else []),
            ]
        )
        for row in pairs.to_dict("records")
    ]


def _alters(ties: pd.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for u, v in ties.index.tolist():
        found.setdefault(u, set()).add(v)
        found.setdefault(v, set()).add(u)
    return found


def _common(
    row: dict[str, Any], alters: dict[str, set[str]], names: dict[str, str]
) -> Iterator[str]:
    """Yield what two people have in common, each as part of one sentence."""
    a, b = row["person_a"], row["person_b"]
    # whoever knows few people says most about the two
    both = sorted(
        (person for person in alters.get(a, set()) & alters.get(b, set()) if person in names),
        key=lambda person: (len(alters[person]), names[person], person),
    )
    parts = []
    if len(both) > 2:
        shown = " and ".join(masked(names[person]) for person in both[:2])
        parts.append(f"both know {shown}, and {len(both) - 2:,} more")
    elif both:
        parts.append("both know " + " and ".join(masked(names[person]) for person in both))
    if row["field"]:
        parts.append(f"same field ({row['field']})")
    if row["place"]:
        parts.append(f"both in {row['place']}")
    if row["seen_together"] and not both:
        parts.append(f"both received {counted(row['seen_together'], 'message')}")
    for place, part in enumerate(parts):
        yield part if place else part[0].upper() + part[1:]


def _entry(name: str, meaning: str, unit: str, span: str) -> Measure:
    return Measure(name, "introductions", "pair", meaning, unit, span, "never", "villagegraph")


MEASURES = (
    _entry("rank", "Place on the list, the most promising pair first.", "-", "1 or more"),
    _entry("common_alters", "People whom both know, the owner left out.", "people", "0 or more"),
    _entry("seen_together", "Items that both received.", "items", "0 or more"),
    _entry("closes_hole", "Whether the owner is, as far as the exports show, the only link between "
           "the two.", "true or false", "-"),
    _entry("reason", "What the two have in common, in words.", "-", "text"),
)  # fmt: skip
