"""Makes the OpenAPI document of this service, and docs/api.md, a page to read.

The sources are the routes, the models of request bodies, the types of answers and the errors. The
version is 3.1: its schemas are JSON Schema, which pydantic makes.
"""
