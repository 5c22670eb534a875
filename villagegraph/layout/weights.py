"""How much a tie weighs in a picture."""

from __future__ import annotations

import math
from typing import Any


def number(value: object) -> float:
    """
    Return a finite number as it is, and anything else as 0.

    Examples
    --------
    >>> number(3), number(float("nan")), number(None)
    (3.0, 0.0, 0.0)
    """
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def worth(tie: dict[str, Any]) -> float:
    """
    Return the strength of a tie, or its weight where it has none.

    Examples
    --------
    >>> worth({"strength": 2.5}), worth({"weight": 3}), worth({})
    (2.5, 3.0, 1.0)
    """
    for name in ("strength", "weight"):
        if name in tie:
            return number(tie[name])
    return 1.0


def pull(tie: dict[str, Any]) -> float:
    """
    Return how much two people share: direct contact and being seen together.

    Examples
    --------
    >>> pull({"credit": 2.0, "shared_credit": 0.5}), pull({"strength": 4.0})
    (2.5, 4.0)
    """
    known = {"credit", "shared_credit"} & tie.keys()
    return sum(number(tie[name]) for name in sorted(known)) if known else worth(tie)
