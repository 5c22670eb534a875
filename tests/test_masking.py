from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.parsing.masking import masked


@pytest.mark.parametrize(
    "text",
    [
        "ana@example.org",
        "<ana.berg+home@mail.example.org>",
        "+49 30 23125 001",
        "(030) 23125-001",
        "+1 555 0100 200",
        "0049/30/23125/001",
    ],
)
def test_addresses_and_numbers_are_hidden(text: str):
    shown = masked(f"Ana {text} Berg")
    assert shown.startswith("Ana ")
    assert shown.endswith(" Berg")
    assert "…" in shown
    assert not any(letter.isdigit() for letter in shown)
    assert "@" not in shown


@pytest.mark.parametrize(
    "text",
    ["Studio 54", "Number ending 23", "Ben @ Quarry Books", "佐藤 美咲", "محمد العلي", "Team 2026"],
)
def test_what_is_neither_stays(text: str):
    assert masked(text) == text


def test_anything_but_text_is_empty():
    assert masked(None) == masked(float("nan")) == masked(3) == ""


def test_long_text_ends_in_an_ellipsis():
    assert masked("a" * 121) == "a" * 119 + "…"
    assert masked("a" * 120) == "a" * 120
    assert masked("ab cd", longest=4) == "ab…"


@given(st.text(max_size=200))
def test_any_text_becomes_one_short_line(text: str):
    shown = masked(text)
    assert len(shown) <= 120
    assert shown == " ".join(shown.split())
    assert not {"\u202e", "\u2066", "\ufeff"} & set(shown)
