"""Figures as SVG inside a page that allows neither styles nor links."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import matplotlib as mpl

from villagegraph.parsing.masking import masked
from villagegraph.plots.contact import COLORS, EDGE, INK, LINE, MUTED, QUIET

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

# in a page these follow its theme; elsewhere the colour itself stands
_THEMED = {
    INK: "currentColor",
    MUTED: f"var(--muted, {MUTED})",
    LINE: f"var(--line, {LINE})",
    QUIET: f"var(--quiet, {QUIET})",
    EDGE: f"var(--edge, {EDGE})",
} | {color: f"var(--{way.lower()}, {color})" for way, color in COLORS.items()}

# settings of matplotlib that change how a figure looks
_LOOKS = (
    "agg.", "axes.", "figure.", "font.", "grid.", "hatch.", "image.", "legend.", "lines.",
    "markers.", "mathtext.", "patch.", "path.", "savefig.", "svg.", "text.", "xaxis.", "xtick.",
    "yaxis.", "ytick.",
)  # fmt: skip


def plain_style() -> AbstractContextManager[None]:
    """
    Draw with matplotlib's own settings, whatever the user's are.

    Returns
    -------
    context
        Inside it the same figure gives the same bytes on every machine.
    """
    # asking for the backend would load pyplot
    plain = {key: mpl.rcParamsDefault[key] for key in mpl.rcParamsDefault if key.startswith(_LOOKS)}
    style: AbstractContextManager[None] = mpl.rc_context(plain)
    return style


def fig_svg(fig: Any, *, title: str, name: str) -> str:  # noqa: ANN401 - matplotlib is untyped here
    """
    Return a figure as SVG that can stand inside an HTML page.

    Parameters
    ----------
    fig
        A matplotlib figure.
    title
        What the picture shows, read out in its place.
    name
        Put before every id, so that two pictures of a page never share one.

    Returns
    -------
    svg
        One `<svg>` element: no prolog, no link, no style sheet or style
        attribute (a strict page refuses them), text as text, colours that
        follow the page. The same figure gives the same bytes.
    """
    out = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}), warnings.catch_warnings():
        # the page has fonts that matplotlib does not
        warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
        warnings.filterwarnings("ignore", message=r"Matplotlib currently does not support")
        fig.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    root = ET.fromstring(out.getvalue())  # noqa: S314 - written two lines above
    return _inline(root, title=masked(title, longest=300), name=name)


def _inline(root: ET.Element, *, title: str, name: str) -> str:
    for parent in list(root.iter()):
        for child in list(parent):
            # metadata links to web pages; a style sheet would hold for the whole page
            if _local(child.tag) in ("metadata", "style") or not (len(child) or _says(child)):
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        attributes = {_local(key): value for key, value in element.attrib.items()}
        attributes |= _declarations(attributes.pop("style", ""))
        element.attrib.clear()
        element.attrib.update({key: _value(key, attributes[key], name) for key in attributes})
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    label = ET.Element("title", {"id": f"{name}-title"})
    label.text, label.tail = title, "\n"
    root.insert(0, label)
    return ET.tostring(root, encoding="unicode").strip()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _says(element: ET.Element) -> bool:
    """Tell whether a childless element draws something."""
    return _local(element.tag) not in ("g", "defs")


def _declarations(style: str) -> dict[str, str]:
    """Turn a style attribute into presentation attributes, which a strict page allows."""
    found = {}
    for declaration in style.split(";"):
        key, colon, value = (part.strip() for part in declaration.partition(":"))
        if colon and key == "font":
            size = re.search(r"([\d.]+)px", value)
            found["font-size"] = size[1] if size else "10"
        elif colon:
            found[key] = value
    return found


def _value(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key == "href":
        return value.replace("#", f"#{name}-", 1)
    if value.startswith("url(#"):
        return value.replace("url(#", f"url(#{name}-", 1)
    return _THEMED.get(value.lower(), value)
