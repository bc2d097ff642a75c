"""The passes over the rooms at ACS: what was changed there is found, and what is in doubt is
settled."""
