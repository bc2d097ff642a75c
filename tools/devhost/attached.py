"""Runs a program that stops when the process that started it ends, however that ends: the pipe on
stdin closes then. Needs the standard library only.

    python attached.py <program> <argument> ...
"""

import os
import subprocess
import sys
import threading

_PATIENCE_SECONDS = (1, 3)
"""How long the program may take after the first SIGTERM, and after the second."""


def main(command: list[str]) -> int:
    """Runs the program. Returns its exit code, or 128 and the number of the signal that ended
    it."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as program:
        threading.Thread(target=_stop_in_the_end, args=[program], daemon=True).start()
        code = program.wait()
    return code if code >= 0 else 128 - code


def _stop_in_the_end(program: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 1):  # not sys.stdin: its lock would break the exit of Python
        pass
    for seconds in _PATIENCE_SECONDS:
        program.terminate()
        try:
            program.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    program.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
