"""Run the command line: `python -m villagegraph`."""

from villagegraph.cli import main

if __name__ == "__main__":
    main()
