"""Rooms that move between storage accounts, under load and kills."""
