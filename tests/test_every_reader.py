"""What holds for every reader in the registry, and for each reader that will be added to it."""

from __future__ import annotations

import inspect
import logging
import random
import re
import shutil
import sys
import warnings
from collections import Counter
from dataclasses import replace
from types import CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING

import pytest
from claimed import BOM, Case, Desk, cases, claim, database, difference, lay_out, together
from click.testing import CliRunner
from damage import damaged
from marking import marked
from reading import FIXTURES, MARKER

import villagegraph.readers
from villagegraph.cli import main
from villagegraph.errors import ExportError
from villagegraph.parsing import file_at
from villagegraph.readers import KINDS, READERS, read_folder
from villagegraph.settings import Settings
from villagegraph.tables import CONTRACTS, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from villagegraph.parsing import Collector
    from villagegraph.tables import Export

CUTS = 25

SAME_LOOK = {
    ("linkedin-profile", "people-csv"): "a table with names in it is a table of people",
    ("outlook-contacts", "people-csv"): "a table with names in it is a table of people",
    ("mbox", "mail"): "a mailbox starts with a mail",
    ("signal-text", "whatsapp"): "both write [day time] Name: words",
}
"""Kinds that one file may be to two readers, the one that comes first being right."""

NO_FIXTURE = {
    "imessage-log": b"\x37\x7f\x06\x82" + bytes(60),
    "linkedin-other": b"School Name,Start Date,End Date,Notes,Degree Name,Activities\n",
    "mail-index": b'// <!-- <mdb:mork:z v="1.4"/> -->\n<(80=ns:msg:db:row:scope:msgs:all)>',
    "outlook-msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "__substg1.0_".encode("utf-16-le"),
    "outlook-olm": b'<?xml version="1.0"?><emails><OPFMessageCopyToAddresses/></emails>',
    "outlook-pst": b"!BDN" + bytes(60),
}
"""How kinds begin of which there is no fixture: they hold no people, or no program writes them."""


def name_of(reader: ModuleType) -> str:
    return reader.__name__.rpartition(".")[2]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def whole(desk: Desk) -> dict[str, Export]:
    """Return what each fixture holds; those that are refused are not among them."""
    found = {}
    for case in cases():
        try:
            found[case.label] = desk.read(case)
        except ExportError:
            continue
    return found


@pytest.mark.parametrize("reader", READERS, ids=name_of)
def test_every_reader_says_what_it_reads_and_how_to_get_it(reader: ModuleType):
    guides = reader.GUIDES
    assert guides
    assert set(reader.KINDS) == {kind for guide in guides for kind in guide.kinds}
    assert reader.ADVICE.strip()
    assert "\n" not in reader.ADVICE
    for guide in guides:
        for text in (guide.source, guide.read, guide.left_out, *guide.steps, *guide.traps):
            assert text == text.strip() != ""
        assert guide.kinds
        assert guide.steps
    assert set(getattr(reader, "BESIDE", ())) <= set(villagegraph.readers.BESIDE)
    others = {kind for other in READERS if other is not reader for kind in other.KINDS}
    assert not others & set(reader.KINDS)


def test_every_kind_has_a_fixture(tmp_path: Path):
    begun = {}
    for kind, head in NO_FIXTURE.items():
        name = {"imessage-log": "chat.db-wal", "linkedin-other": "Jobs.csv"}.get(kind, kind)
        (tmp_path / name).write_bytes(head)
        begun[kind] = claim(file_at(tmp_path / name, label=name).begun())[1]
    assert begun == {kind: kind for kind in NO_FIXTURE}
    assert {case.kind for case in cases()} == set(KINDS) - set(NO_FIXTURE)
    assert {case.reader for case in cases()} >= set(READERS) - {villagegraph.readers.outlook_pst}


def test_a_file_is_of_one_reader(desk: Desk):
    several = set()
    for case in cases():
        file = desk.file(case)
        kinds = [kind for reader in READERS if (kind := reader.sniff(file))]
        assert len(kinds) <= 2, case.label
        several.add(tuple(kinds)) if len(kinds) > 1 else None
    assert several == set(SAME_LOOK)


def garbage() -> Iterator[bytes]:
    dice = random.Random(5)  # noqa: S311 - garbage, nothing secret
    for size in range(300):
        yield dice.randbytes(size)
    for piece in (b"\0", b"[", b"{", b'"', b"<", b"BEGIN:VCARD", b"BEGIN:VCARD\n", b",", b"\n",
                  b"From ", b"[1,", b'{"a":', b"\xff\xfe", b"\xed\xa0\xbd", b"9" * 64):  # fmt: skip
        yield piece
        yield (piece * 65_536)[:65_536]
    for bom in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        yield bom
        yield bom + b"x"
    for number, case in enumerate(cases()):
        yield from damaged(case.data, seed=number, times=1)
        way = ("utf-16", "utf-16-be", "utf-32")[number % 3]
        yield case.data.decode("latin-1").encode(way)


def test_no_sniff_stumbles(tmp_path: Path):
    path = tmp_path / "x"
    path.touch()
    n = 0
    for data in garbage():
        path.write_bytes(data)
        file = file_at(path).begun()
        for reader in READERS:
            assert reader.sniff(file) in ("", *reader.KINDS)
            if hasattr(reader, "near"):
                reader.near(file)
        n += 1
    assert n > 600


def test_what_is_read_is_read_again_the_same(desk: Desk, whole: dict[str, Export]):
    for case in cases():
        if case.label not in whole:
            continue
        found, again = whole[case.label], desk.read(case)
        for name in ("contacts", "handles", "interactions", "participants", "hints", "files",
                     "skipped"):  # fmt: skip
            check(getattr(found, name), CONTRACTS[name])
            assert getattr(found, name).equals(getattr(again, name)), case.label
        assert found.files["skipped"].sum() == len(found.skipped), case.label
        assert found.files["kind"].tolist() == [case.kind]
        assert found.files["contacts"].tolist() == [len(found.contacts)]
        assert found.files["interactions"].tolist() == [len(found.interactions)]
        assert set(found.participants["event_id"]) <= set(found.interactions.index)
        assert set(found.handles["record_id"]) <= set(found.contacts.index)


@pytest.fixture(scope="module")
def once(desk: Desk) -> Export:
    """Return what all fixtures hold in the order of their names."""
    return read_folder(desk.folder)


def test_copies_add_nothing(once: Export, tmp_path: Path):
    lay_out(tmp_path / "all" / "a copy")
    shutil.make_archive(str(tmp_path / "all" / "of it"), "zip", tmp_path / "all" / "a copy")
    twice = read_folder(tmp_path / "all")
    assert len(once.interactions) > 100
    assert len(twice.files) == 2 * len(once.files)
    assert difference(twice, once) == {}
    zipped = twice.skipped["path"].str.startswith("of it.zip/")
    for half in (zipped, ~zipped):
        assert Counter(twice.skipped["reason"][half]) == Counter(once.skipped["reason"])


def units() -> Iterator[tuple[str, ...]]:
    """Yield what must stay together: an export whose files look at one another, or a file."""
    families = {case.source for case in cases() if getattr(case.reader, "BESIDE", ())}
    for source in sorted(families):
        yield tuple(case.label for case in cases() if case.source == source)
    yield from ((case.label,) for case in cases() if case.source not in families)


def test_the_order_of_files_does_not_count(desk: Desk, once: Export, tmp_path: Path):
    for number, labels in enumerate(sorted(units(), reverse=True)):
        for label in labels:
            place = tmp_path / f"{number:03}" / label
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(desk.folder / label, place)
    back = read_folder(tmp_path)
    assert len(back.files) == len(once.files)
    # of one invitation two fixtures keep other words: the first copy's size stands
    one, other = (
        replace(export, interactions=export.interactions.drop(columns="size"))
        for export in (back, once)
    )
    assert difference(one, other) == {}


def written(case: Case) -> Iterator[tuple[str, bytes]]:
    """Yield the same text with other line ends, and with a byte-order mark where it is UTF-8."""
    if not case.is_text or case.data.startswith(b"\xff\xfe"):
        return
    unix = case.data.removeprefix(BOM).replace(b"\r\n", b"\n")
    if unix != case.data:
        yield "unix", unix
    # Apple's mails begin with how many bytes they have
    if case.kind != "apple-mail":
        utf8 = case.data.decode("utf-8", "replace").encode() == case.data
        yield "windows", BOM * utf8 + unix.replace(b"\n", b"\r\n")
    # what only programs open never got Excel's first line
    for_people = case.label.endswith(".csv") and case.kind != "discord"
    if for_people and not unix.lower().startswith(b"sep="):
        first = unix.partition(b"\n")[0]
        mark = max(b",", b";", b"\t", key=first.count)
        yield "excel", b"sep=" + mark + b"\r\n" + unix


def test_line_ends_and_marks_in_front_do_not_count(desk: Desk, whole: dict[str, Export]):
    n = 0
    for case in cases():
        for way, data in written(case):
            with desk.altered(case, data) as file:
                assert claim(file) == (case.reader, case.kind), (case.label, way)
            if case.label in whole:
                found = desk.read(case, data)
                assert difference(found, whole[case.label]) == {}, (case.label, way)
                reasons = [sorted(one.skipped["reason"]) for one in (found, whole[case.label])]
                assert reasons[0] == reasons[1], (case.label, way)
                n += 1
    assert n > 130


LAST_HALF = {"csv", "tsv", "txt", "md", "mbox", "eml", "emlx", "mail"}
"""Of these nobody can tell where a record ends: half a cell, or half a text, looks whole."""

CUT_CHANGES = {
    "calendar/google.ics": (1, "a series lacks the exceptions that stand below it"),
    "imessage/chat.db": (1, "a message lacks the chat that stands on a page below it"),
    "meta/group_message_1.json": (2, "a chat lacks its path, which stands below the messages"),
    "meta/group_message_2.json": (1, "a chat lacks its path, which stands below the messages"),
    "telegram/names_alone.json": (3, "a chat without an id is known by its members"),
}
"""Events with another id than in the whole file, and why."""


@pytest.mark.parametrize("source", sorted({case.source for case in cases()}))
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(
    source: str, desk: Desk, whole: dict[str, Export]
):
    for case in cases():
        if case.source != source or case.label not in whole:
            continue
        ends = [part * len(case.data) // (CUTS + 1) for part in range(1, CUTS + 1)]
        all_of_it = whole[case.label]
        found = desk.collected(case, [case.data[:end] for end in ends])
        ending = case.label.rpartition(".")[2]
        allowed = CUT_CHANGES.get(case.label, (int(ending in LAST_HALF), ""))[0]
        known = set(all_of_it.interactions.index)
        for end, one in zip(ends, found, strict=True):
            if not (one is None or isinstance(one, ExportError)):
                assert len(event_ids(one) - known) <= allowed, (case.label, end)
        export = together(found)
        sums = export.skipped.groupby("path").size().reindex(export.files.index, fill_value=0)
        assert sums.tolist() == export.files["skipped"].tolist()
        if ending not in LAST_HALF and case.label != "vcard/broken.vcf":  # is cut as it stands
            silent = set(export.files.index) - told(export, all_of_it)
            ends_there = {int(label.partition("/")[0]) - 1 for label in silent}
            for end in (ends[number] for number in ends_there):
                assert is_between(case.data, end), (case.label, end)


def event_ids(collector: Collector) -> set[str]:
    """Return the ids of the events, without the time that tables take."""
    ids = set(collector._column("interactions", "event_id"))
    return ids.union(*(frame.index for frame in collector._frames.get("interactions", ())))


def told(export: Export, whole: Export) -> set[str]:
    """Return the files of which something is said that is not said of the whole."""
    everything = not (len(whole.interactions) or len(whole.contacts) or len(whole.hints))
    if everything and not len(whole.skipped):
        return set(export.files.index)  # nothing stands there that could be lost
    usual = Counter(whole.skipped["reason"])
    reasons = {path: Counter(rows) for path, rows in export.skipped.groupby("path")["reason"]}
    notes = export.files["notes"]
    return {
        path
        for path in export.files.index
        if reasons.get(path, Counter()) - usual or notes[path] != whole.files["notes"].iloc[0]
    }


def is_between(data: bytes, end: int) -> bool:
    """Tell whether a cut lies between two records, or behind the last one."""
    # half the line that would begin the next record is nothing lost
    before, _, line = data[:end].rpartition(b"\n")
    if not line or not (b"BEGIN:VEVENT".startswith(line) or b"BEGIN:VCARD".startswith(line)):
        before = data[:end].rstrip()
    after = data[end:].strip()
    records = (b"END:VCARD", b"END:VEVENT", b"}")
    return not after or (before.endswith(records) and not after.startswith((b",", b"]", b"}")))


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that a traceback of it shows."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def words_of(error: BaseException) -> str:
    """Return all words of an error; the header that a table was found to have is kept apart."""
    return " ".join(
        f"{one} {one.args} { {k: v for k, v in vars(one).items() if k != 'found'} }"
        for one in chain(error)
    )


@pytest.mark.parametrize("share", [1.0, 0.4, 0.1])
def test_nothing_of_a_cell_is_said(
    share: float, desk: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
):
    caplog.set_level(logging.DEBUG)
    found = []
    for number, case in enumerate(cases()):
        spoilt = marked_case(case, seed=number, share=share)
        assert share < 1 or MARKER.encode() in spoilt, case.label
        found += desk.collected(case, [spoilt, *damaged(spoilt, seed=number, times=1)])
        place = tmp_path / case.label
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(spoilt)
    export = together(found)
    assert len(export.files) > len(cases())
    assert_unsaid(" ".join(words_of(one) for one in found if isinstance(one, ExportError)))
    assert_unsaid(export.skipped.to_csv() + export.files.reset_index().to_csv())
    if share < 0.4:  # the page and the JSON are looked at once each
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        way = "--json" if share < 1 else "-v"
        result = CliRunner().invoke(main, ["check", str(tmp_path), way])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > len(cases())
    assert_unsaid(result.stderr + without_me(result.stdout))
    assert_unsaid(" ".join(str(warning.message) for warning in caught))
    assert_unsaid(" ".join(f"{record.getMessage()} {record.args}" for record in caplog.records))


def marked_case(case: Case, *, seed: int, share: float) -> bytes:
    if case.is_text:
        return marked(case.label, case.data, seed=seed, share=share)
    statements = (FIXTURES / case.label).with_suffix(".sql").read_bytes()
    return database(marked(f"{case.label}.sql", statements, seed=seed, share=share).decode())


def assert_unsaid(text: str) -> None:
    place = text.casefold().find(MARKER.casefold())
    assert place < 0, text[max(0, place - 300) : place + 60]


def without_me(page: str) -> str:
    """Leave out the line, or the JSON object, which says who the owner is."""
    return re.sub(r'"me": \{.*?\},\n|^You: .*$', "", page, flags=re.MULTILINE | re.DOTALL)


def planted(*_args: object, **_options: object) -> None:
    """Raise what no reader knows of; it runs in the place of another function, among its names."""
    raise TypeError("planted")  # noqa: EM101


def inner_functions() -> dict[CodeType, list[FunctionType]]:
    """Return the functions and methods of all readers and of what they share, by their code."""
    found: dict[CodeType, list[FunctionType]] = {}
    for name, module in sorted(sys.modules.items()):
        if not name.startswith(("villagegraph.readers", "villagegraph.parsing")):
            continue
        own = [value for value in vars(module).values() if getattr(value, "__module__", "") == name]
        for holder in [module, *(value for value in own if isinstance(value, type))]:
            for value in vars(holder).values():
                plain = inspect.unwrap(getattr(value, "fget", getattr(value, "__func__", value)))
                if isinstance(plain, FunctionType) and plain.__module__ == name:
                    found.setdefault(plain.__code__, []).append(plain)
    return found


def forget() -> None:
    """Empty what functions keep of earlier calls."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith(("villagegraph.readers", "villagegraph.parsing")):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def calls(desk: Desk, case: Case, functions: dict[CodeType, list[FunctionType]]) -> set[CodeType]:
    """Return which of the functions run while a fixture is read."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    forget()
    file = desk.file(case)
    sys.setprofile(note)
    try:
        case.reader.sniff(file)
        case.reader.read(file, settings=Settings())
    except ExportError:
        pass
    finally:
        sys.setprofile(None)
    return seen & set(functions)


def comes_out(desk: Desk, case: Case) -> bool:
    """Read a fixture, and tell whether the planted fault comes out of it."""
    forget()
    try:
        file = desk.file(case)
        claim(file)
        case.reader.read(file, settings=Settings())
    except TypeError as error:
        return str(error) == "planted"
    except ExportError:
        pass
    return False


def test_a_fault_in_a_reader_comes_out(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    functions = inner_functions()
    shown: dict[CodeType, Case] = {}
    for case in cases():
        for code in calls(desk, case, functions):
            shown.setdefault(code, case)
    readers = {function.__module__ for code in shown for function in functions[code]}
    assert readers >= {case.reader.__name__ for case in cases()}
    hidden = set()
    for code, case in shown.items():
        if code.co_freevars:
            continue
        with monkeypatch.context() as patch:
            for function in functions[code]:
                patch.setattr(function, "__code__", planted.__code__)
            if not comes_out(desk, case):
                hidden.add(f"{functions[code][0].__module__}.{functions[code][0].__qualname__}")
    assert len(shown) > 500
    assert hidden == set()


def test_a_folder_lets_a_fault_through(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    firsts = {case.reader: case for case in reversed(cases())}
    for reader, case in firsts.items():
        place = tmp_path / name_of(reader) / case.label
        place.parent.mkdir(parents=True)
        shutil.copyfile(desk.folder / case.label, place)
        for name in ("sniff", "read"):
            with monkeypatch.context() as patch:
                patch.setattr(reader, name, planted)
                with pytest.raises(TypeError, match="planted"):
                    read_folder(tmp_path / name_of(reader))
