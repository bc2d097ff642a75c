"""The command line `rooms`: a client of the service over HTTP, but for `rooms check`, which reads
its storage."""
