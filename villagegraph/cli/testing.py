"""The command that holds the estimates against what happened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from villagegraph.cli.group import Given, json_option, on_folder

if TYPE_CHECKING:
    import pandas as pd

    from villagegraph.measures.backtest_result import Backtest
    from villagegraph.village import Village


@click.command()
@on_folder
@click.option(
    "--cut",
    "cuts",
    multiple=True,
    metavar="DAY",
    help="Day as of which ties are looked at, as 2026-03-31; may be given several times.  "
    "[default: up to eight, spread over the data]",
)
@click.option(
    "--history",
    type=click.IntRange(min=1),
    default=180,
    show_default=True,
    help="Days before a cut that are looked at.",
)
@click.option(
    "--horizon",
    type=click.IntRange(min=1),
    default=90,
    show_default=True,
    help="Days after a cut in which contact counts.",
)
@json_option
def backtest(
    given: Given, cuts: tuple[str, ...], history: int, horizon: int, as_json: bool
) -> None:
    """
    Show how right the estimates of contact would have been in the past.

    FOLDER is a folder of exports, or a CSV file (also gzipped) of who addressed whom
    and when, with a header that names src, dst and unix_time, or with these columns
    first and no header.
    """
    from villagegraph.days import as_day
    from villagegraph.measures.backtest import backtest as run

    for cut in cuts:
        try:
            as_day(cut)
        except ValueError:
            msg = f"a day such as 2026-03-31 is needed, {cut!r} was given"
            raise click.BadParameter(msg, param_hint="--cut") from None
    source = _source(given)
    try:
        found = run(source, cuts=cuts or None, horizon_days=horizon, history_days=history)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--cut") from None
    click.echo(_as_json(found) if as_json else _as_text(found))


def _source(given: Given) -> Village | pd.DataFrame:
    if os.path.isfile(given.folder):  # noqa: PTH113 (see the note on imports)
        from villagegraph.cli.edges import read_edges

        if given.me:
            msg = "a file of who addressed whom is a log of all: it has no owner"
            raise click.BadParameter(msg, param_hint="--me")
        click.get_current_context().find_root().obj = {"verbose": given.verbose}
        edges = read_edges(given.folder)
        click.echo(edges.said, err=True)
        return edges.rows
    return given.load()


def _as_text(found: Backtest) -> str:
    from villagegraph.measures.wording import counted

    rate = "" if found.rows.empty else f", {found.base_rate:.1%} with contact"
    asked = f"within {found.horizon_days} days, from {found.history_days} days of history"
    lines = [f"Contact {asked}: {counted(len(found.rows), 'row')}{rate}.", ""]
    if not found.rows.empty:
        lines += [*_scores(found), "", *_MEANING, "", *_cuts(found), "", *_reliability(found), ""]
    return "\n".join([*lines, *found.notes])


def _scores(found: Backtest) -> list[str]:
    lines = [f"{'':20}{'AUC':>8}{'avg prec':>10}{'prec@10':>9}{'Brier':>8}{'ECE':>8}"]
    names = ("auc", "average_precision", "precision_at_10", "brier", "ece")
    for by, row in found.scores.iterrows():
        cells = [
            _cell(row[name], width) for name, width in zip(names, (8, 10, 9, 8, 8), strict=True)
        ]
        lines.append(f"{by:20}" + "".join(cells))
    silent = 1 - found.base_rate
    lines.append(f"{'base rate':20}{_cell(0.5, 8)}{_cell(silent, 10)}{_cell(silent, 9)}"
                 f"{_cell(found.base_brier, 8)}")  # fmt: skip
    return lines


_MEANING = (
    "AUC: how often a tie with contact was ranked above one without (chance: 0.5, best: 1).",
    "avg prec, prec@10: of ties ranked as most likely to fall silent, those that did.",
    "Brier: mean squared error of the estimates; ECE: their mean distance from what happened",
    "(best: 0).",
)


def _cuts(found: Backtest) -> list[str]:
    lines = [f"{'cut':12}{'rows':>8}{'pairs':>8}{'contact':>9}{'AUC':>8}{'recency':>9}{'Brier':>8}"]
    for row in found.cuts.itertuples():
        day = row.cut if row.complete else f"{row.cut}*"
        lines.append(
            f"{day:12}{row.rows:>8,}{row.pairs:>8,}{_cell(row.base_rate, 9)}{_cell(row.auc, 8)}"
            f"{_cell(row.recency_auc, 9)}{_cell(row.brier, 8)}"
        )
    if not found.cuts["complete"].all():
        lines.append("* The data end before the days after this cut do: contact may be missing.")
    return lines


def _reliability(found: Backtest) -> list[str]:
    lines = [f"{'estimate':12}{'mean':>8}{'contact':>9}{'rows':>8}"]
    for row in found.reliability.itertuples():
        step = f"{row.p_from:.1f} to {row.p_to:.1f}"
        lines.append(f"{step:12}{_cell(row.p_mean, 8)}{_cell(row.share, 9)}{row.n:>8,}")
    return lines


def _cell(value: float, width: int) -> str:
    return f"{'-' if value != value else format(value, '.3f'):>{width}}"  # noqa: PLR0124 (nan alone differs from itself)


def _as_json(found: Backtest) -> str:
    import json

    def plain(table: pd.DataFrame) -> list[dict[str, object]]:
        rows = table.astype(object).where(table.notna(), None).to_dict("records")
        return [{name: getattr(value, "item", lambda v=value: v)() for name, value in row.items()}
                for row in rows]  # fmt: skip

    whole = {
        "horizon_days": found.horizon_days,
        "history_days": found.history_days,
        "rows": len(found.rows),
        "base_rate": None if found.rows.empty else found.base_rate,
        "base_brier": None if found.rows.empty else found.base_brier,
        "scores": plain(found.scores.reset_index()),
        "cuts": plain(found.cuts),
        "reliability": plain(found.reliability),
        "notes": list(found.notes),
    }
    return json.dumps(whole, indent=2, allow_nan=False)


COMMANDS = (backtest,)
