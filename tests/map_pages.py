"""What tests of the map do on its page."""

from __future__ import annotations

# an element that only a name read as HTML could have made
INJECTED = "img, svg[onload], iframe, object, embed, a[href], [onerror], [onload], [onmouseover]"


def number(drawn, person: str) -> int:
    return drawn._scene.people.index.get_loc(person)


def spot(page, i: int) -> tuple[float, float]:
    """Return where a person stands on the screen."""
    box = page.locator("#map").bounding_box()
    at = page.evaluate("i => window.villagemap.spot(i)", i)
    return box["x"] + at["x"], box["y"] + at["y"]


def settle(page, milliseconds: int = 50) -> None:
    """Wait until the page has done what it had put off so long, and has drawn it.

    The page's own clock is asked, since timers fire in their order however busy the machine is.
    """
    page.evaluate(
        """wait => new Promise((done) => setTimeout(
            () => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))),
            wait))""",
        milliseconds,
    )


def press(page, i: int) -> None:
    """Press a person as a hand does: the pointer is there before the button goes down."""
    x, y = spot(page, i)
    page.mouse.move(x - 1, y)
    page.mouse.move(x, y)
    settle(page)
    page.mouse.click(x, y)


def panel(page) -> str:
    return page.locator("#details").inner_text()


def shown(page) -> list[int]:
    return page.evaluate("window.villagemap.shown()")


def find(page, name: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
