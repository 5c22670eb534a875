"""
The command line: the only place that reads the clock.

stdout is the result, stderr the log. Exit 0: done; 1: something is wrong with
the input, said in one line; 2: wrong usage.

Only what click needs anyway is imported at the top: help has to come at once.
"""

from villagegraph.cli import looking, making, people, sources, tables, testing
from villagegraph.cli.group import main

__all__ = ["main"]

for _command in (
    *looking.COMMANDS,
    *making.COMMANDS,
    *people.COMMANDS,
    *sources.COMMANDS,
    *tables.COMMANDS,
    *testing.COMMANDS,
):
    main.add_command(_command)
