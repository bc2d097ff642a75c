"""Plays meetings at a running app: real rooms, call events with every fault that Event Grid can do,
and what became of them."""
