"""
Handles: addresses, numbers and profiles in the one form in which they are compared.

A handle is text with its kind in front: `email:ada@example.org`,
`phone:+4912345`, `linkedin:ada-lovelace`, `name:ada lovelace@whatsapp`.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from urllib.parse import unquote, urlsplit

from villagegraph.parsing.phones import MAX_DIGITS, MIN_DIGITS, any_number, plain_number, region_of
from villagegraph.parsing.text import clean, one_line

OWNER = "me:owner"
"""The owner, where an export says "me" and gives no address."""

# formats.md, 5: dots mean nothing to Gmail; a +tag means nothing to these
_DOTLESS = {"gmail.com", "googlemail.com"}
_TAGGED = _DOTLESS | {
    "fastmail.com", "hotmail.com", "icloud.com", "live.com", "mac.com", "me.com",
    "outlook.com", "pm.me", "proton.me", "protonmail.com",
}  # fmt: skip
# services that know accounts by a number or a code
_PLATFORMS = frozenset("discord googlechat id instagram signal slack telegram x".split())
MAX_ADDRESS = 64 + 1 + 255  # RFC 5321: local part, @, domain
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
# what is written as it is compared; most addresses are
_PLAIN_ADDRESS = re.compile(r"[a-z0-9_+-][a-z0-9._+-]*@([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]+)")
_TEL = re.compile(r"^(?:tel|callto):", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
# what a spreadsheet makes of a long number: most of its digits are gone
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SLUG = re.compile(r"/(?:in|pub)/([^/?#]+)")

# desks, not people: mail from them is real, but they are no key to who somebody is
_ROLES = frozenset(
    "abuse accounts admin administration billing bookings careers contact customerservice "
    "desk enquiries events feedback finance frontdesk hello help helpdesk hr info invoice "
    "invoices jobs kontakt mail marketing media news newsletter office orders postmaster "
    "press privacy reception recruiting reservations sales secretariat security service "
    "shop staff studio support team verein vorstand webmaster welcome".split()
)
_MACHINES = re.compile(
    r"(?:^|[._+-])(?:no-?reply|do-?not-?reply|donotreply|bounces?|mailer-daemon|"
    r"notifications?|unsubscribe)(?:$|[._+@-])"
)


@functools.lru_cache(maxsize=100_000)
def email_handle(text: str) -> str:
    """
    Return the handle of an e-mail address.

    Parameters
    ----------
    text
        An address, alone, with or without `mailto:`.

    Returns
    -------
    handle
        Empty if `text` is no address.

    Examples
    --------
    >>> email_handle("Ada.L+news@GoogleMail.com")
    'email:adal@gmail.com'
    >>> email_handle("ada.l+news@example.org")
    'email:ada.l+news@example.org'
    >>> email_handle("ada")
    ''
    """
    match = _PLAIN_ADDRESS.fullmatch(text)
    if match is not None and match[1] not in _TAGGED and len(text) <= MAX_ADDRESS:
        return f"email:{text}"
    address = one_line(unicodedata.normalize("NFKC", text)).lower().removeprefix("mailto:")
    address = address.strip("<>'\" .;,")
    if len(address) > MAX_ADDRESS or not _EMAIL.fullmatch(address):
        return ""
    local, _, domain = address.rpartition("@")
    if domain in _TAGGED:
        local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"email:{local}@{domain}"


@functools.lru_cache(maxsize=100_000)
def phone_handle(text: str, *, region: str = "") -> str:
    """
    Return the handle of a phone number.

    Parameters
    ----------
    text
        A number as people write it, or a `tel:` link.
    region
        Two-letter country in which numbers without a country code lie.

    Returns
    -------
    handle
        E.164 after `phone:`. A number whose country is not known keeps its
        digits alone and so only equals the same digits. Empty if `text` is
        no number of a person (short codes, words).

    Examples
    --------
    >>> phone_handle("(0151) 555 0123", region="DE")
    'phone:+491515550123'
    >>> phone_handle("0049 151 5550123")
    'phone:+491515550123'
    >>> phone_handle("332", region="US")
    ''
    """
    known = plain_number(text, region)
    if known:
        return f"phone:{known}"
    number = _TEL.sub("", one_line(text)).partition(";")[0].strip()
    if _ROUNDED.fullmatch(number):
        return ""
    if number.startswith("00"):
        number = f"+{number[2:]}"
    digits = "".join(str(int(digit)) for digit in _DIGIT.findall(number))  # of any script
    if len(digits) < MIN_DIGITS or _WORD.search(number):
        return ""
    known = any_number(number, region) or (digits if len(digits) <= MAX_DIGITS else "")
    return f"phone:{known}" if known else ""


def is_rounded(text: str) -> bool:
    """
    Tell whether a spreadsheet has rounded a number, so that its digits are gone.

    Examples
    --------
    >>> is_rounded("1.5555E+10"), is_rounded("+1 555 010 0100")
    (True, False)
    """
    return bool(_ROUNDED.fullmatch(text.strip()))


@functools.lru_cache(maxsize=256)
def phone_region(phones: tuple[str, ...]) -> str:
    """
    Return the country of the first number that names one.

    Examples
    --------
    >>> phone_region(("+49 151 5550123",))
    'DE'
    """
    return next(filter(None, map(region_of, map(one_line, phones))), "")


def linkedin_handle(url: str) -> str:
    """
    Return the handle of a LinkedIn profile.

    Examples
    --------
    >>> linkedin_handle("www.linkedin.com/in/Ada-Lovelace-7b/?trk=x")
    'linkedin:ada-lovelace-7b'
    >>> linkedin_handle("https://www.example.com/in/ada")
    ''
    """
    text = one_line(url)
    if "linkedin.com" not in text.lower():
        return ""
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError:  # brackets that hold no address
        return ""
    host = (parts.netloc or "").lower().partition(":")[0]
    match = _SLUG.match(parts.path)
    if match is None or not (host == "linkedin.com" or host.endswith(".linkedin.com")):
        return ""
    slug = one_line(unquote(match[1]).lower())
    return f"linkedin:{slug}" if slug else ""


def profile_handle(url: str) -> str:
    """
    Return the handle of a profile on any known service.

    Examples
    --------
    >>> profile_handle("https://linkedin.com/in/ada")
    'linkedin:ada'
    >>> profile_handle("https://example.com/ada")
    ''
    """
    return linkedin_handle(url)


def name_handle(name: str, app: str) -> str:
    """
    Return the handle of somebody whom an app knows by name alone.

    Examples
    --------
    >>> name_handle("Ada  Lovelace", "whatsapp")
    'name:ada lovelace@whatsapp'
    """
    shown = clean(name).casefold()
    return f"name:{shown}@{app}" if shown else ""


def platform_handle(app: str, number: str) -> str:
    """
    Return the handle of an account that a service knows by a number or a code.

    Parameters
    ----------
    app
        The service, such as `slack`.
    number
        What the service calls the account; capitals count.

    Examples
    --------
    >>> platform_handle("slack", "U02ABC ")
    'slack:U02ABC'
    >>> platform_handle("slack", "")
    ''
    """
    found = one_line(number)
    return f"{app}:{found}" if found and len(found) <= MAX_ADDRESS else ""


def any_handle(text: str, *, region: str = "") -> str:
    """
    Return the handle that a person typed into a file of their own.

    Parameters
    ----------
    text
        An address, a number, a profile URL, or a handle with its kind.
    region
        As in `phone_handle`.

    Returns
    -------
    handle
        Empty if `text` is a plain name.

    Examples
    --------
    >>> any_handle("ada@example.org"), any_handle("name:ada@whatsapp"), any_handle("Ada")
    ('email:ada@example.org', 'name:ada@whatsapp', '')
    >>> any_handle("slack:U02ABC")
    'slack:U02ABC'
    """
    shown = one_line(text)
    kind, colon, rest = shown.partition(":")
    if colon and kind in _PLATFORMS:
        return platform_handle(kind, rest)
    if colon and kind in ("email", "phone", "linkedin", "name"):
        if kind == "email":
            return email_handle(rest)
        if kind == "phone":
            return phone_handle(rest, region=region)
        # as name_handle and linkedin_handle write them
        return f"{kind}:{rest.strip().casefold() if kind == 'name' else rest.strip().lower()}"
    return profile_handle(shown) or email_handle(shown) or phone_handle(shown, region=region)


def kind_of(handle: str) -> str:
    """
    Return the part before the colon.

    Examples
    --------
    >>> kind_of("email:ada@example.org")
    'email'
    """
    return handle.partition(":")[0]


def is_role_address(handle: str) -> bool:
    """
    Tell whether an address belongs to a desk and not to one person.

    Examples
    --------
    >>> is_role_address("email:info@example.org"), is_role_address("email:ada@example.org")
    (True, False)
    """
    if not handle.startswith("email:"):
        return False
    local = handle.removeprefix("email:").partition("@")[0].partition("+")[0]
    return re.sub(r"[._-]", "", local) in _ROLES or is_machine_address(handle)


def is_machine_address(handle: str) -> bool:
    """
    Tell whether an address only sends what machines write.

    Examples
    --------
    >>> is_machine_address("email:no-reply@example.org")
    True
    """
    local = handle.removeprefix("email:").partition("@")[0]
    return bool(_MACHINES.search(local))


@functools.lru_cache(maxsize=200_000)
def name_parts(name: str) -> tuple[str, ...]:
    """
    Return the words of a name, folded, without titles, degrees and nicknames.

    Examples
    --------
    >>> name_parts("Dr. Zoë Müller (Zo), PhD")
    ('zoe', 'muller')
    """
    text = re.sub(r"\([^)]*\)|\"[^\"]*\"", " ", name)
    text = re.sub(r"(?<=\w)\.(?=\w)", "", text)
    folded = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(_folded_letter(letter) for letter in folded).replace(" '", " ").split()
    return tuple(word for word in words if word not in _HONORIFICS)


@functools.lru_cache(maxsize=10_000)
def _folded_letter(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    # vowel signs of Indian scripts are marks and still part of their word
    if letter in "'\u2019":
        return "'"
    return letter if unicodedata.category(letter)[0] in "LM" else " "


@functools.lru_cache(maxsize=200_000)
def name_key(name: str) -> str:
    """
    Return a full name in the form in which names are compared.

    Case, accents, titles, degrees, emoji, what stands in parentheses, and the
    order of the parts do not count.

    Returns
    -------
    key
        Empty if the name has fewer than two parts longer than an initial:
        such a name says too little about who it is. Chinese, Japanese and
        Korean names, written without a space, count whole.

    Examples
    --------
    >>> name_key("Dr. Zoë Müller, PhD") == name_key("Muller, Zoe")
    True
    >>> name_key("Zoë"), name_key("Z. Müller")
    ('', '')
    """
    parts = name_parts(name)
    if _UNSPACED.search(name):
        whole = "".join(parts)
        return whole if len(whole) > 1 else ""
    long = [part for part in parts if len(part) > 1]
    return " ".join(sorted(parts)) if len(long) > 1 else ""


# kana, Han, Hangul syllables
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_HONORIFICS = frozenset(
    "dr prof professor mr mrs ms mx sir dame herr frau phd md mba msc bsc ba ma llm esq "
    "jr sr ing dipl mag rer nat cpa cfa pmp dds dvm".split()
)
