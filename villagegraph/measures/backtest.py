"""How right the estimates would have been in the past, against simpler rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import DayLike, day_number
from villagegraph.measures.arguments import check_horizon
from villagegraph.measures.backtest_result import OURS, RULES, Backtest, iso_day, judged
from villagegraph.measures.bgnbd import bgnbd_probability, fit_bgnbd
from villagegraph.measures.edge_log import as_contact_days
from villagegraph.measures.features import design
from villagegraph.measures.folds import cross_fitted, pair_folds
from villagegraph.measures.outcomes import MIN_DAYS, Outcomes, outcomes
from villagegraph.measures.probability import (
    OwnPast,
    logistic,
    own_past,
    row_logits,
)
from villagegraph.village import Village

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.measures.features import ContactDays

_MOST_CUTS = 8


def backtest(
    village: Village | pd.DataFrame,
    *,
    cuts: Sequence[DayLike] | None = None,
    horizon_days: int = 90,
    history_days: int = 180,
    min_days: int = MIN_DAYS,
    recalibrate: bool = True,
) -> Backtest:
    """
    Tell how right `contact_probability` would have been on days in the past.

    On each of these days, the cuts, every tie with some contact days is looked
    at from each end that is in contact with anybody afterwards (an end that is
    not has left). Only what was known by then is used; the outcome is whether
    either addressed the other in the days after.

    Parameters
    ----------
    village
        A village, whose owner's ties alone are looked at, or a log of all, as a
        village without owner or a frame with columns `src`, `dst`, `unix_time`.
    cuts
        Days; None for up to eight, spread over the data, a horizon or more apart.
    horizon_days
        Days after a cut in which contact counts.
    history_days
        Days before it that are looked at.
    min_days
        Contact days that a tie needs in these.
    recalibrate
        Whether to set the estimates of each cut to the log's own past, as
        `contact_probability` does.

    Returns
    -------
    result
        Scores beside those of simpler rules: time since the last contact, number of
        contact days, the same decayed, silence over the usual gap, BG/NBD fitted on
        the same past; and, as what can be had at most, a logistic model fitted on
        this log, each fifth of the pairs estimated from the others.

    Raises
    ------
    ValueError
        If a cut lies outside the data, or a number of days is below 1.

    Notes
    -----
    A tie is seen from both ends and at several cuts, always with much the same
    answer: splits go by pair, never by end, or what is fitted has seen the answer.

    Takes time proportional to the number of contact days and cuts.

    Examples
    --------
    Ana and Ben write all year, Ana and Cy stop in spring, Ana and Dee in summer:

    >>> rows = [("ben", day) for day in range(0, 360, 9)]
    >>> rows += [("cy", day) for day in range(0, 80, 9)]
    >>> rows += [("dee", day) for day in range(0, 170, 9)]
    >>> log = pd.DataFrame(rows, columns=["dst", "day"]).assign(src="ana")
    >>> log["unix_time"] = log["day"] * 86_400
    >>> found = backtest(log, cuts=["1970-06-30"])
    >>> found.base_rate, found.scores["auc"]["recency"].item()
    (0.5, 1.0)
    """
    check_horizon(horizon_days)
    if history_days < 1 or min_days < 1:
        msg = f"history_days and min_days need to be above 0, {history_days} and {min_days} given"
        raise ValueError(msg)
    days = as_contact_days(village)
    me = _owner_code(village, days)
    if me is not None:
        days = days.of(me)
    first, last = _ends(days)
    chosen = (
        _default_cuts(first, last, horizon=horizon_days, history=history_days)
        if cuts is None
        else sorted({day_number(day) for day in cuts})
    )
    if len(days.day):
        _check_cuts(chosen, first, last)
    parts, pasts = [], []
    looked: dict[int, Outcomes] = {}
    for cut in chosen:
        rows = outcomes(
            days, cut=cut, horizon=horizon_days, history=history_days, me=me, min_days=min_days
        )
        past = (
            own_past(
                days,
                as_of=cut,
                horizon=horizon_days,
                me=me,
                history=history_days,
                looked=looked,
            )
            if recalibrate
            else OwnPast(0.0, 0, ())
        )
        parts.append(_foretold(rows, days, past, cut=cut, horizon=horizon_days,
                               history=history_days, me=me))  # fmt: skip
        pasts.append(past)
    table = pd.concat(parts, ignore_index=True) if parts else _foretold_nothing()
    table["fitted on this log"] = _fitted_here(table)
    notes = _notes(chosen, parts, pasts, last, horizon_days, recalibrate=recalibrate)
    return judged(table, chosen, pasts, last=last, horizon_days=horizon_days,
                  history_days=history_days, notes=notes)  # fmt: skip


def _owner_code(village: Village | pd.DataFrame, days: ContactDays) -> int | None:
    if not isinstance(village, Village) or village.me is None:
        return None
    found = np.flatnonzero(days.people == village.me)
    return int(found[0]) if len(found) else -1


def _ends(days: ContactDays) -> tuple[int, int]:
    """Return the first and the last day; a few wrong dates at the beginning do not count."""
    if not len(days.day):
        return 0, 0
    return int(np.quantile(days.day, 0.001, method="lower")), int(days.day.max())


def _default_cuts(first: int, last: int, *, horizon: int, history: int) -> list[int]:
    begin = first + min(history, 2 * horizon) - 1
    cuts = np.arange(last - horizon, begin - 1, -horizon)[::-1]
    if len(cuts) > _MOST_CUTS:
        cuts = cuts[np.linspace(0, len(cuts) - 1, _MOST_CUTS).round().astype(np.int64)]
    return [int(cut) for cut in cuts]


def _check_cuts(cuts: list[int], first: int, last: int) -> None:
    outside = [cut for cut in cuts if not first <= cut < last]
    if outside:
        days = ", ".join(iso_day(cut) for cut in outside)
        msg = (
            f"no outcome is known for {days}: the data go from {iso_day(first)} to "
            f"{iso_day(last)}, and a cut needs contacts before it and after it"
        )
        raise ValueError(msg)


def _foretold(
    rows: Outcomes,
    days: ContactDays,
    past: OwnPast,
    *,
    cut: int,
    horizon: int,
    history: int,
    me: int | None,
) -> pd.DataFrame:
    """Return the rows of a cut, with what each way of foretelling says of them."""
    state = rows.features
    return pd.DataFrame(
        {
            "cut": pd.Series([iso_day(cut)] * len(rows.contacted), dtype="str"),
            "ego": pd.Series(days.people[rows.ego], dtype="str"),
            "alter": pd.Series(days.people[rows.alter], dtype="str"),
            "days": state.days,
            "silence": state.silence,
            "contact": rows.contacted.astype(bool),
            OURS: logistic(row_logits(rows, horizon=horizon, me=me) + past.shift),
            "recency": -state.silence.astype(float),
            "frequency": state.days.astype(float),
            "decayed days": state.decayed,
            "silence / gap": -state.silence / np.where(state.gap > 0, state.gap, history),
            "BG/NBD": _bgnbd(rows, horizon=horizon),
            "_pair": rows.pair,
            **_own_terms(rows, horizon=horizon, me=me),
        }
    )


def _own_terms(rows: Outcomes, *, horizon: int, me: int | None) -> dict[str, np.ndarray]:
    """Return what a model fitted on the log itself may use."""
    state = rows.features
    overdue = None if me is not None else rows.overdue
    plain = np.log(np.stack([state.silence + 1, state.days, state.decayed + 0.1], axis=1))
    terms = np.hstack([design(state, horizon=horizon, overdue=overdue), plain])
    return {f"_{place}": column for place, column in enumerate(terms.T)}


def _foretold_nothing() -> pd.DataFrame:
    names = ["cut", "ego", "alter", "days", "silence", "contact", OURS, *RULES, "BG/NBD", "_pair"]
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})


def _bgnbd(rows: Outcomes, *, horizon: int) -> np.ndarray:
    """Fit BG/NBD on all ties of the history, and ask it about the rows."""
    every = rows.every
    model = fit_bgnbd(every.days - 1, every.span - 1, every.span - 1 + every.silence)
    if model is None:
        return np.full(len(rows.contacted), np.nan)
    state = rows.features
    last = state.span - 1
    return bgnbd_probability(model, state.days - 1, last, last + state.silence, horizon=horizon)


def _fitted_here(table: pd.DataFrame) -> np.ndarray:
    terms = [name for name in table.columns if name.startswith("_") and name != "_pair"]
    if not terms or not len(table):
        return np.full(len(table), np.nan)
    matrix = table[terms].to_numpy()
    happened = table["contact"].to_numpy(dtype=bool)
    pair = _by_terms(table["_pair"].to_numpy(), matrix, happened)
    return cross_fitted(matrix, happened, fold=pair_folds(pair), pair=pair)


def _by_terms(pair: np.ndarray, matrix: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Return a number for each pair that what is known of it gives, whatever its ids are."""
    place = np.empty(len(pair), dtype=np.int64)
    place[np.lexsort((happened, *matrix.T))] = np.arange(len(pair))
    _, code = np.unique(pair, return_inverse=True)
    first = np.full(code.max() + 1, len(pair))
    np.minimum.at(first, code, place)
    return first[code]


def _notes(
    cuts: list[int],
    parts: list[pd.DataFrame],
    pasts: list[OwnPast],
    last: int,
    horizon: int,
    *,
    recalibrate: bool,
) -> tuple[str, ...]:
    notes = []
    if not recalibrate:
        notes.append("Estimates are not set to the log's own past, as was asked.")
    elif any(past.cases for past in pasts):
        heard = sum(past.cases > 0 for past in pasts)
        notes.append(
            f"The estimates of {heard} of {len(pasts)} cuts are set to the log's own past, as it "
            "was known on the day."
        )
    else:
        notes.append("Too little past is known to set the estimates to it.")
    empty = [iso_day(cut) for cut, part in zip(cuts, parts, strict=True) if part.empty]
    if empty:
        notes.append(f"No ties to look at: {', '.join(empty)}.")
    if not cuts:
        notes.append("The data are too short for a cut with a past before it and days after it.")
    early = [iso_day(cut) for cut in cuts if cut + horizon > last]
    if early:
        notes.append(
            f"The data end on {iso_day(last)}, before the days after {', '.join(early)} do."
        )
    return tuple(notes)
