"""`rooms`, also as `python -m rooms_cli`."""

import sys


def main() -> None:
    """Carries out the command line. Ends with 1 and a message if that fails, with 2 if the command
    line is wrong."""
    try:
        from rooms_cli.command import app
        from rooms_cli.failures import Failure
        from rooms_cli.words import plain

        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # names may be in any script, whatever the terminal shows
        try:
            app()
        except Failure as failure:
            sys.exit(f"rooms: {plain(str(failure))}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
