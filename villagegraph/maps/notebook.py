"""A page in a notebook: in a frame of its own, which hears nothing and reaches nothing."""

from __future__ import annotations

import html
import sys
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from villagegraph.maps.bridge import Bridge

NOTICE = (
    "The map is not shown, because this notebook is not trusted here. "
    "Run this cell again, or trust the notebook, to see it."
)


def framed(
    page: str, *, title: str, sandbox: str, height: str, name: str = "", notice: str = NOTICE
) -> str:
    """
    Return a page as the HTML of a cell's output.

    Parameters
    ----------
    page
        The whole page.
    title
        What a screen reader calls the frame.
    sandbox
        What the page may do.
    height
        Height of the frame, as an attribute takes it.
    name
        Name by which a bridge knows the frame; empty for none.
    notice
        What is read in place of the page where frames are taken out of the output, as JupyterLab
        does in a notebook that is not trusted. No browser shows it beside the frame.

    Examples
    --------
    >>> framed("<p>", title="A", sandbox="allow-scripts", height="9", notice="Not here.")[-37:]
    'srcdoc="&lt;p&gt;">Not here.</iframe>'
    """
    named = f' data-map="{html.escape(name)}"' if name else ""
    return (
        f'<iframe{named} sandbox="{html.escape(sandbox)}" width="100%" '
        f'height="{html.escape(height)}" style="border:0" title="{html.escape(title)}" '
        f'srcdoc="{html.escape(page)}">{html.escape(notice)}</iframe>'
    )


def bridge_to(n: int) -> Bridge | None:
    """
    Return what hears the page of a map of `n` people.

    Returns
    -------
    bridge
        None outside a notebook's kernel and without the extra `lab`: nothing would be heard.
    """
    if not _in_kernel():
        return None
    try:
        from villagegraph.maps.bridge import Bridge  # noqa: PLC0415 - optional, and slow
    except ImportError:
        return None
    return Bridge(n=n, frame=uuid.uuid4().hex)


def _in_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None
