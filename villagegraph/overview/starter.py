"""A commented `village.toml` to begin with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from villagegraph.overview.facts import owner_facts
from villagegraph.parsing import clean, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from villagegraph.village import Village


def starter_settings(village: Village) -> str:
    """
    Return a commented `village.toml` with the owner guessed from the exports.

    Parameters
    ----------
    village
        A village read from a folder without settings.
    """
    owner = owner_facts(village)
    name = "" if owner is None else owner["name"]
    handles = [] if owner is None else owner["handles"]
    organization = "" if village.me is None else village.people["organization"][village.me]
    headline = "" if village.me is None else village.people["headline"][village.me]
    emails = _rests(handles, "email")
    phones = _rests(handles, "phone")
    profiles = [f"https://www.linkedin.com/in/{slug}" for slug in _rests(handles, "linkedin")]
    guess = "not found: please fill it in" if owner is None else f"guessed: {owner['basis']}"
    return f"""\
# Settings of this village. Every line may be left out; take the # away to use one.

# Time zone in which your days are counted, and in which chats without a zone are read.
# zone = "Europe/Berlin"

# Days after which a day of contact counts half (30 to 365).
# half_life_days = 60

# Dates such as 3/4/25 in chats: true for 3 April, false for 4 March.
# dayfirst = true

# Files to leave out, or the only ones to read.
# ignore = ["old/*"]
# include = ["*.mbox"]

# Who you are ({guess}).
[me]
name = {_toml(name)}
emails = {_toml_list(emails)}
phones = {_toml_list(phones)}            # with country code: +49 30 ...
profiles = {_toml_list(profiles)}
organization = {_toml(organization)}
# One memorable line about you. Put the same line in every signature and profile.
headline = {_toml(headline)}

# What you want for single people, by name or address.
# [people."Ada Lovelace"]
# cadence_days = 30                  # you wish to be in touch about once a month
# star = true                        # counts double on the list of neglected ties
# mute = true                        # never stands on it
# snooze_until = 2027-01-31          # does not stand on it before that day
# tags = ["mentor"]
# opt_out = true                     # stands in nothing that is shown
"""


def _rests(handles: Sequence[str], kind: str) -> list[str]:
    return [handle.partition(":")[2] for handle in handles if kind_of(handle) == kind]


def _toml(text: str) -> str:
    # JSON's strings are TOML's basic strings once control characters are out
    return json.dumps(clean(text), ensure_ascii=False)


def _toml_list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(_toml, texts)) + "]"
