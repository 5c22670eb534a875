"""
Reading Google Contacts' CSV: villagegraph, and what only splits rows into cells.

Usage: python benchmarks/google.py [--rows 100000]

Writes an address book with today's header to a temporary folder, reads it in
each way in a process of its own, and prints one table. Ours ends with checked
tables of contacts and handles, addresses and numbers in the form in which they
are compared; the other ways hold the cells as text and know nothing of people.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from showing import heading, measure, show

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 10**6
HEADER = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,"
    "Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,"
    "Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,"
    "Phone 2 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,"
    "Address 1 - PO Box,Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,"
    "Address 1 - Extended Address,Website 1 - Label,Website 1 - Value,Event 1 - Label,"
    "Event 1 - Value"
).split(",")
FIRST = "Ada Ben Cleo Dana Emil Fay Gus Hana Ivo Jana Kai Lea Milo Nora Ole Pia Quin Rosa Sam Tia"
LAST = "Abel Berg Cole Dahl Eder Frost Grün Holm Ibsen Jung Kern Lind Moss Nord Orth Penn Roth Sato"
NUMBERS = ("+1 212 555 {:04}", "+44 20 7946 {:04}", "+49 30 23125 {:04}", "(212) 555-{:04}")
FIRMS = ("Acme", "Blue Lantern", "Northwind", "Tidewater Ferries", "Harbour Office", "")
CITIES = (("Umeå", "", "SE"), ("Salem", "OR", "US"), ("Bonn", "", "DE"))


def write_rows(path: Path, *, rows: int, seed: int = 1) -> None:
    """Write an address book."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    firsts, lasts = FIRST.split(), LAST.split()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        for n in range(rows):
            writer.writerow(_row(rng, n, rng.choice(firsts), rng.choice(lasts)))


def _row(rng: random.Random, number: int, first: str, last: str) -> dict[str, str]:
    address = f"{first}.{last}{number}@example.{rng.choice(('com', 'net', 'org'))}"
    row = {
        "First Name": first,
        "Last Name": last,
        "Organization Name": rng.choice(FIRMS),
        "Photo": f"https://photos.example.com/contacts/{number:040x}",
        "Labels": "* myContacts ::: Work" if number % 3 else "* myContacts",
        "E-mail 1 - Label": "* ",
        "E-mail 1 - Value": address.lower().replace("ü", "ue"),
        "Phone 1 - Label": "Mobile",
        "Phone 1 - Value": rng.choice(NUMBERS).format(number % 10_000),
    }
    if number % 4 == 0:
        city, region, country = rng.choice(CITIES)
        row |= {
            "Address 1 - Formatted": f"{number} Elm St\n{city}\n{country}",
            "Address 1 - City": city,
            "Address 1 - Region": region,
            "Address 1 - Country": country,
        }
    if number % 5 == 0:
        row["Birthday"] = f"19{rng.randint(40, 99)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    if number % 6 == 0:
        row["Phone 2 - Value"] = " ::: ".join(f"+1 212 555 {n:04}" for n in (number % 9_999, 17))
    if number % 20 == 0:
        row |= {"Event 1 - Label": "Anniversary", "Event 1 - Value": "2015-09-19"}
    return row


def ours(path: Path) -> int:
    """Return the contacts, from the bytes to checked tables."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import google  # noqa: PLC0415
    from villagegraph.settings import Me, Settings  # noqa: PLC0415

    settings = Settings(me=Me(phones=("+1 212 555 0100",)))
    return len(google.read(file_at(path), settings=settings).export().contacts)


def dicts(path: Path) -> int:
    """Read each row as a dictionary and let it go."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def cells(path: Path) -> int:
    """Read each row as a list of cells and let it go."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def frame(path: Path) -> int:
    """Read into a pandas frame of text, as villagegraph's own tables hold it."""
    import pandas as pd  # noqa: PLC0415

    return len(pd.read_csv(path, dtype="str", keep_default_na=False))


WAYS: dict[str, Callable[[Path], int]] = {
    "villagegraph": ours,
    "csv.DictReader": dicts,
    "csv.reader": cells,
    "pandas.read_csv": frame,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        WAYS[options.way](options.path.with_name("small.csv"))
        begin = time.process_time()
        rows = WAYS[options.way](options.path)
        print(json.dumps({"rows": rows, "seconds": time.process_time() - begin}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "contacts.csv")
        write_rows(path, rows=options.rows)
        write_rows(path.with_name("small.csv"), rows=50, seed=2)
        size = path.stat().st_size / MEGABYTE
        heading(f"{options.rows:,} rows of {len(HEADER)} columns, {size:,.1f} MB")
        ours, naive, limit, frame = (measure(__file__, way, path)["seconds"] for way in WAYS)
    show("contacts, CPU s (naive: csv.DictReader)", ours, naive=naive, limit=limit)
    show("contacts, CPU s (naive: pandas.read_csv)", ours, naive=frame, limit=limit)


if __name__ == "__main__":
    main()
