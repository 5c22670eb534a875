"""A model fitted on a log itself and tested on other ties of it: split by pair, or it leaks."""

from __future__ import annotations

import numpy as np

FOLDS = 5

_RIDGE = 1e-3


def pair_folds(pair: np.ndarray, *, folds: int = FOLDS) -> np.ndarray:
    """
    Deal pairs out to folds.

    Parameters
    ----------
    pair
        One number for each pair, equal in all rows of it: both ends, all cuts.
    folds
        How many.

    Returns
    -------
    fold
        0 to folds - 1 for each row; rows of a pair are never parted.

    Examples
    --------
    >>> pair_folds(np.array([7, 9, 7]), folds=2).tolist()
    [0, 1, 0]
    """
    _, place = np.unique(pair, return_inverse=True)
    fold: np.ndarray = place % folds
    return fold


def cross_fitted(
    terms: np.ndarray, happened: np.ndarray, *, fold: np.ndarray, pair: np.ndarray
) -> np.ndarray:
    """
    Estimate each fold by a logistic model of all others.

    Parameters
    ----------
    terms
        A row per case.
    happened
        What happened.
    fold
        Which fold each row is in.
    pair
        One number for each pair.

    Returns
    -------
    p
        Probability of each row, from a model that has not seen its pair.

    Raises
    ------
    ValueError
        If a pair stands in two folds: a tie is seen from both ends, and the model
        would know the answer from the other end.
    """
    _, place = np.unique(pair, return_inverse=True)
    low = np.full(place.max(initial=-1) + 1, np.iinfo(np.int64).max)
    high = np.full(len(low), -1)
    np.minimum.at(low, place, fold)
    np.maximum.at(high, place, fold)
    parted = int((low != high).sum())
    if parted:
        msg = (
            f"{parted:,} pairs stand in more than one fold: what happened to them would be known "
            "from their other end. Split by pair, as pair_folds does."
        )
        raise ValueError(msg)
    spread = terms.std(axis=0)
    scaled = (terms - terms.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    matrix = np.hstack([np.ones((len(terms), 1)), scaled])
    p = np.full(len(terms), np.nan)
    for number in np.unique(fold):
        test = fold == number
        seen = happened[~test]
        if 0 < seen.sum() < len(seen):
            p[test] = _logistic(matrix[test] @ _fitted(matrix[~test], seen))
    return p


def _fitted(matrix: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Return the coefficients of a logistic model, by Newton's method."""
    found = np.zeros(matrix.shape[1])
    ridge = np.full(len(found), _RIDGE * len(matrix))
    ridge[0] = 0.0
    for _ in range(30):
        p = _logistic(matrix @ found)
        slope = matrix.T @ (p - happened) + ridge * found
        curve = (matrix * (p * (1 - p))[:, None]).T @ matrix + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, slope)
        found -= step * min(1.0, 5 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return found


def _logistic(log_odds: np.ndarray) -> np.ndarray:
    p: np.ndarray = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return p
