"""Every value that bandicoot gives for its own test data, read by our own reader."""

from __future__ import annotations

import ast
import csv
import json
import math
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from villagegraph.measures import response_delay_text, rhythm, week_matrix
from villagegraph.measures.rhythm import interaction_log
from villagegraph.village import load_village, village_from_phones

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from villagegraph.village import Village

pytestmark = pytest.mark.real

FILES = {
    "manual_A": "manual/A.csv",
    "manual_B": "manual/B.csv",
    "u_test2": "u_test2.csv",
    "u_test_no_position": "u_test_no_position.csv",
    "churn_user": "churn_user.csv",
}
USERS = (*FILES, "network_ego")


@pytest.fixture(scope="module")
def samples(shared_data: Path) -> Path:
    return shared_data / "corpora" / "calls_bandicoot" / "bandicoot" / "tests" / "samples"


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> list[dict[str, str]]:
    path = shared_data / "reference" / "bandicoot_reference_tidy.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if not row["function"].startswith("assortativity")]


def phone(samples: Path, user: str, folder: Path) -> Village:
    if user == "network_ego":
        return village_from_phones(samples / "network", me="ego", agreed=True)
    shutil.copy(samples / FILES[user], folder / "records.csv")
    return load_village(folder, cache=False)


def values(found: pd.DataFrame) -> dict[tuple[str, str, str, str], float]:
    keys = (found[name] for name in ("channel", "indicator", "params", "stat"))
    return dict(zip(zip(*keys, strict=True), found["value"], strict=True))


def near(value: float, expected: float) -> bool:
    return value == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("user", USERS)
def test_each_row_of_the_reference(
    user: str, samples: Path, reference: list[dict[str, str]], tmp_path: Path
):
    village = phone(samples, user, tmp_path)
    found = values(rhythm(village, compat="bandicoot"))
    rows = [row for row in reference if row["user"] == user]
    assert len(rows) == {"churn_user": 155, "network_ego": 214}.get(user, 209)
    wrong = []
    for row in rows:
        if row["params"] == "distribution":
            delays = sorted(response_delay_text(village, compat="bandicoot"))
            assert delays == pytest.approx(ast.literal_eval(row["value"]))
            continue
        weight = "interaction=" * row["function"].endswith("_weighted")
        key = (row["interaction"], row["function"], weight + row["params"], row["stat"])
        expected = float(row["value"] or "nan")
        if not near(found[key], expected):
            wrong.append((key, expected, found[key]))
    assert not wrong


def test_the_reference_has_undefined_values(reference: list[dict[str, str]]):
    assert sum(not row["value"] for row in reference) == 78


@pytest.mark.parametrize(("user", "name"), [("manual_A", "manual_a"), ("network_ego", "ego")])
def test_weeks_with_weekends_and_nights_apart(user: str, name: str, samples: Path, tmp_path: Path):
    village = phone(samples, user, tmp_path)
    found = rhythm(village, by="week", split=("week", "day"), compat="bandicoot")
    path = samples / "regressions" / f"{name}.json"
    (expected,) = json.loads(path.read_text(encoding="utf-8")).values()
    usual = {
        "number_of_contacts": "direction=None",
        "number_of_interactions": "direction=None",
        "interactions_per_contact": "direction=None",
        "call_duration": "direction=None",
        "entropy_of_contacts": "normalize=False",
        "balance_of_contacts": "weighted=True",
        "percent_pareto_interactions": "percentage=0.8",
        "percent_pareto_durations": "percentage=0.8",
    }
    groups = ["part_of_week", "part_of_day", "channel", "indicator", "params", "stat"]
    by_week = {key: group["value"] for key, group in found.groupby(groups)}
    names = set(found["indicator"])
    checked = 0
    for key, value in expected.items():
        indicator, *place = key.split("__")
        if len(place) < 4:
            continue
        *place, over_weeks = place
        params = usual.get(indicator, "")
        if indicator in ("number_of_interaction_in", "number_of_interaction_out"):
            params = f"direction={indicator.rpartition('_')[2]}"
            indicator = "number_of_interactions"
        if indicator not in names:
            continue
        week, day, channel, *stat = place
        weeks = by_week.get((week, day, channel, indicator, params, stat[0] if stat else "value"))
        got = weeks.dropna().to_numpy() if weeks is not None else np.empty(0)
        number = {"mean": np.mean, "std": np.std}[over_weeks](got) if len(got) else math.nan
        assert near(float(number), math.nan if value is None else value), key
        checked += 1
    assert checked > 500


def test_the_matrix_of_the_week(samples: Path, tmp_path: Path):
    shutil.copy(samples / "special" / "X.csv", tmp_path)
    log = interaction_log(load_village(tmp_path, cache=False))
    path = samples / "special" / "weekmatrix_X_60min_interval.csv"
    with path.open(encoding="utf-8") as file:
        rows = [{name: row[name] for name in row} for row in csv.DictReader(file)]
    # their channels 2 to 5: calls in, calls out, texts in, texts out
    kinds = [("call", "in"), ("call", "out"), ("sms", "in"), ("sms", "out")]
    for number, (channel, direction) in enumerate(kinds, start=2):
        expected = np.zeros((7, 24))
        for row in rows:
            if row["channel"] == str(number):
                expected[int(row["weekday"]), int(row["section"])] += float(row["value"])
        chosen = (log["channel"] == channel) & (log["direction"] == direction)
        assert expected.sum() > 0
        np.testing.assert_array_equal(week_matrix(log[chosen]), expected)
