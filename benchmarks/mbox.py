"""
Reading a mailbox: villagegraph, the way of the standard library, and the limit.

Usage: python benchmarks/mbox.py [--megabytes 200]

Writes a mailbox like Gmail's Takeout to a temporary folder, reads it in each
way in a process of its own, and prints one table. The limit is finding the
mails without reading what their headers say.
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import email.utils
import json
import mailbox
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from showing import heading, measure, peak_memory, show

MEGABYTE = 10**6
WORDS = (
    "village lunch draft river notes table garden ticket window bridge letter market morning "
    "station paper number answer summer project season engine copper harbour winter teacher"
).split()
FIRST = "Ada Ben Cleo Dana Emil Fay Gus Hana Ivo Jana Kai Lea Milo Nora Ole Pia Quin Rosa Sam Tia"
LAST = "Abel Berg Cole Dahl Eder Frost Grün Holm Ibsen Jung Kern Lind Moss Nord Orth Penn Roth Sato"


def write_mailbox(path: Path, *, size: int, seed: int = 1) -> int:
    """Write a mailbox of at least `size` bytes; return its number of mails."""
    rng = random.Random(seed)  # noqa: S311 - a sample, nothing secret
    names = [f"{first} {last}" for first in FIRST.split() for last in LAST.split()]
    people = [
        (name, f"{name.lower().replace(' ', '.').replace('ü', 'ue')}{n}@example.{top}")
        for n, top in enumerate(("org", "com", "net"))
        for name in names
    ]
    pool = base64.encodebytes(rng.randbytes(2 * MEGABYTE)).decode().replace("\n", "\r\n")
    start = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)
    done = count = 0
    with path.open("wb", buffering=MEGABYTE) as file:
        while done < size:
            at = start + dt.timedelta(seconds=1_800 * count)
            mail = _header(rng, count, people, at, pool) + _body(rng, count, pool)
            done += file.write(mail.encode())
            count += 1
    return count


def _header(
    rng: random.Random, number: int, people: list[tuple[str, str]], at: dt.datetime, pool: str
) -> str:
    me = ("Mara Example", "mara@example.org")
    others = [_skewed(rng, people) for _ in range(1 + int(rng.expovariate(0.7)))]
    if rng.random() < 0.3:
        sender, to, cc = me, others[:3], others[3:]
    else:
        sender, to, cc = others[0], [me, *others[1:4]], others[4:]
    zone = dt.timezone(dt.timedelta(hours=rng.randint(-8, 9)))
    stamp = email.utils.format_datetime(at.astimezone(zone))
    seal, signature, key = (_folded(rng, pool, lines) for lines in (5, 8, 5))
    lines = [
        f"From {1_600_000_000_000_000_000 + number}@xxx {at:%a %b %d %H:%M:%S +0000 %Y}",
        f"X-GM-THRID: {1_600_000_000_000_000_000 + number - rng.randint(0, 3)}",
        "X-Gmail-Labels: " + rng.choice(("Inbox,Important", "Archived", "Sent", "Inbox,Unread")),
        "Delivered-To: mara@example.org",
        f"Received: by 2002:a05:6402:{number % 97:x}:b0:4c2 with SMTP id x15csp{number};",
        f"        {stamp}",
        f"X-Google-Smtp-Source: {pool[78 * (number % 999) :][:60]}",
        f"X-Received: by 2002:a17:906:{number % 89:x}:b0:7a1 with SMTP id b7mr{number};",
        f"        {stamp}",
        "ARC-Seal: i=1; a=rsa-sha256; t=1; cv=none; d=example.com; s=arc;",
        f"        b={seal}",
        "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=arc;",
        "        h=to:subject:message-id:date:from:mime-version:dkim-signature;",
        f"        b={signature}",
        "ARC-Authentication-Results: i=1; mx.example.com;",
        "       dkim=pass header.i=@example.org header.s=k1 header.b=abcdefgh;",
        "       spf=pass (example.com: domain designates 192.0.2.1 as permitted sender);",
        "       dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=example.org",
        f"Return-Path: <{sender[1]}>",
    ]
    for hop in range(3):
        lines += [
            f"Received: from mail-{hop}.example.net (mail-{hop}.example.net. [192.0.2.{hop}])",
            f"        by mx.example.com with ESMTPS id s{hop}sor{number}",
            "        (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256 bits=128/128);",
            f"        {stamp}",
        ]
    lines += [
        "Received-SPF: pass (example.com: domain designates 192.0.2.1 as permitted sender)",
        "Authentication-Results: mx.example.com;",
        "       dkim=pass header.i=@example.org header.s=k1 header.b=abcdefgh;",
        "       spf=pass (example.com: domain designates 192.0.2.1 as permitted sender);",
        "       dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=example.org",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=k1;",
        "        h=to:subject:message-id:date:from:mime-version:from:to:cc:subject;",
        f"        b={key}",
        "MIME-Version: 1.0",
        *([f"In-Reply-To: <{number - 1}@mail.example.com>"] if number % 2 else []),
        *([f"References: <{number - 1}@mail.example.com>"] if number % 2 else []),
        f"Date: {stamp}",
        f"Message-ID: <CA{number:08d}@mail.example.com>",
        "Subject: " + " ".join(rng.choices(WORDS, k=5)),
        "From: " + email.utils.formataddr(sender),
        "To: " + ",\r\n ".join(map(email.utils.formataddr, to)),
        *(["Cc: " + ",\r\n ".join(map(email.utils.formataddr, cc))] if cc else []),
        *(["List-Unsubscribe: <mailto:leave@example.net>"] if number % 5 == 0 else []),
        f'Content-Type: multipart/mixed; boundary="m{number:027d}"',
        "",
        "",
    ]
    return "\r\n".join(lines)


def _folded(rng: random.Random, pool: str, lines: int) -> str:
    start = 78 * rng.randrange(20_000)
    return pool[start : start + 78 * lines].strip().replace("\r\n", "\r\n        ")


def _body(rng: random.Random, number: int, pool: str) -> str:
    """Text, the same as HTML, and often an attachment."""
    words = rng.choices(WORDS, k=rng.randint(40, 600))
    text = "\r\n".join(" ".join(words[n : n + 10]) for n in range(0, len(words), 10))
    html = "\r\n".join(f'<p style=3D"margin: 0">{line}</p><br>=' for line in text.split("\r\n"))
    lines = int(rng.expovariate(1 / 480)) if rng.random() < 0.4 else 0
    start = 78 * rng.randrange(10_000)
    outer, inner = f"m{number:027d}", f"a{number:027d}"
    parts = [
        f'--{outer}\r\nContent-Type: multipart/alternative; boundary="{inner}"\r\n',
        f'--{inner}\r\nContent-Type: text/plain; charset="UTF-8"\r\n\r\n{text}\r\n',
        f'--{inner}\r\nContent-Type: text/html; charset="UTF-8"',
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{html}\r\n",
        f"--{inner}--",
    ]
    if lines:
        parts += [
            f'--{outer}\r\nContent-Type: application/pdf; name="a.pdf"',
            f"Content-Transfer-Encoding: base64\r\n\r\n{pool[start : start + 78 * lines]}",
        ]
    return "\r\n".join([*parts, f"--{outer}--", "", ""])


def _skewed(rng: random.Random, people: list[tuple[str, str]]) -> tuple[str, str]:
    return people[int(len(people) * rng.random() ** 3)]


def ours(path: Path) -> tuple[int, float, int]:
    """Return mails, seconds, and bytes of the tables."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import mail  # noqa: PLC0415
    from villagegraph.settings import Settings  # noqa: PLC0415

    small = path.with_name("small.mbox")
    mail.read(file_at(small), settings=Settings()).export()
    _remember_memory()
    begin = time.process_time()
    export = mail.read(file_at(path), settings=Settings()).export()
    seconds = time.process_time() - begin
    return len(export.interactions), seconds, _tables_size(export)


def standard(path: Path) -> tuple[int, float, int]:
    """Read the same with the standard library alone."""
    _remember_memory()
    begin = time.process_time()
    rows = []
    for message in mailbox.mbox(path):
        people = [
            email.utils.getaddresses([str(value) for value in message.get_all(name, [])])
            for name in ("From", "To", "Cc")
        ]
        when = email.utils.parsedate_to_datetime(str(message["Date"]))
        rows.append((people, when, str(message["Message-ID"])))
    return len(rows), time.process_time() - begin, 0


def split(path: Path) -> tuple[int, float, int]:
    """Find the mails and nothing else."""
    from villagegraph.parsing.mailbox import split_mailbox  # noqa: PLC0415

    _remember_memory()
    begin = time.process_time()
    with path.open("rb") as stream:
        count = sum(1 for _ in split_mailbox(stream))
    return count, time.process_time() - begin, 0


WAYS = {"villagegraph": ours, "mailbox.mbox": standard, "split alone": split}
_BASE = {"bytes": 0}


def _remember_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    _BASE["bytes"] = pages * resource.getpagesize()


def _tables_size(export: object) -> int:
    """Bytes of all tables, counting an object that stands in many cells once."""
    import pandas as pd  # noqa: PLC0415

    seen: set[int] = set()
    total = 0
    for table in (getattr(export, name) for name in export.__slots__):  # type: ignore[attr-defined]
        for column in (table.index, *(table[name] for name in table.columns)):
            # a column would count its index once more
            once = {"index": False} if isinstance(column, pd.Series) else {}
            total += column.memory_usage(deep=False, **once)
            # text that pandas keeps through Arrow is counted already, and each look makes it anew
            for value in column.array if column.dtype == object else ():
                if id(value) not in seen:
                    seen.add(id(value))
                    total += sys.getsizeof(value)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        mails, seconds, tables = WAYS[options.way](options.path)
        peak = peak_memory()
        extra = peak - _BASE["bytes"] - tables
        print(json.dumps({"mails": mails, "seconds": seconds, "tables": tables, "extra": extra}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "all.mbox")
        mails = write_mailbox(path, size=options.megabytes * MEGABYTE)
        write_mailbox(path.with_name("small.mbox"), size=10_000)
        size = path.stat().st_size
        heading(f"{size / MEGABYTE:,.0f} MB, {mails:,} mails")
        ours, naive, limit = (measure(__file__, way, path) for way in WAYS)
    show(
        "mbox, CPU s (naive: mailbox.mbox)",
        ours["seconds"],
        naive=naive["seconds"],
        limit=limit["seconds"],
        goal=">= 10x, ours <= 3 x limit",
    )
    show(
        f"MB beyond the tables of {ours['tables'] / MEGABYTE:,.0f} MB",
        ours["extra"] / MEGABYTE,
        naive=naive["extra"] / MEGABYTE,
        limit=limit["extra"] / MEGABYTE,
        goal="ours <= 64",
    )


if __name__ == "__main__":
    main()
