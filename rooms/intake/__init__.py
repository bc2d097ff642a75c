"""Call events, from Event Grid into the storage."""
