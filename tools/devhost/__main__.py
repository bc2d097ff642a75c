"""`python -m devhost`."""

import sys

try:
    from devhost.command import main

    main()
except KeyboardInterrupt:  # Ctrl-C before the app was ready, perhaps while modules were loading
    sys.exit(130)
