"""WhatsApp chats, as phones of many countries write them."""

from __future__ import annotations

import datetime as dt
import json
import math
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from damage import damaged, survives
from hypothesis import given
from hypothesis import strategies as st

from villagegraph.errors import ExportError
from villagegraph.parsing import OWNER, ExportFile, file_at
from villagegraph.parsing.chat_lines import chat_messages, date_order, message_at
from villagegraph.parsing.chat_words import (
    about_group,
    by_whatsapp,
    deleted_by_owner,
    joined,
    text_size,
)
from villagegraph.parsing.join import join
from villagegraph.readers import whatsapp
from villagegraph.settings import Me, Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from villagegraph.tables import Export

FIXTURES = Path(__file__).parent / "fixtures" / "whatsapp"
MARKER = "Zanzibarmarker"
BERLIN = "Europe/Berlin"
NB, NNB = "\u00a0", "\u202f"


def read(path: Path, *, label: str = "", dayfirst: bool | None = None, phone: str = "") -> Export:
    settings = Settings(me=Me(phones=(phone,) if phone else ()), zone=BERLIN, dayfirst=dayfirst)
    return whatsapp.read(file_at(path, label=label), settings=settings).export()


def written(tmp_path: Path, content: str | bytes, name: str = "_chat.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def messages_of(export: Export) -> list[tuple[str, str, float]]:
    """Return local time, sender and size of every message, in order."""
    senders = export.participants[export.participants["role"] == "from"].set_index("event_id")
    events = export.interactions
    local = events["at"].dt.tz_convert(BERLIN).dt.strftime("%Y-%m-%d %H:%M:%S")
    rows = zip(local, senders["handle"].loc[events.index], events["size"], strict=True)
    return sorted((at, handle, -1 if math.isnan(size) else size) for at, handle, size in rows)


def members_of(export: Export) -> set[str]:
    return set(export.participants["handle"])


HEADS = {
    "ios british": ("[03/06/2018, 13:55:00] ", "[25/06/2018, 09:05:07] "),
    "ios american": (f"[6/3/18, 1:55:00{NNB}PM] ", f"[6/25/18, 9:05:07{NNB}AM] "),
    "ios american, old": ("[6/3/18, 1:55:00 PM] ", "[6/25/18, 9:05:07 AM] "),
    "ios american, colon": ("6/3/18, 1:55:00 PM: ", "6/25/18, 9:05:07 AM: "),
    "ios german": ("[03.06.18, 13:55:00] ", "[25.06.18, 09:05:07] "),
    "ios mark in front": ("\u200e[03/06/2018, 13:55:00] ", "\u200e[25/06/2018, 09:05:07] "),
    "ios bom in bracket": ("\ufeff[\ufeff03.06.18, 13:55:00] ", "[\ufeff25.06.18, 09:05:07] "),
    "ios year first": ("[2018/06/03, 13:55:00] ", "[2018/06/25, 09:05:07] "),
    "ios spanish": (f"[3/6/18, 1:55:00{NB}p.{NB}m.] ", f"[25/6/18, 9:05:07{NB}a.{NB}m.] "),
    "ios korean": ("[2018. 6. 3. 오후 1:55:00] ", "[2018. 6. 25. 오전 9:05:07] "),
    "ios chinese": ("[2018/6/3 下午1:55:00] ", "[2018/6/25 上午9:05:07] "),
    "ios arabic": ("[\u200f٣/٦/٢٠١٨، ١:٥٥:٠٠ م] ", "[\u200f٢٥/٦/٢٠١٨، ٩:٠٥:٠٧ ص] "),
    "croatian": ("3. 6. 2018. 13:55:00 ", "25. 6. 2018. 09:05:07 "),
    "ios croatian": ("[3. 6. 2018. 13:55:00] ", "[25. 6. 2018. 09:05:07] "),
    "android british": ("03/06/2018, 13:55 - ", "25/06/2018, 09:05 - "),
    "android american": (f"6/3/18, 1:55{NNB}PM - ", f"6/25/18, 9:05{NNB}AM - "),
    "android american, old": ("6/3/18, 1:55 PM - ", "6/25/18, 9:05 AM - "),
    "android spanish": (f"3/6/2018, 1:55 p.{NB}m. - ", f"25/6/2018, 9:05 a.{NB}m. - "),
    "android spanish, plain": ("3/6/2018 1:55 p. m. - ", "25/6/2018 9:05 a. m. - "),
    "android australian": ("3/6/18, 1:55 pm - ", "25/6/18, 9:05 am - "),
    "android dutch": ("03-06-18 13:55 - ", "25-06-18 09:05 - "),
    "android indian": ("03-06-2018, 01.55 PM - ", "25-06-2018, 09.05 AM - "),
    "android finnish": ("3.6.2018 klo 13.55 - ", "25.6.2018 klo 9.05 - "),
    "android german": ("03.06.18, 13:55 - ", "25.06.18, 09:05 - "),
    "android german, words": ("03.06.18, 1:55 nachm. - ", "25.06.18, 9:05 vorm. - "),
    "android german, long words": ("03.06.18, 1:55 nachmittags - ", "25.06.18, 9:05 morgens - "),
    "android italian": ("03/06/18, 13:55 - ", "25/06/18, 09:05 - "),
    "android swedish": ("2018-06-03, 13:55 - ", "2018-06-25, 09:05 - "),
    "android swedish, kl.": ("2018-06-03 kl. 13:55 - ", "2018-06-25 kl. 09:05 - "),
    "android south african": ("2018/06/03, 13:55 - ", "2018/06/25, 09:05 - "),
    "android hungarian": ("2018. 06. 03. 13:55 - ", "2018. 06. 25. 9:05 - "),
    "android thai": ("3/6/2561 13:55 - ", "25/6/2561 09:05 - "),
    "android turkish": ("3.06.2018 ÖS 1:55 - ", "25.06.2018 ÖÖ 9:05 - "),
    "android bom": ("\ufeff03.06.18, 13:55 - ", "\ufeff25.06.18, 09:05 - "),
    "android dash": ("03/06/2018, 13:55 \u2013 ", "25/06/2018, 09:05 \u2013 "),
    "android korean": ("2018. 6. 3. 오후 1:55 - ", "2018. 6. 25. 오전 9:05 - "),
    "android korean, words": ("2018년 6월 3일 오후 1:55 - ", "2018년 6월 25일 오전 9:05 - "),
    "android chinese": ("2018/6/3 下午1:55 - ", "2018/6/25 上午9:05 - "),
    "android chinese, words": ("2018年6月3日 下午1:55 - ", "2018年6月25日 上午9:05 - "),
    "ios chinese, words": ("[2018年6月3日 下午1:55:00] ", "[2018年6月25日 上午9:05:07] "),
    "android japanese": ("2018/06/03 13:55 - ", "2018/06/25 9:05 - "),
    "ios japanese, words": ("[2018/06/03 午後1:55:00] ", "[2018/06/25 午前9:05:07] "),
    "android arabic": ("٣\u200f/٦\u200f/٢٠١٨، ١:٥٥ م - ", "٢٥\u200f/٦\u200f/٢٠١٨، ٩:٠٥ ص - "),
    "android persian": ("۲۰۱۸/۶/۳،\u200f ۱۳:۵۵ - ", "۲۰۱۸/۶/۲۵،\u200f ۹:۰۵ - "),
    "android indian, small": ("03/06/2018, 1:55 pm - ", "25/06/2018, 9:05 am - "),
    "android indian, short": (f"03/06/18, 1:55{NNB}pm - ", f"25/06/18, 9:05{NNB}am - "),
    "android hindi": ("3/6/18, 1:55 अपराह्न - ", "25/6/18, 9:05 पूर्वाह्न - "),
    "android tamil": ("3/6/18, பிற்பகல் 1:55 - ", "25/6/18, முற்பகல் 9:05 - "),
    "android greek": ("3/6/18, 1:55 μ.μ. - ", "25/6/18, 9:05 π.μ. - "),
    "android hungarian, halves": ("2018. 06. 03. du. 1:55 - ", "2018. 06. 25. de. 9:05 - "),
    "android bulgarian": ("3.06.18 г., 13:55 ч. - ", "25.06.18 г., 9:05 ч. - "),
    "android bulgarian, halves": ("3.06.18 г., 1:55 сл.об. - ", "25.06.18 г., 9:05 пр.об. - "),
    "android ukrainian": ("03.06.18, 1:55 пп - ", "25.06.18, 9:05 дп - "),
    "android czech": ("03.06.18 1:55 odp. - ", "25.06.18 9:05 dop. - "),
    "android vietnamese": ("03/06/2018, 1:55 CH - ", "25/06/2018, 9:05 SA - "),
    "android malay": ("03/06/2018, 1:55 PTG - ", "25/06/2018, 9:05 PG - "),
    "android indonesian": ("03/06/18 pukul 13.55 - ", "25/06/18 pukul 09.05 - "),
    "android french": ("03/06/2018 à 13:55 - ", "25/06/2018 à 09:05 - "),
    "android french canadian": ("2018-06-03 13 h 55 - ", "2018-06-25 09 h 05 - "),
    "ios french canadian": (
        f"[2018-06-03 13{NB}h{NB}55{NB}min{NB}00{NB}s] ",
        "[2018-06-25 09 h 05 min 07 s] ",
    ),
    "android spanish, a las": ("3/6/2018 a las 13:55 - ", "25/6/2018 a las 9:05 - "),
    "android hebrew": ("3.6.2018, 13:55 - ", "25.6.2018, 9:05 - "),
    "ios hebrew, halves": ("[3.6.2018, 1:55:00 אחה״צ] ", "[25.6.2018, 9:05:07 לפנה״צ] "),
    "android thai, halves": ("3/6/2561 1:55 หลังเที่ยง - ", "25/6/2561 9:05 ก่อนเที่ยง - "),
    "bracket, no comma": ("[06/03/18 13:55] ", "[06/25/18 09:05] "),
}


def chat(one: str, two: str) -> str:
    lines = [
        f"{one}Ada Lovelace: Hello, at 12:30: come",
        f"{two}~{NNB}Ben Okafor: Zoë sends her",
        "best: [really]",
        "",
        "12 apples",
        f"{two}\u200eAda Lovelace: ok",
        "",
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("kind", HEADS)
def test_every_way_to_write_a_date(tmp_path: Path, kind: str):
    one, two = HEADS[kind]
    path = written(tmp_path, chat(one, two))
    assert whatsapp.sniff(file_at(path)) == "whatsapp"
    export = read(path)
    seconds = ":05:07" in two or "٠٧" in two or "07 s" in two
    later = "2018-06-25 09:05:07" if seconds else "2018-06-25 09:05:00"
    assert messages_of(export) == [
        ("2018-06-03 13:55:00", "name:ada lovelace@whatsapp", 21),
        (later, "name:ada lovelace@whatsapp", 2),
        (later, "name:ben okafor@whatsapp", 40),
    ]
    assert set(export.interactions["precision"]) == {"second" if seconds else "minute"}
    assert export.skipped.empty
    assert export.files["notes"].iloc[0] == ()
    assert export.files["zone"].iloc[0] == BERLIN


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
    ],
    ids=["crlf", "bom", "utf-16"],
)
def test_encodings_and_line_ends_do_not_count(
    tmp_path: Path, kind: str, change: Callable[[str], bytes]
):
    text = chat(*HEADS[kind])
    plain = read(written(tmp_path, text))
    other = read(written(tmp_path, change(text)))
    assert messages_of(other) == messages_of(plain)


def test_tables_keep_their_contracts(tmp_path: Path):
    export = read(written(tmp_path, chat(*HEADS["ios british"])))
    for name, contract in CONTRACTS.items():
        if hasattr(export, name):
            check(getattr(export, name), contract)
    assert set(export.interactions["channel"]) == {"chat"}
    assert set(export.interactions["app"]) == {"whatsapp"}
    assert export.interactions["thread"].nunique() == 1
    assert sorted(export.contacts["name"]) == ["Ada Lovelace", "Ben Okafor"]


@pytest.mark.parametrize(
    ("dates", "dayfirst", "expected"),
    [
        (["03/04/18", "13/04/18"], None, ("dmy", True)),
        (["03/04/18", "04/13/18"], None, ("mdy", True)),
        (["03/04/18", "04/13/18"], True, ("mdy", True)),
        (["2018/03/04"], None, ("ymd", True)),
        (["2018-03-14"], False, ("ymd", True)),
        (["2018-14-03"], None, ("ydm", True)),
        (["1/2/18", "1/3/18", "2/1/18"], None, ("mdy", True)),
        (["1/2/18", "2/2/18", "1/3/18"], None, ("dmy", True)),
        (["1/2/18", "1/3/18", "2/1/18"], True, ("dmy", True)),
        (["3/4/18", "4/4/18"], None, ("dmy", False)),
        (["3/4/18", "4/4/18"], False, ("mdy", True)),
        (["4/4/18", "5/5/18"], None, ("dmy", True)),
        (["3.4.18"], None, ("dmy", True)),
        (["18-06-03", "18-06-28", "18-07-01"], None, ("ymd", True)),
        (["28-06-18"], None, ("dmy", True)),
        (["28-06-31"], None, ("dmy", True)),
        (["99/99/99", "13/04/18"], None, ("dmy", True)),
    ],
)
def test_order_of_day_and_month(
    dates: list[str], dayfirst: bool | None, expected: tuple[str, bool]
):
    text = "\n".join(f"{date}, 13:55 - Ada: hi" for date in dates)
    assert date_order(chat_messages(text)[0], dayfirst=dayfirst) == expected


def test_american_habits_are_a_guess_that_is_told(tmp_path: Path):
    path = written(tmp_path, "6/3/18, 1:55 PM - Ada: hi\n6/4/18, 1:55 PM - Ben: ho\n")
    export = read(path)
    assert [at for at, *_ in messages_of(export)] == ["2018-06-03 13:55:00", "2018-06-04 13:55:00"]
    assert "dayfirst = true" in export.files["notes"].iloc[0][0]
    settled = read(path, dayfirst=True)
    assert [at for at, *_ in messages_of(settled)] == ["2018-03-06 13:55:00", "2018-04-06 13:55:00"]
    assert settled.files["notes"].iloc[0] == ()


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("12:30 AM", (0, 30)), ("12:30 PM", (12, 30)), ("1:05 am", (1, 5)),
        ("11:59 p.m.", (23, 59)),
        ("12:10 nachts", (0, 10)), ("12:10 mittags", (12, 10)), ("1:10 mittags", (13, 10)),
        ("11:10 abends", (23, 10)), ("00:08 a. m.", (0, 8)), ("13:55 PM", (13, 55)),
    ],
)  # fmt: skip
def test_halves_of_the_day(clock: str, expected: tuple[int, int]):
    found = message_at(f"13/04/18, {clock} - Ada: hi")
    assert found is not None
    assert found.clock[:2] == expected


@pytest.mark.parametrize(
    "line",
    ["", "hello", "13/04/18", "13/04/18, 25:00 - Ada: x", "[13/04/18, 13:55 Ada: x",
     "2018-06-03 13:55:00,123 - root - INFO - x", "2018-06-03 13:55:00 INFO x: y",
     "13/04/18, 13:55] Ada: x", "1.2.3 - x", "2018-06-03T13:55:00 - x"],
)  # fmt: skip
def test_lines_that_start_no_message(line: str):
    assert message_at(line) is None


def test_a_quoted_chat_is_part_of_the_message_around_it(tmp_path: Path):
    text = (
        "13/04/18, 13:55 - Ada: look\n[01/01/17, 10:00:00] Cy: quoted\n13/04/18, 13:56 - Ben: ok\n"
    )
    export = read(written(tmp_path, text))
    assert members_of(export) == {"name:ada@whatsapp", "name:ben@whatsapp"}
    assert len(export.interactions) == 2


def test_every_dated_line_is_an_event_or_listed(tmp_path: Path):
    clocks = ["13:55", "25:61", "24:00", "13:60", "14:00"]
    text = "".join(f"13/04/18, {clock} - Ada: hi\nand more\n" for clock in clocks)
    export = read(written(tmp_path, text))
    assert len(export.interactions) == 2
    assert export.skipped["line"].tolist() == [3, 5, 7]
    assert set(export.skipped["reason"]) == {"a time that no clock shows"}
    # no message takes over what stands below another
    assert set(export.interactions["size"]) == {len("hi\nand more")}


def test_dated_lines_of_another_kind_are_counted(tmp_path: Path):
    text = "13/04/18, 13:55 - Ada: look\n[01/01/17, 10:00:00] Cy: x\n13/04/18, 13:56 - Ben: ok\n"
    assert read(written(tmp_path, text)).files["notes"].iloc[0] == (
        "1 line dated in another way, read as part of a message",
    )


def test_a_chat_without_a_title_stays_one_when_somebody_joins(tmp_path: Path):
    first = "13/04/18, 13:55 - Ada: hi\n13/04/18, 13:56 - Ben: ho\n13/04/18, 13:57 - Cy: he\n"
    one = read(written(tmp_path, first, name="_chat.txt"), label="a/_chat.txt")
    more = first + "14/04/18, 13:55 - Dee: new here\n"
    two = read(written(tmp_path, more, name="_chat.txt"), label="b/_chat.txt")
    assert set(one.interactions.index) < set(two.interactions.index)
    assert len(join([one, two]).interactions) == 4
    other = read(written(tmp_path, first.replace("Ada", "Eve")), label="c/_chat.txt")
    assert set(other.interactions["thread"]).isdisjoint(one.interactions["thread"])


GROUP = FIXTURES / "WhatsApp Chat with Lake walks.txt"


def test_a_group_on_android():
    export = read(GROUP)
    cy, dee, eve = "name:cy example@whatsapp", "phone:+493023125002", "name:eve example@whatsapp"
    ada = "name:ada lovelace@whatsapp"
    assert members_of(export) == {ada, cy, dee, eve}
    assert messages_of(export) == [
        ("2026-03-01 09:00:00", ada, 5),
        ("2026-03-01 09:01:00", cy, -1),
        ("2026-03-01 09:02:00", dee, 0),
        ("2026-03-01 09:03:00", ada, 4),
        ("2026-03-14 18:00:00", cy, 15),
        ("2026-03-14 18:01:00", ada, 0),
    ]
    roles = export.participants.groupby("event_id")["role"].apply(Counter)
    assert set(roles.index.get_level_values(0)) == set(export.interactions.index)
    assert (export.participants["role"] == "from").sum() == 6
    assert (export.participants["role"] == "member").sum() == 18
    assert export.hints[["handle", "hint"]].to_numpy().tolist() == [[ada, "owner"]]
    assert export.files["notes"].iloc[0] == ("6 lines written by WhatsApp itself",)
    names = set(export.contacts["name"])
    assert names == {"Ada Lovelace", "Cy Example", "Eve Example"}


def test_a_group_on_an_iphone():
    folder = FIXTURES / "WhatsApp Chat - Lake walks"
    export = read(folder / "_chat.txt", label="WhatsApp Chat - Lake walks.zip/_chat.txt")
    ada, ben, cy = (f"name:{name}@whatsapp" for name in ("ada lovelace", "ben okafor", "cy"))
    assert members_of(export) == {ada, ben, cy}
    assert messages_of(export) == [
        ("2026-03-01 09:00:05", ada, 5),
        ("2026-03-01 09:01:00", ben, -1),
        ("2026-03-01 09:02:00", ada, -1),
        ("2026-03-02 10:00:00", ben, 7),
        ("2026-03-14 18:00:00", ada, 15),
    ]
    # the same group has one thread, whatever phone it was exported on
    assert set(export.interactions["thread"]) == set(read(GROUP).interactions["thread"])


@pytest.mark.parametrize(
    ("name", "text", "members", "owner"),
    [
        ("WhatsApp Chat with Ada.txt", "Ada: a|Ben: b", {"ada", "ben"}, "ben"),
        ("WhatsApp-Chat mit Ada.txt", "Ben: b|Ada: I left", {"ada", "ben"}, "ben"),
        ("Chat de WhatsApp con Ada.txt", "Ada: a", {"ada", OWNER}, ""),
        ("Discussion WhatsApp avec Ada.txt", "Ben: b", {"ada", "ben"}, ""),
        ("WhatsApp Chat - A.da!.txt", "Ada: b", {"ada", OWNER}, ""),
        ("_chat.txt", "Ben: b|Ada: a", {"ada", "ben"}, ""),
        ("_chat.txt", "Ada: a", {"ada"}, ""),
        ("_chat.txt", "Ada: a|Ben: You deleted this message.", {"ada", "ben"}, "ben"),
        ("Chat WhatsApp con Lake.txt", 'Ada: a|Ada created group "Lake"', {"ada"}, ""),
        ("WhatsApp Chat with Lake.txt", "Ada: a|Ada added Ben", {"ada", "ben"}, ""),
        ("WhatsApp Chat with Ada.txt", "Ada: a|Ben: b|Cy: c", {"ada", "ben", "cy"}, ""),
    ],
)
def test_who_is_in_a_chat(tmp_path: Path, name: str, text: str, members: set[str], owner: str):
    lines = [f"13/04/18, 13:5{n} - {line}" for n, line in enumerate(text.split("|"))]
    export = read(written(tmp_path, "\n".join(lines), name))
    assert members_of(export) == {
        member if member == OWNER else f"name:{member}@whatsapp" for member in members
    }
    assert export.hints["handle"].tolist() == ([f"name:{owner}@whatsapp"] if owner else [])


def test_numbers_are_phones_of_the_owners_country(tmp_path: Path):
    text = "13/04/18, 13:55 - \u202a030 23125 001\u202c: a\n13/04/18, 13:56 - +44 20 7946 0001: b\n"
    export = read(written(tmp_path, text), phone="+49 30 23125 000")
    assert members_of(export) == {"phone:+493023125001", "phone:+442079460001"}
    assert export.contacts.empty


def test_a_titled_number_is_the_other(tmp_path: Path):
    text = "13/04/18, 13:55 - Ada: a\n"
    export = read(written(tmp_path, text, "WhatsApp Chat with +49 30 23125 001.txt"))
    assert members_of(export) == {"name:ada@whatsapp", "phone:+493023125001"}


def test_overlapping_exports_count_a_message_once(tmp_path: Path):
    lines = [f"13/04/18, 13:5{n // 2} - {'Ada' if n % 3 else 'Ben'}: same" for n in range(12)]
    lines += ["13/04/18, 14:00 - Ada: same"] * 2
    name = "WhatsApp Chat with Ada.txt"
    early = read(written(tmp_path, "\n".join(lines[:9]), name))
    whole = read(written(tmp_path, "\n".join(lines), "WhatsApp Chat with Ada (1).txt"))
    assert set(early.interactions.index) < set(whole.interactions.index)
    assert len(whole.interactions) == 14


def test_times_that_the_clock_skipped_or_had_twice(tmp_path: Path):
    text = "25/03/18, 02:30 - Ada: gap\n28/10/18, 02:30 - Ben: twice\n"
    export = read(written(tmp_path, text))
    assert len(export.interactions) == 2
    assert export.interactions["at"].is_monotonic_increasing


def test_bad_lines_are_listed_without_their_content(tmp_path: Path):
    lines = [
        MARKER,
        f"13/04/18, 13:55 - {MARKER}: {MARKER}",
        f"31/02/18, 13:55 - {MARKER}: {MARKER}",
        f"{MARKER}",
        f"13/04/18, 13:56 - {MARKER}",
        f"14/04/18, 13:56 - {MARKER}:{MARKER}",
    ]
    export = read(written(tmp_path, "\n".join(lines)))
    assert export.skipped["line"].tolist() == [1, 3]
    assert len(export.interactions) == 2
    assert MARKER not in export.skipped.to_csv() + export.files.to_csv()


def test_no_text_of_a_message_is_kept(tmp_path: Path):
    export = read(written(tmp_path, f"13/04/18, 13:55 - Ada: {MARKER}\n{MARKER}\n"))
    for name in ("contacts", "handles", "interactions", "participants", "hints", "files"):
        assert MARKER not in getattr(export, name).to_csv()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"\0" * 99, bytes(range(256)), MARKER.encode(), b"\n\n\n",
     b"date,who,kind\n2026-01-01,Ada,met\n", b"From ada@example.org Mon Jun  3 12:50:27 1996\n"],
)  # fmt: skip
def test_garbage_is_refused_without_its_content(tmp_path: Path, content: bytes):
    path = written(tmp_path, content)
    assert whatsapp.sniff(file_at(path)) == ""
    with pytest.raises(ExportError) as caught:
        read(path)
    assert MARKER not in "".join(traceback.format_exception(caught.value))


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_sniff_never_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.getbasetemp() / "garbage.txt"
    path.write_bytes(content)
    assert whatsapp.sniff(file_at(path)) in {"", "whatsapp"}


@given(
    days=st.lists(st.dates(dt.date(2012, 1, 1), dt.date(2040, 1, 1)), min_size=1, max_size=30),
    form=st.sampled_from(["%d/%m/%Y", "%m/%d/%y", "%Y-%m-%d", "%d.%m.%y"]),
)
def test_dates_in_order_are_never_read_out_of_order(days: list[dt.date], form: str):
    days = sorted({day.replace(day=28) for day in days} | set(days))
    text = "\n".join(
        f"{day.strftime(form)}, 13:55 - Ada: hi" for day in [*days, dt.date(2041, 1, 13)]
    )
    found, _ = chat_messages(text)
    order, sure = date_order(found)
    assert sure
    assert order == {"%d": "dmy", "%m": "mdy", "%Y": "ymd"}[form[:2]]


def test_a_truncated_file_gives_what_it_holds(tmp_path: Path):
    data = chat(*HEADS["android german"]).encode()
    sizes = [
        len(read(written(tmp_path, data[:end])).interactions) for end in range(40, len(data), 7)
    ]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1
    assert sizes[-1] == 3


@pytest.mark.parametrize(
    "body",
    ["<Media omitted>", "<Medien ausgeschlossen>", "\u200eimage omitted", "\u200eBild weggelassen",
     "\u200eimagen omitida", "\u200eaudio omis", "\u200eimmagine omessa", "\u200eáudio ocultado",
     "\u200eafbeelding weggelaten", "IMG-20180603-WA0001.jpg (file attached)",
     "\u200e<attached: 0001-PHOTO.jpg>", "IMG-1.jpg (Datei angehängt)",
     "Plan.pdf \u2022 \u200e3 pages \u200edocument omitted"],
)  # fmt: skip
def test_media_have_no_size(body: str):
    assert math.isnan(text_size(body))
    assert text_size(body + "\nZoë") == 4


@pytest.mark.parametrize(
    ("body", "size"),
    [
        ("This message was deleted", 0),
        ("\u200eDiese Nachricht wurde gelöscht.", 0),
        ("You deleted this message", 0),
        ("Ce message a été supprimé", 0),
        ("I hope it is never omitted", 26),
        ("see https://example.org/a.html (really good)", 44),
        ("done \u200e<This message was edited>", 4),
        ("", 0),
        ("🤓", 4),
    ],
)
def test_sizes(body: str, size: float):
    assert text_size(body) == size


@pytest.mark.parametrize(
    "body",
    ["You deleted this message.", "Du hast diese Nachricht gelöscht.", "Eliminaste este mensaje.",
     "Vous avez supprimé ce message", "Hai eliminato questo messaggio.",
     "Você apagou esta mensagem",
     "Je hebt dit bericht verwijderd."],
)  # fmt: skip
def test_only_the_owner_sees_own_deletions_so(body: str):
    assert deleted_by_owner(f"\u200e{body}")
    assert not deleted_by_owner(f"{body} really")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ('Ada created group "Lake"', True), ("Ada added Ben", True), ("You were added", True),
        ("Ben left", True), ("Ben joined using this group's invite link", True),
        ('Ada changed the subject from "a: b" to "c"', True), ("You're now an admin", True),
        ("Ada changed this group's icon", True), ("Ada removed Ben", True),
        ("Messages and calls are end-to-end encrypted. Tap to learn more.", False),
        ("Your security code with Ada changed. Tap to learn more.", False),
        ("You turned on disappearing messages.", False), ("You blocked this contact", False),
        ('Ada hat die Gruppe "See" erstellt', True), ("Ada hat Ben hinzugefügt", True),
        ("Ben hat die Gruppe verlassen", True), ("Du wurdest hinzugefügt", True),
        ("Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.", False),
        ("Deine Sicherheitsnummer für Ada hat sich geändert.", False),
        ('Ada creó el grupo "Lago"', True), ("Ada añadió a Ben", True),
        ("Ben salió del grupo", True),
        ("Los mensajes y las llamadas están cifrados de extremo a extremo.", False),
        ('Ada a créé le groupe "Lac"', True), ("Ada a ajouté Ben", True), ("Ben a quitté", True),
        ("Les messages et les appels sont chiffrés de bout en bout.", False),
        ("Ada a modifié la durée des messages éphémères", False),
        ('Ada ha creato il gruppo "Lago"', True), ("Ada ha aggiunto Ben", True),
        ("Ben ha abbandonato", True),
        ("I messaggi sono protetti con la crittografia end-to-end.", False),
        ('Ada criou o grupo "Lago"', True), ("Ada adicionou Ben", True), ("Ben saiu", True),
        ("As mensagens são protegidas com a criptografia de ponta a ponta.", False),
        ("Ada mudou a duração das mensagens temporárias", False),
        ('Ada heeft de groep "Meer" gemaakt', True), ("Ada heeft Ben toegevoegd", True),
        ("Ben heeft de groep verlaten", True),
        ("Berichten en oproepen zijn end-to-end versleuteld.", False),
    ],
)  # fmt: skip
def test_what_whatsapp_itself_writes(text: str, group: bool):
    assert by_whatsapp(text)
    assert about_group(text) is group


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Zoë", "Jean-Luc", "+49 30 23125 001", "Ben (work)", "愛"]
)
def test_people_are_not_taken_for_whatsapp(name: str):
    assert not by_whatsapp(name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada added Ben", ["Ben"]),
        ("Ada added you", []),
        ("Ada hat Ben und Cy hinzugefügt", ["Ben", "Cy"]),
        ("Du hast Ben, Cy und Dee hinzugefügt.", ["Ben", "Cy", "Dee"]),
        ("Ben wurde hinzugefügt", ["Ben"]),
        ("Du wurdest hinzugefügt", []),
        ("Ben hat die Gruppe verlassen", ["Ben"]),
        ("Ben ist der Gruppe mit dem Einladungslink beigetreten", ["Ben"]),
        ("Ada hat die Gruppe erstellt", []),
        ("Messages and calls are end-to-end encrypted.", []),
    ],
)
def test_who_joined(text: str, names: list[str]):
    assert list(joined(text)) == names


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("WhatsApp Chat with Ada Lovelace.txt", "Ada Lovelace"),
        ("a/WhatsApp Chat - Lake - walks.zip/_chat.txt", "Lake - walks"),
        ("WhatsApp Chat - Ada/_chat.txt", "Ada"),
        ("WhatsApp-Chat mit Zoë (2).txt", "Zoë"),
        ("Chat de WhatsApp con Ada y Ben.txt", "Ada y Ben"),
        ("Discussion WhatsApp avec Ada.zip/Discussion WhatsApp avec Ada.txt", "Ada"),
        ("Chat WhatsApp con Ada.txt", "Ada"),
        ("Conversa do WhatsApp com Ada.txt", "Ada"),
        ("WhatsApp-chat met Ada.txt", "Ada"),
        ("Чат WhatsApp с Ада.txt", "Ада"),
        ("WhatsApp_Chat_with_Ada_Lovelace.txt", "Ada Lovelace"),
        ("whatsapp/_chat.txt", ""),
        ("_chat.txt", ""),
    ],
)
def test_titles(label: str, title: str):
    assert whatsapp.chat_title(label) == title


def _near(value: dt.datetime) -> float:
    return value.replace(tzinfo=ZoneInfo(BERLIN)).timestamp()


@pytest.mark.parametrize(
    "line",
    [
        'Ada grubun adını "Göl: iki" iken "Göl: üç" olarak değiştirdi',
        "Ада изменил(-а) тему с «Озеро: два» на «Озеро»",
        "Adaさんがグループ名を「湖: 二」に変更しました",
    ],
)
def test_lines_of_whatsapp_in_languages_that_are_not_known(tmp_path: Path, line: str):
    text = f"13/04/18, 13:55 - Ada: a\n13/04/18, 13:56 - {line}\n13/04/18, 13:57 - Ben: b\n"
    export = read(written(tmp_path, text))
    assert members_of(export) == {"name:ada@whatsapp", "name:ben@whatsapp"}


@pytest.mark.parametrize(
    "name", ['Ada "Zo" Bell', "Ada “Zo” Bell", "Ada „Zo“ Bell", "Ada 'Zo Bell"]
)
def test_nicknames_in_quotation_marks_are_names(tmp_path: Path, name: str):
    export = read(written(tmp_path, f"13/04/18, 13:55 - {name}: a\n" * 2))
    assert members_of(export) == {f"name:{name.casefold()}@whatsapp"}


@pytest.mark.parametrize("name", ["_chat.txt", "WhatsApp Chat with Ada.txt"])
def test_a_title_above_a_chat_is_listed(tmp_path: Path, name: str):
    text = f"{MARKER}\n\n13/04/18, 13:55 - Ada: a\n13/04/18, 13:56 - Ben: b\n"
    path = written(tmp_path, text, name)
    assert whatsapp.sniff(file_at(path)) == "whatsapp"
    assert read(path).skipped["reason"].tolist() == ["text before the first message"]
    other = written(tmp_path, text, "list.txt")
    assert whatsapp.sniff(file_at(other)) == ""


def test_a_long_line_costs_no_more_than_its_length(tmp_path: Path):
    # each opened quotation would be looked for to the end of the line
    text = "13/04/18, 13:55 - Ada: a\n13/04/18, 13:56 - " + "group„" * 300_000 + "\n"
    export = read(written(tmp_path, text))
    assert len(export.interactions) == 1


@pytest.mark.parametrize("kind", HEADS)
def test_the_sums_agree(tmp_path: Path, kind: str):
    one, two = HEADS[kind]
    lines = [
        f'{one}Ada Lovelace created group "Lake"',
        f"{one}Ada Lovelace: Hello",
        f"{two}Ada Lovelace added Ben",
        f"{two}Ada Lovelace: Hello",
        f"{two}Ada Lovelace: Hello",
        f"{two.replace('25', '45', 1).replace('٢٥', '٤٥', 1).replace('۲۵', '۴۵', 1)}Ben: x",
        f"{two}Meta AI: How can I help?",
    ]
    export = read(written(tmp_path, "\n".join(lines)))
    assert len(export.interactions) == 3
    assert export.skipped["reason"].tolist() == ["a date that no calendar has"]
    assert "3 lines written by WhatsApp itself" in export.files["notes"].iloc[0]


@pytest.mark.parametrize("kind", sorted(HEADS)[::4])
def test_a_damaged_chat_is_read_or_refused(tmp_path: Path, kind: str):
    for data in damaged(chat(*HEADS[kind]).encode(), seed=5, times=25):
        survives(whatsapp, tmp_path / "_chat.txt", data)


@pytest.mark.parametrize("path", [GROUP, FIXTURES / "WhatsApp Chat - Lake walks" / "_chat.txt"])
def test_a_damaged_group_is_read_or_refused(tmp_path: Path, path: Path):
    data = path.read_bytes()
    read_on = [survives(whatsapp, tmp_path / path.name, d) for d in damaged(data, seed=5, times=80)]
    assert sum(read_on) > 40


@pytest.mark.real
def test_chats_of_another_library_agree(shared_data: Path):
    folder = shared_data / "corpora" / "chat_chatminer" / "test" / "whatsapp"
    target = json.loads((folder / "target.json").read_text(encoding="utf-8"))
    expected = sorted(
        (_near(dt.datetime.fromisoformat(item["timestamp"])), item["author"].casefold(),
         len(item["message"].encode()))
        for item in target
    )  # fmt: skip
    files = sorted(folder.glob("*.txt"))
    assert len(files) == 5
    for path in files:
        assert whatsapp.sniff(file_at(path)) == "whatsapp"
        export = read(path)
        found = sorted(
            (_near(dt.datetime.fromisoformat(at)), handle[5:].removesuffix("@whatsapp"), int(size))
            for at, handle, size in messages_of(export)
        )
        # the target leaves out the authored line `John Doe:.`
        extra = [row for row in found if row not in expected]
        assert [row[1:] for row in extra] == [("john doe", 1)]
        assert [row for row in found if row in expected] == expected
        assert export.skipped.empty


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "messages", "system"),
    [
        ("tests_e2e_fixtures_whatsapp-export__chat.txt", 4, 0),
        ("tests_e2e_fixtures_whatsapp-more__chat.txt", 2, 0),
        ("tests_fixtures_whatsapp_android_chat.txt", 3, 1),
        ("tests_fixtures_whatsapp_ios_chat.txt", 7, 1),
    ],
)
def test_chats_of_a_second_library(shared_data: Path, name: str, messages: int, system: int):
    path = shared_data / "corpora" / "kawsay" / name
    assert whatsapp.sniff(file_at(path)) == "whatsapp"
    export = read(path)
    assert len(export.interactions) == messages
    notes = [note for note in export.files["notes"].iloc[0] if "WhatsApp itself" in note]
    assert len(notes) == system
    assert len(members_of(export)) == 2


def test_a_member_of_a_zip_is_named_by_its_label():
    file = ExportFile(path=GROUP, label="WhatsApp Chat with Ada Lovelace.zip/_chat.txt", size=1)
    export = whatsapp.read(file, settings=Settings()).export()
    assert set(export.files.index) == {file.label}
