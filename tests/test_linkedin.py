from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

import pytest
from damage import damaged, survives
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import (
    FIXTURES,
    MARKER,
    events,
    otherwise,
    people,
    read_bytes,
    reversed_csv,
    said,
    words,
)

from villagegraph.parsing import OWNER, file_at
from villagegraph.readers import linkedin
from villagegraph.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from villagegraph.tables import Export

ADA, INES = "linkedin:ada-bell", "linkedin:ines-okafor"
KIND = {
    "connections": "linkedin-connections",
    "connections_plain": "linkedin-connections",
    "connections_resaved": "linkedin-connections",
    "messages": "linkedin-messages",
    "messages_2022": "linkedin-messages",
    "messages_2023": "linkedin-messages",
    "invitations": "linkedin-invitations",
    "invitations_2022": "linkedin-invitations",
    "profile": "linkedin-profile",
    "positions": "linkedin-positions",
    "emails": "linkedin-emails",
    "phones": "linkedin-phones",
    "Endorsement_Received_Info": "linkedin-endorsements",
    "Endorsement_Given_Info": "linkedin-endorsements",
    "Recommendations_Received": "linkedin-recommendations",
    "contacts": "linkedin-contacts",
    "connection_notes": "linkedin-notes",
    "Member_Follows_123": "linkedin-follows",
}
PREAMBLE = {"connections": 3, "connections_resaved": 2}


def fixture(case: str) -> bytes:
    return (FIXTURES / "linkedin" / f"{case}.csv").read_bytes()


def read(folder: Path, case: str, *, zone: str = "UTC") -> Export:
    return read_bytes(
        linkedin, folder, fixture(case), name=f"{case}.csv", settings=Settings(zone=zone)
    )


def hints(export: Export) -> list[tuple[str, str]]:
    return list(zip(export.hints["handle"], export.hints["hint"], strict=True))


@pytest.mark.parametrize("case", sorted(KIND))
def test_each_file_is_known_by_its_header(case: str, tmp_path: Path):
    assert read(tmp_path, case).files["kind"].tolist() == [KIND[case]]


@pytest.mark.parametrize("way", ["crlf", "bom", "reversed"])
@pytest.mark.parametrize("case", sorted(KIND))
def test_the_same_rows_written_otherwise(case: str, way: str, tmp_path: Path):
    data = fixture(case)
    delimiter = ";" if case == "connections_resaved" else ","
    turned = reversed_csv(data, header=PREAMBLE.get(case, 0), delimiter=delimiter)
    other = {**otherwise(data), "reversed": turned}[way]
    plain = read(tmp_path, case)
    assert said(read_bytes(linkedin, tmp_path, other, name=f"{case}.csv")) == said(plain)


def test_connections(tmp_path: Path):
    export = read(tmp_path, "connections")
    assert people(export) == {
        "Ines Okafor": {
            "organization": "Northwind, Inc.",
            "title": "Director",
            "connected_on": "2026-02-08",
            "handles": ["linkedin:ines-okafor-l-3b2a91"],
        },
        "Tomás Reyes": {
            "organization": "Contoso",
            "title": "Engineer, Platform",
            "connected_on": "2019-11-14",
            "handles": ["email:t@example.org", "linkedin:tomás-reyes"],
        },
        "Sam Lee": {"connected_on": "2022-02-07", "handles": ["linkedin:sam-lee"]},
        "Kim Park": {"handles": ["linkedin:kim-park"]},
    }
    assert dict(zip(export.skipped["line"], export.skipped["reason"], strict=True)) == {
        6: "a hidden member: the row has no name",
        10: "fewer cells than the header has columns",
    }
    assert export.files["notes"].iloc[0] == (
        "1 connection(s) have a date in no known form: left empty.",
    )


def test_connections_of_older_and_resaved_archives(tmp_path: Path):
    assert people(read(tmp_path, "connections_plain")) == {
        "Ines Okafor": {
            "organization": "Northwind, Inc.",
            "title": "Director",
            "connected_on": "2019-02-08",
            "handles": [],
        },
        "Jordan Pike": {
            "organization": "Contoso",
            "title": "Engineer",
            "connected_on": "2019-11-14",
            "handles": ["email:jordan.pike@example.org"],
        },
    }
    assert people(read(tmp_path, "connections_resaved")) == {
        "Ines Okafor": {
            "organization": "Northwind",
            "title": "Director",
            "connected_on": "2026-02-08",
            "handles": ["linkedin:ines-okafor-l-3b2a91"],
        }
    }


def test_messages(tmp_path: Path):
    export = read(tmp_path, "messages")
    assert events(export) == [
        ("2026-06-01T14:03:22+00:00", "second", [("from", INES), ("to", ADA)]),
        ("2026-06-01T14:05:00+00:00", "second", [("from", ADA), ("to", INES)]),
    ]
    assert sorted(export.interactions["size"]) == [0, len('Thanks\nline two, with "quotes"')]
    assert set(export.interactions["channel"]) == {"chat"}
    assert set(export.interactions["app"]) == {"linkedin"}
    assert export.interactions["thread"].nunique() == 1
    assert not export.interactions["automated"].any()
    assert people(export) == {"Ada Bell": {"handles": [ADA]}, "Ines Okafor": {"handles": [INES]}}
    assert sorted(export.skipped["reason"]) == [
        "a draft that was never sent",
        "an advertisement",
        "from LinkedIn itself",
        "from somebody who has left LinkedIn",
        "in the spam folder",
        "no date that can be read",
        "nobody else who is still a member took part",
    ]


def test_messages_of_older_archives(tmp_path: Path):
    old = read(tmp_path, "messages_2022")
    assert events(old) == [
        ("2022-06-01T14:03:22+00:00", "second", [("from", INES), ("to", ADA)]),
        ("2022-06-01T15:00:00+00:00", "second", [("from", ADA), ("to", INES)]),
        (
            "2022-06-02T09:00:00+00:00",
            "second",
            [("from", ADA), ("to", "name:jordan pike@linkedin"), ("to", "name:sam lee@linkedin")],
        ),
    ]
    newer = read(tmp_path, "messages_2023")
    assert events(newer) == [
        (
            "2023-06-01T14:03:22+00:00",
            "second",
            [("from", INES), ("to", ADA), ("to", "linkedin:jordan-pike")],
        )
    ]
    assert people(newer)["Jordan Pike"] == {"handles": ["linkedin:jordan-pike"]}


def test_a_name_of_two_members_is_no_profile(tmp_path: Path):
    twin = fixture("messages_2022") + (
        b"2-zzz,,Ines Okafor,https://www.linkedin.com/in/another-ines,Ada Bell,"
        b"2022-07-01 14:03:22 UTC,,Hi,INBOX\n"
    )
    export = read_bytes(linkedin, tmp_path, twin, name="messages.csv")
    to = export.participants.loc[export.participants["role"] == "to", "handle"]
    assert "name:ines okafor@linkedin" in set(to)


def test_the_same_message_in_two_archives_is_one(tmp_path: Path):
    first = read_bytes(linkedin, tmp_path, fixture("messages"), name="2025/messages.csv")
    second = read_bytes(linkedin, tmp_path, fixture("messages"), name="2026/messages.csv")
    assert set(first.interactions.index) == set(second.interactions.index)
    assert first.interactions.index.is_unique


def test_invitations_name_the_owner(tmp_path: Path):
    export = read(tmp_path, "invitations", zone="America/New_York")
    assert events(export) == [
        ("2025-12-01T05:05:00+00:00", "minute", [("from", "linkedin:kim-park"), ("to", ADA)]),
        ("2026-01-29T19:37:00+00:00", "minute", [("from", ADA), ("to", "linkedin:sam-lee")]),
    ]
    assert set(export.interactions["zone"]) == {"America/New_York"}
    assert set(export.interactions["channel"]) == {"social"}
    assert hints(export) == [(ADA, "owner")]
    assert export.hints["n"].tolist() == [4]
    assert people(export)["Kim Park"] == {"handles": ["linkedin:kim-park"]}
    assert export.files["zone"].tolist() == ["America/New_York"]
    old = read(tmp_path, "invitations_2022")
    assert hints(old) == [("name:ada bell@linkedin", "owner")]


def test_who_the_owner_is(tmp_path: Path):
    profile = read(tmp_path, "profile")
    assert people(profile) == {
        "Ada Bell": {
            "headline": "I make rivers talk",
            "birthday": "1990-03-04",
            "location": "Umeå, Sweden",
            "handles": ["name:ada bell@linkedin"],
        }
    }
    assert hints(profile) == [("name:ada bell@linkedin", "owner")]
    assert people(read(tmp_path, "positions")) == {
        "": {"organization": "River Lab", "title": "Head", "handles": [OWNER]}
    }
    assert hints(read(tmp_path, "emails")) == [
        ("email:ada.bell@example.org", "owner"),
        ("email:ada@example.net", "owner"),
    ]
    assert hints(read(tmp_path, "phones")) == [("phone:+15550100100", "owner")]


def test_endorsements_and_recommendations_are_light_touches(tmp_path: Path):
    assert events(read(tmp_path, "Endorsement_Received_Info")) == [
        ("2021-09-01T12:41:31+00:00", "second", [("from", INES), ("to", OWNER)])
    ]
    assert events(read(tmp_path, "Endorsement_Given_Info")) == [
        ("2021-09-02T12:41:31+00:00", "second", [("from", OWNER), ("to", "linkedin:sam-lee")])
    ]
    received = read(tmp_path, "Recommendations_Received", zone="Europe/Stockholm")
    assert events(received) == [
        ("2025-06-01T10:00:00+00:00", "minute", [("from", "name:sam lee@linkedin"), ("to", OWNER)]),
        ("2025-06-29T22:00:00+00:00", "day", [("from", "name:kim park@linkedin"), ("to", OWNER)]),
    ]
    nameless = read_bytes(linkedin, tmp_path, fixture("Recommendations_Received"), name="a.csv")
    assert nameless.interactions.empty
    assert len(nameless.skipped) == 2


def test_imported_contacts(tmp_path: Path):
    export = read(tmp_path, "contacts")
    assert people(export) == {
        "Uma Rao": {
            "organization": "Acme",
            "title": "CTO",
            "handles": [
                "email:uma@example.net",
                "email:uma@example.org",
                "linkedin:uma-rao",
                "phone:+15550100150",
            ],
        }
    }
    assert export.skipped["reason"].tolist() == ["the row has no name, address or number"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Skills.csv", b"Name\nHydrology\n"),
        ("Education.csv", b"School Name,Start Date,End Date,Notes,Degree Name,Activities\n"),
        ("Company Follows.csv", b"Organization,Followed On\nAcme,Wed Jan 01 00:00:00 UTC 2025\n"),
        ("Reactions_123.csv", b"Date,Type,Link\n2026-07-20 10:25:25,LIKE,x\n"),
        ("LearningCoachMessages.csv", b"No conversations found\n"),
        ("guide_messages.csv", fixture("messages_2022")),
        ("Basic_LinkedInDataExport_11-01-2026.zip/Ad_Targeting.csv", b"Some,Thing\n1,2\n"),
        ("Complete_LinkedInDataExport_11-01-2026.zip/Articles/Articles/one.html", b"<html>"),
    ],
)  # fmt: skip
def test_the_rest_of_the_archive_is_known_and_empty(name: str, data: bytes, tmp_path: Path):
    export = read_bytes(linkedin, tmp_path, data, name=name)
    assert export.files["kind"].tolist() == ["linkedin-other"]
    assert len(export.files["notes"].iloc[0]) == 1
    assert export.contacts.empty
    assert export.interactions.empty
    assert export.skipped.empty


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\n",
        b"Name\nAda\n",
        b"from,to,date\n",
        b"First Name,Middle Name,Last Name,File As,Organization Name,Labels\n",
        b"date,who,kind,minutes,text\n",
        b'"open,quote\n' * 40,
    ],
)
def test_other_files_are_not_linkedins(data: bytes, tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    assert linkedin.sniff(file_at(path)) == ""


def test_a_long_head_may_end_inside_a_letter(tmp_path: Path):
    header = "\ufeffFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    row = "Zoë,Müller,https://www.linkedin.com/in/zoe-{},," + "ë" * 5000 + ",,08 Feb 2026\n"
    data = (header + "".join(row.format(n) for n in range(20))).encode()
    # of two files that differ by one byte, one is cut inside a letter
    for extra in (b"", b"Z"):
        shifted = data.replace(b"Zo", extra + b"Zo", 1)
        assert len(read_bytes(linkedin, tmp_path, shifted, name="a.csv").contacts) == 20


@pytest.mark.parametrize("case", sorted(set(KIND) - {"connections_resaved"}))
def test_nothing_of_a_row_stands_in_a_message(case: str, tmp_path: Path):
    data = fixture(case)
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    header = rows[PREAMBLE.get(case, 0)]
    lines = [
        ",".join([MARKER] * len(header)),
        ",".join([MARKER] * (len(header) + 2)),
        MARKER,
        f'{MARKER},"{MARKER}\n{MARKER}',
    ]
    broken = (",".join(header) + "\n" + "\n".join(lines)).encode()
    export = read_bytes(linkedin, tmp_path, broken, name=f"{case}.csv")
    assert len(export.skipped) >= 2
    assert MARKER not in words(export)


ONE = [HealthCheck.function_scoped_fixture]
CELL = st.sampled_from(["", "Ada Bell", "Ines Okafor, PhD", "LinkedIn Member", "Sam Lee"])
PROFILE = st.sampled_from(
    ["", *(f"https://www.linkedin.com/in/{slug}" for slug in ("ada", "ines"))]
)
MESSAGE = st.tuples(CELL, PROFILE, CELL, st.integers(1, 28), st.text("ab \n", max_size=3))


@settings(max_examples=60, deadline=None, suppress_health_check=ONE)
@given(st.lists(MESSAGE, max_size=8), st.randoms(use_true_random=False))
def test_reading_is_order_free(tmp_path: Path, found: list[tuple], random: Random):
    header = fixture("messages_2022").decode().split("\n")[0].split(",")
    tables = []
    for order in (found, random.sample(found, len(found))):
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\n").writerow
        write(header)
        for sender, url, to, day, text in order:
            write(["2-a", "", sender, url, to, f"2022-06-{day:02} 10:00:00 UTC", "", text, "INBOX"])
        tables.append(said(read_bytes(linkedin, tmp_path, out.getvalue().encode(), name="m.csv")))
    assert tables[0] == tables[1]


def test_sizes_are_unknown_where_no_text_is_given(tmp_path: Path):
    export = read(tmp_path, "Endorsement_Given_Info")
    assert all(map(math.isnan, export.interactions["size"]))


def test_people_in_the_owners_notes_are_kept_and_the_notes_are_not(tmp_path: Path):
    export = read(tmp_path, "connection_notes")
    assert people(export) == {
        "Ines Okafor": {"handles": [INES]},
        "Sam Lee": {"handles": []},
    }
    assert export.interactions.empty
    assert export.skipped["reason"].tolist() == ["no person named"]
    assert "delta" not in "".join(map(str, said(export)))


def test_following_somebody_is_a_light_touch(tmp_path: Path):
    export = read(tmp_path, "Member_Follows_123")
    assert events(export) == [
        (
            "2026-07-20T10:25:25+00:00",
            "second",
            [("from", OWNER), ("to", "name:ines okafor@linkedin")],
        ),
        (
            "2026-07-21T09:00:00+00:00",
            "second",
            [("from", OWNER), ("to", "name:kim park@linkedin")],
        ),
    ]
    assert set(export.interactions["channel"]) == {"social"}
    assert sorted(export.skipped["reason"]) == ["no date that can be read", "no person named"]
    assert export.files["notes"].iloc[0] == (
        "1 row of the same day and person as another: one touch",
    )


def test_invitations_saved_again_by_a_spreadsheet_of_another_country(tmp_path: Path):
    export = read(tmp_path, "invitations_resaved")
    assert events(export) == [
        ("2026-01-29T14:37:00+00:00", "minute", [("from", ADA), ("to", "linkedin:sam-lee")]),
        ("2026-02-03T08:00:00+00:00", "minute", [("from", ADA), ("to", "linkedin:kim-park")]),
    ]
    assert sorted(export.interactions["size"]) == [0, len("Héllo".encode())]


DAYS = {
    "08 Feb 2026": "2026-02-08",
    "8-Feb-26": "2026-02-08",
    "08. Feb 26": "2026-02-08",
    "8. Feb. 2026": "2026-02-08",
    "8-févr.-26": "2026-02-08",
    "8-Okt-26": "2026-10-08",
    "8-dic-26": "2026-12-08",
    "8-août-26": "2026-08-08",
    "08.02.2026": "2026-02-08",
    "2026-02-08": "2026-02-08",
    "2026/02/08": "2026-02-08",
    "2/8/2026": "2026-02-08",
    "46061": "2026-02-08",
    "08 Foo 2026": "",
    "31 Feb 2026": "",
    "08 Feb 0123": "",
    "08 Feb 9999": "",
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_days_as_linkedin_and_spreadsheets_write_them(text: str, day: str, tmp_path: Path):
    rows = f"First Name,Last Name,Connected On\nKim,Park,{text}\n".encode()
    export = read_bytes(linkedin, tmp_path, rows, name="Connections.csv")
    assert export.contacts["connected_on"].tolist() == [day]
    assert export.files["dated"].tolist() == [day]
    unread = "1 connection(s) have a date in no known form: left empty."
    assert (unread in export.files["notes"].iloc[0]) == (not day)


@pytest.mark.parametrize(
    ("days", "dayfirst", "expected", "told"),
    [
        (["3/4/26", "13/4/26"], None, ["2026-04-03", "2026-04-13"], False),
        (["3/4/26", "3/14/26"], None, ["2026-03-04", "2026-03-14"], False),
        (["3/4/26"], None, ["2026-03-04"], True),
        (["3/4/26"], True, ["2026-04-03"], False),
        (["3/4/26"], False, ["2026-03-04"], False),
    ],
)
def test_days_with_slashes_are_settled_by_the_whole_file(
    days: list[str], dayfirst: bool | None, expected: list[str], told: bool, tmp_path: Path
):
    rows = "".join(f"Kim,Park {n},{day}\n" for n, day in enumerate(days))
    export = read_bytes(
        linkedin,
        tmp_path,
        f"First Name,Last Name,Connected On\n{rows}".encode(),
        name="Connections.csv",
        settings=Settings(dayfirst=dayfirst),
    )
    assert sorted(export.contacts["connected_on"]) == expected
    assert any("dayfirst = true" in note for note in export.files["notes"].iloc[0]) == told


def test_an_archive_speaks_for_its_newest_day(tmp_path: Path):
    assert read(tmp_path, "connections").files["dated"].tolist() == ["2026-06-07"]
    named = read_bytes(
        linkedin,
        tmp_path,
        fixture("connections"),
        name="Basic_LinkedInDataExport_10-31-2026.zip/Connections.csv",
    )
    assert named.files["dated"].tolist() == ["2026-10-31"]


def _message(text: str, **cells: str) -> list[str]:
    header = fixture("messages").decode().split("\n")[0].replace('"', "").split(",")
    usual = {
        "CONVERSATION ID": "2-aaa",
        "FROM": "Ines Okafor",
        "SENDER PROFILE URL": "https://www.linkedin.com/in/ines-okafor",
        "TO": "Ada Bell",
        "RECIPIENT PROFILE URLS": "https://www.linkedin.com/in/ada-bell",
        "DATE": "2026-06-01 14:03:22 UTC",
        "CONTENT": text,
    }
    return [{**usual, **cells}.get(name, "") for name in header]


def _read_messages(folder: Path, rows: list[list[str]]) -> Export:
    out = io.StringIO()
    csv.writer(out).writerows(
        [fixture("messages").decode().split("\n")[0].replace('"', "").split(","), *rows]
    )
    return read_bytes(linkedin, folder, out.getvalue().encode(), name="messages.csv")


def test_two_messages_of_one_second_count_twice_and_a_repeated_row_once(tmp_path: Path):
    rows = [_message("one"), _message("two"), _message("two")]
    for order in (rows, rows[::-1]):
        export = _read_messages(tmp_path, order)
        assert len(export.interactions) == 2
        assert export.files["notes"].iloc[0] == (
            "1 message that stands there twice: it counts once",
        )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"SENDER PROFILE URL": "https://www.linkedin.com/company/acme"},
         "from a page, not from a person"),
        ({"DATE": "0123-01-01 00:00:00 UTC"}, "the date is out of range"),
        ({"DATE": "9999-12-31 23:59:59 UTC"}, "the date is out of range"),
        ({"DATE": "2026-02-30 00:00:00 UTC"}, "no date that can be read"),
        ({"FROM": "", "SENDER PROFILE URL": ""}, "no sender"),
        ({"FOLDER": "SPAM"}, "in the spam folder"),
        ({"IS CONVERSATION DRAFT": "Yes"}, "a draft that was never sent"),
        ({"TO": "Ines Okafor", "RECIPIENT PROFILE URLS": "www.linkedin.com/in/ines-okafor"},
         "nobody else who is still a member took part"),
    ],
)  # fmt: skip
def test_why_a_message_is_left_out(cells: dict[str, str], reason: str, tmp_path: Path):
    export = _read_messages(tmp_path, [_message("one", **cells)])
    assert export.interactions.empty
    assert export.skipped["reason"].tolist() == [reason]


def test_an_invitation_without_and_with_profiles_is_the_same(tmp_path: Path):
    data = fixture("invitations").decode()
    rows = list(csv.reader(io.StringIO(data)))
    out = io.StringIO()
    csv.writer(out).writerows(row[:5] for row in rows)
    older = read_bytes(linkedin, tmp_path, out.getvalue().encode(), name="Invitations.csv")
    newer = read(tmp_path, "invitations")
    assert set(older.interactions.index) == set(newer.interactions.index)


def test_an_endorsement_without_and_with_a_profile_is_the_same(tmp_path: Path):
    data = fixture("Endorsement_Received_Info").decode()
    rows = list(csv.reader(io.StringIO(data)))
    out = io.StringIO()
    csv.writer(out).writerows([*row[:4], row[5]] for row in rows)
    name = "Endorsement_Received_Info.csv"
    older = read_bytes(linkedin, tmp_path, out.getvalue().encode(), name=name)
    newer = read(tmp_path, "Endorsement_Received_Info")
    assert set(older.interactions.index) == set(newer.interactions.index)


def test_imported_contacts_of_older_archives_name_no_source(tmp_path: Path):
    rows = (
        b"First Name,Last Name,Companies,Title,Emails,Phone Numbers,Created At\n"
        b'Ada,Lane,Looms,Weaver,ada@example.org,+493023125001,"3/1/18, 2:03 PM"\n'
    )
    export = read_bytes(linkedin, tmp_path, rows, name="Contacts.csv")
    assert export.files["kind"].tolist() == ["linkedin-contacts"]
    assert people(export)["Ada Lane"]["handles"] == ["email:ada@example.org", "phone:+493023125001"]


def test_what_the_owner_gives_twice_or_wrongly_is_told(tmp_path: Path):
    assert read(tmp_path, "positions").files["notes"].iloc[0] == (
        "2 earlier or further positions of your own: left out",
    )
    emails = b"Email Address,Confirmed,Primary,Updated On\nnone,Yes,Yes,\n"
    export = read_bytes(linkedin, tmp_path, emails, name="Email Addresses.csv")
    assert export.skipped["reason"].tolist() == ["no address that can be read"]
    phones = b"Extension,Number,Type\n,123,Mobile\n"
    export = read_bytes(linkedin, tmp_path, phones, name="PhoneNumbers.csv")
    assert export.skipped["reason"].tolist() == ["no number that can be read"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\u202f", " ").encode("cp1252"),
        lambda text: b"sep=,\r\n" + text.encode(),
        lambda text: b"\r\n\r\n" + text.encode(),
        lambda text: (text.split("\n", 1)[0].upper() + "\n" + text.split("\n", 1)[1]).encode(),
    ],
    ids=["utf-16", "cp1252", "separator", "blank lines", "capitals"],
)
@pytest.mark.parametrize("case", ["profile", "messages_2023", "invitations"])
def test_files_as_spreadsheets_save_them(case: str, change: Callable[[str], bytes], tmp_path: Path):
    text = fixture(case).decode()
    other = read_bytes(linkedin, tmp_path, change(text), name=f"{case}.csv")
    plain = read(tmp_path, case)
    assert people(other) == people(plain)
    assert events(other) == events(plain)


@pytest.mark.parametrize("case", sorted(KIND))
def test_a_damaged_file_is_refused_or_listed_and_never_crashes(case: str, tmp_path: Path):
    for data in damaged(fixture(case), seed=5, times=60):
        survives(linkedin, tmp_path / f"{case}.csv", data)


@pytest.mark.real
def test_public_files_are_read(shared_data: Path):
    corpora = shared_data / "corpora"
    counts = {}
    for path in sorted(corpora.glob("**/*.csv")):
        if {"kawsay", "linkedin_labeldekho", "made"} & set(path.parts):
            file = file_at(path)
            kind = linkedin.sniff(file)
            if kind:
                export = linkedin.read(file, settings=Settings()).export()
                counts[path.parent.name, path.name] = (
                    kind.removeprefix("linkedin-"),
                    len(export.contacts),
                    len(export.interactions),
                    len(export.skipped),
                )
    assert counts == {
        ("kawsay", "tests_fixtures_linkedin_Connections.csv"): ("connections", 2, 0, 0),
        ("kawsay", "tests_fixtures_linkedin_Rich_Media.csv"): ("other", 0, 0, 0),
        ("kawsay", "tests_fixtures_linkedin_messages.csv"): ("messages", 2, 2, 1),
        ("fixtures", "Connections.csv"): ("connections", 10, 0, 0),
        ("fixtures", "Messages.csv"): ("messages", 5, 11, 0),
        ("made", "Connections.csv"): ("connections", 2, 0, 1),
        ("made", "messages.csv"): ("messages", 3, 1, 0),
    }


def test_lists_of_names_and_profiles_that_do_not_match_give_no_names(tmp_path: Path):
    data = fixture("messages_2023").replace(b"Jordan Pike, Ph.D.", b"Jordan Pike, Sam, Lee")
    export = read_bytes(linkedin, tmp_path, data, name="messages.csv")
    assert people(export) == {"Ines Okafor": {"handles": [INES]}}
    assert set(export.participants["handle"]) == {INES, ADA, "linkedin:jordan-pike"}
