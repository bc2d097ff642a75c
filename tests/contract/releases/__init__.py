"""Sessions with older releases of the SDKs, each installed in a folder of its own."""
