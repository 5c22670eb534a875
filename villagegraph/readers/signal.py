"""Signal's chats: its own plaintext export, and what signal-export writes from the desktop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from villagegraph.errors import ExportError
from villagegraph.parsing import MARKS, Collector, decode
from villagegraph.parsing.chat_lines import Message, chat_messages, message_at
from villagegraph.parsing.guide import Guide
from villagegraph.parsing.json_files import json_lines, mapping_of
from villagegraph.parsing.signal_lines import FRAMES, read_lines
from villagegraph.parsing.signal_text import ME, TextChat, add_chat, parted
from villagegraph.parsing.text import decode_head

if TYPE_CHECKING:
    from villagegraph.parsing import ExportFile, Progress
    from villagegraph.settings import Settings

GUIDES: tuple[Guide, ...] = (
    Guide(
        source="Signal",
        kinds=("signal",),
        steps=(
            "On Android, in Signal 8.10 or newer, open Settings, Chats, Export chat history.",
            "Choose a folder, and leave media out: they are not read.",
            "Copy the folder with `main.jsonl` to your computer, and delete it from the phone.",
        ),
        read=(
            "People with name and number; messages, reactions and calls, of groups as well, "
            "each with time, author, members and size."
        ),
        left_out=(
            "Texts and media; names of groups; what Signal itself wrote, such as who joined; "
            "stories; calls by link, which do not say with whom they were."
        ),
        traps=(
            "Messages that had disappeared before the export are in no export.",
            "An edited message counts once, at the time when it was first sent.",
        ),
    ),
    Guide(
        source="Signal Desktop",
        kinds=("signal-text",),
        steps=(
            "Install signal-export (`pip install signal-export`) where Signal Desktop runs.",
            "Run `sigexport FOLDER`, and put the folder with its sub-folders here.",
        ),
        read=(
            "Messages and calls of `chat.md`, or of `data.json` beside it, with time, author and "
            "size. The folder's name tells with whom the chat is."
        ),
        left_out="Texts, media and reactions; `index.html`, which says the same once more.",
        traps=(
            "Its times are those of the computer's clock: set `zone` in village.toml.",
            "Only who has written is known to be in a group.",
        ),
    ),
)
KINDS: tuple[str, ...] = ("signal", "signal-text")
ADVICE: str = (
    "Signal: on Android choose Settings, Chats, Export chat history; from Signal Desktop "
    "export with signal-export."
)
BESIDE: tuple[str, ...] = ("main.jsonl",)

_SNIFF_LINES = 200
_EDGES = MARKS + " \t"
_HINT = "Export the chats again."


def sniff(file: ExportFile) -> str:
    """
    Return `signal` for the app's own export, `signal-text` for signal-export's chats.

    Parameters
    ----------
    file
        The file. Its name only decides where WhatsApp writes lines of the same look.
    """
    head = file.head()
    if _starts_with(head, b"{"):
        return _of_lines(file, head)
    if _starts_with(head, b"[", "\u200e".encode()):
        return "signal-text" if _of_text(file, head) else ""
    return ""


def _starts_with(head: bytes, *starts: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(starts)


def _of_lines(file: ExportFile, head: bytes) -> str:
    start = decode_head(head).lstrip("\ufeff \t\r\n")
    line = start.partition("\n")[0]
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    if "backupTimeMs" in found or (len(found) == 1 and _is_frame(found)):
        return "signal"
    if file.name == "metadata.json" and "version" in found and file.beside("main.jsonl"):
        return "signal"
    return "signal-text" if {"date", "sender", "body"} <= found.keys() else ""


def _is_frame(found: dict[str, object]) -> bool:
    return all(name in FRAMES and isinstance(value, dict) for name, value in found.items())


def _of_text(file: ExportFile, head: bytes) -> bool:
    lines = [line for line in decode_head(head).splitlines() if line.strip(_EDGES)]
    found = [message_at(line) for line in lines[:_SNIFF_LINES]]
    if not found or found[0] is None or not _signal_style(found[0]):
        return False
    authors = {parted(message.rest)[0] for message in found if message is not None}
    # WhatsApp, too, may write the year first, and always writes seconds
    sure = found[0].style[2] is False or ME in authors or file.name.endswith(".md")
    return sure and authors != {""}


def _signal_style(message: Message) -> bool:
    return message.style[:2] == ("]", "-") and len(message.date[0]) == 4


def read(file: ExportFile, *, settings: Settings, progress: Progress | None = None) -> Collector:
    """
    Read one export of the app, or one chat of signal-export.

    Parameters
    ----------
    file
        The file.
    settings
        Gives the zone of times without one.
    progress
        Called with the number of bytes done.

    Returns
    -------
    collector
        No text of any message is in it, only its size in bytes.

    Raises
    ------
    ExportError
        If there is no message in a chat.
    """
    kind = sniff(file)
    collector = Collector(file, kind or "signal-text")
    if file.name == "metadata.json" and kind == "signal":
        collector.note("part of a Signal export that tells of no contact")
    elif kind == "signal":
        read_lines(file, collector, progress)
    else:
        _read_text(file, collector, settings)
    if progress is not None and kind != "signal":
        progress(file.size)
    return collector


def _read_text(file: ExportFile, collector: Collector, settings: Settings) -> None:
    chat = TextChat(file.label)
    if _starts_with(file.head(), b"{"):
        for number, record in json_lines(file, skip=collector.skip):
            chat.add_record(number, mapping_of(record), collector)
    else:
        messages, preamble = chat_messages(decode(file.read()))
        if preamble:
            collector.skip(1, "text before the first message")
        for message in messages:
            chat.add_message(message, collector)
    if not chat.lines and not chat.seen:
        msg = "holds no dated message."
        raise ExportError(msg, path=file.label, hint=_HINT)
    add_chat(chat, collector, zone=settings.zone)
