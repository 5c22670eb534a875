"""Values made fit to stand inside a page's elements."""

from __future__ import annotations

import json
from typing import Any


def script_json(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    r"""
    Return JSON that may stand inside a `<script>` element.

    Examples
    --------
    >>> script_json("</script>")
    '"\\u003c/script>"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
