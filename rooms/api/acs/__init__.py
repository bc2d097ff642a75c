"""The routes of ACS Rooms, to the letter of each api-version."""
