"""The village: one person's (or one organisation's) tables, frozen together."""

from villagegraph.village.core import Village
from villagegraph.village.folder import load_village
from villagegraph.village.own_tables import village_from_tables
from villagegraph.village.phones import village_from_phones

__all__ = ["Village", "load_village", "village_from_phones", "village_from_tables"]
