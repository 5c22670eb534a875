"""What a back-test found: scores of each way of foretelling, of each cut, and each step."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import as_day
from villagegraph.measures.scores import (
    area_under_curve,
    average_precision,
    brier,
    calibration_error,
    precision_at,
    reliability,
)

if TYPE_CHECKING:
    from villagegraph.measures.probability import OwnPast

OURS = "villagegraph"
PROBABILITIES = (OURS, "BG/NBD", "fitted on this log")
RULES = ("recency", "frequency", "decayed days", "silence / gap")

_CUT_COLUMNS = (
    "cut",
    "rows",
    "pairs",
    "base_rate",
    "auc",
    "brier",
    "recency_auc",
    "shift",
    "cases",
    "complete",
)
_FIRST_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Backtest:
    """
    How right the estimates would have been.

    Attributes
    ----------
    scores
        One row for each way of foretelling: `auc` (how often a tie that saw contact is
        ranked above one that did not), `average_precision` and `precision_at_10` (of the
        ties ranked as most likely to fall silent, the share that did; the latter per
        cut, on average), `brier` and `ece` (of probabilities alone, else `nan`).
    cuts
        One row per cut: `cut`, `rows`, `pairs`, `base_rate` (share with contact), `auc`,
        `brier`, `recency_auc`, `shift` and `cases` (of the own past), `complete` (whether
        the data reach to the end of the days after it).
    reliability
        Probabilities in steps of a tenth against what happened.
    rows
        One row per cut, tie and end: `cut`, `ego`, `alter`, `days`, `silence`,
        `contact`, and a column for each way of foretelling (higher is likelier).
    base_rate, base_brier
        Share of rows with contact, and the Brier score of always saying so.
    horizon_days, history_days
        As asked.
    notes
        What has to be known to read the numbers.
    """

    scores: pd.DataFrame
    cuts: pd.DataFrame
    reliability: pd.DataFrame
    rows: pd.DataFrame
    base_rate: float
    base_brier: float
    horizon_days: int
    history_days: int
    notes: tuple[str, ...]

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        shown = [table.to_html(index=False, na_rep="", float_format="{:.3f}".format, border=0)
                 for table in (self.scores.reset_index(), self.cuts)]  # fmt: skip
        return f"<p><b>Back-test</b></p>{''.join(shown)}<ul>{notes}</ul>"


def judged(
    table: pd.DataFrame,
    cuts: list[int],
    pasts: list[OwnPast],
    *,
    last: int,
    horizon_days: int,
    history_days: int,
    notes: tuple[str, ...],
) -> Backtest:
    """
    Return what the rows of a back-test tell.

    Parameters
    ----------
    table
        The rows, with a column for each way of foretelling, `_pair`, and what else
        begins with `_`, which is left out of the result.
    cuts, pasts
        Days as numbers since 1970, and the log's own past as heard on each.
    last
        Last day of the data.
    horizon_days, history_days, notes
        As in the result.
    """
    happened = table["contact"].to_numpy(dtype=bool)
    if len(table) and (happened.all() or not happened.any()):
        what = "every tie" if happened.all() else "no tie"
        notes = (*notes, f"There is nothing to tell apart: {what} saw contact.")
    share = float(happened.mean()) if len(happened) else float("nan")
    names = [OURS, *RULES, "BG/NBD", "fitted on this log"]
    scores = pd.DataFrame(
        [_scored(table, name) for name in names], index=pd.Index(names, name="by")
    )
    per_cut = [
        _per_cut(
            table[table["cut"] == iso_day(cut)], cut, past, complete=cut + horizon_days <= last
        )
        for cut, past in zip(cuts, pasts, strict=True)
    ]
    better = scores["auc"][[*RULES, "BG/NBD"]] > scores.loc[OURS, "auc"]
    if better.any():
        listed = ", ".join(better.index[better])
        notes = (*notes, f"Ranked better than the estimates on these rows: {listed}.")
    p = table[OURS].to_numpy(dtype=float)
    return Backtest(
        scores=scores,
        cuts=pd.DataFrame(per_cut, columns=_CUT_COLUMNS),
        reliability=reliability(happened, p),
        rows=table.drop(columns=[name for name in table.columns if name.startswith("_")]),
        base_rate=share,
        base_brier=share * (1 - share),
        horizon_days=horizon_days,
        history_days=history_days,
        notes=notes,
    )


def _scored(table: pd.DataFrame, name: str) -> dict[str, float]:
    known = table[table[name].notna()]
    happened = known["contact"].to_numpy(dtype=bool)
    score = known[name].to_numpy(dtype=float)
    tops = [
        precision_at(~part["contact"].to_numpy(dtype=bool), -part[name].to_numpy(dtype=float))
        for _, part in known.groupby("cut", sort=True)
    ]
    probable = name in PROBABILITIES
    return {
        "auc": area_under_curve(happened, score),
        "average_precision": average_precision(~happened, -score),
        "precision_at_10": float(np.mean(tops)) if tops else float("nan"),
        "brier": brier(happened, score) if probable else float("nan"),
        "ece": calibration_error(happened, score) if probable else float("nan"),
    }


def _per_cut(rows: pd.DataFrame, cut: int, past: OwnPast, *, complete: bool) -> dict[str, object]:
    happened = rows["contact"].to_numpy(dtype=bool)
    return {
        "cut": iso_day(cut),
        "rows": len(rows),
        "pairs": rows["_pair"].nunique(),
        "base_rate": float(happened.mean()) if len(rows) else float("nan"),
        "auc": area_under_curve(happened, rows[OURS].to_numpy(dtype=float)),
        "brier": brier(happened, rows[OURS].to_numpy(dtype=float)),
        "recency_auc": area_under_curve(happened, rows["recency"].to_numpy(dtype=float)),
        "shift": past.shift,
        "cases": past.cases,
        "complete": complete,
    }


def iso_day(day: int) -> str:
    """Return a day, a number since 1970, as text."""
    return as_day(_FIRST_DAY + dt.timedelta(days=int(day))).isoformat()
