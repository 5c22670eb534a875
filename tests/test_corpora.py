"""All public exports beside the checkout: none ends a run, none is lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import SHARED

from villagegraph.errors import ExportError
from villagegraph.parsing import files_below, is_zip, members
from villagegraph.readers import read_folder

if TYPE_CHECKING:
    from pathlib import Path

CORPORA = SHARED / "corpora"
NAMES = sorted(path.name for path in CORPORA.iterdir()) if CORPORA.is_dir() else []

# at least so much was read: contacts, interactions
LEAST = {
    "calls_bandicoot": (0, 1_444),
    "chat_chatminer": (11, 15),
    "linkedin_labeldekho": (1, 0),
    "made": (10, 10),
    "msgvault_fb": (4, 10),
    "slack": (1, 1),
    "vcf_ezvcard": (26, 0),
    "viva_p2p": (10, 10),
}

# a Takeout with activity and places alone
NOTHING = ("takeout_dogsheep",)

pytestmark = pytest.mark.real


@pytest.mark.skipif(not NAMES, reason=f"the public corpora are not there: {CORPORA}")
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_every_file_is_read_or_named(name: str) -> None:
    folder = CORPORA / name
    if name in NOTHING:
        with pytest.raises(ExportError, match="none of its"):
            read_folder(folder)
        return
    export = read_folder(folder)
    told = set(export.files.index) | set(export.skipped["path"])
    assert expected(folder) <= told
    contacts, interactions = LEAST.get(name, (0, 0))
    assert len(export.contacts) >= contacts
    assert len(export.interactions) >= interactions
    left_out = export.skipped[export.skipped["path"].isin(export.files.index)]
    assert len(left_out) == export.files["skipped"].sum()


def expected(folder: Path) -> set[str]:
    labels = set()
    for file in files_below(folder)[0]:
        found, refused = members(file) if is_zip(file) else ([file], [])
        labels |= {member.label for member in found} | {label for label, _ in refused}
    return labels
