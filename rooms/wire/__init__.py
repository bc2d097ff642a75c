"""What goes over HTTP, per api-version."""
