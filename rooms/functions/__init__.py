"""The blueprints that function_app.py composes, one a concern."""
