"""collabpad: write code together on your own network."""

__version__ = "0.1.0"
