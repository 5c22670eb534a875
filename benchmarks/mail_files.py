"""
Reading a folder of .eml files: villagegraph, and the way of the standard library.

Usage: python benchmarks/mail_files.py [--files 10000]

Writes mails of a few kilobytes into one temporary folder, reads them in each way
in a process of its own, and prints one table. The way of the standard library
keeps nothing but lists; villagegraph returns its tables.
"""

from __future__ import annotations

import argparse
import email
import email.utils
import json
import tempfile
import time
from pathlib import Path

import mbox
from showing import heading, measure, show

FOLDERS = 4


def write_folder(folder: Path, *, files: int) -> int:
    """Write mails; return their bytes."""
    path = folder / "all.mbox"
    mbox.write_mailbox(path, size=files * 27_000)
    done = 0
    for count, mail in enumerate(path.read_bytes().split(b"\nFrom 16")[:files]):
        place = folder / "eml" / str(count % FOLDERS) / f"{count}.eml"
        place.parent.mkdir(parents=True, exist_ok=True)
        # a folder of mails has fewer long attachments than a mailbox
        done += place.write_bytes(mail.partition(b"\n")[2][:12_000])
    path.unlink()
    return done


def ours(folder: Path) -> int:
    """Return how many mails were read."""
    from villagegraph.readers import read_folder  # noqa: PLC0415

    return len(read_folder(folder).interactions)


def standard(folder: Path) -> int:
    """Read the same with the standard library alone."""
    rows = []
    for path in sorted(folder.rglob("*.eml")):
        with path.open("rb") as stream:
            message = email.message_from_binary_file(stream)
        people = [
            email.utils.getaddresses([str(value) for value in message.get_all(name, [])])
            for name in ("From", "To", "Cc")
        ]
        when = email.utils.parsedate_to_datetime(str(message["Date"]))
        rows.append((people, when, str(message["Message-ID"])))
    return len(rows)


WAYS = {"villagegraph": ours, "email": standard}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        WAYS[options.way](options.path / "0")  # imports are not what is measured
        begin = time.process_time()
        mails = WAYS[options.way](options.path)
        print(json.dumps({"mails": mails, "seconds": time.process_time() - begin}))
        return
    with tempfile.TemporaryDirectory() as name:
        size = write_folder(Path(name), files=options.files)
        path = Path(name, "eml")
        ours, naive = (measure(__file__, way, path)["seconds"] for way in WAYS)
    heading(f"{options.files:,} files, {size / 10**6:,.0f} MB")
    show("single mails, CPU s (naive: email)", ours, naive=naive)


if __name__ == "__main__":
    main()
