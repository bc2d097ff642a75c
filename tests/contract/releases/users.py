"""The people of the sessions."""

from testkit.identifiers import raw_id

USERS = ANN, BEN, CEM = tuple(raw_id(n) for n in range(3))
