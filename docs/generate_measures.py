"""Write docs/measures.md from what is written down of each measure beside its code."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from villagegraph.measures.gather import column_of
from villagegraph.measures.themes import THEMES, measures_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from villagegraph.measures.catalog import Measure

INTRO = """\
# Measures: what each number means

Every measure with its meaning, unit and range, when it is undefined (`nan`, never 0), and where it
comes from. `villagegraph.measure_table()` is this page as a DataFrame.

`alter_measures` gathers those of everybody in the village, a row a person, `ego_measures` those of
the owner and of the village as a whole, in one row. Where several functions use a name, it stands
there after the function's; the tables below say so. `villagegraph tables` writes them all to files.

What one person's exports cannot show (who your contacts know beyond you) makes a figure a lower
bound: reach beyond one step, clustering, everything about other people than you.
"""
COLUMNS = ("Name", "Meaning", "Unit", "Range", "Undefined", "Reference")
REFERENCES = """\
- Adamic, L. A., & Adar, E. (2003). Friends and neighbors on the Web. *Social Networks* 25(3), 211-230.
- Barrat, A., Barthelemy, M., Pastor-Satorras, R., & Vespignani, A. (2004). The architecture of complex weighted networks. *PNAS* 101(11), 3747-3752.
- Blau, P. M. (1977). *Inequality and Heterogeneity*. Free Press.
- Blondel, V. D., Guillaume, J.-L., Lambiotte, R., & Lefebvre, E. (2008). Fast unfolding of communities in large networks. *Journal of Statistical Mechanics*, P10008.
- Bonacich, P. (1972). Factoring and weighting approaches to status scores and clique identification. *Journal of Mathematical Sociology* 2, 113-120.
- Borgatti, S. P. (1997). Structural holes: unpacking Burt's redundancy measures. *Connections* 20(1), 35-38.
- Burt, R. S. (1992). *Structural Holes: The Social Structure of Competition*. Harvard University Press.
- Burt, R. S. (2004). Structural holes and good ideas. *American Journal of Sociology* 110(2), 349-399.
- de Montjoye, Y.-A., Rocher, L., & Pentland, A. S. (2016). bandicoot: a Python toolbox for mobile phone metadata. *Journal of Machine Learning Research* 17(175).
- Eagle, N., Macy, M., & Claxton, R. (2010). Network diversity and economic development. *Science* 328, 1029-1031.
- Eppstein, D., & Wang, J. (2004). Fast approximation of centrality. *Journal of Graph Algorithms and Applications* 8(1), 39-45.
- Everett, M., & Borgatti, S. P. (2005). Ego network betweenness. *Social Networks* 27(1), 31-38.
- Freeman, L. C. (1977). A set of measures of centrality based on betweenness. *Sociometry* 40(1), 35-41.
- Freeman, L. C. (1978). Centrality in social networks: conceptual clarification. *Social Networks* 1(3), 215-239.
- Geisberger, R., Sanders, P., & Schultes, D. (2008). Better approximation of betweenness centrality. *ALENEX*, 90-100.
- Gfeller, D., Chappelier, J.-C., & De Los Rios, P. (2005). Finding instabilities in the community structure of complex networks. *Physical Review E* 72, 056135.
- Gilbert, E., & Karahalios, K. (2009). Predicting tie strength with social media. *CHI*, 211-220.
- Gini, C. (1912). *Variabilita e mutabilita*. Cuppini.
- Goh, K.-I., & Barabasi, A.-L. (2008). Burstiness and memory in complex systems. *EPL* 81, 48002.
- Gould, R. V., & Fernandez, R. M. (1989). Structures of mediation: a formal approach to brokerage in transaction networks. *Sociological Methodology* 19, 89-126.
- Granovetter, M. S. (1973). The strength of weak ties. *American Journal of Sociology* 78(6), 1360-1380.
- Hanneman, R. A., & Riddle, M. (2005). *Introduction to Social Network Methods*. University of California, Riverside.
- Hennig, C. (2007). Cluster-wise assessment of cluster stability. *Computational Statistics & Data Analysis* 52, 258-271.
- Hill, R. A., & Dunbar, R. I. M. (2003). Social network size in humans. *Human Nature* 14(1), 53-72.
- Hopcroft, J., & Tarjan, R. (1973). Algorithm 447: efficient algorithms for graph manipulation. *Communications of the ACM* 16(6), 372-378.
- Jaccard, P. (1912). The distribution of the flora in the alpine zone. *New Phytologist* 11(2), 37-50.
- Kim, E.-K., & Jo, H.-H. (2016). Measuring burstiness for finite event sequences. *Physical Review E* 94, 032311.
- Kleinbaum, A. M., Stuart, T. E., & Tushman, M. L. (2013). Discretion within constraint: homophily and structure in a formal organization. *Organization Science* 24(5), 1316-1336.
- Kossinets, G., & Watts, D. J. (2006). Empirical analysis of an evolving social network. *Science* 311, 88-90.
- Krackhardt, D., & Stern, R. N. (1988). Informal networks and organizational crises. *Social Psychology Quarterly* 51(2), 123-140.
- Levin, D. Z., Walter, J., & Murnighan, J. K. (2011). Dormant ties: the value of reconnecting. *Organization Science* 22(4), 923-939.
- Liben-Nowell, D., & Kleinberg, J. (2007). The link-prediction problem for social networks. *JASIST* 58(7), 1019-1031.
- Lorenz, M. O. (1905). Methods of measuring the concentration of wealth. *Publications of the American Statistical Association* 9(70), 209-219.
- Marchiori, M., & Latora, V. (2000). Harmony in the small-world. *Physica A* 285(3-4), 539-546.
- Mueller, J. H., & Schuessler, K. F. (1961). *Statistical Reasoning in Sociology*. Houghton Mifflin.
- Navarro, H., Miritello, G., Canales, A., & Moro, E. (2017). Temporal patterns behind the strength of persistent ties. *EPJ Data Science* 6, 31.
- Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted networks, and centrality. *Physical Review E* 64, 016132.
- Newman, M. E. J. (2003). Mixing patterns in networks. *Physical Review E* 67, 026126.
- Newman, M. E. J. (2006). Modularity and community structure in networks. *PNAS* 103(23), 8577-8582.
- Onnela, J.-P., Saramaki, J., Hyvonen, J., Szabo, G., Lazer, D., Kaski, K., Kertesz, J., & Barabasi, A.-L. (2007). Structure and tie strengths in mobile communication networks. *PNAS* 104(18), 7332-7336.
- Onnela, J.-P., Saramaki, J., Kertesz, J., & Kaski, K. (2005). Intensity and coherence of motifs in weighted complex networks. *Physical Review E* 71, 065103.
- Page, L., Brin, S., Motwani, R., & Winograd, T. (1999). *The PageRank citation ranking: bringing order to the Web*. Stanford InfoLab.
- Rajkumar, K., Saint-Jacques, G., Bojinov, I., Brynjolfsson, E., & Aral, S. (2022). A causal test of the strength of weak ties. *Science* 377, 1304-1310.
- Saramaki, J., et al. (2014). Persistence of social signatures in human communication. *PNAS* 111(3), 942-947.
- Seidman, S. B. (1983). Network structure and minimum degree. *Social Networks* 5(3), 269-287.
- Serrano, M. A., Boguna, M., & Vespignani, A. (2009). Extracting the multiscale backbone of complex weighted networks. *PNAS* 106(16), 6483-6488.
- Shannon, C. E. (1948). A mathematical theory of communication. *Bell System Technical Journal* 27, 379-423.
- Wasserman, S., & Faust, K. (1994). *Social Network Analysis*. Cambridge University Press.
- Watts, D. J., & Strogatz, S. H. (1998). Collective dynamics of "small-world" networks. *Nature* 393, 440-442.
- Zhou, T., Lu, L., & Zhang, Y.-C. (2009). Predicting missing links via local information. *European Physical Journal B* 71, 623-630.
"""  # noqa: E501 - a work a line


def page() -> str:
    """Return the page: a section a theme, a table a function, and the works referred to."""
    links = [f"[{theme}](#{theme.lower().replace(' ', '-')})" for theme in THEMES]
    parts = [INTRO, " · ".join([*links, "[References](#references)"]) + "\n"]
    for theme, modules in THEMES.items():
        entries = [entry for module in modules for entry in measures_of(module)]
        parts += [f"## {theme}\n", *_tables(entries)]
    return "\n".join([*parts, "## References\n", REFERENCES])


def _tables(entries: list[Measure]) -> Iterator[str]:
    """Yield a table for each function; those that give one thing alone share one."""
    alone = [entry for entry in entries if entry.name == entry.function]
    rest = [entry for entry in entries if entry.name != entry.function]
    kept = {entry.function for entry in rest}
    single = [entry for entry in alone if entry.function not in kept]
    several = sorted(
        (entry for entry in entries if entry.function in kept),
        key=lambda entry: [one.function for one in entries].index(entry.function),
    )
    for function, group in groupby(several, key=lambda entry: entry.function):
        yield _table(f"`{function}`", group)
    if single:
        told = f"`{single[0].name}`" if len(single) == 1 else "One number, or one list, each"
        yield _table(told, single)


def _table(title: str, entries: Iterable[Measure]) -> str:
    rows = list(entries)
    of = ", ".join(dict.fromkeys(entry.of for entry in rows))
    lines = [f"### {title}\n", f"Of a {of.replace(', ', ' or a ')}.\n"]
    lines += [_line(COLUMNS), _line(["---"] * len(COLUMNS)), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(entry: Measure) -> str:
    column = column_of(entry.function, entry.name)
    name = f"`{entry.name}`" + ("" if column == entry.name else f"<br>(gathered: `{column}`)")
    return _line([name, entry.meaning, entry.unit, entry.range, entry.undefined, entry.reference])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    Path(__file__).with_name("measures.md").write_text(page(), encoding="utf-8")
