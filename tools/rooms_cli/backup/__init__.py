"""A copy of a whole table in a folder, and a table made of it."""
