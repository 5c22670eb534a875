"""How often suggested introductions come true by themselves: the back-test of `introductions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import as_day, day_number
from villagegraph.measures.introductions import unmet_pairs
from villagegraph.measures.scores import area_under_curve, precision_at
from villagegraph.ties import contact_days, tie_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.days import DayLike
    from villagegraph.village import Village

_COLUMNS = {
    "cut": "str",
    "pairs": "int64",
    "met": "int64",
    "base_rate": "float64",
    "auc": "float64",
    "precision_at_10": "float64",
}


def backtest_introductions(
    village: Village, *, cuts: Sequence[DayLike], horizon_days: int = 180
) -> pd.DataFrame:
    """
    Tell how often pairs who had not met came into contact later, best pairs first.

    It takes the order of `introductions`, of all pairs of warm people without a
    contact, and looks whether the exports show a contact of the two afterwards.
    Exports show only those that the owner was there to see, so all of it is a
    lower bound.

    Parameters
    ----------
    village
        The village of one person.
    cuts
        Days as of which pairs are ranked.
    horizon_days
        Days ahead in which they may meet.

    Returns
    -------
    backtest
        One row a cut, in the order given: `cut` (YYYY-MM-DD), `pairs`, `met` (how
        many of them were in contact within the horizon), `base_rate` (their
        share), `auc` (how often a pair that met stands before one that did not, 0 to
        1; `nan` if all or none did), `precision_at_10` (share of the first ten that met).
        What is not defined, as without a pair, is `nan`.

    Raises
    ------
    IdentityError
        If it is not known whose village it is.
    ValueError
        If `horizon_days` is below 1.

    References
    ----------
    .. [1] Liben-Nowell, D., & Kleinberg, J. (2007). The link-prediction problem
       for social networks. JASIST 58(7), 1019-1031.
    """
    if horizon_days < 1:
        msg = f"horizon_days needs to be 1 or more, {horizon_days} was given"
        raise ValueError(msg)
    village.owner()
    contacts = contact_days(village)
    rows = [_row(village, contacts, cut, horizon_days) for cut in cuts]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def _row(village: Village, contacts: pd.DataFrame, cut: DayLike, horizon: int) -> dict[str, object]:
    past = village.until(cut)
    pairs = unmet_pairs(past, tie_table(past, as_of=cut))
    day = day_number(cut)
    later = contacts[(contacts["day"] > day) & (contacts["day"] <= day + horizon)]
    met = pd.MultiIndex.from_frame(later[["person_u", "person_v"]])
    ends = np.sort(pairs[["person_a", "person_b"]].to_numpy(dtype=object).astype(str), axis=1)
    happened = pd.MultiIndex.from_arrays([ends[:, 0], ends[:, 1]]).isin(met)
    order = pairs["order"].to_numpy()
    return {
        "cut": as_day(cut).isoformat(),
        "pairs": len(pairs),
        "met": int(happened.sum()),
        "base_rate": float(happened.mean()) if len(pairs) else float("nan"),
        "auc": area_under_curve(happened, order),
        "precision_at_10": precision_at(happened, order, most=10),
    }
