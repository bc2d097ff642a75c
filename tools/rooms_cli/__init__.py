"""The command `rooms`. It calls the service over HTTP; only `rooms check` reads the storage."""
