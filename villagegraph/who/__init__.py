"""Who is who, explained: likely duplicates, merges, ties, new jobs, and the owner's answers."""

from villagegraph.who.answers import write_alias
from villagegraph.who.duplicates import likely_duplicates
from villagegraph.who.events import tie_events
from villagegraph.who.find import find_person
from villagegraph.who.jobs import job_changes
from villagegraph.who.merges import explain_merge

__all__ = [
    "explain_merge",
    "find_person",
    "job_changes",
    "likely_duplicates",
    "tie_events",
    "write_alias",
]
