"""What would go out of sight with a tie of the owner's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.measures.attributes import kind_of_text

if TYPE_CHECKING:
    from villagegraph.village import Village


def at_stake(village: Village, ties: pd.DataFrame) -> pd.DataFrame:
    """
    Tell, for each of the owner's ties, what is within sight through it alone.

    Parameters
    ----------
    village
        The village of one person.
    ties
        Its tie table.

    Returns
    -------
    at_stake
        Indexed by `person_id`, a row for each person with whom the owner was in
        contact: `people_at_risk`, the people with whom the owner never was in
        contact and whom of all the owner's contacts only this one is tied to;
        `organization_at_risk`, the organization of this person if no other
        contact of the owner's and not the owner belongs to it, else empty.

    Examples
    --------
    Only ben leads to cy, and only ben is at Quarry Books:

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["a", "b"], "at": ["2026-10-05", "2026-10-06"]})
    >>> who = pd.DataFrame(
    ...     {
    ...         "event_id": ["a", "a", "b", "b"],
    ...         "person_id": ["ben", "me", "ben", "cy"],
    ...         "role": ["from", "to", "from", "to"],
    ...     }
    ... )
    >>> people = pd.DataFrame({"person_id": ["ben"], "organization": ["Quarry Books"]})
    >>> village = village_from_tables(mails, who, people=people, me="me")
    >>> from villagegraph.ties import tie_table
    >>> found = at_stake(village, tie_table(village, as_of="2026-10-31"))
    >>> int(found.loc["ben", "people_at_risk"]), found.loc["ben", "organization_at_risk"]
    (1, 'Quarry Books')
    """
    u, v = (ties.index.get_level_values(name).to_numpy() for name in ("person_u", "person_v"))
    met = (ties["days"] > 0).to_numpy()
    first, second = u == village.me, v == village.me
    contacts = pd.Index(
        np.sort(np.concatenate([v[first & met], u[second & met]])), name="person_id"
    )
    others = ~(first | second)
    ends = pd.DataFrame({"near": np.r_[u[others], v[others]], "far": np.r_[v[others], u[others]]})
    ends = ends[ends["near"].isin(contacts) & ~ends["far"].isin(contacts)]
    # a tie seen through one contact alone goes out of sight with that contact
    only = ends[~ends["far"].duplicated(keep=False)]
    alone = only["near"].value_counts().reindex(contacts, fill_value=0).astype("int64")
    return pd.DataFrame(
        {"people_at_risk": alone, "organization_at_risk": _only_one_there(village, contacts)}
    )


def _only_one_there(village: Village, contacts: pd.Index) -> pd.Series:
    """Return the organization of each contact who is the only one there."""
    shown = village.people["organization"]
    kinds = shown.fillna("").map(kind_of_text).fillna("")
    own = kinds.get(village.me, "")
    there = kinds.reindex(contacts).fillna("")
    alone = ~there.duplicated(keep=False) & (there != "") & (there != own)
    return shown.reindex(contacts).where(alone, "").astype("str")
