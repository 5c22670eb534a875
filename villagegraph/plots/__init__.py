"""
Pictures by matplotlib: contact over time, and the map as a still picture.

Every function draws on the `ax` it is given, or on a figure of its own, and
returns `(fig, ax)`. Nothing is shown, and no setting of matplotlib is kept.
"""

from __future__ import annotations

from villagegraph.plots.contact import (
    COLORS,
    WAYS,
    contact_months,
    plot_contact_days,
    plot_rhythm,
)
from villagegraph.plots.reliability import plot_reliability
from villagegraph.plots.svg import fig_svg, plain_style
from villagegraph.plots.village import plot_village

__all__ = [
    "COLORS",
    "WAYS",
    "contact_months",
    "fig_svg",
    "plain_style",
    "plot_contact_days",
    "plot_reliability",
    "plot_rhythm",
    "plot_village",
]
