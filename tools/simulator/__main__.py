"""Runs `python -m simulator`. The format of its `--json` is in lines.py."""

import os
import sys

try:
    from rich.console import Console

    from devhost.azurite import PROJECT
    from devhost.errors import CannotStart
    from simulator import command, lines
    from simulator.arguments import parse

    try:
        arguments = parse(sys.argv[1:], PROJECT, os.environ)
    except CannotStart as problem:
        sys.exit(f"simulator: {problem}")
    right = (
        lines.run(arguments, sys.stdout) if arguments.json else command.run(arguments, Console())
    )
    sys.exit(0 if right else 1)
except KeyboardInterrupt:
    sys.exit(130)
except BrokenPipeError:
    os._exit(1)  # the reader is gone, and Python would complain about unwritten output
