"""How fast the service is, beside the storage alone. Run it with `make bench`; never deployed."""
