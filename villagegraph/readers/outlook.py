"""Read the CSV of contacts that Outlook exports, old and new, and Google's copy of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from villagegraph.parsing import (
    Collector,
    clean,
    decode,
    email_handle,
    one_line,
    phone_handle,
    phone_region,
    profile_handle,
)
from villagegraph.parsing.cards import bare_number, nameless, place, shown_tags
from villagegraph.parsing.day_order import Day, order_of, told, written_day
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.near import Near, Shape, nearest
from villagegraph.parsing.numbered import numbered_rows
from villagegraph.parsing.outlook import Columns, outlook_columns
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

KINDS: tuple[str, ...] = ("outlook-contacts",)
ADVICE: str = (
    "Outlook: choose File, Open & Export, Import/Export, Export to a file, Comma Separated "
    "Values, Contacts; on outlook.com choose People, Manage contacts, Export contacts."
)
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Outlook contacts",
        kinds=KINDS,
        steps=(
            "In Outlook for Windows choose File, Open & Export, Import/Export, Export to a file.",
            "Choose Comma Separated Values, then your folder Contacts, and save the file.",
            (
                "In the new Outlook or on outlook.com choose People, Manage contacts, Export "
                "contacts instead."
            ),
        ),
        read="Names, companies, positions, addresses, the person's own numbers, birthdays, "
        "anniversaries, places, LinkedIn profiles and categories (as tags). Headers in English, "
        "German, French, Spanish, Italian, Dutch and Portuguese; Google's “Outlook CSV” too.",
        left_out="Numbers on which others answer (assistant, fax, pager, a company's main line), "
        "notes, streets, children and spouses; Exchange's internal addresses (`/o=…`), which "
        "mean nothing outside: the address shown beside them is taken.",
        traps=(
            (
                "Outlook writes days in the order of your Windows. Where no day of the file tells "
                "which order that is, days such as 3/4/1980 are left empty and `check` says so: "
                "write `dayfirst = true` or `dayfirst = false` into village.toml."
            ),
            "A year of two digits tells no century: such a birthday is read without its year.",
            (
                "Numbers without a country code are understood if one of your own numbers in "
                "village.toml has one."
            ),
        ),
    ),
)

_SHAPE = Shape(
    "Outlook's CSV of contacts",
    ("First Name", "Last Name", "E-mail Address"),
    more="email[23]?(?:type|displayname)|email[23]address|(?:business|home|mobile|primary|other)"
    "phone2?|businessstreet|homestreet|assistantsname|managersname|internetfreebusy|jobtitle",
)
_SHOWN = re.compile(r"(?P<name>.*?)\s*[(<\[](?P<address>[^()<>\[\]\s]+@[^()<>\[\]\s]+)[)>\]]")
_NAME = ("given", "middle", "family")
_EXCHANGE = re.compile(r"/o=|/cn=", re.IGNORECASE)


def sniff(file: ExportFile) -> str:
    """Return `outlook-contacts` if one of the first rows is Outlook's header."""
    return KINDS[0] if outlook_columns(decode_head(file.head())) is not None else ""


def near(file: ExportFile) -> Near:
    """Tell whether a table was meant to be Outlook's."""
    return nearest(file, (_SHAPE,))


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read an address book.

    Parameters
    ----------
    file
        The CSV.
    settings
        Gives the order of ambiguous days, and by the owner's own numbers the country in
        which numbers without a country code lie.
    progress
        Called with the bytes done.

    Returns
    -------
    collector
        One contact for each row that names somebody.
    """
    collector = Collector(file, KINDS[0])
    text = decode(file.read())
    columns = outlook_columns(text)
    if columns is None:
        return collector
    rows = list(
        numbered_rows(
            text,
            path=file.label,
            delimiter=columns.delimiter,
            above=columns.line - 1 + columns.lines,
            width=columns.width,
            skip=collector.skip,
        )
    )
    _Rows(collector, columns, settings).add_all(rows)
    if progress is not None:
        progress(file.size)
    return collector


class _Rows:
    """Turn rows into contacts, and count what was not sure."""

    def __init__(self, collector: Collector, columns: Columns, settings: Settings) -> None:
        self.collector = collector
        self.columns = columns
        self.region = phone_region(settings.me.phones)
        self.dayfirst = settings.dayfirst
        self.days: list[Day] = []
        self.inner = 0

    def add_all(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Add all rows: one program wrote all their days, so any of them may tell the order."""
        if self.dayfirst is None:
            places = [self.columns.fields.get(name) for name in ("birthday", "anniversary")]
            texts = [cells[n] for _, cells in rows for n in places if n is not None]
            self.dayfirst = order_of(texts)
        for line, cells in rows:
            self.add(line, cells)
        for note in told(self.days):
            self.collector.note(note)
        if self.inner:
            n = self.inner
            self.collector.note(
                f"{n:,} address{'es' * (n != 1)} of Exchange's own kind (`/o=…`) without a "
                "mail address beside: left out."
            )

    def add(self, line: int, cells: Sequence[str]) -> None:
        found = {name: cells[number] for name, number in self.columns.fields.items()}
        organization, title = clean(found.get("company", "")), clean(found.get("title", ""))
        shown, handles = self.addresses(cells)
        for number in self.columns.phones:
            handles.append(phone_handle(bare_number(cells[number]), region=self.region))
        handles.append(profile_handle(found.get("web", "")))
        handles = [handle for handle in handles if handle]
        name = self.name(found) or shown
        if email_handle(name) or phone_handle(name, region=self.region) in handles:
            name = ""
        if not name and not organization and not handles:
            self.collector.skip(line, "the row has no name, address, number or profile")
            return
        self.collector.contact(
            record=line,
            handles=handles,
            name=name or nameless(organization, handles),
            organization=organization,
            title=title,
            birthday=self.day(found.get("birthday", "")),
            anniversary=self.day(found.get("anniversary", "")),
            location=self.place(cells) or clean(found.get("place", "")),
            tags=shown_tags(_parted(found.get("tags", ""))),
        )

    def name(self, found: Mapping[str, str]) -> str:
        joined = clean(" ".join(found.get(key, "") for key in _NAME))
        return joined or clean(found.get("nickname", ""))

    def addresses(self, cells: Sequence[str]) -> tuple[str, list[str]]:
        """Return the name shown beside the first address, and all addresses."""
        name, handles = "", []
        for group in self.columns.emails:
            address, kind, shown = (
                one_line(cells[group[key]]) if key in group else ""
                for key in ("email", "emailtype", "emailname")
            )
            match = _SHOWN.fullmatch(shown)
            inner = kind.upper() == "EX" or bool(_EXCHANGE.match(address))
            handle = "" if inner else email_handle(address)
            # what is shown is "Jane Doe (jane@example.org)", or the address, or the name
            handle = handle or email_handle(match["address"] if match else shown)
            self.inner += inner and not handle
            handles.append(handle)
            name = name or clean(match["name"] if match else shown)
        return name, handles

    def place(self, cells: Sequence[str]) -> str:
        for group in self.columns.places:
            found = place(**{name: cells[number] for name, number in group.items()})
            if found:
                return found
        return ""

    def day(self, text: str) -> str:
        day = written_day(text, dayfirst=self.dayfirst)
        self.days.append(day)
        return day.text


def _parted(categories: str) -> list[str]:
    """Return the categories of a cell; Google parts them as it does in its own CSV."""
    return [part for part in re.split(r";|:::", categories) if part.strip()]
