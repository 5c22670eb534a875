"""The lines of an exported chat: where a message starts, and on which day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from villagegraph.parsing.text import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_S = "[ \\t\u00a0\u2007\u2009\u202f]"
_M = f"[{MARKS}]*"

# half of the day as phones write it, in the languages of WhatsApp's users
_AM = (
    "am πμ ص قظ öö ap morgens vorm vormittags nachts 上午 凌晨 早上 清晨 오전 午前 "
    "sa pg de dop дп проб पूर्वाह्न मपू পূর্বাহ্ন முற்பகல் ก่อนเที่ยง לפנהצ"
)
_PM = (
    "pm μμ م بظ ös ip nachm nachmittags abends 下午 晚上 오후 午後 "
    "ch ptg du odp pop пп слоб अपराह्न मउ অপরাহ্ন பிற்பகல் หลังเที่ยง אחהצ"
)
_NOON = "mittags 中午"
_HALVES = {
    word: half
    for half, words in (("am", _AM), ("pm", _PM), ("noon", _NOON))
    for word in words.split()
}
# scripts whose vowel signs are no letters to a pattern, and what has its own marks inside
_SCRIPTS = (
    "पूर्वाह्न|अपराह्न|म\\.?पू\\.?|म\\.?उ\\.?|পূর্বাহ্ন|অপরাহ্ন|முற்பகல்|பிற்பகல்|ก่อนเที่ยง|หลังเที่ยง|"
    'לפנה["״]צ|אחה["״]צ'
)
_AFTER = (
    rf"[ap]\.?{_S}?m\b\.?|[πμ]\.?{_S}?μ\.?|[قب]\.?{_S}?ظ\.?|[صم](?!\w)|(?:öö|ös)\b|(?:ap|ip)\."
    r"|(?:morgens|vorm(?:ittags)?|mittags|nachm(?:ittags)?|abends|nachts)\b\.?"
    r"|上午|下午|凌晨|早上|清晨|中午|晚上|오전|오후|午前|午後"
    rf"|{_SCRIPTS}"
    # words that may begin a name: only where the clock's brackets or dash follow
    r"|(?:sa|ch|pg|ptg|de|du|dop|odp|pop|дп|пп|пр\.?\u043e\u0431|сл\.?\u043e\u0431)\b\.?(?=\s*[\]\-\u2013\u2014])"
)
_HEAD = re.compile(
    rf"{_M}(?P<open>\[)?{_M}"
    rf"(?P<a>\d{{1,4}}){_M}(?P<mark>[-/.年년]){_M}{_S}?"
    rf"(?P<b>\d{{1,2}}){_M}(?:(?P=mark)|[月월]){_M}{_S}?"
    rf"(?P<c>\d{{1,4}})[日일]?{_M}(?:{_S}?\u0433)?\.?[,،]?{_M}{_S}+{_M}"
    # a word before the clock: klo, kl., um, à, 下午
    rf"(?P<before>(?:(?:{_SCRIPTS}|[^\W\d_]{{1,12}}\.?){_S}?){{1,2}})?"
    # the clock of French Canada: 21 h 05 min 07 s
    rf"(?P<hour>\d{{1,2}})(?:[.:]|{_S}?h{_S}?)(?P<minute>\d{{2}})"
    rf"(?:(?:[.:]|{_S}min{_S})(?P<second>\d{{2}})(?:{_S}s\b)?)?"
    rf"(?:{_S}*{_M}(?P<after>{_AFTER}))?(?:{_S}?ч\.?(?=\s*[\]\-\u2013\u2014]))?{_M}"
    rf"(?P<close>\]{_S}*|{_S}[-\u2013\u2014]{_S}|:{_S}|{_S}(?=[^-\u2013\u2014\s]))",
    re.IGNORECASE,
)

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Message:
    """
    One dated entry of a chat.

    Attributes
    ----------
    line
        Line on which it starts, from 1.
    date
        The three numbers of its date, in the order of the file.
    clock
        Hour (0 to 23, or more where a clock shows it), minute and second; the
        second is None where phones write none.
    rest
        Everything behind the date up to the next one, marks included.
    style
        How date and clock are written: the same throughout one export.
    short
        Whether any number of date or clock lacks a leading zero, and whether
        the clock has twelve hours.
    """

    line: int
    date: tuple[str, str, str]
    clock: tuple[int, int, int | None]
    rest: str
    style: tuple[str, str, bool]
    short: tuple[bool, bool]

    @property
    def time(self) -> dt.time | None:
        """The time of day; None if no clock shows it."""
        hour, minute, second = self.clock
        return (
            None
            if hour > 23 or max(minute, second or 0) > 59
            else dt.time(*self.clock[:2], second or 0)
        )


def message_at(line: str, number: int = 1) -> Message | None:
    """
    Return the message that starts on a line, None if none does.

    Examples
    --------
    >>> found = message_at("6/3/18, 1:55 PM - Ada: Hello")
    >>> found.date, found.clock, found.rest
    (('6', '3', '18'), (13, 55, None), 'Ada: Hello')
    >>> message_at("at 6/3/18 we met") is None
    True
    """
    found = _headed(line, number)
    return found if found is not None and found.time is not None else None


def _headed(line: str, number: int) -> Message | None:
    """Return what starts on a line as messages do, even at a time that no clock shows."""
    match = _HEAD.match(line)
    if match is None:
        return None
    opened, closed = bool(match["open"]), match["close"].strip()
    if opened != (closed == "]"):
        return None
    if not closed and match["mark"] != ".":
        return None  # only dates with dots are written without anything behind the clock
    half = _half(match["after"] or match["before"] or "")
    hour = _hour(int(match["hour"]), half)
    minute, second = int(match["minute"]), int(match["second"] or 0)
    date = (match["a"], match["b"], match["c"])
    return Message(
        line=number,
        date=date,
        clock=(hour, minute, second if match["second"] else None),
        rest=line[match.end() :],
        style=(closed, match["mark"], match["second"] is not None),
        short=(len(match["hour"]) == 1 or min(map(len, date)) == 1, bool(half)),
    )


def _half(word: str) -> str:
    return _HALVES.get(re.sub(r"[\s.\"״]", "", word).casefold(), "")


def _hour(hour: int, half: str) -> int:
    if half == "am":
        return hour % 12 if hour <= 12 else hour
    if half == "pm":
        return hour % 12 + 12
    return hour + 12 if half == "noon" and hour < 6 else hour


def chat_messages(text: str) -> tuple[list[Message], int]:
    """
    Split an exported chat into its messages.

    A message goes on over all lines that do not start like most dated lines
    of the file do: a quotation from another chat starts none.

    Returns
    -------
    messages
        In the order of the file.
    preamble
        Number of lines with text before the first message.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    heads = [_headed(line, number) for number, line in enumerate(lines, start=1)]
    styles = Counter(head.style for head in heads if head is not None and head.time is not None)
    if not styles:
        return [], 0
    style = styles.most_common(1)[0][0]
    return list(_joined(lines, heads, style)), _preamble(lines, heads, style)


def _joined(
    lines: Sequence[str], heads: Sequence[Message | None], style: tuple[str, str, bool]
) -> Iterator[Message]:
    current: Message | None = None
    body: list[str] = []
    for line, head in zip(lines, heads, strict=True):
        if head is not None and head.style == style:
            if current is not None:
                yield replace(current, rest="\n".join(body)) if len(body) > 1 else current
            current, body = head, [head.rest]
        else:
            body.append(line)
    if current is not None:
        yield replace(current, rest="\n".join(body))


def _preamble(
    lines: Sequence[str], heads: Sequence[Message | None], style: tuple[str, str, bool]
) -> int:
    count = 0
    for line, head in zip(lines, heads, strict=True):
        if head is not None and head.style == style:
            break
        count += bool(line.strip(MARKS + " \t"))
    return count


def date_order(messages: Sequence[Message], *, dayfirst: bool | None = None) -> tuple[str, bool]:
    """
    Find out in which order a chat writes day, month and year.

    A number above 12 proves it; so do dots, which no country uses month
    first. Else `dayfirst` decides; else the order in which the messages run
    backwards less often; else the habits of the countries that write so.

    Parameters
    ----------
    messages
        All of one chat.
    dayfirst
        What the owner says, or None.

    Returns
    -------
    order
        `dmy`, `mdy`, `ymd` or `ydm`.
    sure
        False if it was a guess by habit alone.
    """
    # the same dates come again and again: each needs a look only once
    dates = list(dict.fromkeys(message.date for message in messages))
    if any(len(first) == 4 for first, _, _ in dates):
        wrong = {order: _wrong(dates, order) for order in ("ymd", "ydm")}
        return min(wrong, key=lambda order: wrong[order]), True
    if messages[0].style[1] == "-" and _year_first(dates):
        return "ymd", True
    orders = ["dmy"] if messages[0].style[1] == "." else ["dmy", "mdy"]
    wrong = {order: _wrong(dates, order) for order in orders}
    best = [order for order in orders if wrong[order] == min(wrong.values())]
    if len(best) > 1 and dayfirst is not None:
        best = ["dmy" if dayfirst else "mdy"]
    if len(best) > 1:
        back = {order: _jumps_back(dates, order) for order in best}
        best = [order for order in best if back[order] == min(back.values())]
    if len({tuple(as_date(date, order) for date in dates) for order in best}) == 1:
        return best[0], True
    return ("mdy" if _american(messages) else best[0]), False


def _year_first(dates: Sequence[tuple[str, str, str]]) -> bool:
    """Tell whether dates such as 18-06-03 start with the year, as in French Canada."""
    if not all(len(first) == 2 == len(third) for first, _, third in dates):
        return False
    others = [order for order in ("dmy", "mdy") if _wrong(dates, order) < len(dates)]
    return _wrong(dates, "ymd") <= min((_wrong(dates, order) for order in others), default=0) and (
        not others or _jumps_back(dates, "ymd") < min(_jumps_back(dates, order) for order in others)
    )


def _american(messages: Sequence[Message]) -> bool:
    # twelve hours, no leading zero, two letters for the year, slashes
    return any(message.short[0] for message in messages) and all(
        message.short[1] and message.style[1] == "/" and len(message.date[2]) == 2
        for message in messages
    )


def _wrong(dates: Sequence[tuple[str, str, str]], order: str) -> int:
    return sum(as_date(date, order) is None for date in dates)


def _jumps_back(dates: Sequence[tuple[str, str, str]], order: str) -> int:
    days = [day for day in (as_date(date, order) for date in dates) if day is not None]
    return sum(later < earlier for earlier, later in pairwise(days))


def as_date(date: tuple[str, str, str], order: str) -> dt.date | None:
    """
    Return the day that three numbers name in an order, None if there is none.

    Examples
    --------
    >>> as_date(("31", "10", "26"), "dmy")
    datetime.date(2026, 10, 31)
    >>> as_date(("31", "10", "26"), "mdy") is None
    True
    """
    part = dict(zip(order, date, strict=True))
    year, month, day = int(part["y"]), int(part["m"]), int(part["d"])
    if len(part["y"]) <= 2:
        year += 2000
    elif 2543 <= year <= 2643:
        year -= 543  # Thai phones count from the Buddha
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return dt.date(year, month, day)
