"""Real mail: owners, counts and contact days, against a count that shares no code with ours."""

from __future__ import annotations

import datetime as dt
import email.parser
import functools
import mailbox
import re
from collections import defaultdict
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
from conftest import SHARED

from villagegraph.ties import contact_days, tie_table
from villagegraph.village import Village, load_village

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

pytestmark = pytest.mark.real

COUNTS = re.compile(r"(\w+) ([\d,]+)(?: mails)? / (\d+)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    folders = sorted(path.name for path in (SHARED / "ego").glob("*/")) or ["none"]
    metafunc.parametrize("name", folders)


@pytest.fixture
def folder(name: str, shared_data: Path) -> Path:
    return shared_data / "ego" / name


@functools.cache
def village_of(folder: Path) -> Village:
    return load_village(folder)


def addresses(mail: Message, *names: str) -> set[str]:
    fields = [str(field) for name in names for field in mail.get_all(name, [])]
    return {address.lower() for _, address in getaddresses(fields)}


@functools.cache
def mails_in(folder: Path) -> list[Message]:
    parser = email.parser.BytesHeaderParser()
    box = mailbox.mbox(folder / "mail.mbox")
    try:
        return [parser.parsebytes(box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118
    finally:
        box.close()


def owner_of(folder: Path) -> str:
    """Whose address stands in every mail, as the data's README says of the owner."""
    (owner,) = set.intersection(*(addresses(m, "From", "To", "Cc") for m in mails_in(folder)))
    return owner


def naive_days(folder: Path, owner: str) -> dict[str, set[dt.date]]:
    """Days on which the owner wrote to an address or it wrote to the owner."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for mail in mails_in(folder):
        day = parsedate_to_datetime(mail["Date"]).astimezone(dt.UTC).date()
        (sender,) = addresses(mail, "From")
        receivers = addresses(mail, "To", "Cc", "Bcc")
        if sender == owner:
            for address in receivers - {owner}:
                days[address].add(day)
        elif owner in receivers:
            days[sender].add(day)
    return days


def test_owner_mails_and_alters_are_those_of_the_readme(
    name: str, folder: Path, shared_data: Path
) -> None:
    village = village_of(folder)
    readme = (shared_data / "README.md").read_text(encoding="utf-8")
    counts = {who: (mails, alters) for who, mails, alters in COUNTS.findall(readme)}
    # the README names each by surname
    (who,) = set(counts) & set(name.split("_"))
    own = village.handles.loc[village.handles["person_id"] == village.me, "handle"]
    assert f"email:{owner_of(folder)}" in set(own)
    assert len(village.interactions) == int(counts[who][0].replace(",", ""))
    assert len(village.people) - 1 == int(counts[who][1])


def test_contact_days_equal_an_independent_count(folder: Path) -> None:
    village = village_of(folder)
    naive = naive_days(folder, owner_of(folder))
    ties = tie_table(village, as_of="2002-12-31").reset_index()
    mine = ties[(ties["person_u"] == village.me) | (ties["person_v"] == village.me)]
    alter = mine["person_u"].where(mine["person_v"] == village.me, mine["person_v"])
    ours = dict(zip(alter, mine["days"], strict=True))
    address_of = village.handles[village.handles["kind"] == "email"].set_index("handle")
    for address, days in naive.items():
        person_id = address_of.loc[[f"email:{address}"], "person_id"].iloc[0]
        assert ours[person_id] == len(days)
    assert sum(days > 0 for days in ours.values()) == len(naive)


def test_contact_days_table_agrees_with_the_ties(folder: Path) -> None:
    village = village_of(folder)
    ties = tie_table(village, as_of="2002-12-31")
    counted = contact_days(village).groupby(["person_u", "person_v"]).size()
    assert counted.to_dict() == ties.loc[ties["days"] > 0, "days"].to_dict()
