"""Anteroom: a successor to Azure Communication Services Rooms that runs in your own subscription."""
