"""Removes what is older than the retention."""
