"""LinkedIn's archive: a zip of small tables, each with its own ways."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

from villagegraph.samples.archive import stored_zip
from villagegraph.samples.dice import Dice
from villagegraph.samples.model import START, Direct, Person, Plan, email_key
from villagegraph.samples.write_contacts import profile_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADLINE = "I find the coolest way home: shade maps for hot cities"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MESSAGES = (
    "CONVERSATION ID", "CONVERSATION TITLE", "FROM", "SENDER PROFILE URL", "TO",
    "RECIPIENT PROFILE URLS", "DATE", "SUBJECT", "CONTENT", "FOLDER", "ATTACHMENTS",
    "IS MESSAGE DRAFT", "IS CONVERSATION DRAFT",
)  # fmt: skip


def linkedin_zip(plan: Plan) -> bytes:
    """Return `Basic_LinkedInDataExport_10-31-2026.zip`."""
    dice = Dice(plan.seed, "linkedin")
    members = {
        "Connections.csv": _connections(plan, dice),
        "messages.csv": _messages(plan),
        "Invitations.csv": _invitations(plan),
        "Profile.csv": _profile(plan),
        "Positions.csv": _positions(),
        "Email Addresses.csv": _emails(plan),
        "LearningCoachMessages.csv": "No conversations found\n",
    }
    return stored_zip({name: text.encode("utf-8") for name, text in members.items()})


def _table(rows: Iterable[Sequence[str]], *, quoted: bool = False) -> str:
    stream = io.StringIO(newline="")
    if quoted:
        csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    else:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def linkedin_name(person: Person) -> tuple[str, str]:
    """Return first and last name as the person's profile has them."""
    return person.linkedin_name or (person.name.given, person.name.family)


def _day(day: dt.date) -> str:
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year}"


def _connections(plan: Plan, dice: Dice) -> str:
    rows: list[tuple[dt.date, Sequence[str]]] = []
    for person in plan.people:
        if not person.linkedin or person.connected_on is None:
            continue
        order = ("home", "work") if person.quirk in ("renamed", "twin-b") else ("work", "home")
        email = next((person.emails[key] for key in order if key in person.emails), "")
        email = email if person.linkedin_email else ""
        plan.saw(person.id, "linkedin:" + person.slug)
        if email:
            plan.saw(person.id, email_key(email))
        row = (*linkedin_name(person), profile_url(person), email, person.organization,
               person.title, _day(person.connected_on))  # fmt: skip
        rows.append((person.connected_on, row))
    for _ in range(6):
        # members who hide themselves leave a date
        day = START + dt.timedelta(dice.below(900))
        rows.append((day, ("", "", "", "", "", "", _day(day))))
    rows.sort(key=lambda item: (-item[0].toordinal(), item[1][2]))
    header = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position",
              "Connected On")  # fmt: skip
    preamble = (
        'Notes:\n"When exporting your connection data, you may notice that some of the email '
        "addresses are missing. You will only see email addresses for connections who have "
        "allowed their connections to see or download their email address using this setting "
        'https://www.linkedin.com/psettings/privacy/email."\n\n'
    )
    return preamble + _table([header, *(row for _, row in rows)])


def _messages(plan: Plan) -> str:
    rows = [_message(plan, item) for item in plan.messages]
    rows += _noise(plan)
    rows.sort(key=lambda row: (row[6], row[0]), reverse=True)
    return _table([_MESSAGES, *rows], quoted=True)


def _message(plan: Plan, item: Direct, *, folder: str = "INBOX", draft: str = "No") -> list[str]:
    person = plan.person(item.person)
    plan.saw(person.id, "linkedin:" + person.slug)
    ends = [(" ".join(linkedin_name(end)), profile_url(end)) for end in (plan.owner, person)]
    sender, receiver = ends if item.out else ends[::-1]
    stamp = item.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return [
        f"2-{person.slug[-4:]}{person.id}==", "", *sender, *receiver, stamp, "", item.text, folder,
        "", draft, draft,
    ]  # fmt: skip


def _noise(plan: Plan) -> list[list[str]]:
    """Add what is no contact: advertisements, a deleted member, spam and a draft."""
    owner = (" ".join(linkedin_name(plan.owner)), profile_url(plan.owner))
    rows = []
    for number in range(5):
        stamp = f"2025-{number + 2:02d}-14 09:30:00 UTC"
        text = '<p class="spinmail-quill-editor__spin-break">Grow, grow,\ngrow!</p>'
        rows.append([f"2-ad{number}==", "Sponsored", "Ads Ahoy", "", *owner, stamp, "An offer",
                     text, "INBOX", "", "No", "No"])  # fmt: skip
    rows.append(["2-gone==", "", "LinkedIn Member", "", *owner, "2024-05-06 10:00:00 UTC", "",
                 "Hello", "INBOX", "", "No", "No"])  # fmt: skip
    stranger = ("Max Gain", "https://www.linkedin.com/in/max-gain-0000")
    rows.append(["2-spam==", "", *stranger, *owner, "2026-02-02 02:02:02 UTC", "", "Crypto?",
                 "SPAM", "", "No", "No"])  # fmt: skip
    quiet = min(
        (person for person in plan.people if person.linkedin),
        key=lambda person: (person.part != "slipping", person.id),
    )
    draft = Direct(dt.datetime(2026, 10, 20, 8, 0, tzinfo=dt.UTC), quiet.id, out=True, text="Dear")
    row = _message(plan, draft, draft="Yes")
    return [*rows, row]


def _invitations(plan: Plan) -> str:
    rows = []
    for item in sorted(plan.invitations, key=lambda item: (item.at, item.person), reverse=True):
        person = plan.person(item.person)
        plan.saw(person.id, "linkedin:" + person.slug)
        ends = [(" ".join(linkedin_name(end)), profile_url(end)) for end in (plan.owner, person)]
        (name_a, url_a), (name_b, url_b) = ends if item.out else ends[::-1]
        at = item.at
        # not strftime's %p, which speaks the machine's language
        hour, half = at.hour % 12 or 12, "AM" if at.hour < 12 else "PM"
        sent = f"{at.month}/{at.day}/{at.year % 100:02d}, {hour}:{at.minute:02d} {half}"
        direction = "OUTGOING" if item.out else "INCOMING"
        rows.append((name_a, name_b, sent, item.text, direction, url_a, url_b))
    header = ("From", "To", "Sent At", "Message", "Direction", "inviterProfileUrl",
              "inviteeProfileUrl")  # fmt: skip
    return _table([header, *rows])


def _profile(plan: Plan) -> str:
    header = ("First Name", "Last Name", "Maiden Name", "Address", "Birth Date", "Headline",
              "Summary", "Industry", "Zip Code", "Geo Location", "Twitter Handles", "Websites",
              "Instant Messengers")  # fmt: skip
    name = plan.owner.name
    row = (name.given, name.family, "", "", "Mar 4, 1985", HEADLINE,
           "Maps, trees,\nand a choir.", "Urban planning", "10999", "Berlin, Germany", "",
           "[PORTFOLIO:https://shade.example.org]", "")  # fmt: skip
    return _table([header, row])


def _positions() -> str:
    header = ("Company Name", "Title", "Description", "Location", "Started On", "Finished On")
    return _table(
        [
            header,
            ("Blauwal Mobility", "Lead, urban climate maps", "", "Berlin", "Jul 2025", ""),
            (
                "Nordlicht Energie",
                "Analyst",
                "Grid and wind maps",
                "Berlin",
                "Apr 2019",
                "Jun 2025",
            ),
        ]
    )


def _emails(plan: Plan) -> str:
    header = ("Email Address", "Confirmed", "Primary", "Updated On")
    rows = [
        (plan.owner.emails["home"], "Yes", "Yes", "4/2/19, 8:11 AM"),
        (plan.owner.emails["new"], "Yes", "No", "7/3/25, 9:02 AM"),
    ]
    return _table([header, *rows])
