"""`python -m simulator`."""

import os
import sys
from pathlib import Path

try:
    from rich.console import Console

    from devhost.errors import CannotStart
    from simulator.arguments import parse
    from simulator.command import run

    try:
        arguments = parse(sys.argv[1:], Path(__file__).parent.parent, os.environ)
    except CannotStart as problem:
        sys.exit(f"simulator: {problem}")
    sys.exit(0 if run(arguments, Console()) else 1)
except KeyboardInterrupt:
    sys.exit(130)
