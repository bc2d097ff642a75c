"""Changes that go through this service to ACS: kills, faults, and changes at ACS itself."""
