"""What is written down of every measure: one entry each, beside the code that computes it."""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """
    One measure, as the page of measures tells it.

    Each module of `measures` lists its own in a tuple `MEASURES`.

    Attributes
    ----------
    name
        Name of the column or, of a function that returns a number, of the function.
    function
        Public function that gives it.
    of
        What it is told of: `person`, `tie`, `pair`, `village`, `group`.
    meaning
        In plain words, one sentence.
    unit
        Such as `people`, `days`, `share`; `-` if it has none.
    range
        Such as `0 to 1`.
    undefined
        When it is `nan`; `never` if it is always defined.
    reference
        Where it comes from: author and year, or `villagegraph`.
    """

    name: str
    function: str
    of: str
    meaning: str
    unit: str
    range: str
    undefined: str
    reference: str
