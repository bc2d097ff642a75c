"""Authentication: shared keys (HMAC) and Entra ID tokens, the same on a laptop and in Azure."""
