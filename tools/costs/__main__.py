"""Writes docs/costs.md. With --measure it plays the meetings first, and keeps what they use."""

import argparse

from costs.measure import measure
from costs.page import PAGE, page
from costs.room import load, save

PEOPLE = (4, 12)
MEETINGS = 40


def main() -> None:
    """Reads the command line, measures if asked to, and writes the page."""
    parser = argparse.ArgumentParser(prog="python -m costs", description=__doc__)
    parser.add_argument("--measure", action="store_true", help="play meetings, for half a minute")
    if parser.parse_args().measure:
        save([measure(people, MEETINGS, print) for people in PEOPLE])
    PAGE.write_text(page(load()))
    print(f"Wrote {PAGE.name}.")


if __name__ == "__main__":
    main()
