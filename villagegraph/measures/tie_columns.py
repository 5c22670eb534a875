"""What is written down of the columns of the tie table, which is made below this layer."""

from __future__ import annotations

from villagegraph.measures.catalog import Measure


def _entry(
    name: str, meaning: str, unit: str, span: str, undefined: str = "never", source: str = ""
) -> Measure:
    return Measure(
        name, "tie_table", "tie", meaning, unit, span, undefined, source or "villagegraph"
    )


MEASURES = (
    _entry("n_uv", "Times that the first of the two addressed the second.", "times", "0 or more"),
    _entry("n_vu", "Times that the second addressed the first.", "times", "0 or more"),
    _entry("n_shared", "Items that both received, neither addressing the other.", "items",
           "0 or more"),
    _entry("days", "Distinct days on which one addressed the other.", "days", "0 or more"),
    _entry("days_365", "The same in the last 365 days.", "days", "0 to 365"),
    _entry("first_at", "First contact.", "UTC", "-", "without contact"),
    _entry("last_at", "Last contact.", "UTC", "-", "without contact"),
    _entry("channels", "Channels in which there was contact.", "-",
           "email, meeting, call, sms, chat, social, note"),
    _entry("credit", "Days of contact, an item counting 1 / (other participants), a day at most "
           "1.", "days", "0 or more", source="Newman 2001"),
    _entry("shared_credit", "The same for items that both only received.", "days", "0 or more",
           source="Newman 2001"),
    _entry("strength", "Days of contact as in credit, each counting half for every half-life "
           "that it lies back.", "days", "0 to 87 at a half-life of 60 days",
           source="Granovetter 1973; Gilbert and Karahalios 2009"),
    _entry("reciprocity", "The smaller of the two directed counts as a share of the larger.",
           "share", "0 to 1", "without contact"),
    _entry("cadence_days", "Usual days from one contact to the next: the geometric mean of the "
           "tie's own gaps, drawn towards that of all ties.", "days", "1 or more",
           "below 3 contact days"),
    _entry("dormancy_days", "Days since the last contact.", "days", "0 or more",
           "without contact", "Levin et al. 2011"),
    _entry("basis", "Whether there was contact, or the two were only seen together.", "-",
           "contact, seen together"),
)  # fmt: skip
