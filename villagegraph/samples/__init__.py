"""
A fictional person's exports, made from a seed, and the truth about them.

The village is Mira Falkenberg's: about 220 people over 36 months, in the real
shapes of LinkedIn, Google, iCloud, Gmail, calendars, WhatsApp and a phone. What is
planted in it stands in `truth.json`. Nothing in the pipeline knows of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from villagegraph.files import write_whole
from villagegraph.samples.cast import new_plan
from villagegraph.samples.dice import Dice
from villagegraph.samples.gatherings import calendar
from villagegraph.samples.groups import group_chats, group_mails, shared_mailboxes
from villagegraph.samples.identity import shape_names, unsaved_singer
from villagegraph.samples.post import add_noise
from villagegraph.samples.rhythm import diary, invitations, keep_warm, one_to_one
from villagegraph.samples.texts import BACKUP, texts
from villagegraph.samples.truth import truth_json
from villagegraph.samples.write_calendar import icalendar
from villagegraph.samples.write_contacts import google_csv, icloud_vcf
from villagegraph.samples.write_linkedin import linkedin_zip
from villagegraph.samples.write_mail import mbox
from villagegraph.samples.write_own import aliases_csv, notes_csv, village_toml
from villagegraph.samples.write_texts import sms_xml
from villagegraph.samples.write_whatsapp import chats

if TYPE_CHECKING:
    import os

    from villagegraph.samples.model import Plan

__all__ = ["DEFAULT_SEED", "write_sample"]

DEFAULT_SEED = 20261031


def write_sample(folder: str | os.PathLike[str], *, seed: int = DEFAULT_SEED) -> Path:
    """
    Write the sample village.

    Parameters
    ----------
    folder
        Where `exports/` and `truth.json` shall stand.
    seed
        The same seed gives the same bytes on every machine.

    Returns
    -------
    exports
        The folder to give to `villagegraph`.
    """
    root = Path(folder)
    exports = root / "exports"
    plan = make_plan(seed)
    for name, content in _files(plan).items():
        write_whole(exports / name, content)
    write_whole(root / "truth.json", truth_json(plan))
    return exports


def make_plan(seed: int) -> Plan:
    """Return everything that happens in the village of a seed."""
    plan = new_plan(seed)
    shape_names(plan, Dice(seed, "forms"))
    group_chats(plan, Dice(seed, "chats"))
    unsaved_singer(plan)
    one_to_one(plan, Dice(seed, "one to one"))
    invitations(plan, Dice(seed, "invitations"))
    calendar(plan, Dice(seed, "calendar"))
    group_mails(plan, Dice(seed, "groups"))
    shared_mailboxes(plan, Dice(seed, "shared"))
    diary(plan)
    texts(plan, Dice(seed, "texts"))
    keep_warm(plan, Dice(seed, "warm"))
    add_noise(plan, Dice(seed, "noise"))
    return plan


def _files(plan: Plan) -> dict[str, str | bytes]:
    return {
        "Basic_LinkedInDataExport_10-31-2026.zip": linkedin_zip(plan),
        "contacts.csv": google_csv(plan),
        "icloud.vcf": icloud_vcf(plan),
        "Takeout/Mail/All mail Including Spam and Trash.mbox": mbox(plan),
        "calendar.ics": icalendar(plan),
        **{f"WhatsApp/{name}": data for name, data in chats(plan).items()},
        f"sms-{BACKUP:%Y%m%d}.xml": sms_xml(plan),
        "village.toml": village_toml(plan),
        "aliases.csv": aliases_csv(plan),
        "notes.csv": notes_csv(plan),
    }
