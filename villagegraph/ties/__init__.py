"""
Ties: one row per pair of people, from what passed between them, as of a day.

*Contact* is that one addressed the other: the sender of a mail and each of
its recipients, the sender of a chat message and each member, both ends of a
call, and every pair of a meeting's attendees. Two people who merely received
the same mail are *co-present*: that makes an alter tie, never a contact day.

The same function counts a village and a log of a hundred million rows: it is
written on narwhals, so that pandas (through an embedded duckdb), polars,
duckdb and Spark each do the work in their own way and give the same table.
"""

from __future__ import annotations

from villagegraph.ties.pairs import GROUP_LIMIT
from villagegraph.ties.table import contact_days, count_large_items, tie_table

__all__ = ["GROUP_LIMIT", "contact_days", "count_large_items", "tie_table"]
