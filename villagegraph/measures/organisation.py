"""What a whole organisation's log says: who works with which group, who came and went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from villagegraph.days import day_number
from villagegraph.measures.attributes import kind_of_text
from villagegraph.measures.catalog import Measure
from villagegraph.ties import contact_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from villagegraph.days import DayLike
    from villagegraph.village import Village

NO_GROUP = "not known"
"""Group of people of whom none is known."""


def flow_shares(
    flows: pd.DataFrame, *, source: str, target: str, value: str, within: str | None = None
) -> pd.DataFrame:
    """
    Calculate which share of each group's contact goes to which group.

    Parameters
    ----------
    flows
        A row per flow from one group to another, such as a group-to-group query of Viva
        Insights. Rows of the same two groups, as of several weeks, are averaged, as
        vivainsights does: a week without a row is no 0, so sum the rows before where it is.
    source, target, value
        Columns that hold the two groups and the size of the flow, 0 or more.
    within
        What `target` says where a group has to do with itself, such as `Within Group`.

    Returns
    -------
    shares
        A row per source and a column per target, both sorted: the share of the source's flow,
        0 to 1; each row adds up to 1. 0 where nothing flows; `nan` if a source has no flow at all.

    Raises
    ------
    ValueError
        If a column or a group is missing, or a value is negative, infinite or no number.

    Examples
    --------
    >>> flows = pd.DataFrame({"a": ["Sales", "Sales"], "b": ["Sales", "HR"], "hours": [3.0, 1.0]})
    >>> flow_shares(flows, source="a", target="b", value="hours").loc["Sales"].to_dict()
    {'HR': 0.25, 'Sales': 0.75}
    """
    missing = [name for name in (source, target, value) if name not in flows.columns]
    if missing:
        msg = "flows need " + ", ".join(f"`{name}`" for name in missing)
        raise ValueError(msg)
    size = flows[value]
    if not pd.api.types.is_numeric_dtype(size.dtype) or not size.between(0, np.inf, "left").all():
        msg = f"`{value}` needs to hold finite numbers of 0 or more"
        raise ValueError(msg)
    for name in (source, target):
        unknown = int(flows[name].isna().sum())
        if unknown:
            msg = (
                f"`{name}` needs to name a group in every row; rows without one: {unknown}. "
                "Leave these out, or name a group for them"
            )
            raise ValueError(msg)
    to = flows[target]
    if within is not None:
        to = to.where(to != within, flows[source])
    table = pd.DataFrame({"source": flows[source], "target": to, "size": size})
    wide = table.pivot_table(
        index="source", columns="target", values="size", aggfunc="mean", fill_value=0.0
    ).astype("float64")
    total = wide.sum(axis=1)
    return wide.div(total.where(total > 0), axis=0)


def group_to_group(
    village: Village,
    *,
    groups: str | pd.Series = "organization",
    since: DayLike | None = None,
    as_of: DayLike | None = None,
) -> pd.DataFrame:
    """
    Calculate which share of each group's contact is with which group.

    Parameters
    ----------
    village
        An organisation's log, or one person's village.
    groups
        Column of the table `people`, or a group per `person_id`. People without one are
        a group of their own, `not known`.
    since, as_of
        First and last day that count; None for all.

    Returns
    -------
    shares
        A row per group and a column per group, both sorted: 0 to 1; each row adds up to 1.
        Groups without contact have no row.

    Notes
    -----
    Contact is measured in days of credit, as in the table `ties`, seen from each person: a tie
    within a group counts for both its ends. Takes time proportional to the number of contact days.

    References
    ----------
    .. [1] Kleinbaum, A. M., Stuart, T. E., & Tushman, M. L. (2013). Discretion within constraint:
       homophily and structure in a formal organization. Organization Science 24(5), 1316-1336.

    Examples
    --------
    Ana (Sales) wrote to ben (Sales) and, on another day, to cy (HR):

    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["a", "b"], "at": ["2026-10-01", "2026-10-02"]})
    >>> who = pd.DataFrame(
    ...     {
    ...         "event_id": ["a", "a", "b", "b"],
    ...         "person_id": ["ana", "ben", "ana", "cy"],
    ...         "role": ["from", "to", "from", "to"],
    ...     }
    ... )
    >>> team = pd.Series({"ana": "Sales", "ben": "Sales", "cy": "HR"})
    >>> group_to_group(village_from_tables(mails, who), groups=team).round(2).to_dict("index")
    {'HR': {'HR': 0.0, 'Sales': 1.0}, 'Sales': {'HR': 0.33, 'Sales': 0.67}}
    """
    days = _between(contact_days(village, as_of=as_of), since)
    label = village.people[groups] if isinstance(groups, str) else groups
    label = label.fillna("").astype("str").str.strip()
    # one group however it is spelled, under the spelling that sorts first
    kind = label.map(kind_of_text)
    label = kind.map(label.groupby(kind).min()).fillna(NO_GROUP)
    ends = [days[name].map(label).fillna(NO_GROUP) for name in ("person_u", "person_v")]
    flows = pd.DataFrame(
        {
            "source": pd.concat(ends, ignore_index=True),
            "target": pd.concat(ends[::-1], ignore_index=True),
            "credit": pd.concat([days["credit"]] * 2, ignore_index=True),
        }
    )
    summed = flows.groupby(["source", "target"], as_index=False, sort=True)["credit"].sum()
    return flow_shares(summed, source="source", target="target", value="credit")


def joiners_and_leavers(
    village: Village, *, before: tuple[DayLike, DayLike], after: tuple[DayLike, DayLike]
) -> pd.DataFrame:
    """
    Tell who was in contact with others in one stretch of days and not in another.

    Parameters
    ----------
    village
        An organisation's log, or one person's village.
    before, after
        First and last day of the two stretches.

    Returns
    -------
    people
        Indexed by `person_id` and sorted, a row per person in contact in either: `change`
        (`joined`, `left` or `stayed`), `days_before`, `days_after` (days with contact).

    Raises
    ------
    ValueError
        If a stretch ends before it begins.

    Notes
    -----
    Silence in the log is taken for absence: a long leave looks like leaving, and where the
    log begins late, everybody joins. Takes time proportional to the number of contact days.

    Examples
    --------
    >>> from villagegraph.village import village_from_tables
    >>> mails = pd.DataFrame({"event_id": ["a", "b"], "at": ["2026-09-01", "2026-10-01"]})
    >>> who = pd.DataFrame(
    ...     {
    ...         "event_id": ["a", "a", "b", "b"],
    ...         "person_id": ["ana", "ben", "ana", "cy"],
    ...         "role": ["from", "to", "from", "to"],
    ...     }
    ... )
    >>> log = village_from_tables(mails, who)
    >>> found = joiners_and_leavers(
    ...     log, before=("2026-09-01", "2026-09-30"), after=("2026-10-01", "2026-10-31")
    ... )
    >>> found["change"].to_dict()
    {'ana': 'stayed', 'ben': 'left', 'cy': 'joined'}
    """
    days = contact_days(village)
    ends = [days[["day", name]].set_axis(["day", "person_id"], axis=1)
            for name in ("person_u", "person_v")]  # fmt: skip
    present = pd.concat(ends).drop_duplicates()
    counts = []
    for first, last in (before, after):
        start, stop = day_number(first), day_number(last)
        if stop < start:
            msg = f"a stretch needs to end on {first} or later, {last} was given"
            raise ValueError(msg)
        chosen = present[present["day"].between(start, stop)]
        counts.append(chosen.groupby("person_id").size())
    people = pd.concat(counts, axis=1, keys=["days_before", "days_after"]).fillna(0)
    people = people.astype("int64").sort_index().rename_axis("person_id")
    was, now = people["days_before"] > 0, people["days_after"] > 0
    words = pd.Series(np.select([~was, ~now], ["joined", "left"], "stayed"), people.index)
    return pd.DataFrame({"change": words.astype("str"), **people})


def lorenz_curve(values: Iterable[float]) -> pd.DataFrame:
    """
    Calculate which share of the whole the lower part of the people has.

    Parameters
    ----------
    values
        What each person has, 0 or more, such as days of contact.

    Returns
    -------
    curve
        From 0 to 1, a row more than there are values: `people` and `value`, the cumulated
        shares, those who have least first. `value` is `nan` if nobody has anything.

    Raises
    ------
    ValueError
        If a value is negative, `nan` or infinite.

    References
    ----------
    .. [1] Lorenz, M. O. (1905). Methods of measuring the concentration of wealth. Publications
       of the American Statistical Association 9(70), 209-219.

    Examples
    --------
    >>> lorenz_curve([1, 3]).to_dict("list")
    {'people': [0.0, 0.5, 1.0], 'value': [0.0, 0.25, 1.0]}
    """
    numbers = _sorted(values)
    total = np.concatenate([[0.0], np.cumsum(numbers)])
    with np.errstate(divide="ignore", invalid="ignore"):
        people = np.linspace(0.0, 1.0, len(total)) if len(numbers) else np.zeros(1)
        return pd.DataFrame({"people": people, "value": total / total[-1]})


def gini(values: Iterable[float]) -> float:
    """
    Calculate how unequally something is spread over people.

    Parameters
    ----------
    values
        What each person has, 0 or more, such as days of contact.

    Returns
    -------
    gini
        0 if all have the same, up to 1 - 1/n if one of n has everything; `nan` if nobody
        has anything.

    Raises
    ------
    ValueError
        If a value is negative, `nan` or infinite.

    Notes
    -----
    The mean difference between two people over twice the mean; twice the area between
    the Lorenz curve and the diagonal. Takes time proportional to n log n.

    References
    ----------
    .. [1] Gini, C. (1912). Variabilita e mutabilita. Bologna: Cuppini.

    Examples
    --------
    >>> gini([0, 0, 0, 8]), gini([2, 2])
    (0.75, 0.0)
    """
    numbers = _sorted(values)
    n, total = len(numbers), float(numbers.sum())
    if not total > 0:
        return float("nan")
    rank = np.arange(1, n + 1)
    return float(((2 * rank - n - 1) * numbers).sum() / (n * total))


def _sorted(values: Iterable[float]) -> np.ndarray:
    numbers = np.sort(np.array(list(values), dtype=np.float64))
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        msg = "values need to be numbers of 0 or more"
        raise ValueError(msg)
    return numbers


def _between(days: pd.DataFrame, since: DayLike | None) -> pd.DataFrame:
    return days if since is None else days[days["day"] >= day_number(since)]


MEASURES = (
    Measure(
        name="group_to_group",
        function="group_to_group",
        of="group",
        meaning="Share of a group's contact that is with another group, or within.",
        unit="share",
        range="0 to 1",
        undefined="never: a group without contact has no row",
        reference="Kleinbaum et al. 2013",
    ),
    Measure(
        name="flow_shares",
        function="flow_shares",
        of="group",
        meaning="Share of what flows out of a group that flows to another, or stays within.",
        unit="share",
        range="0 to 1",
        undefined="if nothing flows out of the group",
        reference="Kleinbaum et al. 2013",
    ),
    Measure(
        name="joiners_and_leavers",
        function="joiners_and_leavers",
        of="person",
        meaning="Who was in contact with others in one stretch of days and not in another.",
        unit="-",
        range="joined, left, stayed",
        undefined="never: who was in neither has no row",
        reference="villagegraph",
    ),
    Measure(
        name="lorenz_curve",
        function="lorenz_curve",
        of="village",
        meaning="Share of the whole that the lower part of the people has.",
        unit="share",
        range="0 to 1",
        undefined="if nobody has anything",
        reference="Lorenz 1905",
    ),
    Measure(
        name="gini",
        function="gini",
        of="village",
        meaning="How unequally something, such as days of contact, is spread over people.",
        unit="-",
        range="0 to 1",
        undefined="if nobody has anything",
        reference="Gini 1912",
    ),
)
