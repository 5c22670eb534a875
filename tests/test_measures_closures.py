from __future__ import annotations

import math
import warnings

import pandas as pd
import pytest
from toy import ME, every, village

import villagegraph as vg


def warm(*people):
    return [mail for who in people for mail in every(who, days=5, count=6, last="2026-03-28")]


def test_who_meets_later_is_counted():
    people = {who: {"name": who, "location": "Oslo"} for who in ("ana", "ben", "cy")}
    met = [("ana", ("ben", ME), "email", "2026-05-01"), ("ben", ("cy", ME), "email", "2026-12-01")]
    toy = village([*warm("ana", "ben", "cy"), *met], people=people)
    table = vg.backtest_introductions(toy, cuts=["2026-03-31", "2026-10-31"])
    assert table["cut"].tolist() == ["2026-03-31", "2026-10-31"]
    # three pairs in March, one of which meets within half a year; in autumn nobody is warm
    assert table.loc[0, ["pairs", "met"]].tolist() == [3, 1]
    assert table.loc[0, "base_rate"] == pytest.approx(1 / 3)
    assert table.loc[1, "pairs"] == 0
    assert math.isnan(table.loc[1, "auc"])
    longer = vg.backtest_introductions(toy, cuts=["2026-03-31"], horizon_days=300)
    assert longer.loc[0, "met"] == 2
    with pytest.raises(ValueError, match="horizon_days needs to be 1 or more"):
        vg.backtest_introductions(toy, cuts=[], horizon_days=0)


@pytest.mark.real
def test_real_pairs_meet_in_about_that_order(shared_data):
    tables = []
    for folder in sorted((shared_data / "ego").glob("*/")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", vg.SkippedRowsWarning)
            mailbox = vg.load_village(folder)
        tables.append(
            vg.backtest_introductions(mailbox, cuts=["2001-03-31", "2001-06-30", "2001-09-30"])
        )
    found = pd.concat(tables)
    some = found[found["auc"].notna()]
    assert some["met"].sum() > 40
    assert (some["auc"] * some["met"]).sum() / some["met"].sum() > 0.55
    assert found["precision_at_10"].mean() > found["met"].sum() / found["pairs"].sum()
