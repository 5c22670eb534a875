"""Write docs/cli.md from the help of every command."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from villagegraph.cli import main

INTRO = """\
# The command line

`villagegraph` takes a folder of exports and writes its result to stdout, or says there which
file it wrote; everything else goes to stderr. It ends with 0 if all went well, with 1 and one line
if something is wrong with the input, with 2 if the command was wrong.
"""


def page() -> str:
    """Return the page: the help of the group, then of each command."""
    parts = [INTRO, shown()]
    parts += [f"## {name}\n\n{shown(name)}" for name in sorted(main.commands)]
    return "\n".join(parts)


def shown(*words: str) -> str:
    """Return one help text as a block."""
    result = CliRunner().invoke(
        main, [*words, "--help"], prog_name="villagegraph", terminal_width=100
    )
    return f"```text\n{result.output.strip()}\n```\n"


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(page(), encoding="utf-8")
