"""What hears a map's page in a notebook: a widget without a view. Needs the extra `lab`."""

from __future__ import annotations

from importlib.resources import files

import anywidget
import traitlets


class Bridge(anywidget.AnyWidget):
    """
    Whom the page of a map says to be selected.

    It shows nothing: the page stands in the cell's output, so that it is still there when
    the notebook is opened again without a kernel, where a widget would be an error.

    Attributes
    ----------
    frame
        Name of the frames that are listened to.
    n
        Number of people on the page.
    people
        Positions of those selected, as the browser tells them; taken for no more than a claim.
    """

    _esm = files("villagegraph.maps").joinpath("bridge.js").read_text(encoding="utf-8")
    frame = traitlets.Unicode().tag(sync=True)
    n = traitlets.Int().tag(sync=True)
    people = traitlets.List(traitlets.Int()).tag(sync=True)

    def selected(self) -> list[int]:
        """Return the positions of those selected, in the order of the page."""
        return sorted({k for k in self.people if 0 <= k < self.n})
