"""Dates written out in words, with weekday and month in the language of the account."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata

from villagegraph.parsing.json_files import NO_DATE, epoch, text_of
from villagegraph.parsing.text import MARKS

UNKNOWN = "a date written in a way that is not known"

# January to December, as they stand inside a date
_MONTHS = {
    "en": "january february march april may june july august september october november "
    "december",
    "at": "jänner feber",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november "
    "december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november "
    "december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta "
    "elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "sk": "januára februára marca apríla mája júna júla augusta septembra októbra novembra "
    "decembra",
    "sl": "januar februar marec april maj junij julij avgust september oktober november "
    "december",
    "hu": "január február március április május június július augusztus szeptember október "
    "november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie "
    "noiembrie decembrie",
    "bg": "януари февруари март април май юни юли август септември октомври ноември декември",
    "tr": "ocak şubat mart nisan may\u0131s haziran temmuz ağustos eylül ekim "
    "kas\u0131m aral\u0131k",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада "
    "грудня",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου "
    "οκτωβρίου νοεμβρίου δεκεμβρίου",
    "id": "januari februari maret april mei juni juli agustus september oktober november "
    "desember",
    "ms": "januari februari mac april mei jun julai ogos september oktober november disember",
    "ca": "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม "
    "พฤศจิกายน ธันวาคม",
}  # fmt: skip
_NUMBER_OF = {
    unicodedata.normalize("NFC", name.casefold()): number
    for names in _MONTHS.values()
    for number, name in enumerate(names.split(), start=1)
}
_BEFORE = {
    "am": "오전 上午 午前 凌晨 清晨 早上 am",
    "pm": "오후 下午 午後 晚上 中午 pm",
}
_HALF_OF = {word: half for half, words in _BEFORE.items() for word in words.split()}
# what stands between the clock and the zone: nothing, a half of the day, a word for o'clock
_AFTER = re.compile(
    r"\s?(?:(?P<am>a\.?\s?m\b\.?|π\.?\s?μ\.?|ص|pg\b)|(?P<pm>p\.?\s?m\b\.?|μ\.?\s?μ\.?|م|ptg\b)"
    r"|ч\.)?[\s,(\[]*"
)
_CLOCK = re.compile(
    r"(?P<half>오전|오후|上午|下午|午前|午後|凌晨|清晨|早上|晚上|中午|\b[AP]M\b)?\s?"
    r"(?<![\d.:])(?P<h>\d{1,2})(?:[:.]|\s?h\s|시\s|時|\s?นาฬิกา\s)"
    r"(?P<m>\d{2}|\d(?=분))(?:[:.]|\s?min\s|분\s|分|\s?นาที\s)"
    r"(?P<s>\d{2}|\d(?=초))(?:\s?s\b|초|秒|\s?วินาที)?(?![\d:])"
)
_ASIAN = re.compile(r"(?P<y>\d{4})(?:年|년)\s?(?P<m>\d{1,2})(?:月|월)\s?(?P<d>\d{1,2})(?:日|일)")
_VIETNAMESE = re.compile(r"(?P<d>\d{1,2}) tháng (?P<m>\d{1,2}),? (?:năm )?(?P<y>\d{4})")
_ZONE = re.compile(
    r"\b(?:UTC|GMT|TU)(?:(?P<sign>[+\-\u2212])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?)?(?!\w)"
)
_WORD_EDGES = ".,،;:()[]\u00ab\u00bb"
_MAX_LETTERS = 120


def long_date(value: object) -> tuple[float, str]:
    r"""
    Return the time of a date such as `Tuesday, January 3, 2023 at 10:15:31 AM UTC`.

    Parameters
    ----------
    value
        The text, in any of some thirty languages; without a zone it is UTC.

    Returns
    -------
    seconds, reason
        As `json_files.epoch` gives them.

    Examples
    --------
    >>> long_date("Tuesday, January 3, 2023 at 10:15:31\u202fAM UTC")
    (1672740931.0, '')
    >>> long_date("mardi 3 janvier 2023 à 10:15:31 UTC")
    (1672740931.0, '')
    >>> long_date("one day")
    (nan, 'a date written in a way that is not known')
    """
    text = unicodedata.normalize("NFC", text_of(value)[:_MAX_LETTERS]).translate(_UNSEEN)
    text = " ".join(text.split())
    if not text:
        return math.nan, NO_DATE
    zone = _ZONE.search(text)
    offset = _offset(zone) if zone is not None else dt.timedelta()
    clocks = list(_CLOCK.finditer(text))
    if len(clocks) != 1:
        return math.nan, UNKNOWN
    before, after = text[: clocks[0].start()], text[clocks[0].end() :]
    day, time = _day(_ZONE.sub(" ", f"{before} | {after}")), _time(clocks[0], after)
    if day is None or time is None:
        return math.nan, UNKNOWN
    try:
        at = dt.datetime(*day, *time, tzinfo=dt.UTC) - offset
    except (ValueError, OverflowError):
        return math.nan, "a date that no calendar has"
    return epoch(at.timestamp())


_UNSEEN = {ord(mark): None for mark in MARKS}


def _offset(zone: re.Match[str]) -> dt.timedelta:
    shift = dt.timedelta(hours=int(zone["h"] or 0), minutes=int(zone["m"] or 0))
    return shift if zone["sign"] == "+" else -shift


def _time(clock: re.Match[str], after: str) -> tuple[int, int, int] | None:
    """Return hour, minute and second; None if a word beside them is not known."""
    hour, minute, second = (int(clock[part]) for part in "hms")
    half = _HALF_OF.get((clock["half"] or "").casefold(), "")
    zone = _ZONE.search(after)
    between = (after[: zone.start()] if zone is not None else after).casefold()
    word = _AFTER.fullmatch(between)
    if word is not None:
        half = half or ("am" if word["am"] else "pm" if word["pm"] else "")
    elif not re.search(r"\d{4}", between):  # the date stands behind the clock
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _day(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day; None unless there is just one way to read them."""
    found = _ASIAN.search(text) or _VIETNAMESE.search(text)
    if found is not None:
        return int(found["y"]), int(found["m"]), int(found["d"])
    # folding takes some Greek letters apart
    folded = unicodedata.normalize("NFC", text.casefold())
    words = [word.strip(_WORD_EDGES) for word in folded.split()]
    months = [number for number in map(_month, words) if number]
    numbers = re.findall(r"(?<![\d.])\d{1,4}(?!\d)", text)
    years = [int(number) for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) <= 2]
    if len(months) != 1 or len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        return None
    year = years[0] - 543 if 2500 <= years[0] <= 2643 else years[0]  # Thai years
    return year, months[0], days[0]


def _month(word: str) -> int:
    for start in ("", "ב", "d'", "d\u2019"):  # before the name, in Hebrew and Catalan
        if word.startswith(start) and word.removeprefix(start) in _NUMBER_OF:
            return _NUMBER_OF[word.removeprefix(start)]
    return 0
