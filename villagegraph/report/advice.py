"""A suggestion for a light touch, a different one for each tie of a month."""

from __future__ import annotations

TOUCHES = (
    "Send a work update: two or three lines on what keeps you busy, and nothing asked for.",
    "Ask a question that only they can answer: what did they learn this year that surprised them?",
    "Pass something on, an article or a name, that made you think of them.",
    "Thank them for something they once did for you, and say what came of it.",
    "Ask what they are working on these days, and let them talk.",
    "Suggest a short call or a coffee, and name a day.",
    "Ask for their view on something you are deciding. People like to be asked.",
)
"""Small acts of upkeep: stay top of mind, ask questions, be of use."""


def light_touch(place: int, *, month: int, occasion: str = "") -> str:
    """
    Suggest one small act of upkeep.

    Parameters
    ----------
    place
        Place of the tie in its list, from 0; neighbours get different advice.
    month
        Month of the report, 1 to 12, so that the next report says something else.
    occasion
        Birthday or anniversary that is near, in words; it is the best reason to write.

    Returns
    -------
    touch
        One or two sentences.

    Examples
    --------
    >>> light_touch(0, month=10, occasion="birthday is on 3 November")
    'Their birthday is on 3 November. A short note on the day is all it takes.'
    >>> light_touch(0, month=10) == light_touch(1, month=10)
    False
    """
    if occasion:
        return f"Their {occasion}. A short note on the day is all it takes."
    return TOUCHES[(place + month) % len(TOUCHES)]
