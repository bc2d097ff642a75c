"""`python -m bench [--short]`."""
