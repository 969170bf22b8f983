"""Which commands are there? `flask --app wsgi …`; each is thin."""

from flask import Flask


def register(app: Flask) -> None:
    """Hang the commands onto the app."""
