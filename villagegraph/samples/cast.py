"""Who lives in the sample's village, and in which exports each person stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from villagegraph.samples.dice import Dice
from villagegraph.samples.model import CHANGE, END, START, Person, Plan
from villagegraph.samples.names import NameMaker, make_name, wide_pool
from villagegraph.samples.texts import UNSEEN, unseen_friend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMUNITIES = {
    "blauwal": "Blauwal Mobility, the new employer",
    "choir": "Spreechor, the choir",
    "family": "Family and old friends",
    "guild": "Open Map Guild",
    "lindenhof": "Lindenhof, neighbours and parents",
    "nordlicht": "Nordlicht Energie, the old employer",
}
WORK = frozenset({"blauwal", "nordlicht"})
PRIVATE = frozenset({"choir", "family", "lindenhof"})

_SIZES = {
    "nordlicht": 30, "blauwal": 28, "guild": 26, "choir": 24, "lindenhof": 22, "family": 22,
}  # fmt: skip
_LINKEDIN_ONLY = 42
_ONCE = 24
_ORGANIZATIONS = {"nordlicht": "Nordlicht Energie", "blauwal": "Blauwal Mobility"}
_DOMAINS = {"nordlicht": "nordlicht.example.com", "blauwal": "blauwal.example.org"}
_HOME_DOMAINS = ("example.com", "example.net", "post.example.net", "mail.example.org")
_COMPANIES = (
    "Kranich & Söhne", "Studio Weitblick", "Polder Analytics", "Café Ostwind", "Hafenlicht GmbH",
    "Atelier Ninety-One", "Sternwarte Süd", "Tidewater Labs", "Ponte Nova", "Kiosk der Künste",
    "Grünspan AG", "Meridian Maps", "Werft 7", "Fjord & Fell", "Papierboot",
)  # fmt: skip
_TITLES = (
    "Product manager", "Civil engineer", "Data scientist", "Teacher", "Architect", "Editor",
    "Software developer", "Head of research", "Cartographer", "Designer", "Physician",
    "Project lead", "Translator", "Controller", "Founder", "Stadtplanerin", "Ingénieure",
)  # fmt: skip
_CITIES = (
    "Berlin", "Hamburg", "Leipzig", "Wien", "Zürich", "København", "Lyon", "London", "Dublin",
    "Kraków", "İstanbul", "New York", "Αθήνα", "Lisboa", "Malmö", "Praha",
)  # fmt: skip
# circles of closeness: weekly for few, a few times a year for many
_GAPS = (8.0,) * 4 + (22.0,) * 8 + (34.0,) * 10 + (64.0,) * 26 + (95.0,) * 30 + (130.0,) * 60
# what is planted in which community, in this order
_PLANTED = {
    "nordlicht": ("bridge:blauwal", "slipping", "dormant-team", "dormant-team", "dormant",
                  "dormant", "revived-10", "revived-09", "twin-a", "renamed"),
    "blauwal": ("slipping", "new-10", "new-09"),
    "guild": ("bridge:choir", "slipping", "slipping", "dormant", "revived-10", "snoozed"),
    "choir": ("slipping", "dormant", "revived-10", "new-10", "noted", "twin-b"),
    "lindenhof": ("slipping", "dormant", "revived-09", "new-09", "couple", "couple"),
    "family": ("bridge:lindenhof", "slipping", "slipping", "dormant", "revived-10", "muted",
               "aunt", "starred"),
}  # fmt: skip
TWIN = make_name("Thomas", "Sander")
AUNT = make_name("Ilse", "Falkenberg")


def make_owner() -> Person:
    """Return the owner of the village."""
    return Person(
        id="me",
        name=make_name("Mira", "Falkenberg"),
        emails={
            "home": "mira.falkenberg@example.com",
            "old": "mira.falkenberg@nordlicht.example.com",
            "new": "mira@blauwal.example.org",
        },
        phone="+493023125700",
        slug="mira-falkenberg-maps",
        organization="Blauwal Mobility",
        title="Lead, urban climate maps",
        city="Berlin",
    )


def make_people(seed: int) -> list[Person]:
    """Return everybody else, in the order of their ids."""
    dice = Dice(seed, "people")
    names = NameMaker(dice, (make_name("Mira", "Falkenberg"), TWIN, AUNT, UNSEEN))
    people: list[Person] = []
    for community, size in _SIZES.items():
        parts = _PLANTED[community] + ("regular",) * (size - len(_PLANTED[community]))
        people += [_member(dice, names, community, part) for part in parts]
    people += [_loner(dice, names, part) for part in ("new-10", "new-10", "new-09")]
    people += [_loner(dice, names, "once") for _ in range(_ONCE)]
    people += [_loner(dice, names, "linkedin") for _ in range(_LINKEDIN_ONLY)]
    for number, person in enumerate(people, start=1):
        person.id = f"p{number:03d}"
    _give_rhythm(dice, people)
    _give_addresses(dice, people)
    _give_sources(dice, people)
    _give_facts(dice, people)
    # last and without dice: nobody else changes with it
    friend = unseen_friend()
    friend.id = f"p{len(people) + 1:03d}"
    return [*people, friend]


def _member(dice: Dice, names: NameMaker, community: str, part: str) -> Person:
    part, _, second = part.partition(":")
    if part.startswith("twin"):
        name = TWIN
    elif part == "aunt":
        name = AUNT
    elif part in ("regular", "dormant", "slipping"):
        name = names.new()
    else:
        # what is planted elsewhere shall not hang on how a program writes a name
        name = names.new("de", "en", "pl", "fr", "sv", "tr")
    person = Person(id="", name=name, community=community, second=second, quirk=part)
    person.part = {
        "twin-a": "regular", "twin-b": "regular", "aunt": "regular", "renamed": "regular",
        "couple": "regular", "bridge": "regular", "starred": "regular",
        "dormant-team": "dormant",
        "revived-09": "revived", "revived-10": "revived", "new-09": "new", "new-10": "new",
    }.get(part, part)  # fmt: skip
    person.organization = _ORGANIZATIONS.get(community) or dice.pick(_COMPANIES)
    return person


def _loner(dice: Dice, names: NameMaker, part: str) -> Person:
    name = names.new(*(wide_pool() if part == "once" else ()))
    kind = "new" if part.startswith("new") else part
    return Person(id="", name=name, part=kind, quirk=part, organization=dice.pick(_COMPANIES))


@dataclass(slots=True)
class _Draws:
    """Chance, and the silences that are dealt out one by one."""

    dice: Dice
    slipping: Iterator[tuple[int, int]]
    dormant: Iterator[int]


def _give_rhythm(dice: Dice, people: list[Person]) -> None:
    draws = _Draws(
        dice,
        iter(dice.shuffled([(7 + i, 62 + 11 * i) for i in range(8)])),
        iter(dice.shuffled([410 + 38 * i for i in range(6)])),
    )
    gaps = iter(dice.shuffled(_GAPS))
    for person in people:
        first = START + dt.timedelta(dice.below(25))
        if person.community == "blauwal":
            first = CHANGE + dt.timedelta(dice.below(45))
        elif person.quirk == "regular" and dice.chance(0.3):
            first = START + dt.timedelta(dice.between(30, 850))
        person.spans = [(first, END)]
        person.seen_from = first
        if person.part == "regular":
            person.gap = next(gaps, 130.0)
        else:
            _PARTS[person.part](draws, person, first)
        if person.quirk in ("aunt", "starred", "bridge"):
            person.gap = 13.0


def _slipping(draws: _Draws, person: Person, first: dt.date) -> None:
    gap, silence = next(draws.slipping)
    person.gap = float(gap)
    first = max(first, END - dt.timedelta(draws.dice.between(420, 640)))
    person.spans = [(first, END - dt.timedelta(silence))]


def _dormant(draws: _Draws, person: Person, first: dt.date) -> None:
    # the weekly round of the old employer ends with the job
    last = dt.date(2025, 6, 24)
    if person.quirk != "dormant-team":
        last = END - dt.timedelta(next(draws.dormant) + draws.dice.below(8))
    person.gap = float(draws.dice.between(12, 17))
    person.spans = [(first, last)]


def _held(draws: _Draws, person: Person, first: dt.date) -> None:
    person.gap = float(draws.dice.between(9, 12))
    silence = draws.dice.between(70, 95)
    first = max(first, END - dt.timedelta(draws.dice.between(420, 640)))
    person.spans = [(first, END - dt.timedelta(silence))]


def _revived(draws: _Draws, person: Person, first: dt.date) -> None:
    month = 9 if person.quirk.endswith("09") else 10
    back = dt.date(2026, month, draws.dice.between(5, 16))
    person.gap = float(draws.dice.between(25, 40))
    last = back - dt.timedelta(draws.dice.between(215, 300))
    person.spans = [(first, last), (back, END)]


def _new(draws: _Draws, person: Person, _first: dt.date) -> None:
    month = 9 if person.quirk.endswith("09") else 10
    person.gap = float(draws.dice.between(7, 10))
    begin = dt.date(2026, month, draws.dice.between(3, 14))
    person.spans = [(begin, END)]
    person.seen_from = begin - dt.timedelta(100)


def _rare(draws: _Draws, person: Person, _first: dt.date) -> None:
    begin = START + dt.timedelta(draws.dice.between(5, 960))
    person.spans = [(begin, begin + dt.timedelta(20))]


_PARTS: dict[str, Callable[[_Draws, Person, dt.date], None]] = {
    "slipping": _slipping, "dormant": _dormant, "muted": _held, "snoozed": _held, "noted": _held,
    "revived": _revived, "new": _new, "once": _rare, "linkedin": _rare,
}  # fmt: skip


def _give_addresses(dice: Dice, people: list[Person]) -> None:
    numbers = dice.shuffled(range(100, 690))
    taken: set[str] = set()
    for person, number in zip(people, numbers, strict=False):
        given, family = (part.replace(" ", "") for part in person.name.latin)
        local = f"{given}.{family}"
        domain = _DOMAINS.get(person.community, "")
        if domain:
            person.emails["work"] = _free(f"{local}@{domain}", taken)
            if person.quirk not in ("regular", "bridge") or dice.chance(0.3):
                person.emails["home"] = _free(
                    f"{given[0]}.{family}@{dice.pick(_HOME_DOMAINS)}", taken
                )
        elif person.quirk != "linkedin":
            person.emails["home"] = _free(_home(dice, given, family), taken)
        if person.second == "blauwal":
            person.emails["home"] = _free(f"{local}@example.net", taken)
            person.emails["later"] = _free(f"{given}@blauwal.example.org", taken)
        person.phone = _phone(number, person.name.culture)
        tail = f"{number * 7919 % 65521:04x}"
        # LinkedIn keeps letters such as ö in links, percent-encoded
        slug = f"{person.name.given}-{person.name.family}-{tail}".lower().replace(" ", "-")
        person.slug = slug if person.name.culture == "de" else f"{given}-{family}-{tail}"


def _home(dice: Dice, given: str, family: str) -> str:
    shape = dice.pick(("{0}.{1}", "{0}{1}", "{1}.{0}", "{2}.{1}", "{0}_{1}", "{0}"))
    domain = (
        f"{family.replace('-', '')}.example.org" if shape == "{0}" else dice.pick(_HOME_DOMAINS)
    )
    return shape.format(given, family, given[0]) + "@" + domain


def _free(address: str, taken: set[str]) -> str:
    local, _, domain = address.partition("@")
    number, found = 2, address
    while found in taken:
        found = f"{local}{number}@{domain}"
        number += 1
    taken.add(found)
    return found


def _phone(number: int, culture: str) -> str:
    """Return a number from a range that no one can call."""
    if culture in ("en", "ga"):
        return f"+442079460{number:03d}"
    if culture == "fr":
        return f"+3319900{number % 100:02d}{number // 100:02d}"
    if culture in ("xx", "es") and number < 200:
        return f"+121255501{number % 100:02d}"
    return f"+493023125{number:03d}"


def _give_sources(dice: Dice, people: list[Person]) -> None:
    for person in people:
        if person.part == "linkedin":
            person.linkedin = True
            continue
        if person.part == "once":
            person.google = dice.chance(0.3)
            continue
        private = person.community in PRIVATE
        person.google = dice.chance(0.72)
        person.icloud = dice.chance(0.5 if private else 0.28)
        person.linkedin = dice.chance(0.35 if private else 0.85)
        if person.quirk != "regular":
            person.google = True
        if person.second or len(person.emails) > 1:
            # several addresses are one person because a card says so
            person.google = True
        if person.linkedin:
            _join_linkedin(dice, person)
    chatty = [
        person
        for person in people
        if person.quirk == "regular"
        and person.community in PRIVATE
        and person.gap < 70
        and not person.name.joined
    ]
    for person in chatty[:12]:
        person.chat = person.icloud = True
    for person in people:
        if person.quirk in ("aunt", "starred", "slipping") and person.community == "family":
            person.chat = person.icloud = not person.name.joined


def _join_linkedin(dice: Dice, person: Person) -> None:
    """Make sure that one exact key or one unambiguous name leads to the profile."""
    has_card = person.google or person.icloud
    if person.quirk == "twin-a":
        person.linkedin_email = True
    elif person.quirk == "twin-b":
        person.linkedin = False
    elif not has_card or person.name.joined:
        person.linkedin_email = True
    else:
        person.linkedin_email = dice.chance(0.12)
        person.linkedin_url_in_card = dice.chance(0.15)


def _give_facts(dice: Dice, people: list[Person]) -> None:
    for person in people:
        person.title = dice.pick(_TITLES)
        person.city = dice.pick(_CITIES)
        if (person.google or person.icloud) and dice.chance(0.35):
            person.birthday = _birthday(dice)
        if person.linkedin:
            first, last = person.spans[0]
            person.connected_on = first + dt.timedelta(
                dice.below(max(1, min(200, (last - first).days)))
            )
    _give_occasions(dice, people)


def _birthday(dice: Dice) -> str:
    month = dice.pick((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12))
    tail = f"{month:02d}-{dice.between(1, 28):02d}"
    return f"--{tail}" if dice.chance(0.4) else f"{dice.between(1956, 1999)}-{tail}"


def _give_occasions(dice: Dice, people: list[Person]) -> None:
    """Plant what November brings, spread over the ways in which exports say it."""
    days = iter(dice.shuffled(range(2, 30)))
    google = [p for p in people if p.google and not p.icloud and p.quirk == "regular"]
    icloud = [p for p in people if p.icloud and not p.google and p.quirk == "regular"]
    first = dice.some(google, 5)
    second = dice.some(icloud, 3)
    for person, year in zip(first[:4], ("1979-", "1988-", "--", "--"), strict=True):
        person.birthday = f"{year}11-{next(days):02d}"
    first[4].anniversary = f"2011-11-{next(days):02d}"
    for person, year in zip(second[:2], ("1984-", "--"), strict=False):
        person.birthday = f"{year}11-{next(days):02d}"
    second[-1].anniversary = f"2016-11-{next(days):02d}"


def new_plan(seed: int) -> Plan:
    """Return a plan with its people, in which nothing has happened yet."""
    return Plan(seed=seed, owner=make_owner(), people=make_people(seed))
