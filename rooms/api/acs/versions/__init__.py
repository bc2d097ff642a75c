"""The api-versions of Rooms: what each reads and answers. All that differs between them is here.

`table` has the versions. `shape` says what a version consists of. Each other module has the bodies
and answers of the versions from one on, until the next module's.
"""
