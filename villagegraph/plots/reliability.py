"""How estimates held up: a curve of what was said against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from villagegraph.plots.contact import INK, LINE, MUTED, _axes, _bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from villagegraph.measures.backtest_result import Backtest

_COLOR = "#1d6fb8"


def plot_reliability(result: Backtest, *, ax: Axes | None = None) -> tuple[Any, Any]:
    """
    Draw estimated probabilities against what happened.

    A dot on the diagonal was right on average; its size tells how many cases stand
    behind it.

    Parameters
    ----------
    result
        As `backtest` returns it.
    ax
        Where to draw; None for a figure of its own.

    Returns
    -------
    fig, ax
        The figure and the axes drawn on.
    """
    axes = _axes(ax, width=4.6, height=4.6)
    table = result.reliability
    axes.plot([0, 1], [0, 1], color=LINE, lw=1.2, zorder=1)
    axes.axhline(result.base_rate, color=MUTED, lw=0.8, ls=":", zorder=1)
    if len(table):
        size = 30 + 350 * table["n"] / table["n"].max()
        axes.plot(table["p_mean"], table["share"], color=_COLOR, lw=1.2, zorder=2)
        axes.scatter(
            table["p_mean"], table["share"], s=size, color=_COLOR, alpha=0.8, lw=0, zorder=3
        )
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.set_yticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    axes.set_xlabel(
        f"Estimated probability of contact within {result.horizon_days} days", color=INK
    )
    axes.set_ylabel("Share with contact", color=INK)
    _bare(axes)
    return axes.figure, axes
