"""How the owner's earlier silences ended: what a silence of today may be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from villagegraph.measures.histories import Rhythms

RETURN_WITHIN = 90

PRIOR = 3
"""How many own gaps the gaps of all ties weigh as much as."""

# a logarithm's last bits must not decide whether a silence counts as long enough
ROUNDING = 1e-9


def survival(rhythms: Rhythms, silence: np.ndarray) -> np.ndarray:
    """
    Return, for each tie, the share of silences that last longer than its own.

    Parameters
    ----------
    rhythms
        All ties.
    silence
        Days of silence of each.

    Returns
    -------
    share
        0 to 1: ``(own longer gaps + 3 * share of all gaps) / (own gaps + 3)``.

    Examples
    --------
    One tie with gaps of 2, 2 and 10 days, silent for 5: one gap of three was longer.

    >>> from villagegraph.measures.histories import Rhythms
    >>> one = np.array([0])
    >>> tie = Rhythms(one, np.array([0, 2, 4, 14]), one, np.array([4]), None, None)
    >>> survival(tie, np.array([5])).round(3).tolist()
    [0.333]
    """
    gaps = rhythms.gaps
    ordered = np.sort(gaps)
    beyond = len(ordered) - np.searchsorted(ordered, silence, side="right")
    pooled = beyond / len(ordered) if len(ordered) else np.zeros(len(silence))
    own = rhythms.gap_owner
    longer = np.bincount(own, gaps > silence[own], minlength=len(silence))
    result: np.ndarray = (longer + PRIOR * pooled) / (rhythms.counts - 1 + PRIOR)
    return result


def outcomes(
    rhythms: Rhythms, usual: np.ndarray, silence: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """
    Tell, for each tie, how earlier silences as long as its own went on.

    As long means: as many times the usual gap of the tie that fell silent.
    Silences that go on today count too, once they have lasted 90 days more.

    Parameters
    ----------
    rhythms
        All ties.
    usual
        Usual gap of each; `nan` for ties without a rhythm, which are compared with none.
    silence
        Days of silence of each, today.

    Returns
    -------
    ended, cases
        Those that ended within 90 days, and all of which it is known.
    """
    owner, gaps = rhythms.gap_owner, rhythms.gaps
    known = ~np.isnan(usual[owner]) if len(owner) else np.zeros(0, dtype=bool)
    scale = usual[owner[known]]
    # a gap is a case for every ratio up to its own, and one that ended soon from
    # (gap - 90) / usual on: so all ties are answered by looking up sorted bounds
    upper = np.sort(gaps[known] / scale)
    lower = np.sort((gaps[known] - RETURN_WITHIN) / scale)
    still = np.sort((silence - RETURN_WITHIN)[~np.isnan(usual)] / usual[~np.isnan(usual)])
    ratio = np.nan_to_num(silence / usual, nan=np.inf)
    below = np.searchsorted(upper, ratio - ROUNDING, side="left")
    ended = np.searchsorted(lower, ratio + ROUNDING, side="right") - below
    going_on = len(still) - np.searchsorted(still, ratio + ROUNDING, side="right")
    cases = len(upper) - below + going_on
    return ended.astype(np.int64), cases.astype(np.int64)
