"""One person's interactions as a log, a row per item and contact, and the arrays of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from villagegraph.errors import TableError
from villagegraph.tables import HIDDEN
from villagegraph.texts import among
from villagegraph.ties import GROUP_LIMIT
from villagegraph.village import Village
from villagegraph.who import find_person

if TYPE_CHECKING:
    from villagegraph.days import DayLike

Log: TypeAlias = "Village | pd.DataFrame"

WRITTEN = ("chat", "email", "sms")
"""Channels in which people write to one another and answer."""

DAY = 86_400_000_000  # microseconds
_COLUMNS = ("event_id", "at", "person_id", "direction", "channel", "minutes", "precision")
_LOG = "log"
_DIRECTIONS = {"out": 1, "in": -1, "": 0}


def interaction_log(
    village: Village,
    *,
    person: str | None = None,
    as_of: DayLike | None = None,
    channel: str | tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """
    List what passed between one person and each of their contacts.

    This is the log that every rhythm measure reads. A mail from you to three
    people is one item in three rows, one for each contact.

    Parameters
    ----------
    village
        The village, or an organisation's log.
    person
        Whose log: a name, a handle or a `person_id`; the owner if not given.
    as_of
        Last day that counts; None for all.
    channel
        Only this channel, or these; `text` stands for chats, mails and
        text messages, `callandtext` for calls as well.

    Returns
    -------
    log
        In order of time: `event_id`, `at` (in the village's zone),
        `person_id` (the contact), `direction` (`out` if the person addressed the
        contact, called or invited; `in` the other way round; empty if that is
        not known), `channel`, `minutes`, `precision`.

    Raises
    ------
    IdentityError
        If it is not clear whose log is wanted.

    Notes
    -----
    Contact is what it is in the table `ties`: who merely received the same
    mail is none, nor are those who met among more than 25 people. Mail of machines and
    lists is left out. Takes time proportional to the number of participants.

    Examples
    --------
    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["m1"], "at": ["2026-10-01 09:00"]})
    >>> who = pd.DataFrame(
    ...     {
    ...         "event_id": ["m1", "m1", "m1"],
    ...         "person_id": ["me", "ben", "cy"],
    ...         "role": ["from", "to", "cc"],
    ...     }
    ... )
    >>> log = interaction_log(village_from_tables(mails, who, me="me"))
    >>> log[["person_id", "direction"]].values.tolist()
    [['ben', 'out'], ['cy', 'out']]
    """
    past = village if as_of is None else village.until(as_of)
    who = village.owner() if person is None else find_person(village, person)
    rows = past.participants
    mine = rows.loc[rows["person_id"] == who, "event_id"]
    events = past.interactions[~past.interactions["automated"].to_numpy()]
    events = events[among(events.index, mine)]
    if channel is not None:
        events = events[events["channel"].isin(channels_of(channel))]
    others = _contacts(rows[among(rows["event_id"], events.index)], events, who)
    log = others.join(events[["at", "channel", "minutes", "precision"]], on="event_id")
    log["at"] = log["at"].dt.tz_convert(village.zone)
    order = ["at", "event_id", "person_id"]
    return log.sort_values(order, ignore_index=True)[list(_COLUMNS)]


def channels_of(channel: str | tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the channels that a word stands for.

    Examples
    --------
    >>> channels_of("callandtext")
    ('call', 'chat', 'email', 'sms')
    """
    words = (channel,) if isinstance(channel, str) else tuple(channel)
    groups = {"text": WRITTEN, "callandtext": ("call", *WRITTEN)}
    return tuple(dict.fromkeys(name for word in words for name in groups.get(word, (word,))))


def _contacts(rows: pd.DataFrame, events: pd.DataFrame, who: str) -> pd.DataFrame:
    """Return with whom `who` was in contact in each event, and who began."""
    hidden = (rows["person_id"] == "") & rows["handle"].str.startswith(HIDDEN)
    # who opted out is nobody, and still one more who took part
    name = rows["person_id"].where(~hidden, rows["handle"]).astype("str")
    present = pd.DataFrame(
        {
            "event_id": rows["event_id"],
            "person_id": name,
            "sends": rows["role"] == "from",
            "invites": rows["role"] == "organizer",
        }
    )[(name != "").to_numpy()]
    present = present.groupby(["event_id", "person_id"], as_index=False, sort=True).max()
    whole = present.groupby("event_id")["sends"].agg(["size", "max"])
    own = present[present["person_id"] == who].set_index("event_id")
    found = present[(present["person_id"] != who) & ~present["person_id"].str.startswith(HIDDEN)]
    event = found["event_id"]
    channel = event.map(events["channel"])
    # who called whom is not always told; both ends were in contact all the same
    sent = event.map(whole["max"]).astype(bool)
    mutual = (channel == "meeting") | ((channel == "call") & ~sent)
    act = found["sends"].astype(bool).where(~mutual, found["invites"].astype(bool))
    mine = event.map(own["sends"]).astype(bool).where(~mutual, event.map(own["invites"]))
    mine = mine.astype(bool)
    small = event.map(whole["size"]) <= GROUP_LIMIT
    kept = (mutual & small) | (~mutual & (act | mine))
    direction = np.select([(mine & ~act).to_numpy(), (act & ~mine).to_numpy()], ["out", "in"], "")
    table = pd.DataFrame(
        {
            "event_id": event,
            "person_id": found["person_id"],
            "direction": pd.Series(direction, index=found.index, dtype="str"),
        }
    )
    return table[kept.to_numpy(dtype=bool)]


class Rows(NamedTuple):
    """
    A log as arrays, in order of time.

    Attributes
    ----------
    at
        Instant, in microseconds UTC.
    day, clock
        Day on the local calendar, since 1970-01-01, and microseconds into it.
    contact
        Number of the contact in `people`.
    way
        1 out, -1 in, 0 not known: between the two of this row.
    event_way
        The same for the item as a whole.
    lead
        Whether this is the first row of its item.
    timed
        Whether more than the day is known.
    channel
        Name of the channel.
    seconds
        Length; `nan` if it is not known.
    people
        The contacts, sorted.
    """

    at: np.ndarray
    day: np.ndarray
    clock: np.ndarray
    contact: np.ndarray
    way: np.ndarray
    event_way: np.ndarray
    lead: np.ndarray
    timed: np.ndarray
    channel: np.ndarray
    seconds: np.ndarray
    people: np.ndarray

    def where(self, mask: np.ndarray) -> Rows:
        """Return some of the rows; those of one item need to stay together."""
        cut = {name: column[mask] for name, column in self._asdict().items() if name != "people"}
        return self._replace(**cut)

    def phone_records(self) -> Rows:
        """Leave out what bandicoot refuses: calls without a length, items without a direction."""
        unknown = (self.channel == "call") & np.isnan(self.seconds)
        return self.where(~unknown & (self.event_way != 0))


def rows_of(log: Log) -> Rows:
    """
    Return a log as arrays.

    Parameters
    ----------
    log
        A village, whose owner's log it is, what `interaction_log` returns, or any frame with the
        columns `at` and `person_id` and, if there are any, `direction`,
        `channel`, `minutes`, `precision` and `event_id`.

    Raises
    ------
    TableError
        If it lacks a column, or a column holds what it cannot.
    TypeError
        If it is neither a village nor a frame.
    """
    if isinstance(log, Village):
        return rows_of(interaction_log(log))
    if not isinstance(log, pd.DataFrame):
        msg = f"needs to be a village or a DataFrame, {type(log).__name__} was given"
        raise TypeError(msg)
    table = _checked(log)
    instant, local = _instants(table["at"])
    people, contact = np.unique(table["person_id"].to_numpy(dtype=str), return_inverse=True)
    way = table["direction"].map(_DIRECTIONS).to_numpy(dtype=np.int64)
    _, event = np.unique(table["event_id"].to_numpy(dtype=str), return_inverse=True)
    order = np.lexsort((contact, event, way, instant))
    event, way = event[order], way[order]
    lead = np.zeros(len(order), dtype=bool)
    lead[np.unique(event, return_index=True)[1]] = True
    out, into = (np.bincount(event, way == sign) > 0 for sign in (1, -1))
    return Rows(
        at=instant[order],
        day=local[order] // DAY,
        clock=local[order] % DAY,
        contact=contact[order],
        way=way,
        event_way=np.where(out, 1, np.where(into, -1, 0))[event],
        lead=lead,
        timed=(table["precision"] != "day").to_numpy()[order],
        channel=table["channel"].to_numpy(dtype=object)[order],
        # exact seconds, so that a sum of them is what it looks like
        seconds=np.round(table["minutes"].to_numpy(dtype=float)[order] * 60, 6),
        people=people.astype(object),
    )


def _checked(log: pd.DataFrame) -> pd.DataFrame:
    """Return a log with all columns, or tell everything that is wrong with it."""
    problems = [f"no column `{name}`" for name in ("at", "person_id") if name not in log.columns]
    if problems:
        raise TableError(_LOG, problems)
    table = log.reset_index(drop="event_id" in log.columns or log.index.name != "event_id")
    if "event_id" not in table.columns:
        table = table.assign(event_id=np.arange(len(table)))
    filling = {"direction": "", "channel": "", "minutes": float("nan"), "precision": "second"}
    table = table.assign(**{k: v for k, v in filling.items() if k not in table.columns})
    at = table["at"]
    if not pd.api.types.is_datetime64_any_dtype(at.dtype):
        at = pd.to_datetime(at, errors="coerce", format="ISO8601")
    direction = table["direction"].fillna("")
    odd = int((~direction.isin(list(_DIRECTIONS))).sum())
    for name, count in (
        ("at", int(at.isna().sum())),
        ("person_id", int(table["person_id"].isna().sum())),
    ):
        if count:
            problems.append(f"`{name}` is empty or cannot be read in {count} rows")
    if odd:
        problems.append(f"`direction` needs to be in, out or empty: it is not in {odd} rows")
    if not pd.api.types.is_numeric_dtype(table["minutes"].dtype):
        problems.append(f"`minutes` needs to hold numbers, {table['minutes'].dtype} was given")
    if problems:
        raise TableError(_LOG, problems)
    return table.assign(at=at, direction=direction)


def _instants(at: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return microseconds in UTC, and those that the local clock shows."""
    zoned = isinstance(at.dtype, pd.DatetimeTZDtype)
    local = at.dt.tz_localize(None) if zoned else at
    utc = at.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else at
    instant, shown = (
        column.to_numpy().astype("datetime64[us]").astype(np.int64) for column in (utc, local)
    )
    return instant, shown
