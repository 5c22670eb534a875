"""Weird mail, made by rule: the standard library, and what was written, are the truth."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import email.utils
import inspect
import io
import random
from typing import TYPE_CHECKING

import pytest

from villagegraph.parsing import email_handle
from villagegraph.parsing.addresses import AddressBook
from villagegraph.parsing.mail_dates import header_date
from villagegraph.parsing.mail_fields import header_fields
from villagegraph.parsing.mailbox import split_mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

STRICT = "strict" in inspect.signature(email.utils.getaddresses).parameters
LENIENT = {"strict": False} if STRICT else {}

NAMES = (
    "", "Jane Doe", '"Doe, Jane"', '"Jane \\"JD\\" Doe"', "J. R. Doe", "Zoë", "O'Neil", '"a;b"',
    "=?utf-8?Q?Zo=C3=AB?=", "=?utf-8?B?WsO2w6s=?= =?utf-8?Q?_x?=", "Doe (work)", "'Jane'",
    "Jane, Dr.", '"x <y>"', "A:B", "@home", "(c) Jane", "a\\b", "Jane <JD>", '"', "(", ")",
)  # fmt: skip
ADDRESSES = (
    "j@example.org", "J.D+x@Example.ORG", '"j doe"@example.org', '"j@d"@example.org',
    "j@[192.0.2.1]", "jane@münchen.example", "j@xn--mnchen-3ya.example", "zoë@example.org",
    "a@b@example.org", "root", "j@localhost", "j @ example.org", "j.@example.org",
    ".j@example.org", "j@example.org.", "mailto:j@example.org", "(c)j@example.org",
    "j(c)@example.org", "j@example(c).org", "/O=EX/CN=J", "j%x@example.org", "a!b!c@example.org",
)  # fmt: skip
FORMS = (
    "{n} <{a}>", "<{a}>", "{a}", "{a} ({n})", "{n}<{a}>", "{n} < {a} >", "{n}\n\t<{a}>",
    "{n} <@r.example.net:{a}>", "<@r1.example.net,@r2.example.net:{a}>", "{n} <{a}", "{n} {a}>",
    "Team: {a};", "Team: {n} <{a}>, {a};", "undisclosed-recipients:;", "Team:;", ";", "",
    "{n} <{a}> (c1 (c2))", "{n} <<{a}>>", "[{a}]", "{n} [mailto:{a}]", '"{a}" <{a}>', "{a} <{a}>",
    "{n} via List <{a}>",
)  # fmt: skip

WEEKDAYS = ("Thu, ", "Thu,", "Thu ", "", "Thursday, ", "Do, ", "(c) ")
DAYS = ("1", "01", "31", "29", "30", "0", "32", "-1")
MONTHS = ("Oct", "oct", "OCT", "October", "Feb", "Okt", "10", "Mai", "")
YEARS = ("2026", "26", "98", "0123", "1998", "9999", "99", "126", "68", "1969", "20266", "")
TIMES = ("10:00:00", "10:00", "1:2:3", "24:00:00", "23:59:60", "10.00.00", "100000", "10:61", "")
ZONES = (
    " +0000", " -0000", " GMT", " UTC", " EST", " PDT", " MEZ", " +0200 (CEST)", " (CEST)", "",
    " +02:00", " +9900", " +2400", " +2359", " -1200", " Z", " +1", " +0000 (a (b) c)", "+0100",
    " GMT+0200", " +0160",
)  # fmt: skip


def people_headers(rng: random.Random) -> Iterator[str]:
    while True:
        yield rng.choice((", ", ",", "; ", ",\n ")).join(
            rng.choice(FORMS).format(n=rng.choice(NAMES), a=rng.choice(ADDRESSES))
            for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))
        )


def dates(rng: random.Random) -> Iterator[str]:
    forms = (
        "{w}{d} {m} {y} {t}{z}", "{w}{d}-{m}-{y} {t}{z}", "{w} {m} {d} {t} {y}{z}",
        "{y}-{d}-{d}T{t}{z}", "{w}{d}\n {m}\t{y}  {t} {z} ",
    )  # fmt: skip
    while True:
        yield rng.choice(forms).format(
            w=rng.choice(WEEKDAYS), d=rng.choice(DAYS), m=rng.choice(MONTHS),
            y=rng.choice(YEARS), t=rng.choice(TIMES), z=rng.choice(ZONES),
        )  # fmt: skip


def oracle_people(header: str) -> set[str]:
    pairs = email.utils.getaddresses([header], **LENIENT)
    return {handle for _, address in pairs if (handle := email_handle(address))}


def oracle_date(value: str) -> tuple[float, str] | None:
    try:
        when = email.utils.parsedate_to_datetime(value)
        naive = when.tzinfo is None
        seconds = (when.replace(tzinfo=dt.UTC) if naive else when).timestamp()
    except (ValueError, OverflowError):
        return None
    first, last = (dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp() for year in (1990, 2101))
    return (seconds, "UTC" if naive else "") if first <= seconds < last else None


def is_open(header: str) -> bool:
    """Tell whether a quote or a parenthesis is never closed: no reading of it is the right one."""
    depth, quoted, before = 0, False, ""
    for letter in header:
        if letter == '"' and before != "\\" and not depth:
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        before = letter
        if depth < 0:
            return True
    return quoted or depth > 0


@pytest.mark.parametrize("seed", range(3))
def test_weird_headers_name_whom_the_standard_library_names(seed: int) -> None:
    headers, book = people_headers(random.Random(seed)), AddressBook()  # noqa: S311 - a sample
    differences, seen = [], 0
    for _ in range(4_000):
        header = next(headers)
        if is_open(header):
            book.read(header.encode())
            continue
        seen += 1
        ours = {address.handle for address in book.read(header.encode())}
        # `A@B <a@b>` is one person, whose address stands in the brackets
        if ours != oracle_people(header) and "@home" not in header:
            differences.append(header)
    assert seen > 2_000
    assert differences == []


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("(, Jane Doe <j@example.org>", ["j@example.org"]),
        ('"Jane <j@example.org>', ["j@example.org"]),
        ('(; Jo <a@example.org>, "B" <b@example.org>', ["a@example.org", "b@example.org"]),
        ("a@example.org, Jane, Dr. <j@example.org> (c1 (c2))", ["a@example.org", "j@example.org"]),
        ("Jane <j@example.org, Bo <b@example.org>", ["j@example.org", "b@example.org"]),
        ("A:B <@r.example.net:j@example.org>", ["j@example.org"]),
        ("Jane (at work (home)) <j(c)@example.org>", ["j@example.org"]),
    ],
)
def test_nobody_is_lost_in_a_header_that_is_not_closed(header: str, named: list[str]) -> None:
    found = [address.handle for address in AddressBook().read(header.encode())]
    assert found == [f"email:{address}" for address in named]


@pytest.mark.parametrize(
    "header",
    [
        "(" * 100_000 + "j@example.org",
        "(" * 50_000 + ")" * 50_000 + " <j@example.org>",
        '"' * 99_999,
        "<" * 100_000,
        "a@example.org <" * 20_000,
        "Team: " * 20_000 + ";" * 20_000,
        "=?utf-8?Q?" * 20_000,
        "\\" * 100_000 + '"',
        "," * 100_000,
        "(a" * 30_000 + '"' * 30_001,
        "=?utf\x00-8?Q?Zoe?= <j@example.org>",
        "=?" + "x" * 100_000 + "?Q?Zoe?= <j@example.org>",
    ],
    ids=lambda header: header[:8],
)
def test_a_header_made_to_do_harm_is_read_at_once(header: str) -> None:
    begun = AddressBook().read(header.encode())
    assert len(begun) <= 20_000
    header_date(header.encode())


@pytest.mark.parametrize("seed", range(3))
def test_weird_dates_are_read_as_by_the_standard_library(seed: int) -> None:
    values, read = dates(random.Random(seed)), 0  # noqa: S311 - a sample
    for _ in range(10_000):
        value = next(values)
        found = header_date(value.encode())
        assert found == oracle_date(value), value
        read += found is not None
    assert read > 300


PLAIN = (
    b"Subject: x", b"X-Odd: a\n b\n\tc", b"Received: by a; Thu, 1 Oct 2026 10:00:00 +0000",
    b"SUBJECT: again", b"X-Empty:", b"X-Eight: \xe4\xff", b"X-Nul: a\x00b",
    b"Content-Type: message/rfc822", b"References: <a@b>\n <c@d>",
)  # fmt: skip
BODIES = (
    b"", b"Hi\n", b"From here on\n", b">From me\n", b"From a Thu Oct 01 10:00:00 2026\nno header\n",
    b"\nFrom - Thu Oct 01 10:00:00 2026\n\nafter a blank line\n", b"--b\nFrom: in@example.org\n",
    b"\n\n\n", b"no end of line", b"\xff\x00\n", b"To: nobody@example.org\n\nFrom: x\n",
)  # fmt: skip
LINES = (
    b"From - Thu Oct  1 10:00:00 2026", b"From 1700000000000000000@xxx", b"From -",
    b"From 17@xxx Thu Oct 01 10:00:00 +0000 2026", b"From ???@??? Thu Oct 01 10:00:00 2026",
    b"From a@example.org Thu Oct  1 10:00:00 2026", b"From a@example.org  Thu Oct 1 10:00 2026",
    b"From a b c Thu, 1 Oct 2026 10:00:00 +0200",
)  # fmt: skip


def weird_mailbox(rng: random.Random) -> tuple[bytes, list[dict[str, list[str]]]]:
    """Return a mailbox, and what stands in each mail's From, To, Cc and Date."""
    mails, truth = [], []
    for _ in range(rng.randint(1, 8)):
        people, day = people_headers(rng), next(dates(rng)).strip() or "?"
        said = {
            name: [next(people).strip() or "?" for _ in range(rng.choice((0, 1, 1, 2)))]
            for name in ("To", "Cc", "Bcc")
        }
        said |= {"From": [next(people).strip() or "?"], "Date": [day]}
        lines = [f"{name}: {v}".encode() for name, values in said.items() for v in values]
        for line in rng.sample(PLAIN, rng.randint(0, 5)):
            lines.insert(rng.randint(1, len(lines)), line)
        header = b"\n".join(lines)
        ends = b"\n" if rng.random() < 0.95 else b"\n\n"
        body = b"".join(rng.choice(BODIES) for _ in range(rng.randint(0, 3)))
        mails.append(rng.choice(LINES) + b"\n" + header + b"\n\n" + body + ends)
        truth.append(said)
    return b"".join(mails), truth


@pytest.mark.parametrize("crlf", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_weird_mailboxes_give_every_mail_and_header_back(seed: int, crlf: bool) -> None:
    rng = random.Random(seed)  # noqa: S311 - a sample
    for _ in range(60):
        data, truth = weird_mailbox(rng)
        data = data.replace(b"\n", b"\r\n") if crlf else data
        found = list(split_mailbox(io.BytesIO(data), chunk=rng.choice((None, 200, 5_000))))
        assert len(found) == len(truth)
        for one, said in zip(found, truth, strict=True):
            fields = header_fields(one.header)
            message = email.message_from_bytes(
                one.header.lstrip(b"\r\n") + b"\n\n", policy=email.policy.compat32
            )
            for name in ("From", "To", "Cc", "Bcc", "Date"):
                wanted = ["".join(value.split()) for value in said[name]]
                value = fields.get(name.lower().encode(), b"").decode()
                theirs = [v for key, v in message.raw_items() if key.lower() == name.lower()]
                raw = [v.encode("ascii", "surrogateescape").decode() for v in theirs]
                assert ["".join(v.split()) for v in raw] == wanted
                assert "".join(value.split()) == ",".join(wanted)


@pytest.mark.parametrize(
    ("header", "ends"),
    [
        (b"\nFrom: a@example.org\nSubject: x\nno header\nTo: b@example.org", True),
        (b"\nFrom: a@example.org\n--b\nTo: b@example.org", True),
        (b"\nFrom: a@example.org\n>From x\nTo: b@example.org", False),
        (b"\nFrom: a@example.org\nX (y): z\nTo: b@example.org", True),
        (b"\nFrom: a@example.org\nX : z\nTo: b@example.org", False),
        (b"\nFrom: a@example.org\r\n z\r\nTo: b@example.org\r", False),
    ],
)
def test_what_is_no_header_ends_it(header: bytes, ends: bool) -> None:
    assert (b"to" not in header_fields(header)) is ends
