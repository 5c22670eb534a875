from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn import metrics
from sklearn.neighbors import KNeighborsClassifier
from toy import every, village

from villagegraph.cli import main
from villagegraph.cli.edges import read_edges
from villagegraph.errors import ExportError, MissingColumnError
from villagegraph.measures import backtest
from villagegraph.measures.bgnbd import bgnbd_probability, fit_bgnbd
from villagegraph.measures.folds import cross_fitted, pair_folds
from villagegraph.measures.scores import (
    area_under_curve,
    average_precision,
    brier,
    calibration_error,
    precision_at,
    reliability,
)
from villagegraph.plots import plot_reliability

DAY = 86_400
SOME = pd.Timestamp("1970-01-01")


def day(number):
    return str((SOME + pd.Timedelta(days=int(number))).date())


@pytest.fixture(scope="module")
def log():
    """Ties of several rates, a third of which end at some day; 900 days."""
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(260):
        a, b = rng.choice(60, size=2, replace=False)
        gap = rng.lognormal(2.7, 0.7)
        end = rng.uniform(0, 900) if rng.random() < 0.6 else 900
        at = np.cumsum(rng.exponential(gap, size=400)) + rng.uniform(0, 200)
        rows += [(f"p{a}", f"p{b}", int(moment * DAY)) for moment in at[at < end]]
    return pd.DataFrame(rows, columns=["src", "dst", "unix_time"])


@pytest.fixture(scope="module")
def found(log):
    return backtest(log, cuts=[day(n) for n in (300, 500, 700)])


@pytest.mark.parametrize("seed", range(4))
def test_the_scores_are_those_of_scikit_learn(seed) -> None:
    rng = np.random.default_rng(seed)
    # few values, so that many scores are equal
    p = rng.integers(0, 9, size=200) / 10 + 0.05
    happened = rng.random(200) < p
    assert area_under_curve(happened, p) == pytest.approx(metrics.roc_auc_score(happened, p))
    assert average_precision(happened, p) == pytest.approx(
        metrics.average_precision_score(happened, p)
    )
    assert brier(happened, p) == pytest.approx(metrics.brier_score_loss(happened, p))
    table = reliability(happened, p)
    assert table["n"].sum() == 200
    np.testing.assert_allclose(table["p_mean"], np.unique(p))
    assert calibration_error(happened, p) < 0.15
    assert calibration_error(np.ones(10), np.full(10, 0.3)) == pytest.approx(0.7)


def test_without_cases_the_scores_are_undefined() -> None:
    nobody, everybody = np.zeros(0, dtype=bool), np.ones(3, dtype=bool)
    assert np.isnan(area_under_curve(everybody, np.arange(3)))
    assert np.isnan(average_precision(~everybody, np.arange(3)))
    for score in (precision_at, brier, calibration_error):
        assert np.isnan(score(nobody, np.zeros(0)))


def test_it_beats_the_simple_rules_on_ties_that_end(found) -> None:
    auc = found.scores["auc"]
    assert auc["villagegraph"] > auc[["frequency", "recency"]].max()
    assert found.scores["brier"]["villagegraph"] < found.base_brier
    assert found.base_brier == pytest.approx(found.base_rate * (1 - found.base_rate))
    assert found.cuts["rows"].sum() == len(found.rows) == found.reliability["n"].sum()
    assert "3 of 3 cuts are set to the log's own past" in found.notes[0]
    again = metrics.roc_auc_score(found.rows["contact"], found.rows["villagegraph"])
    assert auc["villagegraph"] == pytest.approx(again)
    page = found._repr_html_()
    assert "villagegraph" in page
    assert "1970-10-28" in page


def test_the_future_of_a_cut_changes_only_its_outcome(log) -> None:
    until = log[log["unix_time"] < (700 + 91) * DAY]
    later = until[(until["unix_time"] < 701 * DAY) | until["src"].isin(["p1", "p2", "p3", "p4"])]
    honest = backtest(until, cuts=[day(700)]).rows
    blind = backtest(later, cuts=[day(700)]).rows
    both = honest.merge(blind, on=["ego", "alter"], suffixes=("", "_blind"))
    assert len(both) > 10
    for name in ("villagegraph", "recency", "decayed days", "BG/NBD"):
        np.testing.assert_allclose(both[name], both[f"{name}_blind"])


def test_a_split_by_ego_leaks_and_is_refused(found) -> None:
    rows = found.rows
    ends = [" ".join(sorted(both)) for both in zip(rows["ego"], rows["alter"], strict=True)]
    _, pair = np.unique(ends, return_inverse=True)
    _, ego = np.unique(rows["ego"], return_inverse=True)
    terms = rows[["days", "silence", "decayed days", "recency"]].to_numpy(dtype=float)
    happened = rows["contact"].to_numpy()

    def remembered(fold):
        p = np.empty(len(rows))
        for number in np.unique(fold):
            test = fold == number
            near = KNeighborsClassifier(n_neighbors=1).fit(terms[~test], happened[~test])
            p[test] = near.predict_proba(terms[test])[:, 1]
        return metrics.roc_auc_score(happened, p)

    # whoever has learnt by heart looks good, as long as the other end is among what was learnt
    assert remembered(ego % 5) > remembered(pair_folds(pair)) + 0.05
    with pytest.raises(ValueError, match="pairs stand in more than one fold"):
        cross_fitted(terms, happened, fold=ego % 5, pair=pair)
    assert np.isfinite(cross_fitted(terms, happened, fold=pair_folds(pair), pair=pair)).all()


def test_bgnbd_finds_the_parameters_it_was_made_of() -> None:
    rng = np.random.default_rng(8)
    r, alpha, a, b = 2.0, 40.0, 1.0, 3.0
    age = rng.integers(150, 365, size=3000).astype(float)
    rate, end = rng.gamma(r, 1 / alpha, 3000), rng.beta(a, b, 3000)
    repeats, last, back = np.zeros(3000), np.zeros(3000), np.zeros(3000, dtype=bool)
    for number in range(3000):
        moment = 0.0
        while True:
            moment += rng.exponential(1 / rate[number])
            if moment > age[number]:
                back[number] = moment <= age[number] + 90
                break
            repeats[number] += 1
            last[number] = moment
            if rng.random() < end[number]:
                break
    model = fit_bgnbd(repeats, last, age)
    assert model.r / model.alpha == pytest.approx(r / alpha, rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(a / (a + b), abs=0.07)
    p = bgnbd_probability(model, repeats, last, age, horizon=90)
    assert p.mean() == pytest.approx(back.mean(), abs=0.03)
    assert metrics.roc_auc_score(back, p) > 0.8
    assert fit_bgnbd(repeats[:3], last[:3], age[:3]) is None


def test_of_a_village_the_owners_ties_alone_are_looked_at() -> None:
    items = [
        *every("ana", days=7, count=60, last="2026-10-28"),
        *every("ben", days=9, count=20, last="2026-03-01"),
        *[("cy", ("dee",), "email", f"2026-0{month}-0{d}") for month in (2, 3, 6) for d in (1, 5)],
    ]
    result = backtest(village(items, people={}), cuts=["2026-04-01"])
    assert result.rows["ego"].unique().tolist() == ["me"]
    assert dict(zip(result.rows["alter"], result.rows["contact"], strict=True)) == {
        "ana": True,
        "ben": False,
    }


def test_few_rows_give_no_scores_and_say_why() -> None:
    few = pd.DataFrame({"src": "a", "dst": "b", "unix_time": np.arange(0, 400, 40) * DAY})
    result = backtest(few, cuts=[day(200), day(10)])
    assert result.cuts["rows"].tolist() == [0, 2]
    assert "No ties to look at: 1970-01-11." in result.notes
    assert "There is nothing to tell apart: every tie saw contact." in result.notes
    assert np.isnan(result.scores.loc["villagegraph", "auc"])
    nothing = backtest(few[:1])
    assert nothing.rows.empty
    assert any("too short" in note for note in nothing.notes)
    assert len(plot_reliability(nothing)) == 2


@pytest.mark.parametrize("cut", ["1969-01-01", "1990-01-01"])
def test_a_cut_outside_the_data_is_named(log, cut) -> None:
    with pytest.raises(ValueError, match=f"no outcome is known for {cut}: the data go from 1970"):
        backtest(log, cuts=[cut])


def test_the_picture_shows_each_step(found) -> None:
    fig, ax = plot_reliability(found)
    assert fig is ax.figure
    assert len(ax.collections[0].get_offsets()) == len(found.reliability)


def run(*args):
    return CliRunner().invoke(main, ["backtest", *map(str, args)])


def test_the_command_prints_the_same_table(tmp_path, log, found) -> None:
    path = tmp_path / "edges.csv.gz"
    odd = b"p1,p1,5,email\nbroken\n,p2,77,email\np1,p2,soon,email\n"
    text = log.assign(kind="email").to_csv(index=False).encode()
    path.write_bytes(gzip.compress(text + odd))
    cuts = [part for number in (300, 500, 700) for part in ("--cut", day(number))]
    result = run(path, *cuts)
    assert result.exit_code == 0, result.output
    assert "3 rows left out: no two people, or no time." in result.stderr
    assert "1 row left out: from somebody to themselves." in result.stderr
    assert f"{found.scores.loc['villagegraph', 'auc']:.3f}" in result.stdout
    whole = json.loads(run(path, *cuts, "--json").stdout)
    assert whole["scores"][0]["auc"] == found.scores.loc["villagegraph", "auc"]
    assert whole["scores"][1]["brier"] is None
    shorter = json.loads(run(path, *cuts, "--history", 90, "--horizon", 30, "--json").stdout)
    assert (shorter["history_days"], shorter["horizon_days"]) == (90, 30)


def test_what_stands_above_the_header_and_in_other_columns_does_not_matter(tmp_path) -> None:
    path = tmp_path / "edges.csv"
    path.write_text("# a log\n\n% of mails\nsrc,dst,unix_time,,\na,b,1000000,,x\n")
    edges = read_edges(path)
    assert edges.rows["src"].tolist() == ["a"]
    assert "left out" not in edges.said


def test_a_file_without_a_header_is_read_by_place(tmp_path, log) -> None:
    named, bare = tmp_path / "named.csv", tmp_path / "bare.csv"
    log.assign(kind="email").to_csv(named, index=False)
    bare.write_bytes(b"\xef\xbb\xbf" + b"\n".join(named.read_bytes().split(b"\n")[1:]))
    one, other = read_edges(named), read_edges(bare)
    pd.testing.assert_frame_equal(one.rows, other.rows)
    assert one.said == other.said
    assert len(other.rows) == len(log)
    # numbers as names are no header either
    bare.write_text("1,2,1000000\n2,1,2e6\n")
    assert read_edges(bare).rows["unix_time"].tolist() == [1e6, 2e6]


def test_the_command_says_what_is_wrong_in_one_line(tmp_path, log) -> None:
    path = tmp_path / "edges.csv"
    log.to_csv(path, index=False)
    late = run(path, "--cut", "2030-01-01")
    assert late.exit_code == 2
    assert "no outcome is known for 2030-01-01" in late.stderr
    assert run(path, "--cut", "soon").exit_code == 2
    path.write_text("from,to,when\nSECRET,b,1\n")
    wrong = run(path)
    assert wrong.exit_code == 1
    assert "SECRET" not in wrong.output
    with pytest.raises(MissingColumnError, match="`src`, `dst`, `unix_time`"):
        read_edges(path)
    path.write_bytes(b"\x1f\x8bno gzip")
    with pytest.raises(ExportError, match="cannot be read"):
        read_edges(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf# nothing\n\n", "is empty"),
        (b"src,dst,unix_time\n", "no row beside its header"),
        (b"\x00\x01\x02SECRET", "isn't text"),
        (b"src,dst,unix_time\nSECRET,SECRET,5\n", "only rows from somebody to themselves"),
        (b"src,dst,unix_time\nSECRET,b,1600000000000\n", "too large for seconds, as milliseconds"),
        (b"src,dst,unix_time\nSECRET,b,2020-01-01T10:00\n", "written as dates"),
        (b"# a log\nSECRET,b,2020-01-01\n", ":2: holds times written as dates"),
        (b"src,dst,unix_time\nSECRET,,5\n", "no row with two people and a time"),
    ],
)
def test_a_log_without_a_row_says_which_of_the_reasons_it_has(tmp_path, data, said) -> None:
    path = tmp_path / "edges.csv"
    path.write_bytes(data)
    result = run(path)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "src,dst,unix_time: who addressed whom, and the seconds since 1970" in result.stderr
    assert "SECRET" not in result.output


def test_the_owner_of_a_log_of_all_is_refused(tmp_path, log) -> None:
    path = tmp_path / "edges.csv"
    log.to_csv(path, index=False)
    result = run(path, "--me", "p1")
    assert result.exit_code == 2
    assert "no owner" in result.stderr


def test_without_a_row_no_table_of_dashes_is_printed(tmp_path) -> None:
    path = tmp_path / "edges.csv"
    path.write_text("src,dst,unix_time\na,b,1000000\n")
    result = run(path)
    assert result.exit_code == 0
    assert "Read 1 row: 2 people" in result.stderr
    assert "AUC" not in result.stdout
    assert "The data are too short for a cut" in result.stdout


def test_a_cut_whose_outcome_is_not_whole_is_marked(tmp_path, log) -> None:
    path = tmp_path / "edges.csv"
    log.to_csv(path, index=False)
    last = int(log["unix_time"].max() // DAY)
    early, late = day(last - 200), day(last - 40)
    found = backtest(log, cuts=[early, late])
    assert found.cuts["complete"].tolist() == [True, False]
    assert f"\n{late}*" in run(path, "--cut", early, "--cut", late).stdout
    assert f"\n{early} " in run(path, "--cut", early, "--cut", late).stdout


def test_rules_that_rank_better_are_named(found) -> None:
    auc = found.scores["auc"]
    rules = ["recency", "frequency", "decayed days", "silence / gap", "BG/NBD"]
    assert [name for name in rules if auc[name] > auc["villagegraph"]] == ["BG/NBD"]
    assert found.notes[-1] == "Ranked better than the estimates on these rows: BG/NBD."


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_the_same_whatever_people_are_called(log, seed) -> None:
    names = pd.unique(pd.concat([log["src"], log["dst"]]))
    called = dict(zip(names, np.random.default_rng(seed).permutation(len(names)), strict=True))
    cuts = [day(300), day(500)]
    other = log.assign(src=log["src"].map(called), dst=log["dst"].map(called))
    other = other.sample(frac=1, random_state=seed)
    one, two = backtest(log, cuts=cuts), backtest(other, cuts=cuts)
    pd.testing.assert_frame_equal(one.scores, two.scores, atol=1e-9)
    pd.testing.assert_frame_equal(one.cuts, two.cuts, atol=1e-9)


def test_wrong_dates_long_before_are_said(tmp_path, log) -> None:
    path = tmp_path / "edges.csv"
    late = log.assign(unix_time=log["unix_time"] + 11_000 * DAY)
    early = pd.DataFrame({"src": ["p1", "p2"], "dst": ["p3", "p4"], "unix_time": [DAY, DAY]})
    pd.concat([early, late]).to_csv(path, index=False)
    assert "2 rows dated years before all others." in read_edges(path).said
    assert run(path).exit_code == 0


def test_the_sample_can_be_tested(sample_folder) -> None:
    result = run(sample_folder, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows"] > 50


@pytest.mark.real
def test_mail_of_a_company_is_foretold_better_than_by_recency(shared_data) -> None:
    cuts = [
        "2000-06-30", "2000-09-30", "2000-12-31", "2001-03-31", "2001-06-30", "2001-09-30",
        "2001-12-31",
    ]  # fmt: skip
    log = pd.read_csv(shared_data / "temporal" / "enron156.csv.gz")
    result = backtest(log, cuts=cuts)
    assert result.cuts["rows"].tolist() == [298, 458, 658, 748, 864, 952, 979]
    assert result.scores.loc["recency", "auc"] == pytest.approx(0.759, abs=5e-4)
    assert result.scores.loc["villagegraph", "auc"] > 0.77
    assert result.scores.loc["villagegraph", "brier"] < 0.17
