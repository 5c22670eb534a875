"""Read LinkedIn's archive: connections, messages, invitations and other light touches."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from villagegraph.files import digest
from villagegraph.parsing import (
    OWNER,
    Collector,
    clean,
    column_key,
    decode,
    email_handle,
    linkedin_handle,
    name_handle,
    phone_handle,
    phone_region,
    table_rows,
)
from villagegraph.parsing.linkedin import (
    APP,
    GONE,
    OTHER,
    SHAPES,
    TABLES,
    WANTED,
    connection_day,
    kind_and_delimiter,
    listed_names,
    moment_at,
    person_handle,
    person_name,
    row_cells,
)
from villagegraph.parsing.near import Near, nearest
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings
    from villagegraph.tables import Export

    Rows = Iterable[tuple[int, Mapping[str, str]]]

ADVICE: str = (
    "LinkedIn: Settings, Data privacy, Get a copy of your data, the larger archive; "
    "put the zip into the folder as it comes."
)


KINDS: tuple[str, ...] = tuple(sorted({table.kind for table in TABLES}))

_ADVERTISEMENT = '<p class="spinmail-quill-editor'
_FROM_LINKEDIN = re.compile(r"(?:the )?linkedin\b", re.IGNORECASE)


def sniff(file: ExportFile) -> str:
    """Return what file of the archive it is, by its header."""
    return kind_and_delimiter(file, decode_head(file.head()))[0]


def near(file: ExportFile) -> Near:
    """Tell which file of the archive a table was meant to be."""
    return nearest(file, SHAPES)


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Export:
    """
    Read one file of the archive.

    Parameters
    ----------
    file
        A CSV of the archive, as `sniff` knows it.
    settings
        `zone` is the zone of invitations and recommendations, whose times
        name none.
    progress
        Called with the bytes done.

    Returns
    -------
    export
        Connections as contacts; messages as chats; invitations, endorsements
        and recommendations as light touches; the owner's own addresses as
        hints. Of each text only its size is kept.
    """
    text = decode(file.read())
    kind, delimiter = kind_and_delimiter(file, decode_head(file.head()))
    collector = Collector(file, kind or OTHER)
    reader = _READERS.get(kind)
    if reader is None:
        collector.note("Part of LinkedIn's archive that tells of no contact.")
    else:
        rows = table_rows(
            text,
            path=file.label,
            wanted=WANTED[kind],
            delimiter=delimiter,
            skip=collector.skip,
            whole=True,
        )
        reader(collector, [(line, row_cells(row)) for line, row in rows], settings)
    if progress is not None:
        progress(file.size)
    return collector.export()


def _connections(collector: Collector, rows: Rows, _settings: Settings) -> None:
    unread = 0
    for line, row in rows:
        name = person_name(row["firstname"], row["lastname"])
        slug = linkedin_handle(row.get("url", ""))
        if not name and not slug:
            collector.skip(line, "a hidden member: the row has no name")
            continue
        day = connection_day(row["connectedon"])
        unread += not day and bool(row["connectedon"])
        collector.contact(
            record=line,
            name=name,
            handles=(slug, email_handle(row.get("emailaddress", ""))),
            organization=row.get("company", ""),
            title=row.get("position", ""),
            connected_on=day,
        )
    if unread:
        collector.note(f"{unread} connection(s) have a date in no known form: left empty.")


def _in_order(rows: Rows) -> list[tuple[int, Mapping[str, str]]]:
    """Sort rows by content: of two that are one event, the same one is kept in any file."""
    return sorted(rows, key=lambda item: sorted(item[1].items()))


def _messages(collector: Collector, rows: Rows, settings: Settings) -> None:
    rows = _in_order(rows)
    profiles = _profiles(rows)
    for line, row in rows:
        reason = _left_out(row)
        moment = moment_at(row["date"], zone=settings.zone)
        if not reason and moment is None:
            reason = "no date that can be read"
        if reason or moment is None:
            collector.skip(line, reason)
            continue
        sender, name = _sender(row, profiles)
        others = [(handle, shown) for handle, shown in _recipients(row, profiles) if handle]
        if not sender or not others:
            collector.skip(line, "nobody else who is still a member took part")
            continue
        for handle, shown in [(sender, name), *others]:
            collector.named(handle, shown)
        size = _size(row["content"])
        conversation = row["conversationid"]
        collector.interaction(
            key=("message", conversation, moment.at.isoformat(), name.casefold(), size),
            at=moment.at,
            precision=moment.precision,
            zone=moment.zone,
            channel="chat",
            app=APP,
            thread=digest(APP, conversation) if conversation else "",
            size=size,
            participants=[("from", sender), *(("to", handle) for handle, _ in others)],
        )


def _left_out(row: Mapping[str, str]) -> str:
    """Return why a message is no contact between people, empty if it is one."""
    if row.get("folder", "").casefold() == "spam":
        return "in the spam folder"
    if "yes" in (row.get("ismessagedraft", "").lower(), row.get("isconversationdraft", "").lower()):
        return "a draft that was never sent"
    return "" if row.get("senderprofileurl", "") else _nobody(row)


def _nobody(row: Mapping[str, str]) -> str:
    """Return why a sender without a profile is no person, empty if it is one."""
    if row["content"].startswith(_ADVERTISEMENT):
        return "an advertisement"
    if row["from"].casefold() == GONE:
        return "from somebody who has left LinkedIn"
    if _FROM_LINKEDIN.match(row["from"]):
        return "from LinkedIn itself"
    return "" if row["from"] else "no sender"


def _profiles(rows: Rows) -> dict[str, str]:
    """
    Return the profile behind each name that stands for one profile alone.

    Archives of older years give no profiles of recipients, and the same
    people's profiles where they write.
    """
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for _, row in rows:
        pairs = [(linkedin_handle(row.get("senderprofileurl", "")), person_name(row["from"]))]
        for handle, name in [*pairs, *_recipients(row, {})]:
            if handle.startswith("linkedin:") and name:
                seen[name.casefold()].add(handle)
    return {name: min(handles) for name, handles in seen.items() if len(handles) == 1}


def _sender(row: Mapping[str, str], profiles: Mapping[str, str]) -> tuple[str, str]:
    name = person_name(row["from"])
    return _known(person_handle(row.get("senderprofileurl", ""), name), name, profiles), name


def _recipients(row: Mapping[str, str], profiles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return handle and name of each; no name where the lists do not match."""
    urls = row.get("recipientprofileurls", "")
    names = listed_names(row["to"])
    if not urls:
        return [(_known(person_handle("", name), name, profiles), name) for name in names]
    handles = [linkedin_handle(url) for url in urls.split(",")]
    if len(handles) == 1:
        names = [person_name(row["to"])]
    if len(names) != len(handles):
        names = [""] * len(handles)
    return [
        (handle, "" if name.casefold() == GONE else name)
        for handle, name in zip(handles, names, strict=True)
    ]


def _known(handle: str, name: str, profiles: Mapping[str, str]) -> str:
    if not handle.startswith("name:"):
        return handle
    return profiles.get(name.casefold(), handle)


def _size(text: str) -> int:
    # the same letter has the same size, whatever its line ends
    return len(text.replace("\r\n", "\n").encode("utf-8", "replace"))


def _invitations(collector: Collector, rows: Rows, settings: Settings) -> None:
    for line, row in _in_order(rows):
        moment = moment_at(row["sentat"], zone=settings.zone)
        names = person_name(row["from"]), person_name(row["to"])
        inviter = person_handle(row.get("inviterprofileurl", ""), names[0])
        invitee = person_handle(row.get("inviteeprofileurl", ""), names[1])
        own = {"OUTGOING": inviter, "INCOMING": invitee}.get(row["direction"].upper(), "")
        collector.hint(own)
        if moment is None:
            collector.skip(line, "no date that can be read")
        elif not inviter or not invitee:
            collector.skip(line, "somebody in it has left LinkedIn")
        else:
            collector.named(inviter, names[0])
            collector.named(invitee, names[1])
            message = row.get("message", "")
            collector.interaction(
                key=("invitation", inviter, invitee, moment.at.replace(tzinfo=None).isoformat()),
                at=moment.at,
                precision=moment.precision,
                zone=moment.zone,
                channel="social",
                app=APP,
                size=float(_size(message)),
                participants=[("from", inviter), ("to", invitee)],
            )


def _endorsements(collector: Collector, rows: Rows, settings: Settings) -> None:
    # several skills at once are one touch, at the first of their times
    for line, row in _in_order(rows):
        received = "endorserfirstname" in row
        who = "endorser" if received else "endorsee"
        name = person_name(row[f"{who}firstname"], row.get(f"{who}lastname", ""))
        handle = person_handle(row.get(f"{who}publicurl", ""), name)
        _touch(collector, line, row["endorsementdate"], handle, name, received, settings)


def _recommendations(collector: Collector, rows: Rows, settings: Settings) -> None:
    stem = column_key(collector.file.name)
    if "given" not in stem and "received" not in stem:
        collector.note("The file's name no longer says who recommended whom: nothing was read.")
        return
    for line, row in _in_order(rows):
        name = person_name(row["firstname"], row["lastname"])
        handle = person_handle("", name)
        _touch(collector, line, row["creationdate"], handle, name, "received" in stem, settings)


def _touch(
    collector: Collector,
    line: int,
    date: str,
    handle: str,
    name: str,
    received: bool,
    settings: Settings,
) -> None:
    moment = moment_at(date, zone=settings.zone)
    if moment is None or not handle:
        collector.skip(line, "no date that can be read" if handle else "no person named")
        return
    collector.named(handle, name)
    pair = (handle, OWNER) if received else (OWNER, handle)
    collector.interaction(
        key=(collector.kind, *pair, moment.at.date().isoformat()),
        at=moment.at,
        precision=moment.precision,
        zone=moment.zone,
        channel="social",
        app=APP,
        participants=[("from", pair[0]), ("to", pair[1])],
    )


def _profile(collector: Collector, rows: Rows, _settings: Settings) -> None:
    for line, row in rows:
        name = person_name(row["firstname"], row["lastname"])
        handle = name_handle(name, APP)
        collector.hint(handle)
        collector.contact(
            record=line,
            name=name,
            handles=(handle,),
            headline=row["headline"],
            birthday=connection_day(row.get("birthdate", "")),
            location=row.get("geolocation", ""),
        )


def _positions(collector: Collector, rows: Rows, _settings: Settings) -> None:
    """Take the post that the owner holds now: the last begun that has not ended."""
    current = [
        (_month(row["startedon"]), row["companyname"], row["title"], line)
        for line, row in rows
        if not row["finishedon"]
    ]
    if current:
        _, company, title, line = max(current)
        collector.contact(record=line, handles=(OWNER,), organization=company, title=title)


def _month(text: str) -> str:
    """Return `Jan 2024` as a text that sorts, `2024-01-01`."""
    return connection_day(f"1 {clean(text)}") or connection_day(f"1 Jan {clean(text)}")


def _emails(collector: Collector, rows: Rows, _settings: Settings) -> None:
    for _, row in rows:
        collector.hint(email_handle(row["emailaddress"]))


def _phones(collector: Collector, rows: Rows, settings: Settings) -> None:
    region = phone_region(settings.me.phones)
    for _, row in rows:
        prefix = row["extension"] if row["extension"].startswith("+") else ""
        collector.hint(phone_handle(prefix + row["number"], region=region))


def _contacts(collector: Collector, rows: Rows, settings: Settings) -> None:
    region = phone_region(settings.me.phones)
    for line, row in rows:
        parts = person_name(row["firstname"], row["lastname"])
        name = parts or person_name(row.get("fullname", ""))
        handles = [
            *map(email_handle, re.split(r"[,;\s]+", row["emails"])),
            *(phone_handle(n, region=region) for n in re.split(r"[,;]", row["phonenumbers"])),
            *map(linkedin_handle, re.split(r"[,;\s]+", row.get("profiles", ""))),
        ]
        if not name and not any(handles):
            collector.skip(line, "the row has no name, address or number")
            continue
        collector.contact(
            record=line,
            name=name,
            handles=handles,
            organization=row.get("companies", ""),
            title=row.get("title", ""),
            birthday=connection_day(row.get("birthday", "")),
            location=row.get("location", ""),
        )


_READERS: dict[str, Callable[[Collector, Rows, Settings], None]] = {
    "linkedin-connections": _connections,
    "linkedin-messages": _messages,
    "linkedin-invitations": _invitations,
    "linkedin-profile": _profile,
    "linkedin-positions": _positions,
    "linkedin-emails": _emails,
    "linkedin-phones": _phones,
    "linkedin-endorsements": _endorsements,
    "linkedin-recommendations": _recommendations,
    "linkedin-contacts": _contacts,
}
