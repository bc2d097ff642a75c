"""Azure Communication Services: the resource that makes users, and that has rooms of its own."""
