"""Load a village from a folder of exports."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.errors import SkippedRowsWarning
from villagegraph.parsing import phone_region
from villagegraph.people import ALIASES_FILE, Identity, identify_people, read_aliases
from villagegraph.readers import coverage, read_folder
from villagegraph.settings import SETTINGS_FILE, Settings, read_settings
from villagegraph.tables import CONTRACTS, make
from villagegraph.village.core import Village, keep_owner, without_opted_out

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable


def load_village(
    folder: str | os.PathLike[str],
    *,
    me: str | Iterable[str] = (),
    settings: Settings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Village:
    """
    Read a folder of exports and find out who is who.

    Parameters
    ----------
    folder
        Where the exports lie, with `village.toml` and `aliases.csv` if there are any.
    me
        Handles or names of the owner. If not given, those in `village.toml`,
        else inferred from the exports.
    settings
        In the place of those in `village.toml`.
    progress
        Called with the file being read, the bytes done and the bytes in all.

    Returns
    -------
    village

    Raises
    ------
    ExportError
        If there is no such folder or nothing in it can be read.
    SettingsError
        If `village.toml` cannot be used, or leaves out the owner.
    IdentityError
        If `me` is given, or written in `village.toml`, and stands nowhere in
        the exports, or if a name given for `me` is the name of several people.

    Warns
    -----
    SkippedRowsWarning
        If some rows or files were left out.
    """
    root = Path(folder)
    settings = settings or read_settings(root / SETTINGS_FILE)
    aliases = read_aliases(root / ALIASES_FILE, region=phone_region(settings.me.phones))
    export = read_folder(root, settings=settings, progress=progress)
    identity = identify_people(export, me=me, settings=settings, aliases=aliases)
    keep_owner(identity.owner_left_out, root / SETTINGS_FILE)
    skipped = pd.concat([export.skipped, _unheard(identity)], ignore_index=True)
    village = Village(
        people=identity.people,
        interactions=export.interactions,
        participants=identity.participants,
        handles=identity.handles,
        contacts=export.contacts,
        merges=identity.merges,
        hints=export.hints,
        coverage=coverage(export.interactions),
        files=export.files,
        skipped=skipped,
        me=identity.me,
        settings=settings,
        chosen=identity.chosen,
        me_basis=identity.me_basis,
        candidates=identity.candidates,
    )
    if len(skipped):
        message = f"{len(skipped):,} rows or files were left out; `village.skipped` lists them"
        warnings.warn(SkippedRowsWarning(message, skipped=skipped), stacklevel=2)
    return without_opted_out(village)


def _unheard(identity: Identity) -> pd.DataFrame:
    """List the owner's own words that name nobody, or nobody in particular."""
    rows = [
        (ALIASES_FILE, line, "names nobody who stands in the exports")
        for line in identity.unknown_aliases
    ]
    rows += [
        (SETTINGS_FILE, 0, f"entry {place} under [people] names nobody, or several: use an address")
        for place in identity.unclear_settings
    ]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return make(CONTRACTS["skipped"], dict(zip(("path", "line", "reason"), columns, strict=True)))
