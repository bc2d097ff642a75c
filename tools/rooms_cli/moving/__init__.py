"""The commands of a move from ACS: `rooms import`, `compare`, `move` and `moving`."""
