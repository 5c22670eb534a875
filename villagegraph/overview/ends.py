"""Where the exports end, channel by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from villagegraph.days import DayLike
    from villagegraph.village import Village

_FAR_DAYS = 31
_WEIGHTY = 0.1
_NOUNS = {
    "call": "calls",
    "chat": "chats",
    "email": "mail",
    "meeting": "meetings",
    "note": "notes",
    "sms": "text messages",
    "social": "light touches",
}


def early_ends(village: Village, *, as_of: DayLike) -> str:
    """
    Say which channels end well before the others do.

    Parameters
    ----------
    village
        A village read from a folder.
    as_of
        Last day that counts, in the village's zone.

    Returns
    -------
    notice
        Empty if every channel of some weight goes on to about the end.
    """
    past = village.until(as_of).interactions
    if past.empty:
        return ""
    newest = past["at"].max().tz_convert(village.zone).date()
    ends = past.groupby("channel")["at"].max().dt.tz_convert(village.zone).dt.date
    weight = past["channel"].value_counts() / max(len(past), 1)
    early = {
        str(channel): last
        for channel, last in ends.items()
        if (newest - last).days > _FAR_DAYS and weight[channel] >= _WEIGHTY
    }
    if not early:
        return ""
    listed = ", ".join(f"{_NOUNS[channel]} on {last}" for channel, last in sorted(early.items()))
    return (
        f"In these exports, {listed} came last: a silence since then may only mean that "
        "the newer part has not been exported."
    )
