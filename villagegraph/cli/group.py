"""The group of commands, and what they all take."""

from __future__ import annotations

import errno
import functools
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from villagegraph.errors import VillageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from villagegraph.village import Village


_FULL = (errno.ENOSPC, errno.EDQUOT)


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
        except OSError as error:
            if error.errno not in _FULL:
                raise
            # Python would try once more to get rid of the rest when it ends
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            click.echo("Error: the result is not whole: no space is left where it goes.", err=True)
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
    calendars, chats, calls): it draws a map of the people around you and writes a
    monthly report. Nothing leaves this machine.
    """


def as_typed(
    _: click.Context, __: click.Parameter, value: str | tuple[str, ...] | None
) -> str | tuple[str, ...] | None:
    """Return what somebody typed: a terminal may send bytes that Python takes for no letters."""
    if isinstance(value, tuple):
        return tuple(map(_text, value))
    return None if value is None else _text(value)


def _text(value: str) -> str:
    try:
        typed = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        typed = value.encode("utf-8", "replace")
    return typed.decode("utf-8", "replace")


class Given(NamedTuple):
    """The folder that a command is about, and how to read it."""

    folder: str
    me: tuple[str, ...]
    config: str | None
    verbose: bool
    cache: bool

    def load(self) -> Village:
        """Read the folder, showing progress where it takes long."""
        from villagegraph.cli.loading import load

        click.get_current_context().find_root().obj = {"verbose": self.verbose}
        return load(self)


def on_folder(command: Callable[..., None]) -> Callable[..., None]:
    """Add what all commands on a folder take; the command gets it as one `Given`."""

    @functools.wraps(command)
    def run(*, no_cache: bool, **options: Any) -> None:  # noqa: ANN401 (each option its own type)
        given = {name: options.pop(name) for name in ("folder", "me", "config", "verbose")}
        command(Given(**given, cache=not no_cache), **options)

    shared: Callable[..., None] = run
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Log every step; show tracebacks."),
        click.option("--no-cache", is_flag=True, help="Read every file again; keep nothing."),
        click.option(
            "--config",
            type=click.Path(dir_okay=False, exists=True),
            help="Settings file in the place of FOLDER/village.toml.",
        ),
        click.option(
            "--me",
            multiple=True,
            callback=as_typed,
            metavar="HANDLE",
            help="Your address, number or name; may be given several times.",
        ),
        click.argument("folder", type=click.Path()),
    ):
        shared = option(shared)
    return shared


as_of_option = click.option(
    "--as-of", metavar="DAY", help="Last day that counts, as 2026-10-31.  [default: today]"
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
