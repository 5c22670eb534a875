"""What holds for the repository as a whole: fictional people, no traces of a machine."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
FICTIONAL = re.compile(
    r"(?:.*\.)?example(?:\.com|\.org|\.net)?|.*\.(?:example|invalid|test|localhost)"
)
# domains of services, never of people: event ids and room addresses of Google's calendar, and
# the mail providers whose rules the handle code knows
SERVICES = re.compile(
    r"(?:(?:group|resource)\.calendar\.)?google\.com|(?:gmail|googlemail|outlook|icloud|me|mac)\.com"
)


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    names = [name.decode() for name in listing.stdout.split(b"\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def texts(path: Path) -> list[str]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    text = path.read_bytes().decode("utf-8", "replace")
    # calendars and cards fold their lines, also within an address
    return [re.sub(r"\r?\n[ \t]", "", text) if path.suffix in (".ics", ".vcf") else text]


@pytest.mark.parametrize("folder", ["data", "tests", "notebooks", "villagegraph", "docs"])
def test_every_address_is_fictional(folder: str) -> None:
    bad = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.is_relative_to(ROOT / folder)
        and path.name not in ("package-lock.json", "map.js")
        and path.suffix != ".png"
        for text in texts(path)
        for match in ADDRESS.finditer(text)
        if not FICTIONAL.fullmatch(match[1].lower().rstrip("."))
        and not SERVICES.fullmatch(match[1].lower())
        and re.search(r"\.[a-z]{2,}$", match[1].lower())
    }
    assert not bad


def test_notebooks_are_committed_without_outputs() -> None:
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_locks_name_no_download_address() -> None:
    for path in tracked():
        if path.name == "requirements.lock":
            assert "://" not in path.read_text()
        if path.name == "package-lock.json":
            assert '"resolved"' not in path.read_text()
