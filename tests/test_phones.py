from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from villagegraph.parsing import phone_handle, phone_region
from villagegraph.parsing.handles import email_handle, is_rounded
from villagegraph.parsing.phones import any_number, plain_number, region_of

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
FORMS = (PhoneNumberFormat.E164, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL)
DIGITS = st.text("0123456789", min_size=3, max_size=14)
REGION = st.sampled_from([*REGIONS, "", "", "XX", "001", "us"])


def same(number: str, region: str) -> bool:
    """Tell whether the short way is gone, after asking that it leads where the long one does."""
    known = plain_number(number, region)
    if known:
        assert known == any_number(number, region), (number, region)
    return bool(known)


@pytest.mark.parametrize("region", REGIONS)
def test_every_kind_of_number_of_every_country(region: str):
    prefix = PhoneMetadata.metadata_for_region(region).national_prefix or "0"
    for kind in PhoneNumberType.values():
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        for form in FORMS:
            text = phonenumbers.format_number(example, form)
            # as it is; cut, lengthened, with another country's or its own prefix once more
            for number in (text, text[:-1], f"{text}0", f"{text[:-2]}11", f"{prefix}{text}"):
                for home in (region, "", "US", "DE"):
                    same(number, home)
        abroad = phonenumbers.format_out_of_country_calling_number(example, "AU")
        same(abroad, "AU")


def test_most_numbers_go_the_short_way():
    examples = [phonenumbers.example_number(region) for region in REGIONS]
    numbers = [phonenumbers.format_number(n, FORMS[0]) for n in examples if n is not None]
    assert sum(same(number, "") for number in numbers) > 0.9 * len(numbers)
    national = [
        phonenumbers.format_number(number, FORMS[1])
        for number in map(phonenumbers.example_number, ("DE", "GB", "US", "FR", "SE", "IN"))
        if number is not None
    ]
    regions = ("DE", "GB", "US", "FR", "SE", "IN")
    assert all(same(*pair) for pair in zip(national, regions, strict=True))


@given(st.sampled_from(CODES), st.sampled_from(["", "0", "1", "8", "(0)", " "]), DIGITS, REGION)
def test_codes_with_any_digits(code: int, between: str, digits: str, region: str):
    same(f"+{code}{between}{digits}", region)


@given(REGION, st.sampled_from(["", "0", "1", "8", "00", "011", "own"]), DIGITS)
def test_national_numbers_with_any_digits(region: str, before: str, digits: str):
    code = phonenumbers.country_code_for_region(region) if region in REGIONS else 1
    same(f"{code if before == 'own' else before}{digits}", region)


@given(st.text("+0123456789 ()./-x#*,;\u0661", max_size=24), REGION)
def test_numbers_of_any_form(number: str, region: str):
    same(number, region)


@given(st.text("+0123456789 ()./-", min_size=7, max_size=20), REGION)
def test_signs_between_digits_do_not_count(number: str, region: str):
    known = plain_number(number, region)
    bare = "".join(letter for letter in number if letter not in " ()./-")
    if known and not bare.startswith("00"):
        assert phone_handle(bare, region=region) == f"phone:{known}"


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("TEL:+1-555-010-0100", "phone:+15550100100"),
        ("callto:+1-555-010-0100", "phone:+15550100100"),
        ("1.5555E+10", ""),
        ("4,93023E+12", ""),
        ("٠٣٠٢٣١٢٥٠٠١", "phone:03023125001"),
        ("0003647651", "phone:03647651"),
        ("+999 555 010 0100", "phone:9995550100100"),
    ],
)
def test_untidy_numbers(text: str, handle: str):
    assert phone_handle(text) == handle


def test_rounded_numbers_are_known():
    assert [is_rounded(text) for text in ("1.5E+10", "2E10", "+1 555 0100", "E", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_codes_of_no_country_tell_no_region():
    assert region_of("+800 1234 5678") == ""
    assert phone_region(("+800 1234 5678", "+44 20 7946 0018")) == "GB"


@given(st.from_regex(r"\A[a-zA-Z0-9._+'-]{1,8}@(gmail|[a-z-]{1,6})\.[a-z.]{1,5}\Z"))
def test_plain_addresses_are_read_as_all_others(address: str):
    # a space goes the long way, and counts for nothing
    assert email_handle(address) == email_handle(f" {address}")
