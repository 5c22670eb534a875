"""Questions kept ready, as a journalist keeps them: one for each person, none twice in a row."""

from __future__ import annotations

from villagegraph.files import digest

GENERAL = (
    "What are you working on that you would like more people to know about?",
    "What has surprised you most this year?",
    "Which problem keeps coming back to your desk?",
    "Who should I meet in your field, and why?",
    "What did you change your mind about lately?",
    "What are you looking forward to in the next months?",
    "What would you do with a free day a week?",
    "Which book, talk or film have you been recommending?",
    "What do people get wrong about your work?",
    "What was the best decision you made in the last year?",
    "What are you learning right now?",
    "Who has helped you lately, and how?",
    "What would make the coming half-year a good one for you?",
    "Which place have you discovered that I should know?",
    "What would you like to do less of?",
    "What is the story behind the thing you are proudest of just now?",
    "Where could you use another pair of eyes?",
    "What does a good week look like for you these days?",
    "What has become easier for you, and what harder?",
    "Which advice did you get that turned out to be right?",
    "What would you ask somebody who did your work twenty years ago?",
    "What is new in your town, or at home?",
    "Whom would you thank if you could thank only one person this year?",
)
BIRTHDAY = (
    "What would make the coming year a good one for you?",
    "What was the best thing about the year that ends today?",
    "What do you want to have tried a year from now?",
    "How do you like to spend this day?",
    "What did you wish for, if one may ask?",
)
ANNIVERSARY = (
    "What do you know now that you would have liked to know at the start?",
    "What has changed most since it began?",
    "Which moment of these years would you live again?",
    "What comes next?",
    "What are you proudest of, looking back?",
)
NEW_JOB = (
    "What has surprised you most in the new job?",
    "What will you be working on first?",
    "How did it come about?",
    "Whom would you like to be introduced to, now that you are there?",
    "What do you want to be known for there?",
)
REPLY = (
    "Is it still open, and by when would you need it?",
    "What would help you most with it?",
    "Shall we talk it over on the phone?",
    "What has happened with it since you wrote?",
    "Who else should be in on this?",
)
INTRODUCTION = (
    "May I introduce you to each other?",
    "Would it help you to talk to somebody who knows this from another side?",
    "Whom would you like to meet, and what would you ask?",
    "What could the two of you do together?",
    "Is now a good time for a new contact?",
)

_STRIDE = 7  # shares no factor with the length of any list, so that all its questions come round


def question(bank: tuple[str, ...], person_id: str, *, turn: int, taken: frozenset[str]) -> str:
    """
    Return the question for a person's turn.

    Parameters
    ----------
    bank
        Questions to choose from.
    person_id
        The person; each begins at another place of the list.
    turn
        How many turns there have been; the next turn takes another question, until
        all have come round.
    taken
        Questions already on the list, which are passed over while others are left.

    Examples
    --------
    >>> first, later = (question(GENERAL, "p1", turn=t, taken=frozenset()) for t in (0, 1))
    >>> first == later
    False
    """
    start = int(digest("question", person_id), 16) + turn * _STRIDE
    order = [bank[(start + step) % len(bank)] for step in range(len(bank))]
    return next((text for text in order if text not in taken), order[0])
