"""Eight colours for communities and a grey, told apart by colour-blind eyes too."""

from __future__ import annotations

GREY = 8
LIGHT = (
    "#005bd1", "#d57600", "#098458", "#ce6cba", "#218fe9", "#c22a15", "#616407", "#72479c",
    "#7c828c",
)  # fmt: skip
DARK = (
    "#3f71bd", "#ff9b16", "#19a96b", "#f7b8d0", "#91c4fe", "#df2711", "#c8ce72", "#9b48f6",
    "#7f8792",
)  # fmt: skip
PAPER = {"light": "#fbfaf7", "dark": "#14171d"}
INK = {"light": "#1f242c", "dark": "#eceff4"}


def mixed(one: str, two: str, *, share: float) -> str:
    """
    Mix two colours.

    Parameters
    ----------
    one, two
        Colours as `#rrggbb`.
    share
        Part of the first, from 0 to 1.

    Examples
    --------
    >>> mixed("#ff0000", "#0000ff", share=0.5)
    '#800080'
    """
    pairs = zip(_channels(one), _channels(two), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[k : k + 2], 16) for k in (1, 3, 5))
