"""
Judge the model on organisations it has not seen, and write the table into the docs.

    python benchmarks/neglect/table.py FOLDER [--check]

FOLDER holds the public logs. For each log the slopes and the intercept are fitted
anew on all other organisations (both Enron logs leave together), then the log is
back-tested by the package's own `backtest`.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from fit import TERMS, Sample, fit, sample, without
from logs import HISTORIES, LOGS, Log, each_cut
from sklearn.ensemble import HistGradientBoostingClassifier

from villagegraph.measures import probability
from villagegraph.measures.scores import area_under_curve, brier, calibration_error

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from villagegraph.measures.features import TieFeatures
    from villagegraph.measures.outcomes import Outcomes


TESTED = importlib.import_module("villagegraph.measures.backtest")
PAGE = Path(__file__).parents[2] / "docs" / "neglect.md"
BEGIN, END = "<!-- table: benchmarks/neglect/table.py -->", "<!-- end of table -->"
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
    answer: Callable[[Outcomes], np.ndarray],
    *,
    past: bool = True,
    others: bool = False,
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
        cuts = log.cuts_of(log.days(folder), history)
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
    probable = name in TESTED.PROBABILITIES
    return Way(
        area_under_curve(happened, p),
        brier(happened, p) if probable else np.nan,
        calibration_error(happened, p) if probable else np.nan,
        *(between(known, p) if draw else ()),
    )


def linear(
    rows: Sample, terms: int, of: Callable[[Outcomes], np.ndarray]
) -> Callable[[Outcomes], np.ndarray]:
    intercept, slopes = fit(rows, terms)
    return lambda outcome: intercept + of(outcome) @ slopes


def ways(log: Log, folder: Path, samples: dict[str, Sample]) -> dict[str, Way]:
    """Judge every way on one log, fitted without its organisation."""
    design = probability.design
    h = log.horizon
    ours = without(samples["ours"], log.organization)
    full = linear(
        ours, len(TERMS["log"]), lambda rows: design(rows.features, horizon=h, overdue=rows.overdue)
    )
    own = linear(
        ours, len(TERMS["village"]), lambda rows: design(rows.features, horizon=h, overdue=None)
    )
    three = linear(
        without(samples["plain"], log.organization), 3, lambda rows: plain(rows.features, h)
    )
    model = trees(without(samples["wide"], log.organization))

    def grown(rows: Outcomes) -> np.ndarray:
        found = model.predict_proba(np.column_stack([wide(rows.features, h), rows.overdue]))[:, 1]
        return np.log(found / (1 - found))

    shipped = judged(log, folder, full, others=True)
    return {
        "**villagegraph, log**": scored(shipped, draw=True),
        "the same, past not heard": scored(judged(log, folder, full, past=False)),
        "**villagegraph, one person**": scored(judged(log, folder, own), draw=True),
        "plain form, 3 terms": scored(judged(log, folder, three)),
        "boosted trees": scored(judged(log, folder, grown)),
        "recency": scored(shipped, "recency"),
        "frequency": scored(shipped, "frequency"),
        "decayed days": scored(shipped, "decayed days"),
        "silence / gap": scored(shipped, "silence / gap"),
        "BG/NBD, fitted on the past": scored(shipped, "BG/NBD"),
        "logistic model fitted on the log itself": scored(shipped, "fitted on this log"),
    }


def page(folder: Path) -> str:
    """Return the tables as Markdown."""
    samples = {
        "ours": sample(folder),
        "plain": rows_of(folder, plain),
        "wide": rows_of(folder, wide),
    }
    found = {log.name: ways(log, folder, samples) for log in LOGS}
    names = [log.name for log in LOGS]
    lines = []
    for title, place, spread in (
        ("AUC", 0, 3),
        ("Brier", 1, 4),
        ("ECE", 2, None),
    ):
        lines += [
            f"| {title} | " + " | ".join(names) + " | mean |",
            "|---" * (len(names) + 2) + "|",
        ]
        for way in found[names[0]]:
            values = [found[name][way][place] for name in names]
            if np.isnan(values).all():
                continue
            cells = [
                f"{value:.3f}" + (interval(found[name][way][spread]) if spread else "")
                for name, value in zip(names, values, strict=True)
            ]
            lines.append(f"| {way} | " + " | ".join(cells) + f" | {np.mean(values):.3f} |")
        lines.append("")
    return "\n".join(lines)


def interval(ends: tuple[float, float]) -> str:
    return "" if np.isnan(ends[0]) else f" ({ends[0]:.3f} to {ends[1]:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    new = f"{before}{BEGIN}\n\n{page(given.folder)}\n{END}{after}"
    if given.check:
        raise SystemExit(0 if new == text else "the table in docs/neglect.md is not what comes out")
    PAGE.write_text(new, encoding="utf-8")
    print(new[new.index(BEGIN) : new.index(END)])


if __name__ == "__main__":
    main()
