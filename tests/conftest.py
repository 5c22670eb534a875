"""What tests share: the sample village, its planted truth, and public data beside the checkout."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from villagegraph.village import Village, load_village

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "sample"
SHARED = Path(os.environ.get("VILLAGEGRAPH_SHARED", ROOT.parent / "shared")) / "data"


# what is right is right on a busy machine, too; and the same examples in each run, since a
# change must not be red by chance: the fuzz targets look further
settings.register_profile("villagegraph", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("villagegraph")


# files that take minutes go first: begun last, one of them would keep a single worker busy
LONG = (
    "test_truth", "test_ties_spark", "test_cli", "test_every_reader", "test_maps_browser",
    "test_report", "test_properties", "test_determinism", "test_maps_access", "test_touches_week",
    "test_maps_controls", "test_whatsapp", "test_wording", "test_calendar", "test_maps_lab",
    "test_report_browser",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests read out of the user's cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VILLAGEGRAPH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    return SAMPLE / "exports"


@pytest.fixture(scope="session")
def sample_village(sample_folder: Path) -> Village:
    return load_village(sample_folder)


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"the public test data is not there: {SHARED}")
    return SHARED
