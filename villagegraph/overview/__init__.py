"""What was read from a folder, before anything is computed, and how to go on."""

from villagegraph.overview.ends import early_ends
from villagegraph.overview.facts import overview
from villagegraph.overview.starter import starter_settings
from villagegraph.overview.text import overview_json, overview_text

__all__ = ["early_ends", "overview", "overview_json", "overview_text", "starter_settings"]
