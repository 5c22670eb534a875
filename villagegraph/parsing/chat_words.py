"""What WhatsApp itself writes into a chat, in the languages of its users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from villagegraph.parsing.text import MARKS, clean

if TYPE_CHECKING:
    from collections.abc import Iterator


def _any(*fragments: str) -> re.Pattern[str]:
    return re.compile("|".join(fragments), re.IGNORECASE)


# who is in a group, what it is called: only groups have such lines
_GROUP = _any(
    r"\bcreated (?:this )?group\b", r"\bcreated the group\b", r"\bcreated this community\b",
    r"\badded\b(?! (?:a|the|this|an) )", r"\bwere added\b", r"\bwas added\b",
    r"\bremoved \S",
    r"\bleft$", r"\bleft the group\b", r"\bjoined (?:using|from|via)\b", r"\bjoined the group\b",
    r"\bchanged (?:the|this) (?:subject|group)", r"\b(?:changed|deleted) this group's\b",
    r"\bgroup (?:name|icon|description|settings|photo)\b", r"\bnow an admin\b",
    r"\bno longer an admin\b", r"\brequested to join\b",
    r"\bhat die gruppe\b", r"\b(?:hast|hat) .+ hinzugefügt\b", r"\bwurdest? hinzugefügt\b",
    r"\b(?:hast|hat) .+ entfernt\b", r"\bgruppe .*erstellt\b", r"\bgruppe beigetreten\b",
    r"\beinladungslink\b", r"\bgruppen(?:bild|name|beschreibung|einstellungen)", r"\bden betreff\b",
    r"\bjetzt (?:ein |kein )?admin\b", r"\bkein admin mehr\b",
    r"\bcreó (?:el|este) grupo\b", r"\bcreaste (?:el|este) grupo\b", r"\bañadió a\b",
    r"\bte añadió\b",
    r"\bagregó a\b", r"\bse unió\b", r"\bsalió del grupo\b", r"\beliminó a\b",
    r"\bcambió (?:el|la) (?:asunto|nombre|ícono|icono|foto|imagen|descripción)",
    r"\ba créé (?:le|ce) groupe\b", r"\bavez créé (?:le|ce) groupe\b", r"\ba ajouté\b",
    r"\bavez ajouté\b", r"\ba rejoint\b", r"\ba quitté\b", r"\ba retiré\b",
    r"\ba (?:changé|modifié) (?:le|la|l')",
    r"\bha creato (?:il|questo) gruppo\b",
    r"\bhai creato (?:il|questo) gruppo\b", r"\bha aggiunto\b",
    r"\bhai aggiunto\b", r"\bsi è unit[oa]\b", r"\bha abbandonato\b", r"\bha rimosso\b",
    r"\bha (?:cambiato|modificato) (?:l'|il|la)",
    r"\bcriou (?:o|este) grupo\b", r"\badicionou\b", r"\bfoi adicionad[oa]\b", r"\bentrou usando\b",
    r"\bsaiu$", r"\bsaiu do grupo\b", r"\bremoveu\b", r"\b(?:mudou|alterou) (?:o|a|as)\b",
    r"\bheeft (?:de groep|deze groep|.+ toegevoegd|.+ verwijderd|het onderwerp|de groeps)",
    r"\bhebt (?:de groep|deze groep|.+ toegevoegd)", r"\btoegetreden\b",
    r"\bheeft de groep verlaten\b",
)  # fmt: skip
_OTHER = _any(
    "end-to-end encrypt", "secured with end-to-end", "ende-zu-ende", "cifrado de extremo",
    "cifrados de extremo", "chiffrés de bout en bout", "crittografia end-to-end",
    "crittografati end-to-end", "criptografia de ponta", "criptografadas de ponta",
    "encriptadas de ponta", "end-to-end versleuteld", "end-to-end-versleuteld", "päästä päähän",
    "security code", "sicherheitsnummer", "código de seguridad", "code de sécurité",
    "codice di sicurezza", "código de segurança", "beveiligingscode",
    r"changed (?:their|his|her) phone number", "changed to a new number", "neue telefonnummer",
    "telefonnummer (?:geändert|gewechselt)", "cambió su número", "cambió de número",
    "a changé de numéro", "ha cambiato (?:il suo )?numero", "mudou (?:de|seu) número",
    "nummer gewijzigd", "disappearing messages", "message timer", "selbstlöschende",
    "mensajes temporales", "messages éphémères", "messaggi effimeri", "mensagens temporárias",
    "tijdelijke berichten", r"(?:un)?blocked this contact", "kontakt (?:blockiert|freigegeben)",
    "bloqueaste a este", "avez bloqué", "hai bloccato", "bloqueou este", "contact geblokkeerd",
    "business account", "unternehmensaccount", "cuenta de empresa", "compte professionnel",
    "account business", "conta comercial", "zakelijk account", "pinned a message",
    "nachricht angeheftet", "fijó un mensaje", "a épinglé", "ha fissato", "fixou uma mensagem",
    r"\bis a contact\b", r"\bist ein kontakt\b", r"\bstarted a (?:voice |video )?call\b",
)  # fmt: skip
_MEDIA_WORDS = (
    r"(?:omitted|weggelassen|ausgelassen|ausgeschlossen|omitid[oa]s?|omises?|omis|absente?|"
    r"omess[oaie]|ocultad[oa]|ocult[oa]|weggelaten)"
)
_MEDIA = _any(
    r"<[^<>\n]{3,80}>",
    rf"[^\n]{{0,80}}\b{_MEDIA_WORDS}\.?",
    r"[^\n/]{1,120}\.\w{2,5} \([^()\n]{4,30}\)",
)
_DELETED = _any(
    r"this message was deleted(?: by admin.*)?\.?", r"diese nachricht wurde gelöscht\.?",
    r"se eliminó este mensaje\.?", r"este mensaje fue eliminado\.?",
    r"ce message a été supprimé\.?",
    r"questo messaggio è stato eliminato\.?", r"(?:esta )?mensagem (?:foi )?apagada\.?",
    r"dit bericht is verwijderd\.?",
)  # fmt: skip
_I_DELETED = _any(
    r"you deleted this message\.?", r"du hast diese nachricht gelöscht\.?",
    r"eliminaste este mensaje\.?", r"vous avez supprimé ce message\.?",
    r"hai eliminato questo messaggio\.?", r"(?:você )?apagou esta mensagem\.?",
    r"(?:u|je|jij) (?:hebt|heeft) dit bericht verwijderd\.?",
)  # fmt: skip
_EDITED = re.compile(f"[{MARKS}]*<[^<>\n]{{10,60}}>[{MARKS}]*$")
_ENCRYPTED = _any(
    r"messages and calls are end-to-end encrypted",
    r"messages to this (?:chat|group) and calls are",
    r"nachrichten und anrufe sind ende-zu-ende",
)

_JOINS = (
    re.compile(r"(?:.+?) (?:added|hat|hast) (?P<who>.+?)(?: hinzugefügt)?\.?"),
    re.compile(r"(?P<who>.+?) (?:was|were) added\.?"),
    re.compile(r"(?P<who>.+?) wurden? hinzugefügt\.?"),
    re.compile(r"(?P<who>.+?) (?:left|left the group|hat die Gruppe verlassen)\.?"),
    re.compile(r"(?P<who>.+?) joined (?:using|from|via|the group).*"),
    re.compile(r"(?P<who>.+?) ist der Gruppe .*beigetreten\.?"),
)
_ADDING = re.compile(r" added | hinzugefügt")
_YOU = frozenset({"you", "du", "dich", "sie"})
_CREATED = re.compile(
    r"\b(?:group|gruppe|grupo|groupe|gruppo|groep)\W*[\"“„«”](.+?)[\"”“»]", re.IGNORECASE
)

ROBOTS = frozenset({"meta ai", "whatsapp"})


def by_whatsapp(text: str) -> bool:
    """
    Tell whether a line without an author, or the start of one, is WhatsApp's own.

    Examples
    --------
    >>> by_whatsapp('Ada changed the subject from "Lake')
    True
    >>> by_whatsapp("Ada Lovelace")
    False
    """
    shown = clean(text)
    return bool(_GROUP.search(shown) or _OTHER.search(shown))


def cut_in_a_quotation(text: str) -> bool:
    """
    Tell whether a quotation begins in a text and does not end.

    Examples
    --------
    >>> cut_in_a_quotation('Ada changed "Lake'), cut_in_a_quotation('Ada "Zo" Bell')
    (True, False)
    """
    pairs = any(text.count(begin) > text.count(end) for begin, end in ("«»", "「」", "“”"))
    # in German the sign that begins an English quotation ends one
    return (pairs and "„" not in text) or text.count('"') % 2 == 1


def about_group(text: str) -> bool:
    """
    Tell whether a line of WhatsApp's own is one that only groups have.

    Examples
    --------
    >>> about_group("Ada added Ben"), about_group("Your security code with Ada changed.")
    (True, False)
    """
    shown = clean(text)
    return bool(_GROUP.search(shown)) and not _OTHER.search(shown)


def encrypted(text: str) -> bool:
    """Tell whether a body opens with the sentence on encryption that nobody types."""
    return bool(_ENCRYPTED.match(clean(text)))


def group_name(text: str) -> str:
    """
    Return the name in a line that tells of a group's making, else nothing.

    Examples
    --------
    >>> group_name('Ada created group "Lake walks"')
    'Lake walks'
    """
    found = _CREATED.search(clean(text))
    return clean(found[1]) if found else ""


def joined(text: str) -> Iterator[str]:
    """
    Yield the names of people who were added, joined or left.

    Known in English and German; in other languages members are found when
    they write.

    Examples
    --------
    >>> list(joined("Ada added Ben Okafor, Cy and Dee"))
    ['Ben Okafor', 'Cy', 'Dee']
    >>> list(joined("Ben left")), list(joined("You were added"))
    (['Ben'], [])
    """
    shown = clean(text)
    for number, pattern in enumerate(_JOINS):
        found = pattern.fullmatch(shown)
        if found is None or (number == 0 and not _ADDING.search(shown)):
            continue
        for name in re.split(r", | and | und ", found["who"]):
            if name and name.casefold() not in _YOU:
                yield name
        return


def text_size(body: str) -> float:
    r"""
    Return the bytes of text in a message.

    Returns
    -------
    size
        0 for a deleted message; nan for a picture, a voice note or a file
        without a caption, whose size the export does not tell.

    Examples
    --------
    >>> text_size("Zoë"), text_size("This message was deleted")
    (4.0, 0.0)
    >>> text_size("<Media omitted>"), text_size("IMG-1.jpg (file attached)\nlake")
    (nan, 4.0)
    """
    edges = MARKS + " \t\n\r\u00a0\u202f"
    shown = body.strip(edges)
    first, _, caption = shown.partition("\n")
    first = first.strip(edges)
    if not caption and (_DELETED.fullmatch(first) or deleted_by_owner(first)):
        return 0.0
    if _MEDIA.fullmatch(first) and _is_placeholder(first, body):
        shown = caption.strip(edges)
        if not shown:
            return float("nan")
    shown = _EDITED.sub("", shown).strip(edges)
    return float(len(shown.encode("utf-8", "replace")))


def _is_placeholder(first: str, body: str) -> bool:
    # on an iPhone a mark stands before what was typed by nobody
    return first.endswith((">", ")")) or "\u200e" in body or len(first.split()) <= 3


def deleted_by_owner(body: str) -> bool:
    """Tell whether a body is what only the owner's own deleted messages show."""
    return bool(_I_DELETED.fullmatch(clean(body)))
