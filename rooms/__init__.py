"""Anteroom: a successor to Azure Communication Services Rooms, in your own subscription."""

__version__ = "0.1.0"
"""What /openapi.json reports. Tags follow it."""
