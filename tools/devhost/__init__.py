"""Runs a Functions app on a laptop, as the Functions host does, with Microsoft's Python worker
library.

A development tool, never deployed. Like `func start`, it checks no function keys.
"""
