"""Columns of text: what Arrow is asked for is what pandas would say."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from villagegraph.texts import among

KINDS = ("str", "object")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_among_says_what_isin_says(kind: str, other: str, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - seeded, nothing secret
    words = ["", "a", "A", "ä", "李", "a b", None, "x" * 300]
    texts = pd.Series(rng.choices(words, k=40), dtype=kind)
    wanted = pd.Series(rng.sample(words, 4), dtype=other)
    expected = texts.isin(wanted).to_numpy()
    np.testing.assert_array_equal(among(texts, wanted), expected)
    np.testing.assert_array_equal(among(pd.Index(texts), pd.Index(wanted)), expected)
    joined = pd.concat([wanted[:2], wanted[2:]])
    np.testing.assert_array_equal(among(texts[::-1], joined), expected[::-1])


@pytest.mark.parametrize("kind", KINDS)
def test_among_nothing_is_nobody(kind: str) -> None:
    texts, nothing = pd.Series(["a", ""], dtype=kind), pd.Series([], dtype=kind)
    assert among(texts, nothing).tolist() == [False, False]
    assert among(nothing, texts).tolist() == []
