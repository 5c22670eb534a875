"""Commands that make something of a folder."""

from __future__ import annotations

import click

from villagegraph.cli.group import Given, as_of_option, json_option, on_folder


@click.command(name="map")
@on_folder
@as_of_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    default="village.html",
    show_default=True,
    help="The page to write.",
)
@click.option("--title", default="My village", show_default=True, help="Heading of the page.")
@click.option("--no-names", is_flag=True, help="Number people: no name stands in the file.")
@click.option("--pseudonyms", is_flag=True, help="Made-up names, the same in every map.")
def map_(
    given: Given, *, as_of: str | None, output: str, title: str, no_names: bool, pseudonyms: bool
) -> None:
    """Draw the interactive map of FOLDER as one HTML file that needs no network."""
    from villagegraph.cli.clock import chosen_day, day_given
    from villagegraph.graph import village_graph
    from villagegraph.maps import draw_map
    from villagegraph.measures import neglected_ties

    if no_names and pseudonyms:
        msg = "--no-names and --pseudonyms are two ways to leave names out: choose one."
        raise click.UsageError(msg)
    day_given(as_of)
    village = given.load()
    day = chosen_day(village, as_of)
    neglected = None if village.me is None else neglected_ties(village, as_of=day)
    picture = draw_map(village_graph(village, as_of=day), neglected=neglected, title=title)
    click.echo(picture.save(output, names=not no_names, pseudonyms=pseudonyms))


@click.command()
@on_folder
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    default="report",
    show_default=True,
    help="The folder to write to.",
)
@click.option(
    "--month",
    metavar="MONTH",
    help="Month to report on, as 2026-10.  [default: the last complete month that has data]",
)
def report(given: Given, output: str, month: str | None) -> None:
    """Write the monthly report on FOLDER: report.html, neglected.csv, occasions.ics."""
    from villagegraph.cli.clock import check_month, last_month
    from villagegraph.report import monthly_report

    if month is not None:
        check_month(month)
    village = given.load()
    chosen = month or last_month(village)
    written = monthly_report(village, month=chosen)
    for notice in written.notices:
        click.echo(notice, err=True)
    click.echo(written.save(output))


@click.command()
@on_folder
@as_of_option
@click.option("--limit", type=click.IntRange(min=1), help="At most so many on each list.")
@json_option
def neglected(given: Given, as_of: str | None, limit: int | None, as_json: bool) -> None:
    """List whom you have not been in touch with for longer than is usual for you two."""
    from villagegraph.cli.clock import chosen_day, day_given
    from villagegraph.measures import neglected_ties

    day_given(as_of)
    village = given.load()
    day = chosen_day(village, as_of)
    table = neglected_ties(village, as_of=day, limit=limit)
    if as_json:
        click.echo(table.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
        return
    if table.empty:
        known = village.until(day).last_day is not None
        click.echo(f"Nobody: {'every tie keeps its own rhythm' if known else 'nothing is known'}.")
    for title, rows in table.groupby("list", sort=False, observed=True):
        click.echo(f"{str(title).capitalize()}: {_LISTS[str(title)]}\n")
        for row in rows.to_dict("records"):
            click.echo(f"{row['rank']:>4}. {row['name']}\n      {row['reason']}\n")
    click.echo(f"How likely contact is: {table.attrs['forecast']}", err=True)


_LISTS = {
    "slipping": "who mattered most and is least likely to come back alone",
    "worth a message": "who mattered most and whose silence is unlike them",
    "dormant": "who mattered and has been quiet for over a year",
}


@click.command()
@on_folder
@as_of_option
@click.option(
    "--limit", type=click.IntRange(min=1), default=3, show_default=True, help="At most so many."
)
@json_option
def week(given: Given, as_of: str | None, limit: int, as_json: bool) -> None:
    """List a few people to get in touch with this week: why now, on which channel, what to ask."""
    from villagegraph.cli.clock import chosen_day, day_given
    from villagegraph.touches import this_week

    day_given(as_of)
    village = given.load()
    table = this_week(village, as_of=chosen_day(village, as_of), limit=limit)
    if as_json:
        click.echo(table.to_json(orient="records", force_ascii=False, indent=2))
        return
    if table.empty:
        click.echo("Nobody is due this week. A line about your own work is never amiss.")
    for row in table.to_dict("records"):
        click.echo(f"{row['rank']}. {row['line']}")


@click.command()
@click.argument("directory", type=click.Path(file_okay=False))
@click.option("--seed", type=int, help="Another village for another number.")
def sample(directory: str, seed: int | None) -> None:
    """Write the exports of a fictional person into DIRECTORY, to try things on."""
    from villagegraph.samples import write_sample

    options = {} if seed is None else {"seed": seed}
    click.echo(write_sample(directory, **options))


COMMANDS = (map_, neglected, report, sample, week)
