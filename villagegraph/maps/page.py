"""Write the page: one file that needs nothing else, and may load nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import zlib
from functools import cache
from importlib.resources import files
from typing import Any

from villagegraph.maps.text import script_json
from villagegraph.parsing.masking import masked

_MANY = 100  # people from which on the data is packed
_NOSCRIPT = (
    "This map is drawn by a script that stands in this file. Please allow JavaScript for it: "
    "nothing is loaded from the network, and nothing is sent."
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="villagegraph">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="app"></div>
<noscript><p>{noscript}</p></noscript>
<script type="application/json" id="village"{packed}>{data}</script>
<script>{script}</script>
</body>
</html>
"""


@cache
def asset(name: str) -> str:
    """Return a vendored part of the page."""
    return files("villagegraph.maps").joinpath("static", name).read_text(encoding="utf-8")


def policy(*, scripts: list[str], styles: list[str]) -> str:
    """
    Return a Content-Security-Policy that allows these inline parts and no request at all.

    Parameters
    ----------
    scripts, styles
        What stands between the tags, letter by letter.

    Examples
    --------
    >>> policy(scripts=[], styles=[])
    "default-src 'none'; script-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'"
    """
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashes(parts: list[str]) -> str:
    sums = [base64.b64encode(hashlib.sha256(part.encode("utf-8")).digest()) for part in parts]
    return " ".join(f"'sha256-{value.decode('ascii')}'" for value in sums) or "'none'"


def write_page(data: dict[str, Any], *, title: str) -> str:
    """
    Return the map as one HTML page.

    Parameters
    ----------
    data
        What `villagegraph.maps.packing.payload` gives.
    title
        Title of the page.
    """
    script, style = asset("map.js"), asset("map.css")
    text = script_json(data)
    packed = len(data["people"]["name"]) > _MANY
    if packed:
        text = base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
    return _PAGE.format(
        policy=html.escape(policy(scripts=[script], styles=[style])),
        title=html.escape(masked(title)),
        style=style,
        noscript=_NOSCRIPT,
        packed=' data-packed="deflate"' if packed else "",
        data=text,
        script=script,
    )
