"""Tables of no known origin: which columns hold what, by their headers or by village.toml."""

from __future__ import annotations

import contextlib
import csv
import fnmatch
import io
import re
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from villagegraph.parsing.handles import any_handle
from villagegraph.parsing.outlook import folded
from villagegraph.parsing.text import MAX_COLUMNS, one_line
from villagegraph.settings import LOG_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from villagegraph.parsing.sources import ExportFile
    from villagegraph.settings import Settings

PEOPLE, INTERACTIONS, EDGES = "people-csv", "interactions-csv", "edges-csv"
CONSTANTS = ("day", "app")
DELIMITERS = (",", ";", "\t", "|")
_HEADER_ROWS = 5  # `sep=;`, a title, an empty line

# patterns of folded headers without digits, in the languages that are sure; the first that
# fits wins, and what several columns may hold (addresses, numbers) takes them all
_PEOPLE = {
    "first_name": "first(?:name)?|givenname|forename|vorname|prenom|voornaam|primeironome",
    "middle_name": "middlename",
    "last_name": "last(?:name)?|surname|familyname|nachname|familienname|cognome|apellidos?|apelido"
    "|achternaam|sobrenome|nomdefamille",
    "name": "(?:full|display|contact)?name|vollername|vollstandigername|anzeigename|nomcomplet"
    "|nombrecompleto|nomecompleto|volledigenaam|nom|nombre|nome|naam",
    "nickname": "nickname|spitzname|surnom|apodo|bijnaam",
    "email": "(?:primary|secondary|work|home|personal|private|business|other)?e?mail"
    "(?:s|address|addresses|adresse|adres|work|home)?|adresse(?:e?mail|electronique)|courriel"
    "|correo(?:electronico)?|indirizzo(?:di)?email|enderecodeemail",
    "phone": "(?:work|home|private|business|mobile|cell|other)?(?:tele)?(?:phone|mobile)"
    "(?:s|number|numbers|work|home)?|cell|tel|telefon(?:nummer)?|handy(?:nummer)?"
    "|mobil(?:telefon|nummer|enumber)?|(?:tele?phone)?portable|telefono|movil|cellulare|telefoon"
    "|mobiel|telefone|celular|telemovel|mobilenumber",
    "profile": "linkedin(?:url|profile|profil)?|profile(?:url)?",
    "id": "id|userid|personid|memberid|employeeid|uid",
    "organization": "organi[sz]ation|company(?:name)?|employer|firma|unternehmen|arbeitgeber"
    "|societe|entreprise|empresa|azienda|bedrijf|organizacion|organizzazione|organizacao"
    "|organisatie",
    "department": "department|abteilung|departement|departamento|reparto|afdeling",
    "title": "title|jobtitle|position|role|fonction|poste|puesto|cargo|funktion|ruolo|functie",
    "headline": "headline",
    "birthday": "birthday|birthdate|dateofbirth|dob|geburtstag|geburtsdatum|datedenaissance"
    "|cumpleanos|fechadenacimiento|compleanno|datadinascita|geboortedatum|verjaardag"
    "|datadenascimento",
    "birth_year": "birthyear",
    "birth_month": "birthmonth",
    "birth_day": "birthday",
    "anniversary": "anniversary|weddinganniversary|weddingday|hochzeitstag|trouwdag",
    "connected_on": "connectedon|connected",
    "location": "location|place|wohnort",
    "city": "(?:home|work)?city|town|stadt|ort|ville|ciudad|citta|plaats|cidade",
    "region": "(?:home|work)?state|province",
    "country": "(?:home|work)?country|land|pays|pais|paese",
    "tags": "tags?|labels?|groups?|categor(?:y|ies)|kategorien|gruppen|groupes",
}
_ENDS = "(?:id|email|emailaddress|address|name|user|node)?"
_LOG = {
    "from": f"(?:src|source|from|sender|caller|absender|expediteur|remitente|mittente|afzender"
    f"|remetente){_ENDS}|von|de|da|van|u|(?:node|person|user)a",
    "to": f"(?:dst|dest|destination|target|to|receiver|recipients?|callee|empfanger|destinataires?"
    f"|destinatarios?|destinatari|ontvanger){_ENDS}|an|para|aan|a|v|(?:node|person|user)b",
    "cc": "cc",
    "bcc": "bcc",
    "with": "who|with|withwhom|person|people|contact|contactname|mit|wer|avec|kontakt|contacto",
    "at": "unixtime|unixtimestamp|timestamp(?:s|ms|utc)?|datetime(?:utc)?|at|ts|epoch(?:s|ms)?"
    "|sentat|senton|when|starttime|startedat|createdat|zeitpunkt|dateheure|fechahora|datahora",
    "date": "date|datum|fecha|data|day|tag|dia",
    "time": "time|uhrzeit|zeit|heure|hora|ora|tijd",
    "channel": "channel|medium|kind|kanal|canal|interactiontype|contacttype|type|typ|art|tipo",
    "direction": "direction|richtung|inout",
    "minutes": "minutes|mins|durationmin(?:utes|s)?|minuten",
    "seconds": "seconds|secs|durations(?:ec|econds|ecs)?|callduration",
    "duration": "duration|dauer|duree|duracion|durata|duur",
    "size": "size|bytes|sizebytes",
    "thread": "thread|threadid|conversation|conversationid|chatid",
    "event": "mid|messageid|msgid|eventid|event|mailid|callid|interactionid",
    "weight": "weight|count|n|w|gewicht|anzahl|poids|peso",
}
_SEVERAL = frozenset({"email", "phone", "profile"})
_EITHER = frozenset({"name", "nom", "nombre", "nome", "naam"})
_PEOPLE_PATTERNS = {name: re.compile(pattern) for name, pattern in _PEOPLE.items()}
_LOG_PATTERNS = {name: re.compile(pattern) for name, pattern in _LOG.items()}

# headers of lists of edges, of which no reader of an app's export knows
_GRAPH = re.compile(
    r"(?:src|source|dst|dest|destination|target)(?:id|node)?|[uv]|(?:node|person)[ab]"
)
_SURE_CHANNEL = frozenset("channel medium kind kanal canal interactiontype contacttype".split())
_SURE_WITH = frozenset("who with withwhom mit wer avec".split())
# tables of people who came, paid or ordered something
_NO_ADDRESS_BOOK = re.compile(
    r"date|time|timestamp|(?:join|leave|start|end|created)(?:ed|d)?(?:time|at|on)?|duration|amount"
    r"|total|price|orderid|order|invoice|subject|content|message|skillname|text"
)
# what tells another source's table, or what is nearly one
_OTHERS = (
    frozenset({"firstname", "lastname", "company", "position"}),
    frozenset({"firstname", "lastname", "url"}),
    frozenset({"connectedon"}),
    frozenset({"conversationid", "from"}),
    frozenset({"conversationid", "to"}),
    frozenset({"sentat", "direction"}),
    frozenset({"yominame"}),
    frozenset({"fileas"}),
    frozenset({"groupmembership"}),
    frozenset({"familyname", "givenname"}),
    frozenset({"correspondentid"}),
    frozenset({"date", "who", "kind"}),
)
_GROUPED = re.compile(
    r"(?:email|phone|address|website|event|relation|organization)\d+(?:label|type|value|name)"
)


@dataclass(frozen=True, slots=True)
class GenericTable:
    """
    What a table holds, and where.

    Attributes
    ----------
    kind
        One of `PEOPLE`, `INTERACTIONS`, `EDGES`.
    delimiter
        The letter between cells.
    above
        Lines of the header, and above it.
    width
        How many columns there are.
    columns
        Our name to the numbers of the columns, from 0; only addresses, numbers and
        profiles have several.
    constants
        `day` and `app`, if village.toml gives them.
    missing
        Our names of columns that village.toml names and the header lacks.
    header
        As it stands in the file.
    """

    kind: str
    delimiter: str
    above: int
    width: int
    columns: Mapping[str, tuple[int, ...]]
    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: tuple[str, ...] = ()
    header: tuple[str, ...] = ()

    def one(self, name: str) -> int | None:
        """Return the number of a column; None if there is none."""
        return next(iter(self.columns.get(name, ())), None)


def mapping_for(file: ExportFile, settings: Settings) -> Mapping[str, str]:
    """
    Return what village.toml says of the columns of a file; nothing if it is silent.

    The path below the folder goes before the name, and both before globs.
    """
    for key in (file.label, file.name):
        if key in settings.columns:
            return settings.columns[key]
    for glob, mapping in settings.columns.items():
        if fnmatch.fnmatchcase(file.label, glob) or fnmatch.fnmatchcase(file.name, glob):
            return mapping
    return {}


def known_table(text: str) -> GenericTable | None:
    """
    Find a header that tells beyond doubt what a table holds.

    Parameters
    ----------
    text
        The file, or its beginning.
    """
    for delimiter, above, cells, first in _candidates(text):
        keys = [folded(one_line(cell)) for cell in cells]
        if _another(set(keys)):
            return None
        found = _log(keys, cells, first) or _people(keys)
        if found is not None:
            kind, columns = found
            return GenericTable(
                kind, delimiter, above, len(cells), columns, header=tuple(map(one_line, cells))
            )
    return None


def mapped_table(text: str, mapping: Mapping[str, str]) -> GenericTable:
    """
    Find the header that village.toml describes.

    Parameters
    ----------
    text
        The file, or its beginning.
    mapping
        Our columns to theirs, and what is the same for all rows.

    Returns
    -------
    table
        What the header tells by itself stands, where the mapping says nothing else. If no
        row has all the columns, `missing` names those that the nearest lacks.
    """
    wanted = {ours: folded(one_line(name)) for ours, name in mapping.items()}
    constants = {name: mapping[name] for name in CONSTANTS if name in mapping}
    for name in CONSTANTS:
        wanted.pop(name, None)
    best: GenericTable | None = None
    for delimiter, above, cells, _ in _candidates(text):
        keys = [folded(one_line(cell)) for cell in cells]
        given = {ours: (keys.index(key),) for ours, key in wanted.items() if key in keys}
        taken = {number for numbers in given.values() for number in numbers}
        left = ["" if number in taken else key for number, key in enumerate(keys)]
        log = bool(set(wanted) & set(LOG_COLUMNS)) or "day" in constants or not wanted
        own = _log_columns(left) if log else _people_columns(left)
        columns = {**own, **given}
        if {"at", "date", "time"} & given.keys():
            # no other column tells the time, too
            columns = {k: v for k, v in columns.items() if k not in _TIMES or k in given}
        kind = _log_kind(columns, keys) if log else PEOPLE
        missing = tuple(ours for ours in wanted if ours not in given)
        missing += tuple(name for name in _needed(kind, columns) if name not in missing)
        table = GenericTable(
            kind, delimiter, above, len(cells), columns, constants, missing,
            tuple(map(one_line, cells)),
        )  # fmt: skip
        if not missing:
            return table
        if best is None or len(missing) < len(best.missing):
            best = table
    return best or GenericTable(
        _kind_of(set(wanted)), ",", 0, 0, {}, constants, tuple(wanted) or ("from", "to")
    )


_TIMES = frozenset({"at", "date", "time"})


def _kind_of(wanted: set[str]) -> str:
    if not wanted & set(LOG_COLUMNS):
        return PEOPLE
    return INTERACTIONS if "with" in wanted else EDGES


def _needed(kind: str, columns: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
    """Return what a table of that kind cannot do without, if it lacks it."""
    if kind == PEOPLE:
        names = {"name", "first_name", "last_name", "nickname", "email", "phone", "profile", "id"}
        return () if names & columns.keys() else ("name",)
    if "with" in columns:
        return ()
    return tuple(name for name in ("from", "to") if name not in columns)


def _candidates(text: str) -> Iterator[tuple[str, int, list[str], list[str]]]:
    """Yield delimiter, lines up to the end, cells, and the row below, of what may be a header."""
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[tuple[int, list[str]]] = []
        with contextlib.suppress(csv.Error):
            # what was read before a fault stays
            rows.extend((reader.line_num, cells) for cells in islice(reader, _HEADER_ROWS + 1))
        for number, (above, cells) in enumerate(rows[:_HEADER_ROWS]):
            if 1 < len(cells) <= MAX_COLUMNS:
                yield delimiter, above, cells, rows[number + 1][1] if number + 1 < len(rows) else []


def _another(keys: set[str]) -> bool:
    return any(keys >= other for other in _OTHERS) or any(map(_GROUPED.fullmatch, keys))


def _fitting(
    keys: Sequence[str], patterns: Mapping[str, re.Pattern[str]], names: Iterable[str] = ()
) -> dict[str, tuple[int, ...]]:
    """Return the columns whose headers fit, each for one thing only."""
    found: dict[str, tuple[int, ...]] = {}
    taken: set[int] = set()
    for name in names or patterns:
        fits = [
            number
            for number, key in enumerate(keys)
            if key and number not in taken and patterns[name].fullmatch(re.sub(r"\d", "", key))
        ]
        if fits:
            found[name] = tuple(fits if name in _SEVERAL else fits[:1])
            taken.update(found[name])
    return found


def _people_columns(keys: Sequence[str]) -> dict[str, tuple[int, ...]]:
    parted = {"birthyear", "birthmonth"} <= set(keys)
    names = [name for name in _PEOPLE if name != ("birthday" if parted else "birth_day")]
    found = _fitting(keys, _PEOPLE_PATTERNS, names)
    name = found.get("name")
    if name is not None and keys[name[0]] in _EITHER:
        # `Name` beside `Vorname` is a family name, `Nombre` beside `Apellidos` a given one
        if "first_name" in found and "last_name" not in found:
            found["last_name"] = found.pop("name")
        elif "last_name" in found and "first_name" not in found:
            found["first_name"] = found.pop("name")
    return found


def _people(keys: Sequence[str]) -> tuple[str, dict[str, tuple[int, ...]]] | None:
    found = _people_columns(keys)
    if any(map(_NO_ADDRESS_BOOK.fullmatch, keys)):
        return None
    names = found.keys() & {"name", "first_name", "last_name"}
    reached = found.keys() & {"email", "phone", "profile"}
    about = found.keys() & {"organization", "department", "title", "birthday", "birth_day"}
    full = len(names) > 1 or "name" in names
    if names and (reached or (full and about and ("id" in found or len(names) > 1))):
        return PEOPLE, found
    return None


def _log_columns(keys: Sequence[str]) -> dict[str, tuple[int, ...]]:
    found = _fitting(keys, _LOG_PATTERNS)
    if "from" not in found or "to" not in found:
        # in a header such as `a, de, n` words of two letters mean anything
        for name in ("from", "to"):
            if name in found and "with" in found:
                del found[name]
    if "at" in found:
        found.pop("date", None)
        found.pop("time", None)
    elif "date" not in found and "time" in found:
        found["at"] = found.pop("time")
    elif "date" in found and "time" not in found:
        found["at"] = found.pop("date")
    return found


def _log_kind(columns: Mapping[str, tuple[int, ...]], keys: Sequence[str]) -> str:
    if "with" in columns and "from" not in columns:
        return INTERACTIONS
    graph = "from" in columns and _GRAPH.fullmatch(re.sub(r"\d", "", keys[columns["from"][0]]))
    timeless = not columns.keys() & {"at", "date"}
    return EDGES if graph or timeless or "weight" in columns else INTERACTIONS


def _log(
    keys: Sequence[str], cells: Sequence[str], first: Sequence[str]
) -> tuple[str, dict[str, tuple[int, ...]]] | None:
    found = _log_columns(keys)
    timed = bool(found.keys() & {"at", "date"})
    channel = "channel" in found and keys[found["channel"][0]] in _SURE_CHANNEL
    kind = _log_kind(found, keys)
    if "from" in found and "to" in found:
        ends = [found[name][0] for name in ("from", "to")]
        graph = all(_GRAPH.fullmatch(re.sub(r"\d", "", keys[end])) for end in ends)
        if graph and not timed:
            known = {number for numbers in found.values() for number in numbers}
            return (kind, found) if "weight" in found or len(known) == len(cells) else None
        reached = len(first) == len(cells) and all(any_handle(first[end]) for end in ends)
        telling = channel or found.keys() & {"event", "direction"} or reached
        return (kind, found) if timed and (graph or telling) else None
    if "with" in found and timed:
        sure = keys[found["with"][0]] in _SURE_WITH and "channel" in found
        if channel or sure or found.keys() & {"direction", "minutes"}:
            return kind, found
    return None
