"""Read the folder that a command is about, and say what was read."""

from __future__ import annotations

import contextlib
import sys
import warnings
from typing import TYPE_CHECKING

import click

from villagegraph.errors import SkippedRowsWarning
from villagegraph.settings import read_settings
from villagegraph.village import load_village

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from villagegraph.cli.group import Given
    from villagegraph.village import Village

PROGRESS_BYTES = 20_000_000


def load(given: Given) -> Village:
    """Read the folder, with a bar on a terminal, and say on stderr what there is."""
    if given.verbose:
        import logging

        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    settings = None if given.config is None else read_settings(given.config)
    with warnings.catch_warnings(), _progress() as progress:
        # the count is said below, and `check` lists them
        warnings.simplefilter("ignore", SkippedRowsWarning)
        village = load_village(
            given.folder, me=given.me, settings=settings, progress=progress, cache=given.cache
        )
    owner = f"you: {village.me_basis}" if village.me else "you: not found, give --me"
    left_out = f"; {_counted(len(village.skipped), 'row')} left out (villagegraph check shows why)"
    click.echo(
        f"Read {_counted(len(village.files), 'file')}: "
        f"{_counted(len(village.people), 'person', 'people')}, "
        f"{_counted(len(village.interactions), 'event')}"
        f"{left_out if len(village.skipped) else ''}; {owner}.",
        err=True,
    )
    return village


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


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
