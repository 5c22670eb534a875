"""Text from exports made fit for a page that may be handed on."""

from __future__ import annotations

import re
import unicodedata

# marks that turn the direction of what follows: a name could rewrite its surroundings
_TURNING = dict.fromkeys(
    [0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF]
)
_ADDRESS = re.compile(r"[^\s<>@,;:()\"']+@[^\s<>@,;:()\"']+\.[^\s<>@,;:()\"']+")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){7,}")
_HIDDEN = "…"


def masked(text: object, *, longest: int = 120) -> str:
    r"""
    Return text fit to be shown: one line, no hidden marks, no address or number.

    Parameters
    ----------
    text
        What an export says. Anything but text gives the empty string.
    longest
        Letters kept; what is longer ends in an ellipsis.

    Examples
    --------
    >>> masked("Ana\u202egnp.exe\n  Berg")
    'Anagnp.exe Berg'
    >>> masked("Ana Berg (ana@example.org, +49 30 23125 001)")
    'Ana Berg (…, …)'
    """
    if not isinstance(text, str):
        return ""
    kept = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    kept = kept.translate(_TURNING)
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in kept)
    kept = _NUMBER.sub(_HIDDEN, _ADDRESS.sub(_HIDDEN, kept))
    kept = " ".join(kept.split())
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"
