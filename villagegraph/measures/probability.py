"""How likely it is that two people will be in contact again within some days."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from villagegraph.days import DayLike, day_number
from villagegraph.measures.arguments import check_horizon
from villagegraph.measures.catalog import Measure
from villagegraph.measures.edge_log import as_contact_days
from villagegraph.measures.features import design, tie_features
from villagegraph.measures.outcomes import YEAR_DAYS, Outcomes, outcomes, past_cuts
from villagegraph.ties.table import contacts_and_pairs
from villagegraph.village import Village

if TYPE_CHECKING:
    from collections.abc import Mapping

    from villagegraph.measures.features import ContactDays, TieFeatures

MEASURES = (
    Measure(
        name="p_contact",
        function="contact_probability",
        of="tie",
        meaning="How likely contact either way is within the next days, 90 unless told otherwise.",
        unit="-",
        range="0 to 1",
        undefined="where there was no contact yet",
        reference="villagegraph, docs/neglect.md; after Navarro et al. 2017",
    ),
)

COEFFICIENTS = "coefficients.json"

# a user's own past counts as much as what was learnt elsewhere at so many cases
_PRIOR_CASES = 30
# and however many cases a day has, its season may be unlike the next: a day alone counts 2/3
_PRIOR_DAYS = 0.5


class OwnPast(NamedTuple):
    """
    What a log's own past says of the intercept.

    Attributes
    ----------
    shift
        What is added to it, already shrunk; 0 if nothing is known.
    cases
        Ties whose outcome was looked at, each end and day counted.
    cuts
        Days as of which they were looked at.
    """

    shift: float
    cases: int
    cuts: tuple[int, ...]

    @property
    def note(self) -> str:
        """Say in words what was done."""
        if not self.cases:
            return "Not set to this log's own past: too little of it is known."
        days = "day" if len(self.cuts) == 1 else "days"
        return (
            f"Set to this log's own past: {self.cases:,} earlier cases on {len(self.cuts)} {days}."
        )


def contact_probability(
    village: Village | pd.DataFrame,
    *,
    as_of: DayLike,
    horizon_days: int = 90,
    recalibrate: bool = True,
    ties: pd.DataFrame | None = None,
    contacts: pd.DataFrame | None = None,
    unseen_days: pd.Series | None = None,
) -> pd.Series:
    """
    Estimate for every tie how likely contact is within the next days.

    Parameters
    ----------
    village
        A village: of one person, or the log of a whole organisation. Or a log as a
        frame with columns `src`, `dst`, `unix_time`.
    as_of
        The day; what happened later counts for nothing.
    horizon_days
        Days ahead, H.
    recalibrate
        Whether to shift all estimates alike, so that they would have been right on
        average in the last year of the village's own past.
    ties, contacts
        As `tie_table` and `contact_days` return them as of the day, if they are at hand; of
        a village.
    unseen_days
        Days since the last contact that no export covers, for ties indexed as the tie table
        is; they are not counted as silence. Of ties that are not in it, all days count.

    Returns
    -------
    p_contact
        Between 0 and 1, one for each pair of the tie table; `nan` for people who
        were only seen together. Contact is either way, as far as the exports show
        it. `attrs` holds `note` (in words, whether the village's own past was
        heard), `shift` (added to the intercept) and `cases` (how many it is from).

    Raises
    ------
    ValueError
        If `horizon_days` is below 1.

    Notes
    -----
    ``logit p = b0 + b1 ln((silence + 1)/H) ln(1 + S) + b2 ln(span/H)``, where S is
    the number of contact days, halved every 90 days, as of the last contact, and
    span the days from the first to the last contact; both look back 360 days from the
    last contact. b1 is negative: silence weighs the more, the closer the tie was.
    A longer horizon never gives a lower probability.
    In the log of an organisation, where it is seen whether people are still
    active, ``b3`` times how far the two are behind their own usual activity is
    added. Coefficients were fitted once, on public logs, and are shipped with
    where they come from; docs/neglect.md tells how well they do elsewhere.

    The shift is the one under which the estimates made on the days
    as_of - H, as_of - 2 H, ... of the last year add up to what happened, times
    n/(n + 30) for n cases and k/(k + 1/2) for k such days: little is made of few cases, and
    of a single season.

    Takes time proportional to the number of contact days.

    References
    ----------
    .. [1] Navarro, H., Miritello, G., Canales, A., & Moro, E. (2017). Temporal
       patterns behind the strength of persistent ties. EPJ Data Science 6, 31.

    Examples
    --------
    Ben and Ana wrote every week until today, Cy and Ana until half a year ago:

    >>> weeks = [86_400 * 7 * week for week in range(26)]
    >>> log = pd.DataFrame({"src": "ana", "dst": "ben", "unix_time": weeks})
    >>> log = pd.concat([log, log[:6].assign(dst="cy")])
    >>> p = contact_probability(log, as_of="1970-06-25")
    >>> bool(p["ana", "ben"] > 0.5 > p["ana", "cy"])
    True
    """
    check_horizon(horizon_days)
    today = day_number(as_of)
    if isinstance(village, Village) and ties is None:
        counted, ties = contacts_and_pairs(village, as_of=as_of)
        contacts = counted if contacts is None else contacts
    days = as_contact_days(village, as_of=as_of, contacts=contacts)
    people, me = days.people, None
    owner = village.me if isinstance(village, Village) else None
    if owner is not None:
        place = int(np.searchsorted(people.astype(str), owner)) if len(people) else 0
        me = place if place < len(people) and people[place] == owner else -1
    known = days.between(-(2**40), today)
    past = (
        own_past(known, as_of=today, horizon=horizon_days, me=me)
        if recalibrate
        else OwnPast(0.0, 0, ())
    )
    features = tie_features(known, as_of=today)
    index = pd.MultiIndex.from_arrays(
        [pd.Index(people[end], dtype="str") for end in (features.u, features.v)],
        names=["person_u", "person_v"],
    )
    if unseen_days is not None:
        unseen = unseen_days.reindex(index, fill_value=0).to_numpy(dtype=np.int64)
        features = features._replace(silence=features.silence - unseen)
    overdue = None if me is not None else features.overdue_u + features.overdue_v
    p = probabilities(features, overdue, horizon=horizon_days, shift=past.shift)
    series = pd.Series(p, index=index, name="p_contact", dtype="float64")
    if ties is not None:
        series = series.reindex(ties.index)
    note = past.note if recalibrate else "Not set to this log's own past, as was asked."
    series.attrs.update(note=note, shift=past.shift, cases=past.cases)
    return series


@cache
def coefficients() -> Mapping[str, Mapping[str, float]]:
    """Return the shipped coefficients: `village` for one person's ties, `log` for all."""
    text = resources.files("villagegraph.measures").joinpath(COEFFICIENTS).read_text("utf-8")
    models: Mapping[str, Mapping[str, float]] = json.loads(text)["models"]
    return models


def logits(features: TieFeatures, overdue: np.ndarray | None, *, horizon: int) -> np.ndarray:
    """
    Return the log odds of contact, by the shipped coefficients.

    Parameters
    ----------
    features
        The ties.
    overdue
        As in `design`; None takes the model for one person's ties.
    horizon
        Days ahead.
    """
    model = coefficients()["village" if overdue is None else "log"]
    names = ["quiet", "span", "overdue"][: 2 if overdue is None else 3]
    slopes = np.array([model[name] for name in names])
    log_odds: np.ndarray = model["intercept"] + design(
        features, horizon=horizon, overdue=overdue
    ).dot(slopes)
    return log_odds


def probabilities(
    features: TieFeatures, overdue: np.ndarray | None, *, horizon: int, shift: float
) -> np.ndarray:
    """Return the probability of contact, with the intercept shifted."""
    return logistic(logits(features, overdue, horizon=horizon) + shift)


def logistic(log_odds: np.ndarray) -> np.ndarray:
    """Return the probability of each log odds."""
    p: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -500, 500)))
    return p


def own_past(
    contacts: ContactDays,
    *,
    as_of: int,
    horizon: int,
    me: int | None = None,
    history: int = YEAR_DAYS,
    looked: dict[int, Outcomes] | None = None,
) -> OwnPast:
    """
    Learn from a log's last year by how much the intercept is off.

    Parameters
    ----------
    contacts
        Contact days; those after `as_of` are not looked at.
    as_of
        Today.
    horizon
        Days ahead, H.
    me
        Code of the owner; None for an organisation's log.
    history
        Days before each of the earlier days that are looked at.
    looked
        What came of the ties as of earlier days, of the same contacts, `me`, horizon
        and history, so that it is counted once; those of further days are added.

    Returns
    -------
    past
        The shift, and what it comes from.
    """
    known = contacts.between(-(2**40), as_of)
    if not len(known.day):
        return OwnPast(0.0, 0, ())
    # a few wrong dates long before everything else are no beginning
    first = int(np.quantile(known.day, 0.001, method="lower"))
    cuts, odds, seen = [], [], []
    looked = {} if looked is None else looked
    for cut in past_cuts(as_of=as_of, first=first, horizon=horizon):
        if cut not in looked:
            looked[cut] = outcomes(known, cut=cut, horizon=horizon, history=history, me=me)
        rows = looked[cut]
        if len(rows.contacted):
            cuts.append(cut)
            odds.append(row_logits(rows, horizon=horizon, me=me))
            seen.append(rows.contacted)
    if not cuts:
        return OwnPast(0.0, 0, ())
    shift = intercept_shift(np.concatenate(odds), np.concatenate(seen), days=len(cuts))
    return OwnPast(shift, sum(len(part) for part in seen), tuple(cuts))


def row_logits(rows: Outcomes, *, horizon: int, me: int | None) -> np.ndarray:
    """Return the log odds of each row: the end that asks is there, the other may be gone."""
    return logits(rows.features, None if me is not None else rows.overdue, horizon=horizon)


def intercept_shift(log_odds: np.ndarray, contacted: np.ndarray, *, days: int = 1) -> float:
    """
    Return the shift under which the estimates add up to what happened, shrunk.

    Parameters
    ----------
    log_odds
        As estimated.
    contacted
        What happened.
    days
        Of how many days the cases are.

    Returns
    -------
    shift
        Added to every log odds; with n cases of k days, ``n/(n + 30) * k/(k + 1/2)`` of
        the full shift. If all or none saw contact, half a case is taken to be otherwise.

    Examples
    --------
    As of one day even odds were given to 60 ties, of which 3 in 4 saw contact. That is
    log(3), 1.10, too low; two thirds of it count for 60 cases, and of these two thirds
    for one day:

    >>> round(intercept_shift(np.zeros(60), np.arange(60) < 45), 2)
    0.49
    """
    n = len(contacted)
    if not n:
        return 0.0
    share = float(np.clip(contacted.mean(), 0.5 / n, 1 - 0.5 / n))
    low, high = -40.0, 40.0
    # the mean rises with the shift: halving finds it, whatever the odds
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if logistic(log_odds + middle).mean() < share else (low, middle)
    return (low + high) / 2 * n / (n + _PRIOR_CASES) * days / (days + _PRIOR_DAYS)
