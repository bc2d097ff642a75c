"""What tests, bench and faults share: a running app, its storage behind a proxy, requests and
events."""
