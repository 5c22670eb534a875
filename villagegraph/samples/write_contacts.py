"""The owner's two address books: Google's CSV and iCloud's vCards."""

from __future__ import annotations

import base64
import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import quote

from villagegraph.samples.dice import Dice
from villagegraph.samples.model import Person, Plan, email_key

if TYPE_CHECKING:
    from collections.abc import Iterator

_GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,"
    "Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,"
    "Organization Title,Organization Department,Birthday,Notes,Photo,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,"
    "E-mail 3 - Label,E-mail 3 - Value,Phone 1 - Label,Phone 1 - Value,"
    "Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - Formatted,"
    "Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,"
    "Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,"
    "Website 1 - Label,Website 1 - Value,Event 1 - Label,Event 1 - Value"
).split(",")


def profile_url(person: Person) -> str:
    """Return the address of a LinkedIn profile, as LinkedIn writes it."""
    return "https://www.linkedin.com/in/" + quote(person.slug)


def phone_text(number: str, *, national: bool = False) -> str:
    """
    Return a number as people write it.

    Examples
    --------
    >>> phone_text("+493023125123"), phone_text("+493023125123", national=True)
    ('+49 30 23125123', '(030) 231 25 123')
    """
    if number.startswith("+4930"):
        rest = number[5:]
        return f"(030) {rest[:3]} {rest[3:5]} {rest[5:]}" if national else f"+49 30 {rest}"
    if number.startswith("+44"):
        return f"+44 {number[3:5]} {number[5:9]} {number[9:]}"
    if number.startswith("+1"):
        return f"+1 ({number[2:5]}) {number[5:8]}-{number[8:]}"
    return f"+33 {number[3]} " + " ".join(number[i : i + 2] for i in range(4, len(number), 2))


def google_csv(plan: Plan) -> str:
    """Return `contacts.csv` with the header of 2024."""
    dice = Dice(plan.seed, "google")
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, _GOOGLE, restval="", lineterminator="\n")
    writer.writeheader()
    for person in plan.people:
        if person.google:
            writer.writerow(_google_row(plan, dice, person))
    writer.writerow(
        {
            "Organization Name": "Zahnarztpraxis am Kanal",
            "Labels": "* myContacts",
            "Phone 1 - Label": "Work",
            "Phone 1 - Value": "030 23125 099",
            "Notes": "opens at 8\nclosed on Wednesdays",
        }
    )
    return stream.getvalue()


def _google_row(plan: Plan, dice: Dice, person: Person) -> dict[str, str]:
    given, family = person.google_name or (person.name.given, person.name.family)
    row = {"First Name": given, "Last Name": family, "Birthday": person.birthday}
    if dice.chance(0.05) and person.name.culture == "de" and person.quirk == "regular":
        row["Name Prefix"] = "Dr."
    labels = ["* myContacts"]
    if dice.chance(0.1):
        labels.append("* starred")
    if person.community == "choir":
        labels.append("Chor")
    row["Labels"] = " ::: ".join(labels)
    if dice.chance(0.6):
        row["Organization Name"], row["Organization Title"] = person.organization, person.title
    if dice.chance(0.3):
        row["Address 1 - Label"], row["Address 1 - City"] = "* Home", person.city
        row["Address 1 - Formatted"] = f"{person.city}"
    _google_keys(plan, dice, person, row)
    if person.anniversary:
        row["Event 1 - Label"], row["Event 1 - Value"] = "Anniversary", person.anniversary
    if person.linkedin_url_in_card:
        row["Website 1 - Label"], row["Website 1 - Value"] = "LinkedIn", profile_url(person)
        plan.saw(person.id, "linkedin:" + person.slug)
    return row


def _google_keys(plan: Plan, dice: Dice, person: Person, row: dict[str, str]) -> None:
    own = [person.emails["work"]] if person.quirk == "renamed" else list(person.emails.values())
    emails = own + person.extra_emails
    if len(emails) > 1 and dice.chance(0.5):
        # several addresses under one label share a cell
        row["E-mail 1 - Label"], row["E-mail 1 - Value"] = "* Work", " ::: ".join(emails)
    else:
        for number, address in enumerate(emails[:3], start=1):
            row[f"E-mail {number} - Label"] = "* Work" if number == 1 else "Home"
            row[f"E-mail {number} - Value"] = address.title() if dice.chance(0.04) else address
    for address in own:
        plan.saw(person.id, email_key(address))
    phones = list(person.extra_phones)
    if person.chat_by_phone or dice.chance(0.5):
        phones.insert(0, person.phone)
        plan.saw(person.id, "phone:" + person.phone)
    for number, phone in enumerate(phones[:2], start=1):
        row[f"Phone {number} - Label"] = "Mobile" if number == 1 else "Work"
        row[f"Phone {number} - Value"] = phone_text(phone, national=dice.chance(0.4))


def icloud_vcf(plan: Plan) -> str:
    """Return `icloud.vcf`: vCard 3.0 with CRLF, folded at 75 bytes."""
    dice = Dice(plan.seed, "icloud")
    cards = [_card(plan, dice, plan.owner), *_company()]
    cards += [_card(plan, dice, person) for person in plan.people if person.icloud]
    return "".join(line + "\r\n" for card in cards for line in _folded(card))


def _card(plan: Plan, dice: Dice, person: Person) -> list[str]:
    given, family = person.icloud_name or (person.name.given, person.name.family)
    full = f"{given} {family}" if person.icloud_name else person.name.full
    lines = [
        "BEGIN:VCARD", "VERSION:3.0", "PRODID:-//Apple Inc.//iPhone OS 18.1//EN",
        f"N:{_escaped(family)};{_escaped(given)};;;", f"FN:{_escaped(full)}",
    ]  # fmt: skip
    if dice.chance(0.4):
        lines += [f"ORG:{_escaped(person.organization)};", f"TITLE:{_escaped(person.title)}"]
    home = person.emails.get("home") or next(iter(person.emails.values()), "")
    if home and (person.icloud_email or not person.google) and person.icloud_email:
        lines.append(f"item1.EMAIL;type=INTERNET;type=pref:{home}")
        lines.append("item1.X-ABLabel:_$!<Other>!$_")
        plan.saw(person.id, email_key(home))
    national = dice.chance(0.4)
    lines.append(
        f"TEL;type=CELL;type=VOICE;type=pref:{phone_text(person.phone, national=national)}"
    )
    plan.saw(person.id, "phone:" + person.phone)
    lines += _dates(person)
    if person.linkedin_url_in_card:
        lines.append(f"X-SOCIALPROFILE;type=linkedin:{profile_url(person)}")
        plan.saw(person.id, "linkedin:" + person.slug)
    if dice.chance(0.2):
        lines.append(f"item3.ADR;type=HOME;type=pref:;;;{_escaped(person.city)};;;")
        lines.append("item3.X-ABADR:de")
    if dice.chance(0.12):
        stub = base64.b64encode(bytes(dice.below(256) for _ in range(180))).decode("ascii")
        lines.append("PHOTO;ENCODING=b;TYPE=JPEG:" + stub)
    return [*lines, f"UID:{person.id}-{dice.below(10**9):09d}", "END:VCARD"]


def _dates(person: Person) -> list[str]:
    lines = []
    if person.birthday.startswith("--"):
        lines.append(f"BDAY;X-APPLE-OMIT-YEAR=1604:1604-{person.birthday[2:]}")
    elif person.birthday:
        lines.append(f"BDAY:{person.birthday}")
    if person.anniversary:
        lines.append(f"item2.X-ABDATE;type=pref:{person.anniversary}")
        lines.append("item2.X-ABLabel:_$!<Anniversary>!$_")
    return lines


def _company() -> Iterator[list[str]]:
    yield [
        "BEGIN:VCARD", "VERSION:3.0", "N:;;;;", "FN:Kita Lindenhof", "ORG:Kita Lindenhof;",
        "item1.EMAIL;type=INTERNET:team@kita-lindenhof.example.org", "item1.X-ABLabel:Büro",
        "TEL;type=WORK:+49 30 23125 098", "X-ABShowAs:COMPANY", "END:VCARD",
    ]  # fmt: skip


def _escaped(text: str) -> str:
    for letter in "\\;,":
        text = text.replace(letter, "\\" + letter)
    return text


def _folded(lines: list[str]) -> Iterator[str]:
    for line in lines:
        rest = line
        while len(rest.encode()) > 75:
            cut = 75
            while len(rest[:cut].encode()) > 75:
                cut -= 1
            yield rest[:cut]
            rest = " " + rest[cut:]
        yield rest
