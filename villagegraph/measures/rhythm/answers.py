"""Who writes first, who answers, how fast: the indicators of conversations."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from villagegraph.measures.rhythm import kernels
from villagegraph.measures.rhythm.log import WRITTEN, Log, Rows, rows_of
from villagegraph.measures.rhythm.summary import check_compat

if TYPE_CHECKING:
    from collections.abc import Mapping

Window: TypeAlias = "Mapping[str, str | float | dt.timedelta] | None"

_UNITS = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(d|h|min|s)")


def windows(window: Window) -> dict[str, float]:
    """
    Return the seconds of silence that end a conversation, by channel.

    Parameters
    ----------
    window
        What is given for some channels: text such as `2h`, a timedelta, or seconds.

    Raises
    ------
    ValueError
        If a channel is none in which people write, or a window is not above 0.
    """
    found = dict(kernels.WINDOWS)
    for channel, given in (window or {}).items():
        if channel not in WRITTEN:
            msg = f"window needs to name {', '.join(WRITTEN)}; {channel!r} was given"
            raise ValueError(msg)
        seconds = _seconds(given)
        if not 0 < seconds < math.inf:
            msg = f"window needs to be a time above 0 such as '3d' or '2h', {given!r} was given"
            raise ValueError(msg)
        found[channel] = seconds
    return found


def _seconds(given: str | float | dt.timedelta) -> float:
    if isinstance(given, dt.timedelta):
        return given.total_seconds()
    if not isinstance(given, str):
        return float(given)
    match = _SPAN.fullmatch(given.strip())
    return float(match[1]) * _UNITS[match[2]] if match else math.nan


def percent_initiated_conversations(
    log: Log, *, window: Window = None, compat: str | None = None
) -> float:
    """
    Calculate the share of the conversations that the person began.

    A conversation is what one contact and the person write to one another in
    one channel, until there is silence for the window.

    Parameters
    ----------
    log
        A village or a log with `direction` and `channel`, as in `active_days`. Chats,
        text messages and mails count.
    window
        How long a silence ends a conversation, for some channels: `{"email": "3d"}`.
        By default an hour in chats and text messages, 7 days in mail.
    compat
        `"bandicoot"` for an hour whatever the channel, for conversations that go across
        channels and end with a call, and for 0 without a conversation.

    Returns
    -------
    percent_initiated_conversations
        0 to 1; `nan` without a conversation.

    Notes
    -----
    A mail to several people counts in the conversation with each of them. Takes time
    proportional to n log n.

    References
    ----------
    .. [1] de Montjoye, Y.-A., Rocher, L., & Pentland, A. S. (2016). bandicoot: a Python
       toolbox for mobile phone metadata. Journal of Machine Learning Research 17(175).

    Examples
    --------
    Ana writes and is answered at once; the next day the person writes:

    >>> log = pd.DataFrame(
    ...     {
    ...         "at": ["2026-10-01 09:00", "2026-10-01 09:01", "2026-10-02 09:00"],
    ...         "person_id": "ana",
    ...         "direction": ["in", "out", "out"],
    ...         "channel": "chat",
    ...     }
    ... )
    >>> percent_initiated_conversations(log)
    0.5
    """
    return float(kernels.begun_share(_talks(log, window, compat)[1], 1, compat=compat)[0])


def response_rate_text(log: Log, *, window: Window = None, compat: str | None = None) -> float:
    """
    Calculate how many of the conversations begun by others the person took part in.

    Parameters
    ----------
    log, window, compat
        As in `percent_initiated_conversations`.

    Returns
    -------
    response_rate_text
        Share of the conversations that began with the contact in which the person
        wrote at least once, 0 to 1; `nan` if nobody else began one.

    Examples
    --------
    Ana is answered after ten minutes, ben is not:

    >>> log = pd.DataFrame(
    ...     {
    ...         "at": ["2026-10-01 09:00", "2026-10-01 09:10", "2026-10-01 09:20"],
    ...         "person_id": ["ana", "ana", "ben"],
    ...         "direction": ["in", "out", "in"],
    ...         "channel": "sms",
    ...     }
    ... )
    >>> response_rate_text(log)
    0.5
    """
    return float(kernels.answered_share(_talks(log, window, compat)[1], 1)[0])


def response_delay_text(log: Log, *, window: Window = None, compat: str | None = None) -> pd.Series:
    """
    List how long it took the person to answer within conversations.

    Parameters
    ----------
    log, window, compat
        As in `percent_initiated_conversations`; with `compat`, answers in the very
        same second are left out as well.

    Returns
    -------
    response_delay_text
        Seconds from each message to an answer right after it, 0 up to the
        window, by `person_id` of who was answered, in order of the answers.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "at": ["2026-10-01 09:00", "2026-10-01 09:10"],
    ...         "person_id": "ana",
    ...         "direction": ["in", "out"],
    ...         "channel": "sms",
    ...     }
    ... )
    >>> response_delay_text(log).to_dict()
    {'ana': 600.0}
    """
    rows, found = _talks(log, window, compat)
    spread, row = kernels.delays(found, compat=compat)
    table = pd.DataFrame({"row": row, "delay": spread.value}).sort_values("row")
    index = pd.Index(rows.people[rows.contact[table["row"]]], name="person_id", dtype="str")
    return pd.Series(
        table["delay"].to_numpy(), index=index, name="response_delay_text", dtype="float64"
    )


def _talks(log: Log, window: Window, compat: str | None) -> tuple[Rows, kernels.Talks]:
    check_compat(compat)
    rows = rows_of(log)
    rows = rows.phone_records() if compat else rows
    cells = kernels.Cells(np.zeros(len(rows.at), dtype=np.int64), 1)
    return rows, kernels.talks(rows, cells, window=windows(window), compat=compat)
