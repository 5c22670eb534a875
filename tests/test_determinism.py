"""The same exports give the same bytes, wherever and however the commands are run."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WORLDS = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
    {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "77"},
)
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_in(folder: Path, exports: Path, world: dict[str, str]) -> dict[str, str]:
    """Run every command on a copy of the exports in a world of its own; name what it wrote."""
    folder.mkdir()
    shutil.copytree(exports, folder / "my exports")
    kept = {name: value for name, value in os.environ.items() if name not in THREADS}
    commands = (
        ("map", "my exports", "--as-of", "2026-10-31", "-o", "village.html"),
        ("report", "my exports", "--month", "2026-10", "-o", "report"),
        ("sample", "sample", "--seed", "7"),
    )
    for words in commands:
        subprocess.run(
            [sys.executable, "-m", "villagegraph", *words],
            cwd=folder,
            env={**kept, **world},
            check=True,
            capture_output=True,
        )
    outputs = subprocess.run(
        [sys.executable, "-m", "villagegraph", "neglected", "my exports", "--as-of", "2026-10-31"],
        cwd=folder,
        env={**kept, **world},
        check=True,
        capture_output=True,
    )
    (folder / "neglected.txt").write_bytes(outputs.stdout)
    shutil.rmtree(folder / "my exports")
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_give_the_same_bytes(tmp_path: Path, sample_folder: Path) -> None:
    one, other = (
        run_in(tmp_path / name, sample_folder, world)
        for name, world in zip(("one", "two words"), WORLDS, strict=True)
    )
    assert one == other
    assert {"village.html", "report/report.html", "report/neglected.csv"} <= set(one)
    assert {"report/occasions.ics", "neglected.txt", "sample/truth.json"} <= set(one)
