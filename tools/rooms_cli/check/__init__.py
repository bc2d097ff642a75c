"""Whether the rows of a table agree. The deployed app does not import it: it is for `rooms check`,
and for tests."""
