"""Azure on a laptop: runs a Functions app as the Functions host does, over Microsoft's own Python
worker library.

A development tool, never deployed. It checks no function keys, as `func start` does not.
"""
