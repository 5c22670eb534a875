"""
Who is who: finding the people behind records, and likely duplicates among people.

Usage: python benchmarks/identity.py [--records 20000] [--handles 200000]

Makes up address books and mail in which every twentieth card is a second one of
somebody, under a name with a slip of the pen, a nickname or an initial, and prints the
seconds that each step takes, the memory beyond what was there before, and how many
of the second cards are among the suggestions.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING

from showing import heading, show

from villagegraph.parsing import Collector, ExportFile
from villagegraph.parsing.join import coverage, join
from villagegraph.people import Identity, identify_people
from villagegraph.village import Village
from villagegraph.who import likely_duplicates

if TYPE_CHECKING:
    from villagegraph.tables import Export

MAILS = 50_000
SECOND = 20
GIVEN = (
    "Robert William Elizabeth Katherine Michael Christopher Daniel Margaret Thomas Andrew Ada Ben "
    "Cleo Dana Emil Fay Gus Hana Ivo Jana Kai Lea Milo Nora Ole Pia Quin Rosa Sam Tia Ugo Vera"
).split()
SHORT = {"Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Michael": "Mike"}
ONSET = "b br c ch d dr f g gr h j k kl l m n p pr r s sch st t tr v w z".split()
VOWEL = "a e i o u ei au".split()
CODA = "l ll m n nd ng r rt s sen st t tz ck er ski".split()


def family(rng: random.Random) -> str:
    middle = rng.choice(ONSET) + rng.choice(VOWEL) if rng.random() < 0.7 else ""
    name = rng.choice(ONSET) + rng.choice(VOWEL) + middle + rng.choice(ONSET) + rng.choice(VOWEL)
    return (name + rng.choice(CODA)).title()


def slip(rng: random.Random, given: str, name: str) -> str:
    """Return the name as another program, or a hasty hand, has it."""
    way = rng.randrange(4)
    if way == 0:
        return f"{SHORT.get(given, given[:1] + '.')} {name}"
    if way == 1:
        return f"{name}, {given}"
    place = rng.randrange(1, len(name) - 1)
    return f"{given} {name[:place]}{name[place + 1 :]}"


def made_up(*, records: int, handles: int, seed: int = 1) -> tuple[Export, list[tuple[str, str]]]:
    """Return address books and mail, and the pairs of handles that are one person's."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    books = [
        Collector(ExportFile(Path(f"{n}.csv"), f"{n}.csv", 1), "google-contacts") for n in range(4)
    ]
    each = handles // records
    pairs, people, addresses = [], [], []
    for number in range(records):
        second = number % SECOND == SECOND - 1
        if second:
            given, name, first = rng.choice(people)
            shown = slip(rng, given, name)
        else:
            given, name = rng.choice(GIVEN) + rng.choice(("", "", "", "a", "ina")), family(rng)
            shown = f"{given} {name}"
        own = [f"email:c{number}.{n}@example.org" for n in range(each - 1)]
        own.append(f"phone:+1555{number:07}")
        books[number % 4].contact(name=shown, handles=own, record=number + 2)
        if second:
            pairs.append((first, own[0]))
        else:
            people.append((given, name, own[0]))
        addresses.append(own[0])
    mail = Collector(ExportFile(Path("a.mbox"), "a.mbox", 1), "mbox")
    me = "email:me@example.org"
    for number in range(MAILS):
        other = addresses[int(len(addresses) * rng.random() ** 2)]
        present = [("from", me), ("to", other)] if number % 2 else [("from", other), ("to", me)]
        mail.interaction(
            key=(number,), at=1e9 + number, channel="email", app="mail", participants=present
        )
    return join([*(book.export() for book in books), mail.export()]), pairs


def village_of(export: Export, identity: Identity) -> Village:
    return Village(
        people=identity.people,
        interactions=export.interactions,
        participants=identity.participants,
        handles=identity.handles,
        contacts=export.contacts,
        merges=identity.merges,
        hints=export.hints,
        coverage=coverage(export.interactions),
        files=export.files,
        skipped=export.skipped,
        me=identity.me,
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--handles", type=int, default=200_000)
    options = parser.parse_args()
    export, pairs = made_up(records=options.records, handles=options.handles)
    heading(f"{len(export.contacts):,} records, {export.handles['handle'].nunique():,} handles")
    before, begin = peak(), time.process_time()
    identity = identify_people(export, me="me@example.org")
    show("identify_people, CPU s", time.process_time() - begin, goal="ours <= 5")
    show("identify_people, MB", peak() - before)
    village = village_of(export, identity)
    before, begin = peak(), time.process_time()
    found = likely_duplicates(village)
    show("likely_duplicates, CPU s", time.process_time() - begin, goal="ours <= 20")
    show("likely_duplicates, MB", peak() - before)
    person_of = dict(zip(identity.handles["handle"], identity.handles["person_id"], strict=True))
    planted = {tuple(sorted((person_of[a], person_of[b]))) for a, b in pairs}
    open_pairs = {pair for pair in planted if pair[0] != pair[1]}
    suggested = list(zip(found["person_a"], found["person_b"], strict=True))
    met = len(open_pairs.intersection(suggested))
    first = len(open_pairs.intersection(suggested[: len(open_pairs)]))
    n = len(open_pairs)
    print(f"\n{len(identity.people):,} people. Of {len(planted):,} second cards, ", end="")
    print(f"{len(planted) - n:,} were joined and {met:,} stand among ", end="")
    print(f"{len(suggested):,} suggestions, {first:,} of them among the first {n:,}.")


if __name__ == "__main__":
    main()
