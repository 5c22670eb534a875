"""The layering is held by a check that goes red: here it is shown to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BREACHES = {
    "nothing": ("villagegraph/ties/table.py", ""),
    "a measure imports the maps": ("villagegraph/measures/reach.py", "import villagegraph.maps"),
    "a reader imports another": (
        "villagegraph/readers/vcard.py",
        "import villagegraph.readers.mail",
    ),
    "the graph imports a drawing library": ("villagegraph/ties/table.py", "import matplotlib"),
    "a module has no layer": ("villagegraph/stray.py", "import villagegraph.ties"),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_of_layering_turns_the_check_red(tmp_path: Path, breach: str) -> None:
    shutil.copytree(
        ROOT / "villagegraph",
        tmp_path / "villagegraph",
        ignore=shutil.ignore_patterns("js", "static"),
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    name, line = BREACHES[breach]
    with (tmp_path / name).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) == (breach == "nothing"), run.stdout
