"""
Fit the coefficients that `contact_probability` ships.

    python benchmarks/neglect/fit.py FOLDER

FOLDER holds the public logs (enron156.csv.gz and so on). With `--check` nothing is
written: the shipped file is compared with what the data give.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from logs import HISTORIES, LOGS, checksum, each_cut, span_of

from villagegraph.measures import probability
from villagegraph.measures.features import design
from villagegraph.measures.outcomes import MIN_DAYS
from villagegraph.measures.probability import COEFFICIENTS, logistic

SHIPPED = Path(probability.__file__).with_name(COEFFICIENTS)
TERMS = {"village": ("quiet", "span"), "log": ("quiet", "span", "overdue")}
PERSONAL = {log.organization for log in LOGS if log.personal}
DECIMALS = 3

# a ridge this small only keeps the fit from running away where a log is tiny
_RIDGE = 0.1
_TOTAL_WEIGHT = 4000.0


class Sample(NamedTuple):
    """Rows of all logs: the terms, what happened, and from which log and organisation."""

    terms: np.ndarray
    contacted: np.ndarray
    group: np.ndarray
    organization: np.ndarray


def sample(folder: Path, *, until: dict[str, int] | None = None) -> Sample:
    """Build the rows of every log, cut (up to one of each log, if told) and length of history."""
    parts = []
    for log in LOGS:
        contacts = log.days(folder)
        for history in log.histories:
            for cut, rows in each_cut(log, contacts, history):
                if until and cut > until[log.name]:
                    continue
                terms = design(rows.features, horizon=log.horizon, overdue=rows.overdue)
                names = np.full(len(terms), f"{log.name} {history}")
                owners = np.full(len(terms), log.organization)
                parts.append((terms, rows.contacted, names, owners))
    return Sample(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def without(rows: Sample, organization: str) -> Sample:
    """Leave out an organisation."""
    kept = rows.organization != organization
    return Sample(*(column[kept] for column in rows))


def fit(rows: Sample, terms: int) -> tuple[float, np.ndarray]:
    """
    Fit common slopes, with an intercept for each log and length of history.

    An organisation weighs as the root of its rows, so that the largest does not
    decide alone. The intercept returned is the mean over organisations: how much
    people of one write says nothing of the next. For one person's ties it is the
    mean over those whose logs are such as a person's exports hold.
    """
    groups, group = np.unique(rows.group, return_inverse=True)
    owners, owner = np.unique(rows.organization, return_inverse=True)
    weight = 1 / np.sqrt(np.bincount(owner))[owner]
    weight *= _TOTAL_WEIGHT / weight.sum()
    matrix = np.hstack([rows.terms[:, :terms], np.eye(len(groups))[group]])
    ridge = np.r_[np.full(terms, _RIDGE), np.full(len(groups), _RIDGE / 100)]
    found = np.zeros(matrix.shape[1])
    for _ in range(50):
        p = logistic(matrix @ found)
        slope = matrix.T @ (weight * (p - rows.contacted)) + ridge * found
        curve = (matrix * (weight * p * (1 - p))[:, None]).T @ matrix + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        found -= step * min(1.0, 5 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    intercepts = found[terms:]
    wanted = PERSONAL if terms == len(TERMS["village"]) else set(owners)
    of = [rows.organization[rows.group == name][0] for name in groups]
    means = [
        intercepts[[place == name for place in of]].mean() for name in owners if name in wanted
    ]
    return float(np.mean(means)), found[:terms]


def document(folder: Path) -> dict[str, object]:
    """Return the file that is shipped."""
    rows = sample(folder)
    models = {}
    for name, terms in TERMS.items():
        intercept, slopes = fit(rows, len(terms))
        # beyond this, a longer horizon could make contact with a new acquaintance less likely
        slopes[1] = min(slopes[1], -np.log(2) * slopes[0] - 0.5 * 10.0**-DECIMALS)
        values = np.round([intercept, *slopes], DECIMALS).tolist()
        models[name] = dict(zip(("intercept", *terms), values, strict=True))
    data = []
    for log in LOGS:
        table = log.read(folder)
        used = np.char.startswith(rows.group, f"{log.name} ")
        data.append(
            {
                "file": f"{log.name}.csv.gz",
                "sha256": checksum(folder / f"{log.name}.csv.gz"),
                "from_to": span_of(table),
                "horizon_days": log.horizon,
                "histories_in_horizons": list(log.histories),
                "rows": int(used.sum()),
                "share_with_contact": round(float(rows.contacted[used].mean()), 3),
            }
        )
    return {
        "what": "Coefficients of contact_probability: see its docstring and docs/neglect.md.",
        "script": "benchmarks/neglect/fit.py",
        "min_days": MIN_DAYS,
        "histories_in_horizons": list(HISTORIES),
        "models": models,
        "data": data,
    }


def text(folder: Path) -> str:
    """Return the shipped file as text."""
    return json.dumps(document(folder), indent=2) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    found = text(given.folder)
    if given.check:
        same = SHIPPED.read_text(encoding="utf-8") == found
        print("the shipped coefficients are what the data give" if same else found)
        raise SystemExit(0 if same else 1)
    SHIPPED.write_text(found, encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
