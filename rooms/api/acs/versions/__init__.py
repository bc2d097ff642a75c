"""The api-versions of Rooms: what each reads and answers. All that differs between them is here.

`table` has the versions, and `api_version` what a version consists of. Each other module has the
bodies and answers from one version on, until the next module's.
"""
