"""
The command line: the only place that reads the clock.

stdout is the result, stderr the log. Exit 0: done; 1: something is wrong with
the input, said in one line; 2: wrong usage.

Only what click needs anyway is imported at the top: help has to come at once.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any

import click

from villagegraph.errors import VillageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from villagegraph.village import Village

FAR_BEHIND_DAYS = 31
PROGRESS_BYTES = 20_000_000


class _Group(click.Group):
    """A group whose commands say what is wrong in one line."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 (as click declares it)
        try:
            return super().invoke(ctx)
        except VillageError as error:
            if ctx.obj and ctx.obj.get("verbose"):
                raise
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="villagegraph")
def main() -> None:
    """
    See and tend your own village.

    Point villagegraph at a FOLDER of exports (address books, LinkedIn, mail,
    calendars, chats): it draws a map of the people around you and writes a
    monthly report. Nothing leaves this machine.
    """


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """Add what all commands on a folder take."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Log every step; show tracebacks."),
        click.option(
            "--config",
            type=click.Path(dir_okay=False, exists=True),
            help="Settings file in the place of FOLDER/village.toml.",
        ),
        click.option(
            "--me",
            multiple=True,
            metavar="HANDLE",
            help="Your address, number or name; may be given several times.",
        ),
        click.argument("folder", type=click.Path()),
    ):
        command = option(command)
    return command


_AS_OF = click.option(
    "--as-of", metavar="DAY", help="Last day that counts, as 2026-10-31.  [default: today]"
)


@main.command()
@_shared
@click.option("--force", is_flag=True, help="Overwrite a village.toml that is there.")
def init(folder: str, me: tuple[str, ...], config: str | None, verbose: bool, force: bool) -> None:
    """Write a commented village.toml into FOLDER, with you guessed."""
    from villagegraph.errors import SettingsError
    from villagegraph.files import write_whole
    from villagegraph.overview import starter_settings
    from villagegraph.settings import SETTINGS_FILE

    target = os.path.join(folder, SETTINGS_FILE)  # noqa: PTH118 (see the note on imports)
    if os.path.exists(target) and not force:  # noqa: PTH110
        msg = "is there already. Use --force to overwrite it."
        raise SettingsError(msg, path=target)
    village = _load(folder, me, config, verbose=verbose)
    click.echo(write_whole(target, starter_settings(village)))


@main.command()
@_shared
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(
    folder: str, me: tuple[str, ...], config: str | None, verbose: bool, as_json: bool
) -> None:
    """Show what is in FOLDER, what was left out and why, and who you are."""
    from villagegraph.overview import overview, overview_json, overview_text

    village = _load(folder, me, config, verbose=verbose)
    facts = overview(village)
    click.echo(overview_json(facts) if as_json else overview_text(facts, folder=folder).rstrip())


@main.command(name="map")
@_shared
@_AS_OF
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    default="village.html",
    show_default=True,
    help="The page to write.",
)
@click.option("--title", default="My village", show_default=True, help="Heading of the page.")
def map_(
    folder: str,
    me: tuple[str, ...],
    config: str | None,
    verbose: bool,
    as_of: str | None,
    output: str,
    title: str,
) -> None:
    """Draw the interactive map of FOLDER as one HTML file that needs no network."""
    from villagegraph.graph import village_graph
    from villagegraph.maps import draw_map
    from villagegraph.measures import neglected_ties

    village = _load(folder, me, config, verbose=verbose)
    day = _day(village, as_of)
    neglected = None if village.me is None else neglected_ties(village, as_of=day)
    picture = draw_map(village_graph(village, as_of=day), neglected=neglected, title=title)
    click.echo(picture.save(output))


@main.command()
@_shared
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
def report(
    folder: str,
    me: tuple[str, ...],
    config: str | None,
    verbose: bool,
    output: str,
    month: str | None,
) -> None:
    """Write the monthly report on FOLDER: report.html, neglected.csv, occasions.ics."""
    from villagegraph.report import monthly_report

    if month is not None:
        _usage(_check_month, month, option="--month")
    village = _load(folder, me, config, verbose=verbose)
    chosen = month or _last_month(village)
    written = monthly_report(village, month=chosen)
    for notice in written.notices:
        click.echo(notice, err=True)
    click.echo(written.save(output))


@main.command()
@_shared
@_AS_OF
@click.option("--limit", type=click.IntRange(min=1), help="At most so many on each list.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def neglected(
    folder: str,
    me: tuple[str, ...],
    config: str | None,
    verbose: bool,
    as_of: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List whom you have not been in touch with for longer than is usual for you two."""
    from villagegraph.measures import neglected_ties

    village = _load(folder, me, config, verbose=verbose)
    table = neglected_ties(village, as_of=_day(village, as_of), limit=limit)
    if as_json:
        click.echo(table.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
        return
    if table.empty:
        click.echo("Nobody: every tie keeps its own rhythm.")
    for title, rows in table.groupby("list", sort=False):
        click.echo(f"{str(title).capitalize()}\n")
        for row in rows.to_dict("records"):
            click.echo(f"{row['rank']:>4}. {row['name']}\n      {row['reason']}\n")


@main.command()
@click.argument("directory", type=click.Path(file_okay=False))
@click.option("--seed", type=int, help="Another village for another number.")
def sample(directory: str, seed: int | None) -> None:
    """Write the exports of a fictional person into DIRECTORY, to try things on."""
    from villagegraph.samples import write_sample

    options = {} if seed is None else {"seed": seed}
    click.echo(write_sample(directory, **options))


def _load(folder: str, me: tuple[str, ...], config: str | None, *, verbose: bool) -> Village:
    """Read the folder, showing progress where it takes long."""
    click.get_current_context().find_root().obj = {"verbose": verbose}
    if verbose:
        import logging

        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    from villagegraph.errors import SkippedRowsWarning
    from villagegraph.settings import read_settings
    from villagegraph.village import load_village

    settings = None if config is None else read_settings(config)
    with warnings.catch_warnings(), _progress() as progress:
        # the count is said below, and `check` lists them
        warnings.simplefilter("ignore", SkippedRowsWarning)
        village = load_village(folder, me=me, settings=settings, progress=progress)
    owner = f"you: {village.me_basis}" if village.me else "you: not found, give --me"
    left_out = f"; {_counted(len(village.skipped), 'row')} left out (villagegraph check shows why)"
    click.echo(
        f"Read {_counted(len(village.files), 'file')}: {len(village.people):,} people, "
        f"{_counted(len(village.interactions), 'event')}"
        f"{left_out if len(village.skipped) else ''}; {owner}.",
        err=True,
    )
    return village


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar on a terminal, once there is much to read."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("Reading", total=None, visible=False)

    def step(label: str, done: int, total: int) -> None:
        bar.update(
            task,
            description=f"Reading {label.rpartition('/')[2][:40]}".replace("[", "\\["),
            completed=done,
            total=total,
            visible=total >= PROGRESS_BYTES,
        )

    with bar:
        yield step


def _usage(check_value: Callable[[str], object], value: str, *, option: str) -> None:
    try:
        check_value(value)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _check_month(month: str) -> object:
    from villagegraph.days import month_bounds

    return month_bounds(month)


def _today() -> dt.date:
    import datetime as dt

    return dt.date.today()


def _day(village: Village, as_of: str | None) -> dt.date:
    """Return the day that counts: as given, else today, else the last one with data."""
    from villagegraph.days import as_day
    from villagegraph.overview import early_ends

    today = _today()
    if as_of is not None:
        _usage(as_day, as_of, option="--as-of")
    day = today if as_of is None else as_day(as_of)
    days = _days_with_data(village, until=max(day, today))
    if not days:
        return day
    if day < days[0]:
        click.echo(f"The exports begin on {days[0]}: before, nothing is known.", err=True)
    elif (day - days[-1]).days > FAR_BEHIND_DAYS:
        if as_of is None:
            day = days[-1]
            what = f"so {day} is taken as today. Give --as-of to choose another day."
        else:
            what = f"what came later is not known: try --as-of {days[-1]}."
        click.echo(f"The exports end on {days[-1]}, {what}", err=True)
    notice = early_ends(village, as_of=day)
    if notice:
        click.echo(notice, err=True)
    return day


def _last_month(village: Village) -> str:
    """Return the last complete month that has data."""
    import datetime as dt

    before = _today().replace(day=1) - dt.timedelta(days=1)
    days = _days_with_data(village, until=before)
    return f"{days[-1] if days else before:%Y-%m}"


def _days_with_data(village: Village, *, until: dt.date) -> list[dt.date]:
    """Return the first and the last day with an event between people, as far as `until`."""
    # a mail whose date lies in the future says nothing of where the exports end
    last = village.until(until).last_day
    if last is None:
        return []
    at = village.interactions.loc[~village.interactions["automated"], "at"]
    return [at.min().tz_convert(village.zone).date(), last]
