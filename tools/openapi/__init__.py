"""The OpenAPI document of this service: made from the routes, the models of requests, the shapes of
answers and the errors.

Of version 3.1, whose schemas are JSON Schema, which is what pydantic makes. Nothing here is
imported before somebody asks for it.
"""
