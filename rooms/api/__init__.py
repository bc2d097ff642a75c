"""The HTTP API: ACS's own routes (`acs`), and those that ACS does not have (`extension`)."""
