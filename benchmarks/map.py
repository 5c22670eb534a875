"""
The map against its goals, in headless Chromium with software WebGL; pyvis beside it.

`python benchmarks/map.py --sizes 150 1000 5000 50000` takes some minutes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GOALS = {
    "HTML size, KB": (220, 260, 400, 2000),
    "requests": (0, 0, 0, 0),
    "console errors": (0, 0, 0, 0),
    "policy breaches": (0, 0, 0, 0),
    "first frame, s": (1, 1.2, 2, 6),
    "heap, MB": (5, 10, 25, 160),
    "redraw, ms": (None, None, None, None),
    "export, s": (2, 3, 8, 40),
    "export, MB": (1000, 1000, 1000, 1000),
    "movement, px": (0, 0, 0, 0),
    "overlaps per person": (0.02, 0.02, 0.05, 1.0),
    "label overlaps": (0, 0, 0, 0),
    "same bytes again": (True, True, True, True),
}
SIZES = (150, 1000, 5000, 50_000)
MOST_FOR_PYVIS = 1000
PATIENCE = 60_000  # milliseconds
MOST_BYTES = 300_000  # of a picture
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-background-networking", "--js-flags=--expose-gc",
)  # fmt: skip
WATCH = """
window.__breaches = 0;
addEventListener("securitypolicyviolation", () => window.__breaches++);
"""
FIRST_FRAME = """() => new Promise((done) => {
  const look = () => window.villagemap?.ready
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now())))
    : setTimeout(look, 5);
  look();
})"""
# reading one pixel makes software rendering finish what it was told to draw
REDRAW = """() => {
  const canvas = document.querySelector("canvas.sigma-nodes");
  const pen = canvas.getContext("webgl2");
  const before = performance.now();
  villagemap.redraw();
  pen.readPixels(0, 0, 1, 1, pen.RGBA, pen.UNSIGNED_BYTE, new Uint8Array(4));
  return performance.now() - before;
}"""
SPOTS = "() => villagemap.shown().map((i) => villagemap.spot(i)).filter(Boolean)"
PYVIS_LOOK = """() => {
  const canvas = document.querySelector("#mynetwork canvas");
  return typeof network !== "undefined" && canvas?.width && network.body.nodeIndices.length
    ? performance.now() : 0;
}"""
PYVIS_SPOTS = """() => Object.entries(network.getPositions()).map(([id, at]) => {
  const { x, y } = network.canvasToDOM(at);
  return { x, y, r: network.body.nodes[id].shape.radius * network.getScale() };
})"""
FIRST = "Ana Ben Cleo Dario Elif Farid Greta Hana Ivo Jun Katya Luis Mira Noor Otto Petra".split()
LAST = "Okafor Lindqvist Moreau Haddad Novak Tanaka Silva Berg Iyer Dubois Horvat Kim Rossi".split()
WORK = "Engineer Researcher Teacher Designer Nurse Editor Buyer Planner".split()
PLACES = "Aldermere Brightwater Coldharbour Dunmore Eastwick Fernhill".split()
AS_OF = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)


def village(n: int, *, seed: int = 1) -> nx.Graph:
    """Return `n` people in groups, with a mean degree of 8; 60 of the ties are the owner's."""
    rng = random.Random(seed)  # noqa: S311 - a made-up village
    G = nx.Graph(me="p0", as_of="2026-10-31", zone="UTC")
    groups: list[list[str]] = []
    k = 0
    while k < n:
        size = min(int(rng.paretovariate(1.2) * 12), 400, n - k)
        groups.append([f"p{j}" for j in range(k, k + size)])
        k += size
    for home, members in enumerate(groups):
        for person in members:
            _person(G, person, home, rng)
    homes = {person: members for members in groups for person in members}
    people = list(G)
    for person in rng.sample(people[1:], k=min(60, n // 2)):
        _tie(G, "p0", person, rng)
    left = 4 * n - G.number_of_edges()
    while left > 0:
        u = rng.choice(people)
        v = rng.choice(homes[u] if rng.random() < 0.85 else people)
        if u != v and not G.has_edge(u, v):
            _tie(G, u, v, rng)
            left -= 1
    return G


def _person(G: nx.Graph, person: str, home: int, rng: random.Random) -> None:
    G.add_node(
        person,
        name=f"{rng.choice(FIRST)} {rng.choice(LAST)}",
        organization=f"{PLACES[home % 6]} Works {home % 40}" if rng.random() < 0.7 else "",
        title=rng.choice(WORK) if rng.random() < 0.6 else "",
        headline="I help small teams ship calm software" if rng.random() < 0.1 else "",
        location=rng.choice(PLACES) if rng.random() < 0.4 else "",
        tags=[rng.choice(("choir", "school", "club"))] if rng.random() < 0.2 else [],
        sources=["contacts.csv", "calendar.ics"][: rng.randint(1, 2)],
        is_me=person == "p0",
    )


def _tie(G: nx.Graph, u: str, v: str, rng: random.Random) -> None:
    contact = rng.random() < 0.6 or "p0" in (u, v)
    days = 1 + int(rng.expovariate(0.15))
    last = AS_OF - dt.timedelta(days=rng.expovariate(1 / 200))
    G.add_edge(
        u,
        v,
        basis="contact" if contact else "seen together",
        days=days if contact else 0,
        n_shared=days,
        credit=days * 0.7 if contact else 0.0,
        shared_credit=days * 0.1,
        strength=days * 0.5 ** ((AS_OF - last).days / 180) if contact else 0.0,
        first_at=last - dt.timedelta(days=rng.expovariate(1 / 400)) if contact else None,
        last_at=last if contact else None,
        channels=rng.choice((["email"], ["email", "meeting"], ["chat"])) if contact else [],
        days_365=days // 2,
        cadence_days=float(rng.choice((5, 12, 30))) if days > 2 else float("nan"),
    )


def draw(n: int, folder: Path) -> None:
    """Draw in a process of its own, so that its memory is its own; print what it took."""
    from villagegraph.maps import draw_map  # noqa: PLC0415 - counts as part of nothing

    G = village(n)
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    drawn = draw_map(G)
    drawn.save(folder / "map.html")
    seconds = time.perf_counter() - start
    again = draw_map(G).html == drawn.html if n <= MOST_FOR_PYVIS else None
    if n <= MOST_FOR_PYVIS:
        _pyvis_page(G, folder / "pyvis.html")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = {"export, s": seconds, "export, MB": peak / 1000, "same bytes again": again}
    print(json.dumps({**took, "floor": floor}))


def _pyvis_page(G: nx.Graph, path: Path) -> None:
    """Write pyvis's own page of the same people and ties, as its users would."""
    from pyvis.network import Network  # noqa: PLC0415 - slow to import

    network = Network(cdn_resources="in_line", height="900px")
    number = {person: k for k, person in enumerate(G)}
    for person, k in number.items():
        network.add_node(k, label=G.nodes[person]["name"], title=G.nodes[person]["name"])
    network.edges = [{"from": number[u], "to": number[v]} for u, v in G.edges]
    path.write_text(network.generate_html(), encoding="utf-8")


def browse(browser: Browser, page_file: Path, *, ours: bool) -> dict[str, Any] | None:
    """Open a page and write down what it does; None if it shows nothing for a minute."""
    from playwright.sync_api import TimeoutError as TooLateError  # noqa: PLC0415

    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    context.set_default_timeout(180_000)
    context.add_init_script(WATCH)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    own = page_file.as_uri()
    page.on("request", lambda r: asked.append(r.url) if r.url.startswith("http") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(own, wait_until="load" if ours else "commit")
    try:
        found = page.evaluate(FIRST_FRAME) if ours else _pyvis_frame(page)
    except TooLateError:
        context.close()
        return None
    frame = found / 1000
    spots = SPOTS if ours else PYVIS_SPOTS
    before = page.evaluate(spots)
    page.wait_for_timeout(1000)
    after = page.evaluate(spots)
    told: dict[str, Any] = {
        "HTML size, KB": page_file.stat().st_size / 1000,
        "requests": len(asked),
        "console errors": len(errors),
        "policy breaches": page.evaluate("() => window.__breaches"),
        "first frame, s": frame,
        "movement, px": max(
            (abs(a[k] - b[k]) for a, b in zip(before, after, strict=True) for k in "xy"), default=0
        ),
        "overlaps per person": overlapping(after) / max(len(after), 1),
    }
    if ours:
        told["redraw, ms"] = min(page.evaluate(REDRAW) for _ in range(3))
        told["label overlaps"] = labels_overlapping(page.evaluate("() => villagemap.lettering()"))
    tools = context.new_cdp_session(page)
    tools.send("HeapProfiler.collectGarbage")
    told["heap, MB"] = tools.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    context.close()
    return told


def _pyvis_frame(page: Page) -> float:
    """Return when pyvis shows its people, in milliseconds: it moves them about first."""
    found = page.wait_for_function(PYVIS_LOOK, timeout=PATIENCE, polling=200)
    return float(found.json_value())


def picture(
    browser: Browser, page_file: Path, path: Path, *, scheme: Literal["light", "dark"]
) -> None:
    """Save a picture of a page, in few bytes."""
    from PIL import Image  # noqa: PLC0415 - comes with matplotlib

    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.evaluate(FIRST_FRAME)
    page.screenshot(path=path)
    context.close()
    with Image.open(path) as shot:
        shot.convert("RGB").save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        # the ties' many shades may run together, the few colours of groups may not
        with Image.open(path) as shot:
            shot.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def overlapping(spots: list[dict[str, float]]) -> int:
    """Return how many pairs of dots cover one another."""
    if len(spots) < 2:
        return 0
    at = np.array([(spot["x"], spot["y"]) for spot in spots])
    radius = np.array([spot["r"] for spot in spots])
    pairs = cKDTree(at).query_pairs(2 * float(radius.max()), output_type="ndarray")
    apart = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    return int((apart < radius[pairs[:, 0]] + radius[pairs[:, 1]]).sum())


def labels_overlapping(boxes: list[dict[str, float]]) -> int:
    return sum(
        a["left"] < b["right"] and b["left"] < a["right"]
        and a["top"] < b["bottom"] and b["top"] < a["bottom"]
        for a, b in itertools.combinations(boxes, 2)
    )  # fmt: skip


def shown(value: float | bool | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value < 100 else f"{value:,.0f}"


def report(n: int, ours: dict[str, Any], pyvis: dict[str, Any] | None) -> None:
    column = min(range(len(SIZES)), key=lambda k: abs(SIZES[k] - n))
    print(f"\n{n:,} people (goals of {SIZES[column]:,})")
    print(f"{'':22}{'goal':>9}{'ours':>11}{'':8}{'pyvis':>11}")
    for name, goals in GOALS.items():
        goal, mine = goals[column], ours.get(name)
        missed = (
            mine is not None
            and goal is not None
            and (mine != goal if goal is True else mine > goal)
        )
        theirs = shown((pyvis or {}).get(name))
        print(
            f"{name:22}{shown(goal):>9}{shown(mine):>11}{' missed' if missed else '':8}{theirs:>11}"
        )
    if n > MOST_FOR_PYVIS:
        print("pyvis is left out: above 1,000 people its page hangs while it moves people about")
    elif pyvis is None:
        print(f"pyvis showed nothing within {PATIENCE // 1000} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[150, 1000], metavar="PEOPLE")
    parser.add_argument("--draw", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="keep the pages in this folder")
    parser.add_argument("--pictures", type=Path, help="put a picture of each page into this folder")
    given = parser.parse_args()
    if given.draw is not None:
        draw(given.draw, given.folder)
        return
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        sys.exit("no Chromium or Chrome found")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a test dependency

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for n in given.sizes:
            folder = (given.folder or Path(scratch)) / str(n)
            folder.mkdir(parents=True, exist_ok=True)
            command = [sys.executable, __file__, "--draw", str(n), "--folder", str(folder)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            ours = json.loads(done.stdout) | (browse(browser, folder / "map.html", ours=True) or {})
            if given.pictures:
                for scheme in ("light", "dark"):
                    file = given.pictures / f"map-{n}-{scheme}.png"
                    picture(browser, folder / "map.html", file, scheme=scheme)
            small = n <= MOST_FOR_PYVIS
            report(n, ours, browse(browser, folder / "pyvis.html", ours=False) if small else None)
        browser.close()
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores:
        print(
            f"\nOthers kept {load:.0f} cores' worth of work waiting for {cores}: times are too long"
        )


if __name__ == "__main__":
    main()
