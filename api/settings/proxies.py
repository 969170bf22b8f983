"""How many of our own proxies stand in front, and whose address is it then that a request comes from?"""

from environs import Env
from flask import Flask
from marshmallow import ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix


def read(env: Env) -> int:
    """PROXIES: each of them adds to X-Forwarded-For whom it was asked by. 0, where nothing stands in front."""
    return int(env.str("PROXIES", "", validate=_few) or 0)


def attach(app: Flask, proxies: int) -> None:
    """Have limits and the audit trail name the client, not the balancer; nothing else of what a proxy says is heeded,
    and nothing of what stands further to the left, which anybody can write."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]


def _few(value: str) -> None:
    if value and not (value.isascii() and value.isdecimal() and len(value) == 1):
        raise ValidationError("it must be a number from 0 to 9")
