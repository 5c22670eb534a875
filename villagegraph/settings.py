"""The owner's settings, read from `village.toml`."""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from villagegraph.errors import SettingsError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

SETTINGS_FILE = "village.toml"

PERSON_COLUMNS = (
    "name", "first_name", "middle_name", "last_name", "nickname", "email", "phone", "profile",
    "id", "organization", "department", "title", "headline", "birthday", "anniversary",
    "connected_on", "location", "tags",
)  # fmt: skip
"""What a table of people may hold."""
LOG_COLUMNS = (
    "from", "to", "cc", "bcc", "with", "at", "date", "time", "channel", "direction", "minutes",
    "seconds", "size", "thread", "event", "weight",
)  # fmt: skip
"""What a log of interactions, or a list of edges, may hold."""


# kinds of handle that are no service's
_RESERVED = frozenset({"email", "hidden", "linkedin", "me", "name", "phone"})


@dataclass(frozen=True, slots=True)
class Me:
    """
    The owner of the village, as the owner writes it down.

    Attributes
    ----------
    name
        Full name.
    emails, phones, profiles
        All own addresses, numbers (with country code) and profile URLs.
    organization, headline
        Where the owner works; one memorable line about who the owner is.
    """

    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    organization: str = ""
    headline: str = ""


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """
    What the owner wants for one person.

    Attributes
    ----------
    cadence_days
        Wished days between contacts, or None.
    star, mute, opt_out
        Count this person double; never list as neglected; leave out of everything shown.
    snooze_until
        Not listed as neglected before this day, or None.
    tags
        Own labels.
    """

    cadence_days: float | None = None
    star: bool = False
    mute: bool = False
    snooze_until: dt.date | None = None
    tags: tuple[str, ...] = ()
    opt_out: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """
    All settings of a village folder.

    Attributes
    ----------
    me
        Who the owner is.
    zone
        IANA time zone in which days are counted and naive times are read.
        Never taken from the machine.
    half_life_days
        Days after which a contact day counts half in `strength`, 30 to 365.
    dayfirst
        Order of ambiguous dates such as 3/4/25: True for 3 April, False for
        4 March, None to find out from the file.
    ignore, include
        Globs, relative to the folder: files to leave out; if `include` is
        not empty, only these are read.
    columns
        For CSV files of any origin: path below the folder, name or glob of a
        file to {our column: their column}. A file named here is read as this
        says, even if its header says nothing::

            [columns."crm/*.csv"]
            name = "Kunde"
            email = "Kontaktadresse"

            [columns."badges.csv"]
            from = "Badge A"
            to = "Badge B"
            day = "2026-10-31"

        Ours are, of people, `PERSON_COLUMNS`: `name` (or `first_name`,
        `middle_name`, `last_name`), `nickname`, `email`, `phone`, `profile`
        (a LinkedIn address), `id` (what logs call the person),
        `organization` (or `department`), `title`, `headline`, `birthday`,
        `anniversary`, `connected_on`, `location`, `tags`. Of logs,
        `LOG_COLUMNS`: `from` and `to` (and `cc`, `bcc`), or `with` for those
        whom the owner dealt with; `at`, or `date` and `time`; `channel`,
        `direction` (in or out), `minutes` or `seconds`, `size`, `thread`,
        `event` (rows with the same one are one interaction), `weight`. Not
        columns but the same for all rows: `day`, for a log without times,
        and `app`, which keeps the ids of one service apart from those of
        another.
    people
        Name or handle to what the owner wants for that person.
    """

    me: Me = field(default_factory=Me)
    zone: str = "UTC"
    half_life_days: float = 60.0
    dayfirst: bool | None = None
    ignore: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    people: Mapping[str, PersonSettings] = field(default_factory=lambda: MappingProxyType({}))


def read_settings(path: str | os.PathLike[str]) -> Settings:
    """
    Read `village.toml`.

    Parameters
    ----------
    path
        The file. One that does not exist gives the default settings.

    Returns
    -------
    settings

    Raises
    ------
    SettingsError
        If the file is no TOML, or names an unknown key, or holds a value of
        the wrong kind.
    """
    file = Path(path)
    try:
        # utf-8-sig: Windows editors put a BOM in front
        text = file.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except OSError as error:
        msg = f"cannot be read: {(error.strerror or 'the system refused').lower()}."
        raise SettingsError(msg, path=file) from None
    except UnicodeDecodeError:
        msg = "is not UTF-8 text. Save it as UTF-8."
        raise SettingsError(msg, path=file) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        msg = f"is not valid TOML: {_place(error)}. Text needs quotes, lists need brackets."
        raise SettingsError(msg, path=file) from None
    return _Checker(file, text).settings(raw)


def _place(error: tomllib.TOMLDecodeError) -> str:
    # the parser's own words quote the text at fault, which may be a person's
    line = str(error).rpartition("at line ")[2].partition(",")[0]
    return f"see line {line}" if line.isdigit() else "see its end"


class _Checker:
    """Turn parsed TOML into settings, naming the key at fault."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.whole: dict[str, Callable[[str, Any], Any]] = {
            "me": self.me,
            "zone": self.zone,
            "half_life_days": self.half_life,
            "dayfirst": self.flag,
            "ignore": self.texts,
            "include": self.texts,
            "columns": self.columns,
            "people": self.people,
        }

    def settings(self, raw: dict[str, Any]) -> Settings:
        return Settings(**self.fields("", raw, self.whole))

    def fields(
        self, prefix: str, raw: dict[str, Any], kinds: dict[str, Callable[[str, Any], Any]]
    ) -> dict[str, Any]:
        found = {}
        for name, value in raw.items():
            if name not in kinds:
                # the key at fault may be a person's name
                fault = f"holds no such setting{self.place(name)}. {self.meant(name, kinds)}"
                self.fail(prefix.rstrip("."), fault)
            found[name] = kinds[name](f"{prefix}{name}", value)
        return found

    def meant(self, name: str, kinds: Iterable[str]) -> str:
        """Return what somebody may have meant by a key that is not known in its table."""
        if name in self.whole:
            return f"Move `{name}`, which is about the whole village, above the first [...]."
        near = difflib.get_close_matches(name, kinds, n=1)
        return f"Did you mean `{near[0]}`?" if near else "Known: " + ", ".join(kinds)

    def place(self, name: str) -> str:
        """Return in words the line of a key, if only one line can be meant."""
        pattern = re.compile(rf"""\s*\[*(?:[^=]*\.)?\s*["']?{re.escape(name)}["']?\s*[].=]""")
        found = [number for number, line in enumerate(self.lines, 1) if pattern.match(line)]
        return f" as the one in line {found[0]}" if len(found) == 1 else ""

    def fail(self, key: str, problem: str) -> None:
        raise SettingsError(problem, path=self.path, key=key)

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self.fail(key, 'needs to be text in quotes, such as "Ada".')
        return str(value).strip()

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, 'needs to be a list of texts, such as ["one", "two"].')
        return tuple(item.strip() for item in value if item.strip())

    def flag(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.fail(key, "needs to be true or false.")
        return bool(value)

    def days(self, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 36500:
            self.fail(key, "needs to be a number of days above 0.")
        return float(value)

    def half_life(self, key: str, value: Any) -> float:
        days = self.days(key, value)
        if not 30 <= days <= 365:
            self.fail(key, "needs to be between 30 and 365 days.")
        return days

    def day(self, key: str, value: Any) -> dt.date:
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value.strip())
            except ValueError:
                value = None
        if not isinstance(value, dt.date):
            self.fail(key, "needs to be a date, such as 2026-10-31.")
        return value.date() if isinstance(value, dt.datetime) else value

    def zone(self, key: str, value: Any) -> str:
        name = self.text(key, value)
        known = False
        with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError):
            known = bool(ZoneInfo(name))
        if not known:
            self.fail(key, 'needs to be an IANA time zone, such as "Europe/Berlin" or "UTC".')
        return name

    def table(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fail(key, f"needs to be a table: write [{key}] and its keys below.")
        return dict(value)

    def me(self, key: str, value: Any) -> Me:
        kinds: dict[str, Callable[[str, Any], Any]] = {
            "name": self.text,
            "emails": self.texts,
            "phones": self.texts,
            "profiles": self.texts,
            "organization": self.text,
            "headline": self.text,
        }
        return Me(**self.fields(f"{key}.", self.table(key, value), kinds))

    def columns(self, key: str, value: Any) -> Mapping[str, Mapping[str, str]]:
        kinds: dict[str, Callable[[str, Any], Any]] = {
            **dict.fromkeys((*PERSON_COLUMNS, *LOG_COLUMNS), self.header),
            "day": lambda place, day: self.day(place, day).isoformat(),
            "app": self.app,
        }
        # by their place, too: people name files after people
        return {
            file: self.fields(f"{place}.", self.table(place, item), kinds)
            for number, (file, item) in enumerate(self.table(key, value).items(), start=1)
            for place in [f"{key}.<entry {number}>"]
        }

    def header(self, key: str, value: Any) -> str:
        name = self.text(key, value)
        if not name:
            self.fail(key, "needs to be the header of a column.")
        return name

    def app(self, key: str, value: Any) -> str:
        name = self.text(key, value)
        if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", name) or name in _RESERVED:
            self.fail(key, 'needs to be a short word in lower-case letters, such as "slack".')
        return name

    def people(self, key: str, value: Any) -> Mapping[str, PersonSettings]:
        kinds: dict[str, Callable[[str, Any], Any]] = {
            "cadence_days": self.days,
            "star": self.flag,
            "mute": self.flag,
            "snooze_until": self.day,
            "tags": self.texts,
            "opt_out": self.flag,
        }
        # a message names the entry by its place: its name is a person's
        return {
            who: PersonSettings(**self.fields(f"{place}.", self.table(place, item), kinds))
            for number, (who, item) in enumerate(self.table(key, value).items(), start=1)
            for place in [f"{key}.<entry {number}>"]
        }
