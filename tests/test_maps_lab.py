"""The map in a real JupyterLab: it shows, Python knows who is selected, no stranger's page runs."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import nbformat
import pytest
from browser import chromium as chromium  # noqa: PLC0414 - offered on to the tests
from map_pages import spot

from villagegraph.maps.notebook import NOTICE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

PATIENCE = 90  # seconds; a server and a kernel start slowly where others work too
SETTINGS = {
    "ServerApp": {
        "ip": "127.0.0.1", "port": 0, "open_browser": False, "allow_root": True,
        "jpserver_extensions": {"jupyter_lsp": False, "jupyter_server_terminals": False},
    },
    "LabApp": {
        "expose_app_in_browser": True, "extension_manager": "readonly", "news_url": None,
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    },
}  # fmt: skip
DRAW = """
import networkx as nx, pandas as pd, villagegraph as vg
names = ["Ana Berg", "Ben Okafor", "Cleo Haddad", "Dario Silva", "Elif Kim", "Farid Rossi"]
G = nx.Graph((f"p{k}", f"p{(k + step) % 6}") for k in range(6) for step in (1, 2))
nx.set_node_attributes(G, {f"p{k}": {"name": name} for k, name in enumerate(names)})
m = vg.draw_map(G, communities=pd.Series(0, index=list(G)), title="Six people")
m
"""
SAYS = "(people) => parent.postMessage({ type: 'villagegraph:selection', people }, '*')"
STRANGER = """(people) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = `<script>parent.postMessage(
    { type: "villagegraph:selection", people: [${people}] }, "*")</script>`;
  addEventListener("message", ({ source }) => {
    if (source === frame.contentWindow) setTimeout(() => { frame.remove(); done(); });
  });
  document.body.append(frame);
})"""
TELL = "print(m.selected)"
RUN = """async (k) => {
  const { commands, shell } = window.jupyterapp;
  const { content } = shell.currentWidget;
  content.activeCellIndex = k;
  await commands.execute("notebook:run-cell");
  return content.widgets[k].model.outputs.toJSON();
}"""
OPEN = """async (path) => {
  const { commands, shell } = window.jupyterapp;
  shell.currentWidget.close();
  await commands.execute("docmanager:open", { path });
}"""
READY = """() => {
  const notebook = window.jupyterapp?.shell.currentWidget;
  return notebook?.context?.isReady && notebook.content.widgets.length > 0;
}"""
KERNEL = "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel"
DRAWN = """() => window.villagemap?.ready === true
  && [0, 1, 2, 3, 4, 5].every((i) => window.villagemap.spot(i) !== null)"""
SAVE = "() => window.jupyterapp.commands.execute('docmanager:save')"
TRUSTED = (
    "() => [...window.jupyterapp.shell.currentWidget.content.widgets].every((c) => c.model.trusted)"
)
STOP = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


@dataclass(frozen=True)
class Lab:
    folder: Path
    address: str
    token: str


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start a JupyterLab with a folder, settings and signatures of its own."""
    home = tmp_path_factory.mktemp("lab")
    token = secrets.token_hex(16)
    env = {**os.environ, "HOME": str(home), "IPYTHONDIR": str(home), "JUPYTER_TOKEN": token}
    for name in ("config", "data", "runtime", "notebooks"):
        (home / name).mkdir()
        env[f"JUPYTER_{name.upper()}_DIR"] = str(home / name)
    for name in ("settings", "workspaces"):
        env[f"JUPYTERLAB_{name.upper()}_DIR"] = str(home / name)
    # it would ask whether to look for news, over the map
    asks = home / "settings" / "@jupyterlab" / "apputils-extension"
    asks.mkdir(parents=True)
    (asks / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    for name in ("server", "lab"):
        path = home / "config" / f"jupyter_{name}_config.json"
        path.write_text(json.dumps(SETTINGS), encoding="utf-8")
    folder = home / "notebooks"
    nbformat.write(_notebook(DRAW, TELL), folder / "village.ipynb")
    command = [sys.executable, "-m", "jupyterlab"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
    try:
        yield Lab(folder, _address(home, server), token)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _notebook(*cells: str) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": kernel},
    )


def _address(home: Path, server: subprocess.Popen) -> str:
    """Return where the server answers; it says so in a file, once it does."""
    for _ in range(PATIENCE * 10):
        said = list((home / "runtime").glob("jpserver-*.json"))
        if said:
            return json.loads(said[0].read_text(encoding="utf-8"))["url"]
        if server.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail("JupyterLab doesn't start:\n" + (home / "log").read_text(encoding="utf-8"))


@dataclass
class Desk:
    """An open notebook, and what its page did."""

    page: Any
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def open(self, name: str) -> None:
        """Close the notebook that is open, and open another."""
        self.page.evaluate(OPEN, name)
        self.page.wait_for_function(READY)

    def run(self, k: int) -> str:
        """Run a cell, and return what it prints."""
        outputs = self.page.evaluate(RUN, k)
        return "".join("".join(output.get("text", "")) for output in outputs)

    def selected(self, expected: list[str]) -> list[str]:
        """Ask Python who is selected, again if the browser hasn't told yet."""
        for _ in range(PATIENCE * 10):
            found = json.loads(self.run(1).replace("'", '"'))
            if found == expected:
                break
            self.page.wait_for_timeout(100)
        return found

    def map(self) -> Any:
        """Return the frame in which the map is drawn."""
        for _ in range(PATIENCE * 10):
            for frame in self.page.frames[1:]:
                if frame.evaluate(DRAWN):
                    return frame
            self.page.wait_for_timeout(100)
        pytest.fail("no map is drawn")

    def people(self) -> list[str]:
        """Return the `person_id`s in the order of the page, by the names that it shows."""
        frame = self.map()
        names = [frame.evaluate("i => window.villagemap.name(i)", i) for i in range(6)]
        return [f"p{'ABCDEF'.index(name[0])}" for name in names]

    def output(self, k: int) -> Any:
        return (
            self.page.locator(".jp-Notebook .jp-CodeCell").nth(k).locator(".jp-OutputArea-output")
        )

    def press(self, person: int, *, key: str = "") -> None:
        x, y = spot(self.map(), person)
        self.page.mouse.move(x - 1, y)
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(100)
        if key:
            self.page.keyboard.down(key)
        self.page.mouse.click(x, y)
        if key:
            self.page.keyboard.up(key)

    def hear(self, line: Any, lab: Lab) -> None:
        # JupyterLab looks for files that needn't be there; its own scripts are not ours to judge
        if line.type == "error" and not line.location["url"].startswith(lab.address):
            self.said.append(line.text)

    def problems(self) -> list[str]:
        """Return requests to anywhere else, and what was said by our own scripts."""
        away = [url for url in self.asked if urlsplit(url).hostname not in {"127.0.0.1", None}]
        return [*away, *self.said]


@pytest.fixture(scope="module")
def desk(chromium, lab):
    """Open the notebook, and run the cell that draws the map."""
    context = chromium.new_context(viewport={"width": 1500, "height": 1000})
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    desk = Desk(page)
    context.on("request", lambda sent: desk.asked.append(sent.url))
    page.on("websocket", lambda socket: desk.asked.append(socket.url))
    page.on("pageerror", lambda error: desk.said.append(str(error)))
    page.on("console", lambda line: desk.hear(line, lab))
    page.goto(f"{lab.address}lab/tree/village.ipynb?token={lab.token}", wait_until="commit")
    page.wait_for_function(READY)
    page.wait_for_function(KERNEL)
    desk.run(0)
    yield desk
    context.close()


def test_the_map_shows(desk):
    frame = desk.map()
    assert frame.evaluate("window.villagemap.counts()") == {"shown": 6, "total": 6, "ties": 12}
    spots = [frame.evaluate("i => window.villagemap.spot(i)", i) for i in range(6)]
    assert len({(at["x"], at["y"]) for at in spots}) == 6
    assert frame.frame_element().get_attribute("sandbox") == "allow-scripts allow-downloads"
    assert NOTICE not in desk.output(0).inner_text()
    assert desk.problems() == []


def test_python_knows_who_is_selected(desk):
    ids = desk.people()
    assert sorted(ids) == ["p0", "p1", "p2", "p3", "p4", "p5"]
    assert desk.selected([]) == []
    desk.press(3)
    assert desk.selected([ids[3]]) == [ids[3]]
    desk.press(1)
    assert desk.selected([ids[1]]) == [ids[1]]
    desk.press(4, key="Shift")
    assert desk.selected([ids[1], ids[4]]) == [ids[1], ids[4]]
    desk.map().locator("#map").focus()
    desk.page.keyboard.press("Escape")
    assert desk.selected([]) == []
    assert desk.problems() == []


def test_nobody_but_the_page_says_who_is_selected(desk):
    frame, page, ids = desk.map(), desk.page, desk.people()
    frame.evaluate(SAYS, [2, 1])
    assert desk.selected([ids[1], ids[2]]) == [ids[1], ids[2]]
    for people in ([3.5], ["3"], [None], [[3]], [3, True], "3", 3, None, {"length": 1, "0": 3}):
        frame.evaluate(SAYS, people)
    frame.evaluate("() => parent.postMessage({ type: 'selection', people: [3] }, '*')")
    frame.evaluate("() => parent.postMessage(null, '*')")
    page.evaluate(STRANGER, [3])
    page.evaluate("() => window.postMessage({ type: 'villagegraph:selection', people: [3] }, '*')")
    page.wait_for_timeout(200)
    assert desk.selected([ids[1], ids[2]]) == [ids[1], ids[2]]
    frame.evaluate(SAYS, [-1, 6, 10**12, 5])
    assert desk.selected([ids[5]]) == [ids[5]]
    assert desk.problems() == []


def test_opened_again_it_shows_to_its_owner_and_a_plain_notice_to_others(desk, lab):
    page = desk.page
    page.evaluate(SAVE)
    page.evaluate(STOP)
    # what its owner ran and saved is trusted: the map shows though nothing has run
    desk.open("village.ipynb")
    assert page.evaluate(TRUSTED)
    assert desk.map().evaluate("window.villagemap.counts().shown") == 6
    assert desk.output(0).inner_text().strip() == ""
    # a notebook changed by somebody else has no signature of this JupyterLab
    book = nbformat.read(lab.folder / "village.ipynb", as_version=4)
    assert "<iframe" in book.cells[0].outputs[0].data["text/html"]
    book.cells.append(nbformat.v4.new_markdown_cell("Have a look!"))
    nbformat.write(book, lab.folder / "stranger.ipynb")
    desk.open("stranger.ipynb")
    assert not page.evaluate(TRUSTED)
    desk.output(0).get_by_text(NOTICE).wait_for()
    page.wait_for_timeout(500)
    assert desk.output(0).inner_text().strip() == NOTICE
    assert page.locator("iframe").count() == 0
    assert len(page.frames) == 1
    assert desk.problems() == []
