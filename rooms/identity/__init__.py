"""Users of Communication Services and their tokens, made here."""
