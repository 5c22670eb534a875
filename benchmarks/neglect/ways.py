"""Ways of foretelling, ours and others, each judged by the package's own `backtest`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from fit import TERMS, Sample, fit, without
from logs import HISTORIES, LOGS, Log, each_cut
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from villagegraph.measures import probability
from villagegraph.measures.backtest_result import PROBABILITIES
from villagegraph.measures.features import design
from villagegraph.measures.scores import area_under_curve, brier, calibration_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from villagegraph.measures.features import TieFeatures
    from villagegraph.measures.outcomes import Outcomes

    Answer = Callable[[Outcomes], np.ndarray]

TESTED = importlib.import_module("villagegraph.measures.backtest")
DRAWS = 200
SEED = 7


class Way(NamedTuple):
    """One way of foretelling, on one log: its scores, and their intervals."""

    auc: float
    brier: float
    ece: float
    auc_between: tuple[float, float] = (np.nan, np.nan)
    brier_between: tuple[float, float] = (np.nan, np.nan)


def plain(features: TieFeatures, horizon: int) -> np.ndarray:
    """Return the three plain terms: silence, decayed days, days."""
    return np.stack(
        [
            np.log((features.silence + 1) / horizon),
            np.log(features.decayed + 0.1),
            np.log(features.days),
        ],
        axis=1,
    )


def wide(features: TieFeatures, horizon: int) -> np.ndarray:
    """Return what trees may split on, but for overdue."""
    gap = np.log(np.where(features.gap > 0, features.gap, 2 * horizon) / horizon)
    span = np.log(features.span / horizon)
    return np.column_stack([plain(features, horizon), span, gap])


def rows_of(folder: Path, terms: Callable[[TieFeatures, int], np.ndarray]) -> Sample:
    """Return the rows of all logs with other terms."""
    parts = []
    for log in LOGS:
        contacts = log.days(folder)
        for history in log.histories:
            for _, rows in each_cut(log, contacts, history):
                n = len(rows.contacted)
                found = terms(rows.features, log.horizon)
                if terms is wide:
                    found = np.column_stack([found, rows.overdue])
                parts.append(
                    (
                        found,
                        rows.contacted,
                        np.full(n, f"{log.name} {history}"),
                        np.full(n, log.organization),
                    )
                )
    return Sample(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def trees(rows: Sample) -> HistGradientBoostingClassifier:
    """Fit boosted trees: less likely with silence and overdue, likelier with days and span."""
    _, owner = np.unique(rows.organization, return_inverse=True)
    weight = 1 / np.sqrt(np.bincount(owner))[owner]
    model = HistGradientBoostingClassifier(
        max_iter=100,
        learning_rate=0.06,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        monotonic_cst=[-1, 1, 1, 1, 0, -1],
        early_stopping=False,
        random_state=SEED,
    )
    return model.fit(rows.terms, rows.contacted, sample_weight=weight)


def between(rows: pd.DataFrame, p: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return 95 % intervals of AUC and Brier: pairs are drawn, with all of their rows."""
    happened = rows["contact"].to_numpy()
    ends = [" ".join(sorted(both)) for both in zip(rows["ego"], rows["alter"], strict=True)]
    _, pair, counts = np.unique(ends, return_inverse=True, return_counts=True)
    order = np.argsort(pair, kind="stable")
    starts = np.cumsum(counts) - counts
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(counts), len(counts))
        size = counts[drawn]
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        chosen = order[np.repeat(starts[drawn], size) + within]
        found.append(
            (area_under_curve(happened[chosen], p[chosen]), brier(happened[chosen], p[chosen]))
        )
    low, high = np.nanquantile(np.array(found), [0.025, 0.975], axis=0)
    return (low[0], high[0]), (low[1], high[1])


def judged(
    log: Log,
    folder: Path,
    answer: Answer,
    *,
    past: bool = True,
    others: bool = False,
    cuts: tuple[int, ...] = (),
) -> pd.DataFrame:
    """Back-test a log with other log odds than the shipped ones; return the rows."""

    def row_logits(rows: Outcomes, **_: object) -> np.ndarray:
        return answer(rows) if len(rows.contacted) else np.empty(0)

    kept = probability.row_logits, TESTED.row_logits, TESTED.fit_bgnbd
    probability.row_logits = TESTED.row_logits = row_logits
    if not others:
        TESTED.fit_bgnbd = lambda *_: None
    try:
        history = HISTORIES[0] * log.horizon
        cuts = cuts or log.cuts_of(log.days(folder), history)
        return TESTED.backtest(
            log.read(folder),
            cuts=[str(np.datetime64(int(cut), "D")) for cut in cuts],
            horizon_days=log.horizon,
            history_days=history,
            recalibrate=past,
        ).rows
    finally:
        probability.row_logits, TESTED.row_logits, TESTED.fit_bgnbd = kept


def scored(rows: pd.DataFrame, name: str = "villagegraph", *, draw: bool = False) -> Way:
    known = rows[rows[name].notna()]
    happened, p = known["contact"].to_numpy(), known[name].to_numpy(dtype=float)
    probable = name in PROBABILITIES
    return Way(
        area_under_curve(happened, p),
        brier(happened, p) if probable else np.nan,
        calibration_error(happened, p) if probable else np.nan,
        *(between(known, p) if draw else ()),
    )


def linear(rows: Sample, terms: int, of: Answer) -> Answer:
    intercept, slopes = fit(rows, terms)
    return lambda outcome: intercept + of(outcome) @ slopes


def ours(rows: Sample, horizon: int, *, model: str = "log") -> Answer:
    """Return the model of the package with coefficients fitted on some rows."""
    alone = model == "village"
    return linear(
        rows,
        len(TERMS[model]),
        lambda cases: design(
            cases.features, horizon=horizon, overdue=None if alone else cases.overdue
        ),
    )


def shipped(horizon: int) -> Answer:
    """Return the model of the package as it is."""
    return lambda cases: probability.logits(cases.features, cases.overdue, horizon=horizon)


def seven(cases: Outcomes, horizon: int) -> np.ndarray:
    """Return seven usual features of a tie, as logarithms."""
    state = cases.features
    gap = np.where(state.gap > 0, state.gap, horizon)
    logs = np.log(
        np.stack(
            [
                (state.silence + 1) / horizon,
                state.days,
                state.decayed + 0.1,
                state.strength + 0.1,
                state.span / horizon,
                (state.silence + 1) / (gap + 1),
            ],
            axis=1,
        )
    )
    return np.column_stack([logs, cases.overdue])


def enron_model(folder: Path) -> Callable[[int], Answer]:
    """Fit a plain logistic model of the seven features on both Enron logs; ask it by horizon."""
    terms, happened = [], []
    for log in LOGS:
        if log.organization == "enron":
            for _, cases in each_cut(log, log.days(folder), HISTORIES[0]):
                terms.append(seven(cases, log.horizon))
                happened.append(cases.contacted)
    model = LogisticRegression(C=1e4, max_iter=2000)
    model.fit(np.concatenate(terms), np.concatenate(happened))
    return lambda horizon: lambda cases: model.decision_function(seven(cases, horizon))


def ways(log: Log, folder: Path, samples: dict[str, Sample]) -> dict[str, Way]:
    """Judge every way on one log, fitted without its organisation."""
    h = log.horizon
    others = without(samples["ours"], log.organization)
    full = ours(others, h)
    three = linear(
        without(samples["plain"], log.organization), 3, lambda rows: plain(rows.features, h)
    )
    model = trees(without(samples["wide"], log.organization))

    def grown(rows: Outcomes) -> np.ndarray:
        found = model.predict_proba(np.column_stack([wide(rows.features, h), rows.overdue]))[:, 1]
        return np.log(found / (1 - found))

    rows = judged(log, folder, full, others=True)
    own = ours(others, h, model="village")
    return {
        "**villagegraph, log**": scored(rows, draw=True),
        "the same, past not heard": scored(judged(log, folder, full, past=False)),
        "**villagegraph, one person**": scored(judged(log, folder, own), draw=True),
        "plain form, 3 terms": scored(judged(log, folder, three)),
        "boosted trees": scored(judged(log, folder, grown)),
        "recency": scored(rows, "recency"),
        "frequency": scored(rows, "frequency"),
        "decayed days": scored(rows, "decayed days"),
        "silence / gap": scored(rows, "silence / gap"),
        "BG/NBD, fitted on the past": scored(rows, "BG/NBD"),
        "logistic model fitted on the log itself": scored(rows, "fitted on this log"),
    }


def beside_enron(log: Log, folder: Path, rows: Sample) -> dict[str, Way]:
    """Judge models fitted on Enron alone on a log that is not Enron's, and ours beside them."""
    h = log.horizon
    bar = enron_model(folder)(h)
    enron = Sample(*(column[rows.organization == "enron"] for column in rows))
    others = ours(without(rows, log.organization), h)
    return {
        "**villagegraph, as shipped**": scored(judged(log, folder, shipped(h))),
        "**villagegraph, fitted without this one**": scored(judged(log, folder, others)),
        "its form, fitted on Enron alone": scored(judged(log, folder, ours(enron, h))),
        "7 features, fitted on Enron": scored(judged(log, folder, bar, past=False)),
        "the same, past heard": scored(judged(log, folder, bar)),
    }


def by_time(log: Log, folder: Path, earlier: Sample, rows: Sample) -> dict[str, Way]:
    """Judge on the later half of a log's cuts what was learnt from all logs' earlier halves."""
    h = log.horizon
    later = halves(log, folder)[1]
    found = judged(log, folder, ours(earlier, h), cuts=later, others=True)
    others = ours(without(rows, log.organization), h)
    return {
        "**fitted on the earlier half of every log**": scored(found, draw=True),
        "fitted on other organizations": scored(judged(log, folder, others, cuts=later)),
        "recency": scored(found, "recency"),
        "BG/NBD, fitted on the past": scored(found, "BG/NBD"),
    }


def halves(log: Log, folder: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the earlier cuts, and those whose outcome comes after all that these have seen."""
    cuts = log.cuts_of(log.days(folder), HISTORIES[0] * log.horizon)
    middle = cuts[(len(cuts) - 1) // 2]
    return (
        tuple(cut for cut in cuts if cut <= middle),
        tuple(cut for cut in cuts if cut >= middle + log.horizon),
    )
