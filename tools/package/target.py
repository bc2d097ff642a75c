"""What the package is built for: Flex Consumption with Python 3.13."""

PYTHON = (3, 13)

PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_28_x86_64")
"""Whose wheels run there. Its image is Debian 12, with glibc 2.36."""

ROOT = "/home/site/wwwroot"
"""Where it is mounted. Bytecode has this in it as the place of its source."""

PACKAGES = ".python_packages/lib/site-packages"
"""The folder of the dependencies, which the worker puts on the path."""

IGNORED = ".funcignore"
"""What lists files that are not to be deployed, for the tools that deploy a folder."""
