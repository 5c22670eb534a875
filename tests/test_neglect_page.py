"""The tables of docs/neglect.md are those that `make neglect` wrote down."""

from __future__ import annotations

import hashlib
import importlib
import json
from pathlib import Path

import pandas as pd
import pytest

from villagegraph.measures.edge_log import as_contact_days
from villagegraph.measures.outcomes import outcomes

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks" / "neglect"
TEXT = (ROOT / "docs" / "neglect.md").read_text(encoding="utf-8")
FIGURES = json.loads((FOLDER / "figures.json").read_text(encoding="utf-8"))


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_the_page_shows_the_figures_and_no_others(benchmark) -> None:
    rendered = benchmark("page").rendered
    assert rendered(TEXT, FIGURES) == TEXT
    by_hand = TEXT.replace("| recency | 0.759 |", "| recency | 0.659 |")
    assert by_hand != TEXT
    assert rendered(by_hand, FIGURES) == TEXT
    with pytest.raises(ValueError, match="a place for a table"):
        rendered(TEXT.replace("<!-- table: time -->", ""), FIGURES)


def test_the_figures_are_those_of_the_shipped_coefficients() -> None:
    shipped = ROOT / "villagegraph" / "measures" / "coefficients.json"
    found = hashlib.sha256(shipped.read_bytes()).hexdigest()
    assert found == FIGURES["coefficients"], "run `make neglect`"


def test_the_enron_model_has_seven_features_and_ours_has_the_better_probabilities(
    benchmark,
) -> None:
    log = pd.DataFrame({"src": "a", "dst": "b", "unix_time": [0, 864_000, 1_728_000, 9_000_000]})
    cases = outcomes(as_contact_days(log), cut=40, horizon=90, history=41)
    assert benchmark("ways").seven(cases, 90).shape == (2, 7)
    for log_name, ways in FIGURES["enron"].items():
        ours, enron = (
            ways[name] for name in ("**villagegraph, as shipped**", "7 features, fitted on Enron")
        )
        assert ours["brier"] < enron["brier"], log_name


@pytest.mark.real
def test_a_row_of_the_table_comes_out_again(benchmark, shared_data) -> None:
    ways, logs, table = (benchmark(name) for name in ("ways", "logs", "table"))
    folder = shared_data / "temporal"
    calls = next(log for log in logs.LOGS if log.name == "reality_calls")
    way = ways.scored(ways.judged(calls, folder, ways.shipped(calls.horizon)))
    found = FIGURES["enron"]["reality_calls"]["**villagegraph, as shipped**"]
    assert table._plain(way) == found
