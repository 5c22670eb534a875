"""Outlook's CSV of contacts: its columns, in the languages in which Outlook writes them."""

from __future__ import annotations

import csv
import functools
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from villagegraph.parsing.text import DELIMITERS, MAX_COLUMNS, column_key, one_line

_HEADER_ROWS = 3  # Excel may put `sep=;` above it

# Patterns of folded headers without their numbers, a language each: a word may mean one
# thing here and another there (`Aniversario` is a wedding in Spanish, a birth in Portuguese).
_LANGUAGES: dict[str, dict[str, str]] = {
    "en": {
        "given": "firstname|givenname",
        "middle": "middlename",
        "family": "lastname|surname|familyname",
        "nickname": "nickname",
        "company": "company|companyname",
        "title": "jobtitle",
        "email": "emailaddress",
        "emailtype": "emailtype",
        "emailname": "emaildisplayname",
        "birthday": "birthday",
        "anniversary": "anniversary",
        "tags": "categories",
        "web": "webpage|personalwebpage|businesswebpage",
        "place": "location",
        "city": "(home|business|other)city",
        "region": "(home|business|other)state",
        "country": "(home|business|other)country(?:region|orregion)?",
    },
    "de": {
        "given": "vorname",
        "middle": "weiterevornamen|zweitervorname",
        "family": "nachname",
        "nickname": "spitzname",
        "company": "firma",
        "title": "position",
        "email": "emailadresse",
        "emailtype": "emailtyp",
        "emailname": "email(?:adresse)?angezeigtername|emailanzeigename",
        "birthday": "geburtstag",
        "anniversary": "jahrestag",
        "tags": "kategorien",
        "web": "webseite",
        "place": "ort",
        "city": "ort(geschaftlich|privat)|(weiterer)ort",
        "region": "(?:region|bundeslandkanton)(geschaftlich|privat)|(weiteres)rbundeslandkanton",
        "country": "landregion(geschaftlich|privat)|(weiteres)elandregion",
    },
    "fr": {
        "given": "prenom",
        "middle": "deuxiemeprenom",
        "family": "nom|nomdefamille",
        "nickname": "surnom",
        "company": "societe",
        "title": "fonction|titreprofessionnel|poste",
        "email": "adressedemessagerie|adressedecourrier|adresseemail",
        "emailtype": "typedemessagerie|typedecourrier",
        "emailname": "nomcompletdeladressedemessagerie|nomcompletdeladressedecourrier",
        "birthday": "anniversaire|datedenaissance",
        "anniversary": "anniversairedemariageoufete|anniversairedemariage",
        "tags": "categories",
        "web": "pageweb",
        "place": "emplacement",
        "city": "ville(bureau|domicile|autre)",
        "region": "depregion(bureau|domicile|autre)",
        "country": "paysregion(bureau|domicile|autre)",
    },
    "es": {
        "given": "nombre",
        "middle": "segundonombre",
        "family": "apellidos?",
        "nickname": "sobrenombre|apodo",
        "company": "organizacion|compania|empresa",
        "title": "puesto|cargo",
        "email": "direcciondel?correoelectronico",
        "emailtype": "tipodecorreoelectronico",
        "emailname": "nombredepantalladecorreoelectronico|nombreparamostrardecorreoelectronico"
        "|nombreparamostrardelcorreoelectronico|nombredepantalladelcorreoelectronico",
        "birthday": "cumpleanos",
        "anniversary": "aniversario",
        "tags": "categorias",
        "web": "paginaweb",
        "place": "ubicacion",
        "city": "ciudadde(?:l)?(trabajo|domicilio|casa)|(otra)ciudad",
        "region": "provinciaoestadode(?:l)?(trabajo|domicilio|casa)",
        "country": "paisoregionde(?:l)?(trabajo|domicilio|casa)",
    },
    "it": {
        "given": "nome",
        "middle": "secondonome",
        "family": "cognome",
        "nickname": "soprannome",
        "company": "societa",
        "title": "posizione",
        "email": "indirizzopostaelettronica|indirizzodipostaelettronica|indirizzoemail",
        "emailtype": "tipopostaelettronica|tipodipostaelettronica|tipoemail",
        "emailname": "nomevisualizzatopostaelettronica|nomevisualizzatoemail",
        "birthday": "compleanno",
        "anniversary": "anniversario",
        "tags": "categorie",
        "web": "paginaweb",
        "place": "localita",
        "city": "citta(ufficio|abitazione|altro)",
        "region": "provincia(ufficio|abitazione|altro)",
        "country": "paese(?:areageografica)?(ufficio|abitazione|altro)",
    },
    "nl": {
        "given": "voornaam",
        "middle": "middelstenaam|middennaam",
        "family": "achternaam",
        "nickname": "bijnaam",
        "company": "bedrijf",
        "title": "functie",
        "email": "emailadres",
        "emailtype": "emailtype",
        "emailname": "emailweergavenaam|emailweergegevennaam",
        "birthday": "verjaardag|geboortedatum",
        "anniversary": "speciaaldatum|jubileum|trouwdag|gedenkdag",
        "tags": "categorieen",
        "web": "webpagina",
        "place": "locatie",
        "city": "plaats(werk|thuis|anders)|(?:werk)plaats",
        "region": "provincie(werk|thuis|anders)",
        "country": "landregio(werk|thuis|anders)",
    },
    "pt": {
        "given": "nome|primeironome|nomeproprio",
        "middle": "segundonome|nomedomeio",
        "family": "sobrenome|apelido|ultimonome",
        "company": "empresa",
        "title": "cargo",
        "email": "enderecodeemail|enderecodecorreioeletronico|enderecodecorreioelectronico",
        "emailtype": "tipodeemail|tipodecorreioeletronico|tipodecorreioelectronico",
        "emailname": "nomeparaexibicaodoemail|nomedeexibicaodeemail|nomeaapresentardoemail",
        "birthday": "aniversario|datadenascimento",
        "anniversary": "datasespeciais|bodas|aniversariodecasamento",
        "tags": "categorias",
        "web": "paginadaweb|paginaweb",
        "place": "local|localizacao",
        "city": "cidade(comercial|residencial|outra)|cidadedo(trabalho|domicilio)",
        "region": "estado(comercial|residencial|outro)",
        "country": "pais(?:regiao)?(comercial|residencial|outro)",
    },
}
_ALL = {
    language: [(name, re.compile(pattern)) for name, pattern in names.items()]
    for language, names in _LANGUAGES.items()
}
_HOME = frozenset("home privat domicile domicilio casa abitazione thuis residencial".split())
_WORK = frozenset(
    "business geschaftlich bureau trabajo ufficio werk comercial trabalho firma".split()
)

# columns of numbers in any of these languages, and those on which somebody else answers,
# or a machine
_PHONE = re.compile(
    r"phone|telefon|telefoon|mobil|movil|movel|cellulare|celular|^tel(?!ex)|^particular$"
)
_NOT_OWN = re.compile(
    r"assist|ayudante|secretar|fax|telecop|pager|localizador|cercapersone|radiomessagerie"
    r"|callback|ruckmeldung|rappel|companymain|firma$|societe|societa|centralita|organizacion"
    r"|compania|empresa|bedrijf|tty|tdd|horbehindert|teletipo|display|type"
)
# few tables but Outlook's have these; enough of the others will do as well
_SURE = frozenset({"emailtype", "emailname"})
_COMMON = frozenset({"given", "middle", "family", "nickname", "company", "title", "email", "place"})
_FEW = 4


@functools.lru_cache(maxsize=4_096)
def folded(name: str) -> str:
    """
    Return a header cell as `column_key` does, without its accents.

    Examples
    --------
    >>> folded("Prénom"), folded("E-mail 2 Address")
    ('prenom', 'email2address')
    """
    plain = unicodedata.normalize("NFKD", column_key(unicodedata.normalize("NFC", name)))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class Columns:
    """
    Where everything stands in one file.

    Attributes
    ----------
    delimiter
        The letter between cells.
    line, lines
        The line on which the header begins, from 1, and how many lines it takes.
    width
        How many columns there are.
    fields
        Number of each single column, by our name for it.
    emails
        Columns of each address, in order: `email`, `emailtype`, `emailname`.
    phones
        Columns of the person's own numbers.
    places
        Columns of each address in the order in which they are looked at.
    language
        Of the header.
    """

    delimiter: str
    line: int
    lines: int
    width: int
    language: str
    fields: dict[str, int] = field(default_factory=dict)
    emails: tuple[dict[str, int], ...] = ()
    phones: tuple[int, ...] = ()
    places: tuple[dict[str, int], ...] = ()


def outlook_columns(text: str) -> Columns | None:
    """
    Find Outlook's header among the first rows.

    Parameters
    ----------
    text
        The file, or its beginning.

    Returns
    -------
    columns
        None if it is not Outlook's.
    """
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        before = 0
        try:
            for cells in islice(reader, _HEADER_ROWS):
                found = _best(cells)
                if found is not None:
                    language, columns = found
                    return _placed(
                        columns,
                        delimiter=delimiter,
                        line=before + 1,
                        lines=reader.line_num - before,
                        width=len(cells),
                        language=language,
                    )
                before = reader.line_num
        except csv.Error:
            continue
    return None


class _Column(NamedTuple):
    """Our name for a column, its number among those of this name, and which place it tells."""

    name: str
    number: int = 1
    place: str = ""


def _best(cells: list[str]) -> tuple[str, list[_Column | None]] | None:
    """Return the language that names most columns, and what they are; None if too few."""
    if not 3 <= len(cells) <= MAX_COLUMNS:
        return None
    keys = [folded(one_line(cell)) for cell in cells]
    bare = [re.sub(r"\d", "", key) for key in keys]
    numbers = [int(found[0]) if (found := re.search(r"\d", key)) else 1 for key in keys]
    best: tuple[str, list[_Column | None]] | None = None
    most = 0
    for language, patterns in _ALL.items():
        columns = [_named(key, n, patterns) for key, n in zip(bare, numbers, strict=True)]
        if language == "fr" and bare.count("titre") > 1:
            # the form of address first, then the position
            columns[len(bare) - 1 - bare[::-1].index("titre")] = _Column("title")
        found_names = {column.name for column in columns if column is not None}
        named = found_names & {"given", "family"}
        if not named or "email" not in found_names:
            continue
        telling = sum(1 for column in columns if column is not None and column.name not in _COMMON)
        telling += sum(1 for key in bare if _PHONE.search(key) and _NOT_OWN.search(key))
        known = sum(column is not None for column in columns)
        if (found_names & _SURE or telling >= _FEW) and known > most:
            best, most = (language, columns), known
    return best


def _named(key: str, number: int, patterns: list[tuple[str, re.Pattern[str]]]) -> _Column | None:
    for name, pattern in patterns:
        match = pattern.fullmatch(key)
        if match is not None:
            place = next((group for group in match.groups() if group), "")
            return _Column(name, number, place)
    if _PHONE.search(key) and not _NOT_OWN.search(key):
        return _Column("phone", number)
    return None


def _placed(
    columns: list[_Column | None],
    *,
    delimiter: str,
    line: int,
    lines: int,
    width: int,
    language: str,
) -> Columns:
    fields: dict[str, int] = {}
    emails: defaultdict[int, dict[str, int]] = defaultdict(dict)
    places: defaultdict[int, dict[str, int]] = defaultdict(dict)
    phones = []
    for number, column in enumerate(columns):
        if column is None:
            continue
        name, nth, place = column
        if name.startswith("email"):
            emails[nth].setdefault(name, number)
        elif name == "phone":
            phones.append(number)
        elif name in ("city", "region", "country"):
            rank = 0 if place in _HOME else 1 if place in _WORK else 2
            places[rank].setdefault(name, number)
        else:
            fields.setdefault(name, number)
    return Columns(
        delimiter=delimiter,
        line=line,
        lines=lines,
        width=width,
        language=language,
        fields=fields,
        emails=tuple(emails[n] for n in sorted(emails)),
        phones=tuple(phones),
        places=tuple(places[rank] for rank in sorted(places)),
    )
