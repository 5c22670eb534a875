"""The command that tells how to get an export."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from villagegraph.parsing.guide import Guide

_WIDTH = 96


@click.command()
@click.argument("source", required=False)
def exports(source: str | None) -> None:
    """
    Tell which exports can be read; with a SOURCE such as whatsapp, how to get it.

    SOURCE is any part of a name on the list.
    """
    from villagegraph.readers import READERS

    guides = [guide for reader in READERS for guide in reader.GUIDES]
    if source is None:
        for guide in guides:
            click.echo(guide.source)
        click.echo("\nvillagegraph exports NAME tells how to get one.")
        return
    word = source.casefold()
    found = [g for g in guides if word in g.source.casefold() or source in g.kinds]
    if not found:
        msg = "no such source: `villagegraph exports` lists them."
        raise click.BadParameter(msg, param_hint="SOURCE")
    click.echo("\n\n".join(map(_told, found)))


def _told(guide: Guide) -> str:
    lines = [guide.source, ""]
    for place, step in enumerate(guide.steps, start=1):
        lines += _wrapped(step, f"{place:>3}. ")
    for title, text in (("Read", guide.read), ("Not read", guide.left_out)):
        lines += ["", *_wrapped(text, f"{title}: ")]
    lines += ["", *(line for trap in guide.traps for line in _wrapped(trap, "  - "))]
    return "\n".join(lines).rstrip()


def _wrapped(text: str, start: str) -> list[str]:
    indent = " " * (len(start) if start[0] == " " else 2)
    return textwrap.wrap(text, _WIDTH, initial_indent=start, subsequent_indent=indent)


COMMANDS = (exports,)
