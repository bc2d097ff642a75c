"""`rooms`, also as `python -m rooms_cli`."""

import sys


def main() -> None:
    """Runs the command. Exits with 1 and a message if it fails, with 2 if its usage is wrong."""
    try:
        from rooms_cli.command import app
        from rooms_cli.failures import Failure
        from rooms_cli.words import plain

        for stream in (sys.stdout, sys.stderr):
            # Names may use any script; the terminal may not be able to show it.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        try:
            app()
        except Failure as failure:
            sys.exit(f"rooms: {plain(str(failure))}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
