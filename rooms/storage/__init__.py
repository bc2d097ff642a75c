"""Table Storage: one room is one contiguous range of one partition of one table."""
