"""The routes that ACS Rooms does not have, a module a resource."""
