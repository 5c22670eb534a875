"""
Reading address books: villagegraph and vobject, and what each makes of odd cards.

Usage: python benchmarks/vcard.py [--cards 20000]

Writes address books to a temporary folder, reads them in each way in a process
of its own, and prints two tables: CPU seconds for cards as phones and web
address books export them, without and with photos, and how many of a few odd
cards each way reads. Ours ends with checked tables of contacts and handles;
vobject's with its own objects. The limit is splitting the cards into properties.
"""

from __future__ import annotations

import argparse
import base64
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
FIRST = "Ada Ben Cleo Dana Emil Fay Gus Hana Ivo Jana Kai Lea Milo Nora Ole Pia Quin Rosa Sam Tia"
LAST = "Abel Berg Cole Dahl Eder Frost Grün Holm Ibsen Jung Kern Lind Moss Nord Orth Penn Roth Sato"
NUMBERS = ("+1 212 555 {:04}", "+44 20 7946 {:04}", "+49 30 23125 {:04}", "(212) 555-{:04}")
FIRMS = ("Acme", "Blue Lantern", "Northwind", "Tidewater Ferries", "Harbour Office", "")
TITLES = ("Engineer", "Head of Research\\, Forests", "CTO", "", "")
CITIES = ("Umeå;;90325;Sweden", "Salem;OR;97301;USA", "Bonn;;53111;Germany")

ODD = {
    "quoted-printable over lines": (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\n"
        b"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9E=D1=80=D0=BB=D0=BE=D0=B2=D0=B0;=D0=92=\r\n"
        b"=D0=B5=D1=80=D0=B0;;;\r\nTEL;CELL:+15550100122\r\nEND:VCARD\r\n"
    ),
    "photo without folds": (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Berg;Ada;;;\r\nPHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ\r\n"
        b"SkZJRgABAQAAAQABAAD\r\n\r\nTEL;CELL:+15550100123\r\nEND:VCARD\r\n"
    ),
    "bytes of cp1252": (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Gro\xdf;J\xf6rg;;;\r\nTEL;WORK:+15550100124\r\nEND:VCARD\r\n"
    ),
    "no version, no name": b"BEGIN:VCARD\r\nEMAIL:ada@example.org\r\nEND:VCARD\r\n",
    "version not first": (
        b"BEGIN:VCARD\r\nPROFILE:VCARD\r\nFN:Ada Berg\r\nN:Berg;Ada\r\nVERSION:3.0\r\n"
        b"EMAIL:ada@example.org\r\nEND:VCARD\r\n"
    ),
    "a card without an end before it": (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:No End\r\n"
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Berg\r\nEMAIL:ada@example.org\r\nEND:VCARD\r\n"
    ),
    "a note that broke its lines": (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Berg;Ada;;;\r\nFN:Ada Berg\r\nNOTE:one\r\ntwo\r\n"
        b"EMAIL:ada@example.org\r\nEND:VCARD\r\n"
    ),
    "ends and begins in one line": (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Berg;Ada;;;\r\nFN:Ada Berg\r\nEND:VCARDBEGIN:VCARD\r\n"
        b"VERSION:3.0\r\nN:Cole;Ben;;;\r\nFN:Ben Cole\r\nEND:VCARD\r\n"
    ),
    "the name of an alphabet nobody knows": (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=x-none;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=C3=AB\r\n"
        b"END:VCARD\r\n"
    ),
}  # fmt: skip


def write_cards(path: Path, *, cards: int, photos: bool, seed: int = 1) -> None:
    """Write an address book of vCard 3.0 that every reader knows."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    firsts, lasts = FIRST.split(), LAST.split()
    with path.open("w", encoding="utf-8", newline="") as file:
        for n in range(cards):
            lines = _card(rng, n, rng.choice(firsts), rng.choice(lasts))
            if photos and n % 3 == 0:
                picture = base64.b64encode(rng.randbytes(rng.randint(2_000, 30_000))).decode()
                folds = [picture[i : i + 74] for i in range(0, len(picture), 74)]
                lines.insert(-1, "PHOTO;ENCODING=b;TYPE=JPEG:" + "\r\n ".join(folds))
            file.write("\r\n".join([*lines, ""]))


def _card(rng: random.Random, number: int, first: str, last: str) -> list[str]:
    address = f"{first}.{last}{number}@example.{rng.choice(('com', 'net', 'org'))}".lower()
    firm, title = rng.choice(FIRMS), rng.choice(TITLES)
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "PRODID:-//Apple Inc.//iPhone OS 18.0//EN",
        f"N:{last};{first};;;",
        f"FN:{first} {last}",
        f"EMAIL;type=INTERNET;type=HOME;type=pref:{address.replace('ü', 'ue')}",
        f"TEL;type=CELL;type=VOICE;type=pref:{rng.choice(NUMBERS).format(number % 10_000)}",
    ]
    if firm:
        lines.append(f"ORG:{firm};")
    if title:
        lines.append(f"TITLE:{title}")
    if number % 3 == 0:
        lines += [
            f"item1.TEL:{rng.choice(NUMBERS).format(rng.randint(0, 9_999))}",
            "item1.X-ABLabel:_$!<Other>!$_",
        ]
    if number % 4 == 0:
        lines.append(f"ADR;type=HOME;type=pref:;;{number} Elm St;{rng.choice(CITIES)}")
    if number % 5 == 0:
        lines.append(
            f"BDAY:19{rng.randint(40, 99)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
        )
    if number % 8 == 0:
        lines.append("NOTE:Met at the harbour\\, in the rain\\nand again at the fair")
    return [*lines, "CATEGORIES:myContacts", f"UID:{number:032x}", "END:VCARD"]


def ours(path: Path) -> int:
    """Return the contacts, from the bytes to checked tables."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import vcard  # noqa: PLC0415
    from villagegraph.settings import Me, Settings  # noqa: PLC0415

    settings = Settings(me=Me(phones=("+1 212 555 0100",)))
    return len(vcard.read(file_at(path), settings=settings).export().contacts)


def split(path: Path) -> int:
    """Split into properties and nothing else."""
    from villagegraph.parsing.vcards import cards  # noqa: PLC0415

    return sum(1 for _ in cards(path.read_bytes()))


def theirs(path: Path) -> int:
    """Read with vobject, as leniently as it can."""
    import vobject  # noqa: PLC0415

    # it takes text alone; what is no UTF-8 is shown as such
    text = path.read_bytes().decode("utf-8", "replace")
    count = 0
    found = vobject.readComponents(text, ignoreUnreadable=True, allowQP=True)
    try:
        for card in found:
            # the values that ours reads, which vobject turns into text on the way
            count += card.name == "VCARD" and bool(card.contents)
    except Exception:  # noqa: BLE001 - it gives up in many ways; what it had read counts
        return count
    return count


WAYS: dict[str, Callable[[Path], int]] = {
    "villagegraph": ours,
    "vobject": theirs,
    "split alone": split,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--cards", type=int, default=20_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        warm = options.path.with_name("small.vcf")
        if warm.exists():
            WAYS[options.way](warm)
        begin = time.process_time()
        cards = WAYS[options.way](options.path)
        print(json.dumps({"cards": cards, "seconds": time.process_time() - begin}))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_cards(Path(folder, "small.vcf"), cards=50, photos=False, seed=2)
        for photos in (False, True):
            _compare(Path(folder, "all.vcf"), cards=options.cards, photos=photos)
        _compare_odd(Path(folder))


def _compare(path: Path, *, cards: int, photos: bool) -> None:
    write_cards(path, cards=cards, photos=photos)
    size = path.stat().st_size / MEGABYTE
    heading(f"{cards:,} cards {'with' if photos else 'without'} photos, {size:,.1f} MB")
    ours, naive, limit = (measure(__file__, way, path)["seconds"] for way in WAYS)
    show("vCard, CPU s (naive: vobject)", ours, naive=naive, limit=limit, goal=">= 10x")


def _compare_odd(folder: Path) -> None:
    print(f"\n{'odd cards':40}{'cards':>7}{'ours':>7}{'vobject':>9}")
    total = [0, 0, 0]
    for number, (name, data) in enumerate(ODD.items()):
        path = folder / f"odd{number}.vcf"
        path.write_bytes(data)
        row = (data.count(b"END:VCARD"), ours(path), theirs(path))
        total = [one + more for one, more in zip(total, row, strict=True)]
        print(f"{name:40}{row[0]:>7}{row[1]:>7}{row[2]:>9}")
    print(f"{'in all':40}{total[0]:>7}{total[1]:>7}{total[2]:>9}")


if __name__ == "__main__":
    main()
