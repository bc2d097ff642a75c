"""The command line `rooms`: a client of the service over HTTP."""
