"""Read LinkedIn's archive: connections, messages, invitations and other light touches."""

from __future__ import annotations

import re
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
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.linkedin import (
    APP,
    connection_day,
    person_handle,
    person_name,
    row_cells,
    slashes_say,
)
from villagegraph.parsing.linkedin_files import OTHER, SHAPES, TABLES, WANTED, kind_and_delimiter
from villagegraph.parsing.linkedin_messages import left_out, profiles, recipients, sender
from villagegraph.parsing.linkedin_touches import Touches, in_order, tell, when
from villagegraph.parsing.near import Near, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

    Rows = Iterable[tuple[int, Mapping[str, str]]]

ADVICE: str = (
    "LinkedIn: Settings, Data privacy, Get a copy of your data, the larger archive; "
    "put the zip into the folder as it comes."
)
KINDS: tuple[str, ...] = tuple(sorted({table.kind for table in TABLES}))
GUIDES: tuple[Guide, ...] = (
    Guide(
        source="LinkedIn",
        kinds=KINDS,
        steps=(
            "On linkedin.com choose Me, Settings & Privacy, Data privacy, Get a copy of your data",
            "Take the larger data archive; the choice of single files leaves messages out",
            "A first part comes by mail within minutes, the whole within a day: wait for the whole",
            "Put the zip into the folder as it comes",
        ),
        read=(
            "Connections and imported contacts as people, with company, position and the day you "
            "connected; messages as chats; invitations, endorsements, recommendations and whom "
            "you follow as light touches; your own addresses, numbers, profile and position. "
            "People in your private notes are read as people, not what you wrote about them."
        ),
        left_out=(
            "Texts and subjects; drafts, spam and advertisements; messages of people who have "
            "left; connections without a name (hidden members). Your own comments, reactions and "
            "posts are dated but name nobody."
        ),
        traps=(
            "Most connections come without an e-mail address: names and profiles join them.",
            "Invitations and recommendations name no time zone: they are read in yours.",
            "Connections.csv shows jobs as they are today: keep every archive, to see changes.",
            "Recommendations tell only by the file's name who wrote for whom: do not rename it.",
        ),
    ),
)


def sniff(file: ExportFile) -> str:
    """Return what file of the archive it is, by its header."""
    return kind_and_delimiter(file)[0]


def near(file: ExportFile) -> Near:
    """Tell which file of the archive a table was meant to be."""
    return nearest(file, SHAPES)


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
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
    collector
        Connections as contacts; messages as chats; invitations, endorsements
        and recommendations as light touches; the owner's own addresses as
        hints. Of each text only its size is kept.
    """
    text = decode(file.read())
    kind, delimiter = kind_and_delimiter(file)
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
    return collector


def _connections(collector: Collector, rows: Rows, settings: Settings) -> None:
    rows = list(rows)
    days = [row["connectedon"] for _, row in rows]
    said = slashes_say(days)
    first = bool(settings.dayfirst) if said is None else said
    unread, newest = 0, ""
    for line, row in rows:
        name = person_name(row["firstname"], row["lastname"])
        slug = linkedin_handle(row.get("url", ""))
        day = _believed(connection_day(row["connectedon"], dayfirst=first))
        newest = max(newest, day)
        if not name and not slug:
            collector.skip(line, "a hidden member: the row has no name")
            continue
        unread += not day and bool(row["connectedon"])
        collector.contact(
            record=line,
            name=name,
            handles=(slug, email_handle(row.get("emailaddress", ""))),
            organization=row.get("company", ""),
            title=row.get("position", ""),
            connected_on=day,
        )
    if newest:
        collector.dated(newest)
    if unread:
        collector.note(f"{unread} connection(s) have a date in no known form: left empty.")
    if said is None and settings.dayfirst is None and any("/" in day for day in days):
        collector.note(
            "its dates may be read in two ways; month first was taken. "
            "If that is wrong, write `dayfirst = true` in village.toml"
        )


def _believed(day: str) -> str:
    return day if "1900" <= day[:4] <= "2100" else ""


def _messages(collector: Collector, rows: Rows, settings: Settings) -> None:
    rows = in_order(rows)
    known = profiles(rows)
    seen: dict[tuple[object, ...], dict[tuple[str, ...], int]] = {}
    repeated = 0
    for line, row in rows:
        moment, unread = when(row["date"], settings)
        reason = left_out(row) or unread
        if reason or moment is None:
            collector.skip(line, reason)
            continue
        author, name = sender(row, known)
        people = [(handle, shown) for handle, shown in recipients(row, known) if handle]
        others = [(handle, shown) for handle, shown in people if handle != author]
        if not author or not others:
            collector.skip(line, "nobody else who is still a member took part")
            continue
        size = _size(row["content"])
        conversation = row["conversationid"]
        key = ("message", conversation, moment.at.isoformat(), name.casefold(), size)
        texts = seen.setdefault(key, {})
        text = (row["content"], row.get("attachments", ""))
        if text in texts:
            repeated += 1
        number = texts.setdefault(text, len(texts) + 1)
        for handle, shown in [(author, name), *others]:
            collector.named(handle, shown)
        collector.interaction(
            # nearly always alone in its second
            key=(*key, number) if number > 1 else key,
            at=moment.at,
            precision=moment.precision,
            zone=moment.zone,
            channel="chat",
            app=APP,
            thread=digest(APP, conversation) if conversation else "",
            size=size,
            participants=[("from", author), *(("to", handle) for handle, _ in others)],
        )
    tell(collector, repeated, "message", "that stands there twice: it counts once")


def _size(text: str) -> int:
    # the same letter has the same size, whatever its line ends
    return len(text.replace("\r\n", "\n").encode("utf-8", "replace"))


def _invitations(collector: Collector, rows: Rows, settings: Settings) -> None:
    rows = in_order(rows)
    dayfirst = slashes_say(row["sentat"] for _, row in rows)
    seen: set[str] = set()
    repeated = 0
    for line, row in rows:
        moment, reason = when(row["sentat"], settings, dayfirst=dayfirst)
        names = person_name(row["from"]), person_name(row["to"])
        inviter = person_handle(row.get("inviterprofileurl", ""), names[0])
        invitee = person_handle(row.get("inviteeprofileurl", ""), names[1])
        own = {"OUTGOING": inviter, "INCOMING": invitee}.get(row["direction"].upper(), "")
        collector.hint(own)
        if moment is None:
            collector.skip(line, reason)
        elif not inviter or not invitee:
            collector.skip(line, "somebody in it has left LinkedIn")
        else:
            collector.named(inviter, names[0])
            collector.named(invitee, names[1])
            # archives of older years name people without their profiles
            who = (names[0].casefold() or inviter, names[1].casefold() or invitee)
            event_id = collector.interaction(
                key=("invitation", *who, moment.at.replace(tzinfo=None).isoformat()),
                at=moment.at,
                precision=moment.precision,
                zone=moment.zone,
                channel="social",
                app=APP,
                size=float(_size(row.get("message", ""))),
                participants=[("from", inviter), ("to", invitee)],
            )
            repeated += event_id in seen
            seen.add(event_id)
    tell(collector, repeated, "invitation", "that stands there twice: it counts once")


def _endorsements(collector: Collector, rows: Rows, settings: Settings) -> None:
    # several skills at once are one touch, at the first of their times
    touches = Touches(collector, rows, settings, "endorsementdate")
    for line, row in touches.rows:
        received = "endorserfirstname" in row
        who = "endorser" if received else "endorsee"
        name = person_name(row[f"{who}firstname"], row.get(f"{who}lastname", ""))
        handle = person_handle(row.get(f"{who}publicurl", ""), name)
        touches.add(line, row, handle=handle, name=name, received=received)
    touches.tell()


def _recommendations(collector: Collector, rows: Rows, settings: Settings) -> None:
    stem = column_key(collector.file.name)
    received = "received" in stem
    touches = Touches(collector, rows, settings, "creationdate")
    for line, row in touches.rows:
        if not received and "given" not in stem:
            collector.skip(line, "the file's name no longer says who recommended whom")
            continue
        name = person_name(row["firstname"], row["lastname"])
        touches.add(line, row, handle=person_handle("", name), name=name, received=received)
    touches.tell()


def _follows(collector: Collector, rows: Rows, settings: Settings) -> None:
    touches = Touches(collector, rows, settings, "date")
    for line, row in touches.rows:
        name = person_name(row["fullname"])
        touches.add(line, row, handle=person_handle("", name), name=name, received=False)
    touches.tell()


def _notes(collector: Collector, rows: Rows, _settings: Settings) -> None:
    """Take the people about whom the owner wrote something, and nothing of what it says."""
    for line, row in rows:
        name = person_name(row["connectionfirstname"], row["connectionlastname"])
        slug = linkedin_handle(row.get("connectionprofileurl", ""))
        if name or slug:
            collector.contact(record=line, name=name, handles=(slug,))
        else:
            collector.skip(line, "no person named")


def _profile(collector: Collector, rows: Rows, _settings: Settings) -> None:
    for line, row in rows:
        name = person_name(row["firstname"], row["lastname"])
        handle = name_handle(name, APP)
        if not handle:
            collector.skip(line, "the row has no name")
            continue
        collector.hint(handle)
        collector.contact(
            record=line,
            name=name,
            handles=(handle,),
            headline=row["headline"],
            birthday=_believed(connection_day(row.get("birthdate", ""))),
            location=row.get("geolocation", ""),
        )


def _positions(collector: Collector, rows: Rows, _settings: Settings) -> None:
    """Take the post that the owner holds now: the last begun that has not ended."""
    rows = list(rows)
    current = [
        (_month(row["startedon"]), row["companyname"], row["title"], line)
        for line, row in rows
        if not row["finishedon"]
    ]
    if current:
        _, company, title, line = max(current)
        collector.contact(record=line, handles=(OWNER,), organization=company, title=title)
    others = len(rows) - bool(current)
    tell(collector, others, "earlier or further position", "of your own: left out")


def _month(text: str) -> str:
    """Return `Jan 2024` as a text that sorts, `2024-01-01`."""
    return connection_day(f"1 {clean(text)}") or connection_day(f"1 Jan {clean(text)}")


def _emails(collector: Collector, rows: Rows, _settings: Settings) -> None:
    for line, row in rows:
        handle = email_handle(row["emailaddress"])
        collector.hint(handle)
        if not handle:
            collector.skip(line, "no address that can be read")


def _phones(collector: Collector, rows: Rows, settings: Settings) -> None:
    region = phone_region(settings.me.phones)
    for line, row in rows:
        prefix = row["extension"] if row["extension"].startswith("+") else ""
        handle = phone_handle(prefix + row["number"], region=region)
        collector.hint(handle)
        if not handle:
            collector.skip(line, "no number that can be read")


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
            birthday=_believed(connection_day(row.get("birthday", ""))),
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
    "linkedin-notes": _notes,
    "linkedin-follows": _follows,
}
