"""The BG/NBD model of customers who come back until they do not: what ties are held against."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize
from scipy.special import expit, gammaln

# more ties than these change the four numbers by little, and the fit takes longer
_MOST_TIES = 4000
_BOUND = 12.0


class BgNbd(NamedTuple):
    """The four parameters: how often (`r`, `alpha`), and when it ends (`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float


def fit_bgnbd(repeats: np.ndarray, last: np.ndarray, age: np.ndarray) -> BgNbd | None:
    """
    Fit the model to how ties went so far; nothing of the future is needed.

    Parameters
    ----------
    repeats
        Contact days after the first.
    last
        Days from the first contact day to the last.
    age
        Days from the first contact day to today.

    Returns
    -------
    model
        By maximum likelihood; None if there are fewer than four ties or it is not found.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your
       customers" the easy way. Marketing Science 24(2), 275-284.
    """
    if len(repeats) < len(BgNbd._fields):
        return None
    cases, counts = np.unique(np.stack([repeats, last, age], axis=1), axis=0, return_counts=True)
    if len(cases) > _MOST_TIES:
        chosen = np.linspace(0, len(cases) - 1, _MOST_TIES).astype(np.int64)
        cases, counts = cases[chosen], counts[chosen]
    x, tx, t = cases.T.astype(float)

    def loss(logs: np.ndarray) -> float:
        r, alpha, a, b = np.exp(np.clip(logs, -_BOUND, _BOUND))
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        common += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        alive = -(r + x) * np.log(alpha + t)
        gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + tx)
        both = np.where(x > 0, np.logaddexp(alive, gone), alive)
        return -float((counts * (common + both)).sum() / counts.sum())

    start = np.log([0.5, max(float(t.mean()), 1.0) / 4, 0.5, 1.5])
    found = optimize.minimize(
        loss, start, method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * len(start)
    )
    return BgNbd(*(float(value) for value in np.exp(found.x))) if np.isfinite(found.fun) else None


def bgnbd_probability(
    model: BgNbd, repeats: np.ndarray, last: np.ndarray, age: np.ndarray, *, horizon: int
) -> np.ndarray:
    """
    Return the probability of contact within the horizon.

    Parameters
    ----------
    model
        The parameters.
    repeats, last, age
        As in `fit_bgnbd`.
    horizon
        Days ahead.
    """
    r, alpha, a, b = model
    x = np.asarray(repeats, dtype=float)
    odds = np.log(a) - np.log(b + np.maximum(x, 1) - 1)
    odds = odds + (r + x) * np.log((alpha + age) / (alpha + last))
    alive = np.where(x > 0, expit(-odds), 1.0)
    silent = ((alpha + age) / (alpha + age + horizon)) ** (r + x)
    p: np.ndarray = alive * (1 - silent)
    return p
