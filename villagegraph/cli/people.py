"""Commands about people: who is who, and what is behind a tie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from villagegraph.cli.group import Given, as_of_option, as_typed, json_option, on_folder

if TYPE_CHECKING:
    import pandas as pd

    from villagegraph.village import Village

PAIRS_SHOWN = 20


@click.command()
@on_folder
@click.argument("name", required=False, callback=as_typed)
@click.option(
    "--same",
    nargs=2,
    callback=as_typed,
    metavar="A B",
    help="Write down that the two are one person, and stop.",
)
@click.option(
    "--not-same",
    nargs=2,
    callback=as_typed,
    metavar="A B",
    help="Write down that the two are two people, and stop.",
)
@click.option(
    "--note", default="", callback=as_typed, help="A line for yourself beside --same or --not-same."
)
@click.option("--ask", is_flag=True, help="Go through the list and take your answers.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=f"At most so many pairs.  [default: {PAIRS_SHOWN}]",
)
@json_option
def who(
    given: Given,
    name: str | None,
    same: tuple[str, str] | None,
    not_same: tuple[str, str] | None,
    note: str,
    ask: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """
    List who may be one person under two names or addresses.

    With a NAME (or address, or number) tell why the records of that person are one
    person. Answers are kept in FOLDER/aliases.csv; A and B are names, addresses or numbers.
    """
    from villagegraph.who import explain_merge, likely_duplicates

    _check_wishes(name, same, not_same, ask=ask, as_json=as_json)
    if note and not (same or not_same):
        msg = "--note stands beside --same or --not-same."
        raise click.UsageError(msg)
    village = given.load()
    if same or not_same:
        _answer(given, village, same or not_same, same=bool(same), note=note)
        return
    if name is not None:
        steps = explain_merge(village, _meant(village, name))
        click.echo(_json(steps) if as_json else _merge_text(steps))
        return
    pairs = likely_duplicates(village)
    shown = pairs if limit is None and (as_json or ask) else pairs.head(limit or PAIRS_SHOWN)
    if as_json:
        click.echo(_json(shown))
    elif ask:
        _ask(given, village, shown)
    else:
        click.echo(_pairs_text(shown, n=len(pairs)))


def _check_wishes(
    name: str | None,
    same: tuple[str, str] | None,
    not_same: tuple[str, str] | None,
    *,
    ask: bool,
    as_json: bool,
) -> None:
    wishes = [name is not None, bool(same), bool(not_same), ask]
    if sum(wishes) > 1 or (as_json and (same or not_same or ask)):
        msg = "give one of NAME, --same, --not-same and --ask, and --json with none but NAME."
        raise click.UsageError(msg)


def _meant(village: Village, text: str) -> str:
    """Return who is meant; `me` is the owner."""
    return village.owner() if text.casefold() == "me" else text


def _json(table: pd.DataFrame) -> str:
    found: str = table.to_json(orient="records", date_format="iso", force_ascii=False, indent=2)
    return found


def _answer(
    given: Given, village: Village, pair: tuple[str, str] | None, *, same: bool, note: str
) -> None:
    from villagegraph.who import write_alias

    a, b = (_meant(village, text) for text in pair or ("", ""))
    click.echo(write_alias(given.folder, a, b, same=same, note=note, village=village))


def _pairs_text(pairs: pd.DataFrame, *, n: int) -> str:
    if pairs.empty:
        return "Nobody: no two people in this village look like one."
    lines = [f"{n:,} pair{'s' * (n != 1)} may be one person, the likeliest first.", ""]
    for place, row in enumerate(pairs.to_dict("records"), start=1):
        lines += [f"{place:>4}. {_both(row)}", f"      {row['reason']}", ""]
    if n > len(pairs):
        lines += [f"{n - len(pairs):,} more: --limit {n} shows all.", ""]
    return "\n".join([*lines, "Answer one by one with --ask, or with --same A B, --not-same A B."])


def _both(row: dict[str, str]) -> str:
    return " and ".join(_one(row[f"name_{side}"], row[f"handle_{side}"]) for side in "ab")


def _one(name: str, handle: str) -> str:
    shown = handle.partition(":")[2] or handle
    return name if shown in ("", name) else f"{name} <{shown}>"


def _ask(given: Given, village: Village, pairs: pd.DataFrame) -> None:
    """Take an answer to each pair; each is written at once."""
    from villagegraph.who import write_alias

    if pairs.empty:
        click.echo(_pairs_text(pairs, n=0))
        return
    written = 0
    for place, row in enumerate(pairs.to_dict("records"), start=1):
        click.echo(f"\n{place} of {len(pairs)}: {_both(row)}\n  {row['reason']}")
        answer = click.prompt(
            "One person? yes, no, later or stop",
            type=click.Choice(["y", "n", "l", "s"]),
            default="l",
            show_default=False,
        )
        if answer == "s":
            break
        if answer in "yn":
            a, b = row["handle_a"], row["handle_b"]
            write_alias(given.folder, a, b, same=answer == "y", village=village)
            written += 1
    click.echo(f"\n{written} answer{'s' * (written != 1)} written to aliases.csv.")


def _merge_text(steps: pd.DataFrame) -> str:
    from villagegraph.overview.lines import columns

    title = next((name for name in steps["name"].tolist() if name), "")
    head = f"{title}: {len(steps):,} record{'s' * (len(steps) != 1)} and handles are one person."
    rows = [("  step", "where", "name", "handles", "why")]
    rows += [
        (
            f"{row['step']:>6}",
            row["source"] or "in messages",
            row["name"],
            ", ".join(handle.partition(":")[2] for handle in row["handles"]),
            row["why"],
        )
        for row in steps.to_dict("records")
    ]
    undo = "Not one person? --not-same A B with an address of each keeps them apart."
    return "\n".join([head, "", *columns(rows), "", undo])


@click.command()
@on_folder
@click.argument("a", callback=as_typed)
@click.argument("b", callback=as_typed)
@as_of_option
@click.option("--limit", type=click.IntRange(min=1), help="Only the last so many.")
@json_option
def why(given: Given, a: str, b: str, as_of: str | None, limit: int | None, as_json: bool) -> None:
    """
    Show the dated events behind the tie of A and B, and what each counts for.

    A and B are names, addresses or numbers; "me" is you.
    """
    from villagegraph.cli.clock import day_given
    from villagegraph.overview.lines import columns
    from villagegraph.who import tie_events

    day = day_given(as_of)
    village = given.load()
    events = tie_events(village, _meant(village, a), _meant(village, b), as_of=day)
    shown = events if limit is None else events.tail(limit)
    if as_json:
        summary = {k: v for k, v in events.attrs.items() if k != "summary"}
        rows = json.loads(_json(shown.reset_index()))
        click.echo(json.dumps(summary | {"events": rows}, ensure_ascii=False, indent=2))
        return
    if len(shown):
        table = [("day", "time", "channel", "what", "people", "credit", "counts as", "source")]
        table += [
            (
                row["day"], row["time"], row["channel"], row["what"], f"{row['people']:,}",
                f"{row['credit']:.2f}", row["counts_as"], row["source"],
            )
            for row in shown.to_dict("records")
        ]  # fmt: skip
        click.echo("\n".join([*columns(table, right={4, 5}), ""]))
    click.echo(events.attrs["summary"])


COMMANDS = (who, why)
