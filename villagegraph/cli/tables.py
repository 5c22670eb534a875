"""The command that writes every table and measure of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from villagegraph.cli.group import Given, as_of_option, on_folder

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from villagegraph.village import Village


@click.command()
@on_folder
@as_of_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    default="tables",
    show_default=True,
    help="The folder to write to.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="What to write: CSV for spreadsheets, Parquet for programs.",
)
def tables(given: Given, as_of: str | None, output: str, kind: str) -> None:
    """Write every table and every measure of FOLDER, for spreadsheets and other programs."""
    from villagegraph.cli.clock import chosen_day, day_given
    from villagegraph.files import csv_text, parquet_bytes, write_whole
    from villagegraph.tables import CONTRACTS

    day_given(as_of)
    village = given.load()
    frames = _tables(village, chosen_day(village, as_of))
    for name, frame in frames.items():
        columns = CONTRACTS[name].columns if name in CONTRACTS else {}
        lists = [column for column, told in columns.items() if told.kind == "texts"]
        content = csv_text(frame) if kind == "csv" else parquet_bytes(frame, lists=lists)
        write_whole(Path(output, f"{name}.{kind}"), content)
    if village.me is None:
        click.echo("No ego_measures and no neglected: they are somebody's. Give --me.", err=True)
    click.echo(output)


def _tables(village: Village, day: dt.date) -> dict[str, pd.DataFrame]:
    """Return the tables by name, the index as columns."""
    from villagegraph.measures import alter_measures, ego_measures, measure_table, neglected_ties
    from villagegraph.tables import CONTRACTS
    from villagegraph.ties import tie_table

    past = village.until(day)
    names = (
        "people", "interactions", "participants", "handles", "contacts", "merges", "coverage",
        "skipped",
    )  # fmt: skip
    found = {name: getattr(past, name) for name in names}
    found["ties"] = tie_table(past, as_of=day)
    for name, table in found.items():
        if CONTRACTS[name].index:
            found[name] = table.reset_index()
    found["alter_measures"] = alter_measures(past, as_of=day).reset_index()
    if past.me is not None:
        found["ego_measures"] = ego_measures(past, as_of=day).reset_index()
        found["neglected"] = neglected_ties(past, as_of=day)
    found["measure_table"] = measure_table()
    return found


COMMANDS = (tables,)
