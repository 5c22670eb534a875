"""Load a village from a folder of exports."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from villagegraph.errors import SkippedRowsWarning, VillageError
from villagegraph.files import write_whole
from villagegraph.parsing import phone_region
from villagegraph.people import (
    ALIASES_FILE,
    IDS_FILE,
    Identity,
    identify_people,
    read_aliases,
    read_ids,
    with_pins,
)
from villagegraph.readers import read_folder
from villagegraph.settings import SETTINGS_FILE, Settings, read_settings
from villagegraph.tables import CONTRACTS, make
from villagegraph.village.cache import Cache, cache_place
from villagegraph.village.core import Village, keep_owner, without_opted_out
from villagegraph.village.known import read_known, write_known

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from villagegraph.people import Pins

logger = logging.getLogger(__name__)


def load_village(
    folder: str | os.PathLike[str],
    *,
    me: str | Iterable[str] = (),
    settings: Settings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cache: bool = True,
) -> Village:
    """
    Read a folder of exports and find out who is who.

    Parameters
    ----------
    folder
        Where the exports lie, with `village.toml` and `aliases.csv` if there are any.
        If the id of a person would change, `ids.csv` is written there to keep it.
    me
        Handles or names of the owner. If not given, those in `village.toml`,
        else inferred from the exports.
    settings
        In the place of those in `village.toml`.
    progress
        Called with the file being read, the bytes done and the bytes in all.
    cache
        Whether to keep what was read in the user's cache folder, for their eyes alone,
        so that the next run reads only what has changed.

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
    store = Cache(cache_place(root), settings=settings) if cache else None
    export = read_folder(root, settings=settings, progress=progress, store=store)
    if store is not None:
        store.tidy()
    place = None if store is None else store.place
    known, pinned = read_known(place), read_ids(root / IDS_FILE)
    identity = identify_people(
        export, me=me, settings=settings, aliases=aliases, known=known, pinned=pinned.pins
    )
    keep_owner(identity.owner_left_out, root / SETTINGS_FILE)
    if identity.pins and pinned.sound:
        _pin(root / IDS_FILE, identity.pins)
    write_known(place, identity.known, before=known)
    skipped = pd.concat([export.skipped, _unheard(identity, pinned)], ignore_index=True)
    village = Village(
        people=identity.people,
        interactions=export.interactions,
        participants=identity.participants,
        handles=identity.handles,
        contacts=export.contacts,
        merges=identity.merges,
        hints=export.hints,
        coverage=export.coverage.sort_values(["source", "channel", "month"], ignore_index=True),
        files=export.files,
        skipped=skipped,
        me=identity.me,
        settings=settings,
        chosen=identity.chosen,
        me_basis=identity.me_basis,
        candidates=identity.candidates,
        joins=identity.joins,
        apart=identity.apart,
    )
    if len(skipped):
        message = f"{len(skipped):,} rows or files were left out; `village.skipped` lists them"
        warnings.warn(SkippedRowsWarning(message, skipped=skipped), stacklevel=2)
    return without_opted_out(village)


def _pin(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    """Pin ids that would change, if the folder may be written."""
    try:
        write_whole(path, with_pins(path.read_bytes() if path.exists() else b"", rows))
    except (VillageError, OSError):
        logger.info("%s cannot be written: some ids last only as long as the cache", path.name)


def _unheard(identity: Identity, pinned: Pins) -> pd.DataFrame:
    """List the owner's own words that name nobody, or nobody in particular."""
    rows = [
        (ALIASES_FILE, line, "names nobody who stands in the exports")
        for line in identity.unknown_aliases
    ]
    rows += [
        (SETTINGS_FILE, 0, f"entry {place} under [people] names nobody, or several: use an address")
        for place in identity.unclear_settings
    ]
    rows += [(IDS_FILE, line, why) for line, why in (*pinned.skipped, *identity.clashes)]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return make(CONTRACTS["skipped"], dict(zip(("path", "line", "reason"), columns, strict=True)))
