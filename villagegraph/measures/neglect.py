"""Neglected ties: who fell behind their own rhythm, and who has long been silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import DayLike, as_day, day_number
from villagegraph.measures import reasons
from villagegraph.measures.arguments import check_limit
from villagegraph.measures.at_stake import at_stake
from villagegraph.measures.catalog import Measure
from villagegraph.measures.histories import Rhythms, listable
from villagegraph.measures.observed import Observed
from villagegraph.measures.probability import contact_probability
from villagegraph.measures.silences import RETURN_WITHIN, ROUNDING, outcomes, survival
from villagegraph.measures.wording import main_channel
from villagegraph.settings import PersonSettings
from villagegraph.ties.table import contacts_and_pairs

if TYPE_CHECKING:
    from villagegraph.village import Village

MIN_DAYS = 5
MIN_SILENCE = 30
MIN_OVERDUE = 3.0
DORMANT_AFTER = 365
LISTS = ("slipping", "worth a message", "dormant")

_YEAR = 365
_HALF_A_YEAR = 182

COLUMNS = {
    "list": "str",
    "rank": "int64",
    "person_id": "str",
    "name": "str",
    "value": "float64",
    "band": "str",
    "days_365": "int64",
    "cadence_days": "float64",
    "dormancy_days": "int64",
    "unseen_days": "int64",
    "overdue": "float64",
    "last_at": "datetime64[us, UTC]",
    "channel": "str",
    "ended": "int64",
    "cases": "int64",
    "people_at_risk": "int64",
    "organization_at_risk": "str",
    "reason": "str",
}


def neglected_ties(village: Village, *, as_of: DayLike, limit: int | None = None) -> pd.DataFrame:
    """
    List the people who are worth a message.

    A tie with at least 5 days of contact that has been quiet for 30 to 365 days,
    and for at least 3 times its usual gap, stands in two lists. In *slipping*
    those stand first who mattered most and are least likely to come back by
    themselves; in *worth a message*, those who mattered most and whose silence
    is unlike them. *Dormant* is a tie of as many days that has been quiet for longer
    than a year; those who mattered most stand first.

    Parameters
    ----------
    village
        The village of one person.
    as_of
        The day, in the village's zone; what happened later counts for nothing.
    limit
        Most rows of each list; None for all.

    Returns
    -------
    neglected
        One row per list and tie: `list` (`slipping`, `worth a message`, `dormant`),
        `rank` (from 1 in each list), `person_id`, `name`, `value` (see Notes),
        `band` (how likely contact in the next 90 days is, from `very likely` to
        `very unlikely`), `days_365` (contact days in the last 365 days; of a tie silent for
        more than half a year, in the 365 days up to the last contact), `cadence_days` (usual
        gap, or the one wished for; `nan` if there is none), `dormancy_days` (days
        since the last contact that your exports cover), `unseen_days` (those that
        they do not), `overdue` (dormancy over cadence), `last_at` (last contact, UTC), `channel`
        (of the last contact; the most personal one if that day had several), `ended` and
        `cases` (of so many silences as long in the owner's past, so many ended within
        90 days), `people_at_risk` (seen together with this person alone: lost from
        sight without the tie), `organization_at_risk` (where the owner is in contact
        with nobody else; empty if that is nowhere), `reason` (in words).
        `attrs["forecast"]` says whether the owner's own past was heard in `band`.

    Raises
    ------
    IdentityError
        If it is not known whose village it is.
    ValueError
        If `limit` is below 0.

    Notes
    -----
    `value` is ``ln(1 + days_365)``, doubled by a star in the settings. The list
    of slipping ties is ordered by ``value * (1 - p)``, p as `contact_probability`
    gives it with these `unseen_days`; the one of those worth a message by
    ``value * (1 - S)``, where S,
    the share of silences that lasted longer than this one, is taken from the tie's own
    n gaps and those of all ties: ``(own longer + 3 * share of all) / (n + 3)``.

    A `cadence_days` in the settings takes the place of the usual gap: the tie is
    listed once it has been quiet for longer than that, and one day of contact is
    enough. Who is muted, snoozed or opted out, and addresses from which only
    machines write, are left out.

    A silence is one of the channels that were loaded: a call that no export
    holds is not seen. Days on which none of the exports through which a tie
    runs shows anything at all are not counted as silence (see `Observed`).

    Takes time proportional to the number of contact days.

    References
    ----------
    .. [1] Navarro, H., Miritello, G., Canales, A., & Moro, E. (2017). Temporal
       patterns behind the strength of persistent ties. EPJ Data Science 6, 31.
    .. [2] Levin, D. Z., Walter, J., & Murnighan, J. K. (2011). Dormant ties:
       the value of reconnecting. Organization Science 22(4), 923-939.

    Examples
    --------
    Ben wrote every week for six weeks, then for twelve weeks no more:

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"at": pd.date_range("2026-01-05", periods=6, freq="7D")})
    >>> mails["event_id"] = [f"m{number}" for number in range(6)]
    >>> who = pd.concat(
    ...     mails[["event_id"]].assign(person_id=person, role=role)
    ...     for person, role in [("ben", "from"), ("me", "to")]
    ... )
    >>> village = village_from_tables(mails, who, me="me")
    >>> found = neglected_ties(village, as_of="2026-05-04")
    >>> found[["list", "person_id", "dormancy_days"]].values.tolist()
    [['slipping', 'ben', 84], ['worth a message', 'ben', 84]]
    >>> found["reason"][0][:71]
    'Usually every 7 days (6 days of contact in the last year). Quiet for 84'
    """
    check_limit(limit)
    past = village.until(as_of)
    me = past.owner()
    contacts, ties = contacts_and_pairs(past)
    rhythms = Rhythms.of(contacts, me=me)
    standing = _standing(past, rhythms, as_of=as_of)
    listed = _lists(standing)
    forecast = contact_probability(
        past,
        as_of=as_of,
        horizon_days=RETURN_WITHIN,
        ties=ties,
        contacts=contacts,
        unseen_days=_by_tie(standing.set_index("person_id")["unseen_days"], me),
    )
    listed["p"] = _of_mine(forecast, me).reindex(listed["person_id"]).to_numpy()
    ranked = _ranked(listed, limit=limit)
    ranked = ranked.join(at_stake(past, ties), on="person_id")
    ranked["band"] = [reasons.band(p) for p in ranked["p"]]
    ranked["reason"] = _reasons(ranked)
    table = ranked[list(COLUMNS)].astype(COLUMNS)
    table.attrs["forecast"] = forecast.attrs["note"]
    return table


def _standing(village: Village, rhythms: Rhythms, *, as_of: DayLike) -> pd.DataFrame:
    """Return everybody who may be listed: a row each, in the order of `rhythms`."""
    today = day_number(as_of)
    last, usual = rhythms.last, rhythms.cadence()
    unseen = Observed(village, as_of=as_of).unseen(rhythms.people, last)
    silence = today - last - unseen
    nothing = PersonSettings()
    chosen = [village.chosen.get(person, nothing) for person in rhythms.people]
    wish = np.array([np.nan if one.cadence_days is None else one.cadence_days for one in chosen])
    # who has long been silent is valued as when last in touch
    long = silence > _HALF_A_YEAR
    days_365 = rhythms.within(np.where(long, last, today - unseen), _YEAR)
    star = np.array([2.0 if one.star else 1.0 for one in chosen])
    ended, cases = outcomes(rhythms, usual, silence)
    names = village.people["name"].reindex(rhythms.people)
    table = pd.DataFrame(
        {
            "person_id": rhythms.people,
            "name": names.to_numpy(),
            "days": rhythms.counts,
            "first": rhythms.days[rhythms.starts],
            "last": last,
            "dormancy_days": silence,
            "unseen_days": unseen,
            "wish": ~np.isnan(wish),
            "cadence_days": np.where(np.isnan(wish), usual, wish),
            "long": long,
            "days_365": days_365,
            "value": np.log1p(days_365) * star,
            "survival": survival(rhythms, silence),
            "ended": ended,
            "cases": cases,
            "last_at": rhythms.last_at,
            "channel": [main_channel(channels) for channels in rhythms.channels],
        }
    )
    table["overdue"] = table["dormancy_days"] / table["cadence_days"]
    asleep = [
        one.mute or (one.snooze_until is not None and one.snooze_until > as_day(as_of))
        for one in chosen
    ]
    awake = set(listable(village, rhythms.people[~np.array(asleep, dtype=bool)]))
    return table[table["person_id"].isin(awake)]


def _lists(standing: pd.DataFrame) -> pd.DataFrame:
    """Return one row per list and tie; nobody who keeps the usual rhythm stands in any."""
    silence, cadence, wish = (standing[name] for name in ("dormancy_days", "cadence_days", "wish"))
    known = standing["days"] >= np.where(wish, 1, MIN_DAYS)
    habit = (silence >= MIN_SILENCE) & (silence >= MIN_OVERDUE * cadence - ROUNDING)
    # a wish says when it is time; a habit is only passed by a silence that stands out
    due = known & np.where(wish, silence > cadence + ROUNDING, habit)
    long_ago = known & (silence > DORMANT_AFTER)
    chosen = (due & ~long_ago, due & ~long_ago, long_ago)
    parts = [standing[rows].assign(list=name) for name, rows in zip(LISTS, chosen, strict=True)]
    return pd.concat(parts, ignore_index=True)


def _of_mine(values: pd.Series, me: str) -> pd.Series:
    """Return what is told of the owner's ties, by the other person."""
    u, v = (values.index.get_level_values(place) for place in (0, 1))
    mine = np.asarray((u == me) | (v == me))
    other = np.where(np.asarray(u == me), v, u)[mine]
    return pd.Series(values.to_numpy()[mine], index=pd.Index(other, dtype="object"))


def _by_tie(values: pd.Series, me: str) -> pd.Series:
    """Return what is told of other people, by the owner's tie with each."""
    pairs = [(min(me, other), max(me, other)) for other in values.index]
    ends = pd.MultiIndex.from_tuples(pairs, names=["person_u", "person_v"])
    return values.set_axis(ends)


def _ranked(table: pd.DataFrame, *, limit: int | None) -> pd.DataFrame:
    """Order each list, number its rows, and leave out those beyond the limit."""
    off = table["p"].where(table["list"] == "slipping", table["survival"])
    off = off.where(table["list"] != "dormant", 0.0)
    # rounded: a difference in the last bits must not decide before the name does
    table = table.assign(
        order=-(table["value"] * (1 - off)).astype("float64").round(12),
        list=pd.Categorical(table["list"], categories=LISTS, ordered=True),
    )
    table = table.sort_values(["list", "order", "name", "person_id"], ignore_index=True)
    table["rank"] = table.groupby("list", observed=True).cumcount() + 1
    return table if limit is None else table[table["rank"] <= limit].reset_index(drop=True)


def _reasons(table: pd.DataFrame) -> list[str]:
    """Return why each row stands where it does."""
    told = zip(*(table[name].tolist() for name in _TOLD), strict=True)
    lists = table["list"].tolist()
    return [_TELL[name](reasons.Standing(*tie)) for name, tie in zip(lists, told, strict=True)]


# the columns that are told of, in the order of `Standing`
_TOLD = (
    "days", "days_365", "long", "first", "last", "dormancy_days", "unseen_days", "cadence_days",
    "wish", "ended", "cases", "band", "channel", "people_at_risk", "organization_at_risk",
)  # fmt: skip
_TELL = {
    "slipping": reasons.slipping,
    "worth a message": reasons.worth_a_message,
    "dormant": reasons.dormant,
}


def _entry(
    name: str, meaning: str, unit: str, span: str, undefined: str = "never", source: str = ""
) -> Measure:
    source = source or "villagegraph"
    return Measure(name, "neglected_ties", "tie", meaning, unit, span, undefined, source)


MEASURES = (
    _entry("list", "Which list the tie stands in: quiet for longer than is usual and likely to "
           "stay so, or unlike itself, or quiet for over a year.", "-",
           "slipping, worth a message, dormant", source="Levin et al. 2011"),
    _entry("rank", "Place on the list.", "-", "1 or more"),
    _entry("value", "What the tie means by its days of contact: ln(1 + days_365), doubled by a "
           "star.", "-", "0 or more"),
    _entry("band", "How likely contact in the next 90 days is, in words.", "-",
           "very likely to very unlikely", source="Navarro et al. 2017"),
    _entry("days_365", "Days of contact in the last 365 days; of a tie silent for over half a "
           "year, in the 365 days up to the last contact.", "days", "0 to 365"),
    _entry("cadence_days", "Usual days from one contact to the next, or those wished for.", "days",
           "above 0", "if there is no usual gap and no wish", "Navarro et al. 2017"),
    _entry("dormancy_days", "Days since the last contact that the exports cover.", "days",
           "0 or more", source="Levin et al. 2011"),
    _entry("unseen_days", "Days since the last contact that the exports do not cover.", "days",
           "0 or more"),
    _entry("overdue", "Dormancy as a multiple of cadence.", "-", "0 or more",
           "if there is no cadence"),
    _entry("last_at", "Last contact.", "UTC", "-"),
    _entry("channel", "Channel of the last contact.", "-",
           "email, meeting, call, sms, chat, social, note"),
    _entry("ended", "Of the cases, those that ended within 90 days.", "silences", "0 to cases"),
    _entry("cases", "Silences as long in the owner's own past, measured by each tie's usual gap.",
           "silences", "0 or more"),
    _entry("people_at_risk", "People seen together with this person alone, lost from sight "
           "without the tie.", "people", "0 or more"),
    _entry("organization_at_risk", "Where the owner is in contact with nobody else.", "-",
           "text; empty if nowhere"),
    _entry("reason", "Why the tie stands here, in words.", "-", "text"),
)  # fmt: skip
