"""Plays meetings at a running app. It makes rooms, sends call events with the faults of Event Grid,
and compares the app's answers with the truth."""
