"""What passed between the owner and each person: who waits for an answer, and how people answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import day_numbers
from villagegraph.measures.wording import main_channel
from villagegraph.texts import among

if TYPE_CHECKING:
    from villagegraph.village import Village

_WRITTEN = ("chat", "email", "sms")
_MUTUAL = ("call", "meeting", "note")
_USABLE = ("call", "chat", "email", "sms", "social")
_RECENT = 730
_ANSWER_WITHIN = 14  # days


class Letters:
    """
    Everything that passed between the owner and each other person.

    Parameters
    ----------
    village
        The village of one person; all of its interactions between people count.
    """

    def __init__(self, village: Village) -> None:
        me = village.owner()
        human = village.interactions[~village.interactions["automated"].to_numpy()]
        rows = village.participants[["event_id", "person_id", "role"]]
        # without an id are those who opted out: they still make a group of two people
        who = rows["person_id"].where(rows["person_id"] != "", village.participants["handle"])
        sizes = who.groupby(rows["event_id"]).nunique()
        mine = rows[rows["person_id"] == me]
        sent = mine.loc[mine["role"] == "from", "event_id"]
        theirs = rows[among(rows["event_id"], mine["event_id"]) & ~rows["person_id"].isin([me, ""])]
        theirs = theirs[among(theirs["event_id"], human.index)]
        events = human.reindex(theirs["event_id"])
        days = day_numbers(events["at"], zone=village.zone) if len(events) else np.empty(0)
        both = events["channel"].isin(_MUTUAL).to_numpy()
        self.rows = pd.DataFrame(
            {
                "person_id": theirs["person_id"].to_numpy(),
                "at": events["at"].to_numpy(dtype="datetime64[us]").astype(np.int64),
                "day": days.astype(np.int64),
                "channel": events["channel"].to_numpy(),
                "out": among(theirs["event_id"], sent) | both,
                "in": (theirs["role"] == "from").to_numpy() | both,
                "alone": (theirs["event_id"].map(sizes) == 2).to_numpy(),
            }
        ).sort_values(["person_id", "at", "out"], kind="stable", ignore_index=True)

    def waiting(self, today: int, *, since: int, until: int) -> dict[str, int]:
        """
        Find who wrote to the owner alone and has heard nothing since.

        Parameters
        ----------
        today
            Last day that counts, counted from 1970-01-01.
        since, until
            First and last day on which their last message may have come.

        Returns
        -------
        waiting
            Day of that message by `person_id`, the earliest first. Only people half of
            whose earlier messages the owner answered within two weeks: not every mail
            asks for an answer.
        """
        past = self.rows[self.rows["day"] <= today]
        asked = past[past["in"] & past["alone"] & past["channel"].isin(_WRITTEN)]
        last = asked.drop_duplicates("person_id", keep="last").set_index("person_id")
        out = past[past["out"]].drop_duplicates("person_id", keep="last").set_index("person_id")
        last = last[(last["day"] >= since) & (last["day"] <= until)]
        answered = out["at"].reindex(last.index)
        last = last[answered.notna() & (answered < last["at"])]
        last = last[(self._answered(asked, past).reindex(last.index) >= 0.5).to_numpy()]
        ordered = last.reset_index().sort_values(["day", "person_id"])
        return dict(zip(ordered["person_id"].tolist(), ordered["day"].tolist(), strict=True))

    @staticmethod
    def _answered(asked: pd.DataFrame, past: pd.DataFrame) -> pd.Series:
        """Return the share of each person's messages but the last that the owner answered soon."""
        out = past.loc[past["out"], ["person_id", "at", "day"]].sort_values("at", kind="stable")
        found = pd.merge_asof(
            asked[["person_id", "at", "day"]].sort_values("at", kind="stable"),
            out.assign(answer=out["day"])[["person_id", "at", "answer"]],
            on="at",
            by="person_id",
            direction="forward",
            allow_exact_matches=False,
        )
        soon = found["answer"] - found["day"] <= _ANSWER_WITHIN
        earlier = found["person_id"].duplicated(keep="last")
        return soon[earlier].groupby(found.loc[earlier, "person_id"]).mean()

    def silence(self, person: str, day: int) -> float:
        """Return the days since a person's last contact before a day; infinite without one."""
        days = self.rows.loc[(self.rows["person_id"] == person) & (self.rows["day"] < day), "day"]
        return float(day - days.max()) if len(days) else float("inf")

    def usual_channel(self, person: str) -> str:
        """Return the channel on which a person answered on most days of their last two years."""
        own = self.rows[(self.rows["person_id"] == person) & self.rows["in"]]
        # one can't write to a meeting
        own = own[own["channel"].isin(_USABLE)]
        if own.empty:
            return ""
        own = own[own["day"] > own["day"].max() - _RECENT]
        days = own.groupby("channel")["day"].nunique()
        return main_channel(tuple(str(name) for name in days[days == days.max()].index))
