"""`python -m devhost`."""

import sys

try:
    from devhost.command import main

    main()
except KeyboardInterrupt:  # Ctrl-C while the app was starting
    sys.exit(130)
