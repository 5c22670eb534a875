"""Commands that show what is in a folder, and help to set it right."""

from __future__ import annotations

import os

import click

from villagegraph.cli.group import Given, json_option, on_folder


@click.command()
@on_folder
@click.option("--force", is_flag=True, help="Overwrite a village.toml that is there.")
def init(given: Given, force: bool) -> None:
    """Write a commented village.toml into FOLDER, with you guessed."""
    from villagegraph.errors import SettingsError
    from villagegraph.files import write_whole
    from villagegraph.overview import starter_settings
    from villagegraph.settings import SETTINGS_FILE

    target = os.path.join(given.folder, SETTINGS_FILE)  # noqa: PTH118 (see the note on imports)
    if os.path.exists(target) and not force:  # noqa: PTH110
        msg = "is there already. Use --force to overwrite it."
        raise SettingsError(msg, path=target)
    village = given.load()
    click.echo(write_whole(target, starter_settings(village)))


@click.command()
@on_folder
@json_option
def check(given: Given, as_json: bool) -> None:
    """Show what is in FOLDER, what was left out and why, and who you are."""
    from villagegraph.overview import overview, overview_json, overview_text

    village = given.load()
    facts = overview(village)
    click.echo(
        overview_json(facts) if as_json else overview_text(facts, folder=given.folder).rstrip()
    )


COMMANDS = (check, init)
