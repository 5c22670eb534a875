"""The public face: names, what an import costs, no network, no clock."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import villagegraph as vg

ROOT = Path(__file__).parent.parent


def python(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_all_is_sorted_and_there() -> None:
    assert sorted(vg.__all__) == vg.__all__
    assert sorted(name for names in vg._HOME.values() for name in names) == vg.__all__
    for name in vg.__all__:
        assert getattr(vg, name).__doc__, name
    assert dir(vg) == vg.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        vg.nothing  # noqa: B018


@pytest.mark.parametrize("name", vg.__all__)
def test_only_the_first_argument_is_positional(name: str) -> None:
    thing = getattr(vg, name)
    if inspect.isclass(thing):
        return
    kinds = [parameter.kind for parameter in inspect.signature(thing).parameters.values()]
    positional = [kind for kind in kinds if kind is not inspect.Parameter.KEYWORD_ONLY]
    # two tables, a graph and its frame, a graph and where it goes, a graph and whose it is
    pairs = {
        "add_measures", "ego_constraint", "ego_effective_size", "modularity", "save_graph",
        "village_from_tables",
        # a village and who is gone
        "without",
        # a village and whom it is about
        "explain_merge", "find_person",
    }  # fmt: skip
    # a village, or its folder, and two people
    # a village and two days
    triples = {"backup_path", "compare", "tie_events", "without_tie", "write_alias"}
    assert len(positional) <= (3 if name in triples else 2 if name in pairs else 1)


def test_an_import_costs_neither_pyplot_nor_pyvis() -> None:
    code = (
        "import sys, villagegraph as vg; vg.load_village; vg.village_graph; vg.reach; "
        "heavy = {'matplotlib', 'pyvis', 'IPython', 'igraph', 'playwright'} & set(sys.modules); "
        "print(sorted(heavy))"
    )
    assert python(code) == "[]"


def test_help_costs_no_pandas() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from villagegraph.cli import main; "
        "result = CliRunner().invoke(main, ['--help']); assert result.exit_code == 0; "
        "print(sorted({'pandas', 'numpy', 'networkx', 'rich', 'icalendar'} & set(sys.modules)))"
    )
    assert python(code) == "[]"


def test_the_whole_way_never_touches_the_network(tmp_path: Path) -> None:
    code = f"""
import sys
def refuse(event, args):
    if event.startswith("socket.") and event != "socket.__new__":
        raise AssertionError("the network was touched: " + event)
sys.addaudithook(refuse)
import warnings
import villagegraph as vg
warnings.simplefilter("ignore", vg.SkippedRowsWarning)
village = vg.load_village("data/sample/exports")
graph = vg.village_graph(village, as_of="2026-10-31")
vg.draw_map(graph).save({str(tmp_path / "map.html")!r})
vg.monthly_report(village, month="2026-10").save({str(tmp_path / "report")!r})
print("done")
"""
    assert python(code) == "done"
