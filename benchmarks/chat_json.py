"""
Time the reading of chats in JSON against the standard library and ijson.

Run `python benchmarks/chat_json.py`. Chats of one account are generated as Telegram writes
them, from a fixed seed. Each way of reading runs in a fresh process and counts the CPU.
`held` and `streamed` find every message with author, time and size; `reader` makes rows of
them, too. Then a file too large to be held is read. Peak memory is what a way takes
beyond the memory that was in use when it began, and, for the reader, beyond its rows as well.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from pathlib import Path

from showing import heading, measure, show

MEGABYTE = 2**20
WORDS = (
    'the meeting moves to Friday: bring notes, Zo\u00eb \u2013 and \U0001f600 "the plan"'.split()
)


def write_chats(path: Path, *, size: int, seed: int = 20261031) -> int:
    """Write an account's export of about `size` bytes; return the number of messages."""
    rng = random.Random(seed)  # noqa: S311 - made-up chats, no secret
    owner = {"user_id": 1000, "first_name": "Mara", "last_name": "Lind", "phone_number": ""}
    count, chats = 0, 40
    with path.open("w", encoding="utf-8") as out:
        out.write('{\n "about": "Here is the data you requested.",\n "personal_information": ')
        out.write(json.dumps(owner, indent=1))
        out.write(',\n "chats": {\n  "about": "All chats.",\n  "list": [\n')
        for chat in range(chats):
            group = chat % 4 == 3
            kind = "private_group" if group else "personal_chat"
            members = [1001 + chat + n * chats for n in range(6 if group else 1)] + [1000]
            head = {"name": f"Person {chat}", "type": kind, "id": 1001 + chat}
            out.write("," * (chat > 0) + json.dumps(head, indent=1)[:-2] + ',\n "messages": [\n')
            number = 0
            while out.tell() < size * (chat + 1) / chats:
                out.write(",\n" * (number > 0))
                number += 1
                row = _message(rng, number, members, 1_500_000_000 + 40 * count)
                out.write(json.dumps(row, indent=1, ensure_ascii=False))
                count += 1
            out.write("\n ]\n}\n")
        out.write("\n  ]\n }\n}\n")
    return count


def _message(rng: random.Random, number: int, members: list[int], at: int) -> dict[str, object]:
    author = rng.choice(members)
    text = " ".join(rng.choices(WORDS, k=1 + int(rng.expovariate(1 / 12))))
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
    row: dict[str, object] = {
        "id": number,
        "type": "message",
        "date": stamp,
        "date_unixtime": str(at),
        "from": f"Person {author - 1001}",
        "from_id": f"user{author}",
        "text": text,
        "text_entities": [{"type": "plain", "text": text}],
    }
    if number % 9 == 0:
        recent = [{"from": f"Person {members[0]}", "from_id": f"user{members[0]}", "date": stamp}]
        row["reactions"] = [{"type": "emoji", "count": 1, "emoji": "\u2764", "recent": recent}]
    return row


def core(path: Path) -> int:
    """Find all messages with their author, time and size."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.parsing.json_files import epoch  # noqa: PLC0415
    from villagegraph.parsing.telegram import author_of, source, text_size  # noqa: PLC0415

    _begin()
    count = 0
    for _, message in source(file_at(path)).messages(skip=print):
        author_of(message)
        epoch(message.date_unixtime)
        text_size(message.text)
        count += 1
    return count


def streamed(path: Path) -> int:
    """Find them in a file that is not held."""
    from villagegraph.parsing import json_stream  # noqa: PLC0415

    json_stream.WHOLE_BYTES = 0
    return core(path)


def reader(path: Path) -> int:
    """Read the tables."""
    from villagegraph.parsing import file_at  # noqa: PLC0415
    from villagegraph.readers import telegram  # noqa: PLC0415
    from villagegraph.settings import Settings  # noqa: PLC0415

    _begin()
    _STATE["keeps"] = 1
    collector = telegram.read(file_at(path), settings=Settings())
    _end()
    return len(collector.export().interactions)


def streamed_reader(path: Path) -> int:
    """Read the tables from a file that is not held."""
    from villagegraph.parsing import json_stream  # noqa: PLC0415

    json_stream.WHOLE_BYTES = 0
    return reader(path)


def standard(path: Path) -> int:
    """Read with the standard library."""
    _begin()
    with path.open(encoding="utf-8") as stream:
        whole = json.load(stream)
    return sum(len(chat["messages"]) for chat in whole["chats"]["list"])


def with_ijson(path: Path) -> int:
    """Read message by message with ijson, without telling chats apart."""
    import ijson  # noqa: PLC0415

    _begin()
    with path.open("rb") as stream:
        return sum(1 for _ in ijson.items(stream, "chats.list.item.messages.item"))


WAYS = {
    "held": core,
    "streamed": streamed,
    "reader": reader,
    "reader, streamed": streamed_reader,
    "json.load": standard,
    "ijson": with_ijson,
}
_STATE = {"seconds": 0.0, "before": 0, "after": 0, "top": 0, "keeps": 0}


def _begin() -> None:
    _STATE["seconds"], _STATE["before"] = time.process_time(), _in_use()


def _end() -> None:
    """Remember what is in use at the end: what the tables are made of."""
    if not _STATE["top"]:
        _STATE["seconds"] = time.process_time() - _STATE["seconds"]
        _STATE["after"] = max(_in_use(), _STATE["before"]) if _STATE["keeps"] else _STATE["before"]
        _STATE["top"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _in_use() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def compare(path: Path) -> None:
    """Read a file that is held whole, and in a stream."""
    found = {way: measure(__file__, way, path) for way in WAYS}
    naive, limit = found["json.load"], found["held"]
    heading(f"{path.stat().st_size / MEGABYTE:,.0f} MB")
    for way in ("held", "streamed", "reader", "reader, streamed", "ijson"):
        line(way, found[way], naive=naive, limit=limit)


def line(
    way: str, row: dict[str, float], *, naive: dict[str, float], limit: dict[str, float]
) -> None:
    goal = ">= 2x" if way == "held" else ""
    show(
        f"{way}, CPU s (naive: json.load)",
        row["seconds"],
        naive=naive["seconds"],
        limit=limit["seconds"],
        goal=goal,
    )
    show(f"{way}, peak MB", row["peak"] / MEGABYTE, naive=naive["peak"] / MEGABYTE)


def stream(path: Path) -> None:
    """Read a file that is too large to be held."""
    heading(f"{path.stat().st_size / MEGABYTE:,.0f} MB, streamed")
    ours, limit = (measure(__file__, way, path) for way in ("reader", "held"))
    show("reader, CPU s", ours["seconds"], limit=limit["seconds"])
    show("reader, MB beyond the tables", ours["beyond"] / MEGABYTE, goal="ours <= 64")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--megabytes", type=int, default=153)
    parser.add_argument("--large", type=int, default=320, help="megabytes of the streamed file")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        messages = WAYS[options.way](options.path)
        _end()
        row = {
            "messages": messages,
            "seconds": _STATE["seconds"],
            "peak": _STATE["top"] - _STATE["before"],
            "beyond": _STATE["top"] - _STATE["after"],
        }
        print(json.dumps(row))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "result.json")
        write_chats(path, size=options.megabytes * MEGABYTE)
        compare(path)
        write_chats(path, size=options.large * MEGABYTE)
        stream(path)


if __name__ == "__main__":
    main()
