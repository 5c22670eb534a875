"""How well a ranking or a probability foretold what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

BINS = 10


def area_under_curve(happened: np.ndarray, score: np.ndarray) -> float:
    """
    Return how often a case that happened is ranked above one that did not.

    Parameters
    ----------
    happened
        Whether each case happened.
    score
        Higher is likelier; a tie counts half.

    Returns
    -------
    auc
        0 to 1, 0.5 by chance; `nan` if all or none happened.

    Examples
    --------
    >>> area_under_curve(np.array([True, False, True]), np.array([3, 2, 1]))
    0.5
    """
    happened = np.asarray(happened, dtype=bool)
    yes = int(happened.sum())
    no = len(happened) - yes
    if not yes or not no:
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((rank[happened].sum() - yes * (yes + 1) / 2) / (yes * no))


def average_precision(happened: np.ndarray, score: np.ndarray) -> float:
    """
    Return the mean precision at each case that happened, from the top.

    Equal scores are taken together. `nan` if none happened.

    Examples
    --------
    >>> average_precision(np.array([True, False, True, False]), np.array([4, 3, 2, 1]))
    0.8333333333333333
    """
    happened = np.asarray(happened, dtype=bool)
    if not happened.any():
        return float("nan")
    _, place = np.unique(-np.asarray(score, dtype=float), return_inverse=True)
    hits = np.bincount(place, weights=happened)
    found = np.cumsum(hits)
    precision = found / np.cumsum(np.bincount(place))
    return float((precision * hits).sum() / found[-1])


def precision_at(happened: np.ndarray, score: np.ndarray, *, most: int = 10) -> float:
    """
    Return the share that happened among the `most` ranked highest.

    Where equal scores stand on the border, each counts in part. `nan` without cases.

    Examples
    --------
    >>> precision_at(np.array([True, False, False]), np.array([2, 1, 1]), most=2)
    0.5
    """
    happened = np.asarray(happened, dtype=bool)
    if not len(happened):
        return float("nan")
    score = np.asarray(score, dtype=float)
    most = min(most, len(score))
    border = np.sort(score)[::-1][most - 1]
    above, level = score > border, score == border
    part = (most - above.sum()) * happened[level].mean()
    return float((happened[above].sum() + part) / most)


def brier(happened: np.ndarray, p: np.ndarray) -> float:
    """Return the mean squared error of probabilities: 0 is perfect; `nan` without cases."""
    return float(np.mean((np.asarray(p) - happened) ** 2)) if len(happened) else float("nan")


def calibration_error(happened: np.ndarray, p: np.ndarray) -> float:
    """
    Return how far probabilities are off on average, over ten groups of equal size.

    Ordered by probability; in each, the mean probability against the share that
    happened. `nan` without cases.
    """
    if not len(happened):
        return float("nan")
    order = np.argsort(p, kind="stable")
    off = [
        abs(float(p[part].mean() - happened[part].mean())) * len(part)
        for part in np.array_split(order, BINS)
        if len(part)
    ]
    return float(sum(off) / len(happened))


def reliability(happened: np.ndarray, p: np.ndarray) -> pd.DataFrame:
    """
    Compare probabilities with what happened, in steps of a tenth.

    Returns
    -------
    table
        One row per step that holds a case: `p_from`, `p_to`, `p_mean`, `share` (that
        happened), `n`.
    """
    step = np.minimum((np.asarray(p) * BINS).astype(np.int64), BINS - 1)
    frame = pd.DataFrame({"step": step, "p_mean": p, "share": np.asarray(happened, dtype=float)})
    grouped = frame.groupby("step", sort=True)
    table = grouped.mean().assign(n=grouped.size()).reset_index()
    table.insert(0, "p_from", table["step"] / BINS)
    table.insert(1, "p_to", (table["step"] + 1) / BINS)
    return table.drop(columns="step")
