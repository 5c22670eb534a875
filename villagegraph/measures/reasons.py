"""Why somebody stands on a list, in the words of a person."""

from __future__ import annotations

from typing import NamedTuple

from villagegraph.measures.silences import RETURN_WITHIN
from villagegraph.measures.wording import by_channel, counted, every, in_month, span, times

MIN_CASES = 20

WISH = "You wish to be in touch"

BANDS = ((0.8, "very likely"), (0.6, "likely"), (0.4, "about even"), (0.2, "unlikely"))
_LEVELS = (*(word for _, word in BANDS), "very unlikely")


class Standing(NamedTuple):
    """
    One tie as it stands today.

    Attributes
    ----------
    days, days_365
        Contact days, all and in the year that counts.
    long
        Whether that year ends with the last contact instead of today.
    first, last
        First and last contact day, counted from 1970-01-01.
    silence, unseen
        Days without contact, and days since the last contact that no export covers.
    cadence, wish
        Usual gap, or the one wished for; whether it is a wish.
    ended, cases
        How many earlier silences as long ended within 90 days, of how many.
    band
        How likely contact in the next 90 days is, in words.
    channel
        Channel of the last contact.
    alone, place
        How many people are reached through this person alone; the organisation
        where the owner knows nobody else, if any.
    """

    days: int
    days_365: int
    long: bool
    first: int
    last: int
    silence: int
    unseen: int
    cadence: float
    wish: bool
    ended: int
    cases: int
    band: str
    channel: str
    alone: int
    place: str


def band(probability: float) -> str:
    """
    Return in words how likely something is.

    Examples
    --------
    >>> band(0.93), band(0.5), band(0.03)
    ('very likely', 'about even', 'very unlikely')
    """
    return next((word for least, word in BANDS if probability >= least), "very unlikely")


def slipping(tie: Standing) -> str:
    """Tell how long a tie has been quiet, and what is to be expected of it."""
    return _joined(_rhythm(tie), _past(tie), _outlook(tie), _unseen(tie), _stake(tie))


def worth_a_message(tie: Standing) -> str:
    """Tell how long a tie has been quiet, and how such silences ended so far."""
    return _joined(_rhythm(tie), _past(tie), _unseen(tie), _stake(tie))


def dormant(tie: Standing) -> str:
    """Tell what there was in a tie that has been quiet for over a year."""
    length = tie.last - tie.first + 1
    over = f" over {span(length)}" if length > tie.days else ""
    wish = f"{WISH} {every(tie.cadence)}. " if tie.wish else ""
    story = (
        f"{wish}You were in touch on {counted(tie.days, 'day')}{over}, "
        f"last in {in_month(tie.last)} {by_channel(tie.channel)}. Quiet for {span(tie.silence)}."
    )
    return _joined(story, _unseen(tie), _stake(tie))


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _rhythm(tie: Standing) -> str:
    days = f"{counted(tie.days_365, 'day')} of contact in the "
    days += "year before" if tie.long else "last year"
    habit = WISH if tie.wish else "Usually"
    quiet = f"Quiet for {span(tie.silence, in_days=120)}"
    ratio = tie.silence / tie.cadence
    if not tie.wish:
        quiet += f", {times(ratio)} the usual gap"
    elif round(ratio) > 1:
        quiet += f", {times(ratio)} as long"
    return f"{habit} {every(tie.cadence)} ({days}). {quiet}."


def _past(tie: Standing) -> str:
    if tie.cases < MIN_CASES:
        return ""
    return (
        f"In your own past, {tie.ended:,} of {tie.cases:,} such silences ended within "
        f"{RETURN_WITHIN} days."
    )


def _outlook(tie: Standing) -> str:
    chance = "has about even odds" if tie.band == "about even" else f"is {tie.band}"
    if tie.cases < MIN_CASES:
        return f"In reference mail data, contact within {RETURN_WITHIN} days then {chance}."
    # the silences of all ties and the estimate for this one may point different ways
    past, own = _LEVELS.index(band(tie.ended / tie.cases)), _LEVELS.index(tie.band)
    if past == own:
        return f"For this tie too, contact within {RETURN_WITHIN} days {chance}."
    odds = "higher" if own < past else "lower"
    return (
        "How long and how often the two of you were in touch makes the odds "
        f"{odds} here: contact within {RETURN_WITHIN} days {chance}."
    )


def _unseen(tie: Standing) -> str:
    if not tie.unseen:
        return ""
    return f"Not counted: {counted(tie.unseen, 'day')} that your exports do not cover."


def _stake(tie: Standing) -> str:
    people = f"{counted(tie.alone, 'person')}" if tie.alone == 1 else f"{tie.alone:,} people"
    if tie.alone and tie.place:
        return f"Your only way to {people} and to {tie.place}."
    if tie.alone:
        return f"Your only way to {people}."
    return f"Your only tie to {tie.place}." if tie.place else ""
