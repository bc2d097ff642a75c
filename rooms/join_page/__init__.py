"""The page on which people join the call of a room, with a join link."""
