"""
Phone numbers in E.164: plainly written ones at once, all others by `phonenumbers`.

`phonenumbers` reads anything that people write and takes 40 microseconds a
number. Most numbers need none of that care: a plus or a known country, digits
and plain punctuation, and as many digits as numbers there have. `plain_number`
answers for those, with the lengths and prefixes that `phonenumbers` itself
holds, and for no others: it gives what `any_number` gives, or nothing.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

MIN_DIGITS, MAX_DIGITS = 7, 15  # shorter ones call nobody in particular; E.164 has no longer
_MAX_CODE = 3
_FULL_WIDTH_PLUS = "\uff0b"
_SIGNS = " ()./-"
_PLAIN = re.compile(r"(\+?)\(?([0-9][0-9 ()./-]{5,40})")
_NO_SIGNS = str.maketrans("", "", _SIGNS)


class _Plan(NamedTuple):
    """How numbers are built in a country, or under a calling code: in the main one of its."""

    code: str
    lengths: frozenset[int]
    prefix: re.Pattern[str] | None
    """What may stand before a national number, such as 0."""
    abroad: re.Pattern[str] | None
    """What is dialled before the code of another country."""
    number: re.Pattern[str]
    """A whole national number that is in use."""


def plain_number(number: str, region: str) -> str:
    """
    Return a plainly written number in E.164.

    Parameters
    ----------
    number
        A line of text.
    region
        Two-letter country in which numbers without a country code lie, or empty.

    Returns
    -------
    number
        What `any_number` returns; empty if that has to be asked.

    Examples
    --------
    >>> plain_number("+1 (212) 555-0100", ""), plain_number("(0151) 555 0123", "DE")
    ('+12125550100', '+491515550123')
    >>> plain_number("+49 (0) 151 5550123", ""), plain_number("555-0100 ext. 5", "US")
    ('', '')
    """
    match = _PLAIN.fullmatch(number)
    if match is None:
        return ""
    digits = match[2]
    if not digits.isdigit():
        digits = digits.translate(_NO_SIGNS)
    if len(digits) < MIN_DIGITS or number.startswith("00"):
        return ""
    if match[1]:
        return _international(digits)
    return _national(digits, region) if region else ""


def _international(digits: str) -> str:
    plan = _plan_of_start(digits[:_MAX_CODE])
    if plan is None:
        return ""
    rest = digits[len(plan.code) :]
    prefix = plan.prefix.match(rest) if plan.prefix is not None else None
    # a pattern may match nothing, and then changes nothing
    known = len(rest) in plan.lengths and not (prefix and prefix[0])
    return f"+{digits}" if known else ""


def _national(digits: str, region: str) -> str:
    plan = _plan_of_region(region)
    if plan is None or digits.startswith(plan.code):  # the country's own code without a plus?
        return ""
    if plan.abroad is not None and plan.abroad.match(digits):
        return ""
    prefix = plan.prefix.match(digits) if plan.prefix is not None else None
    if prefix and prefix[0]:
        # with a carrier in it, or part of the number after all?
        if any(prefix.groups()) or plan.number.fullmatch(digits):
            return ""
        digits = digits[prefix.end() :]
    return f"+{plan.code}{digits}" if len(digits) in plan.lengths else ""


@functools.cache
def _plan_of_start(digits: str) -> _Plan | None:
    """Return the plan of the country code with which a number begins: no code begins another."""
    codes = (digits[:size] for size in range(1, len(digits) + 1))
    return next(filter(None, map(_plan_of_code, codes)), None)


@functools.cache
def _plan_of_code(code: str) -> _Plan | None:
    # plain digits alone: int() takes more than that
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code)) if code[:1] > "0" else None
    if known is None:
        return None
    found = PhoneMetadata.metadata_for_region_or_calling_code(int(code), known[0])
    return _plan(found) if found is not None else None


@functools.cache
def _plan_of_region(region: str) -> _Plan | None:
    if region not in phonenumbers.SUPPORTED_REGIONS:
        return None
    found = PhoneMetadata.metadata_for_region(region)
    plan = _plan(found) if found is not None else None
    main = _plan_of_code(plan.code) if plan is not None else None
    if plan is None or main is None:
        return None
    # a number must be possible in the main country of its code, too
    return plan._replace(lengths=plan.lengths & main.lengths)


def _plan(found: PhoneMetadata) -> _Plan | None:
    general = found.general_desc
    if general is None or not general.national_number_pattern:
        return None
    return _Plan(
        code=str(found.country_code),
        lengths=frozenset(general.possible_length).difference(general.possible_length_local_only),
        prefix=_compiled(found.national_prefix_for_parsing),
        abroad=_compiled(found.international_prefix),
        number=re.compile(general.national_number_pattern),
    )


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


def any_number(number: str, region: str) -> str:
    """
    Return a number in E.164, however it is written.

    Parameters
    ----------
    number
        A line of text.
    region
        As in `plain_number`.

    Returns
    -------
    number
        Empty if it names no country, or is not possible in the one it names.

    Examples
    --------
    >>> any_number("+49 (0) 151 5550123", ""), any_number("(+1) 212 555 0100", "")
    ('+491515550123', '+12125550100')
    >>> any_number("0151 5550123", "")
    ''
    """
    if not region and "+" not in number and _FULL_WIDTH_PLUS not in number:
        return ""
    try:
        parsed = phonenumbers.parse(number, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def region_of(number: str) -> str:
    """
    Return the country that a number names.

    Examples
    --------
    >>> region_of("+49 151 5550123"), region_of("0151 5550123")
    ('DE', '')
    """
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ""
    region = phonenumbers.region_code_for_number(parsed)
    region = region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    # codes of no country, such as freephone numbers, tell nothing about where others lie
    return region if region in phonenumbers.SUPPORTED_REGIONS else ""
