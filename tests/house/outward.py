"""Who reaches out of the house, and can anything that is stored say where to?"""

import ast
from collections.abc import Iterator

from tests.house.source import House, Trespass, at, calls, imports, lies_in

# What of the standard library opens a connection, listens for one, or starts a program that could.
REACHES_OUT = (
    "asyncio",
    "ftplib",
    "http.client",
    "http.server",
    "imaplib",
    "poplib",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "subprocess",
    "urllib.request",
    "webbrowser",
    "xmlrpc",
)
# Who calls somebody outside. They are told where by whoever makes them, and that is api.app, out of the settings.
CALLERS = (
    "api.outside.openid",
    "api.outside.smtp",
    "nudges.providers.lean_transport",
    "nudges.providers.notify_gateway",
    "nudges.providers.transport",
    "nudges.providers.twilio_gateway",
    "nudges.providers.twilio_http",
)
# Who has any of the above for something else: a loop of its own, the host's name, our own processes and port.
OTHERS = ("api.server.serve", "api.server.web_server", "nudges.sending.outbox", "nudges.sending.queue", "nudges.worker")
MADE_WITH_SETTINGS = frozenset({"Issuer", "NotifyGateway", "TwilioGateway"})
PUT_TOGETHER = "api.app"
# Where rows are: whoever calls outside sees none, so no stored address can be called.
ROWS = ("companion.db", "companion.models", "companion.records", "companion.use_cases", "sqlalchemy")
# Views that send a browser to another site, with the reason; there it is the settings, too, that say where.
# To be signed in there: the settings name the issuer.
SEND_ELSEWHERE = frozenset({"api.pages.nhs_login", "api.pages.organisation"})
SAFE_TARGETS = frozenset({"url_for", "own"})


def only_callers_reach_out(house: House) -> Iterator[Trespass]:
    """Nobody else has the means. What is not of the standard library has its door in DOORS."""
    for module in house.values():
        for found in imports(module, house):
            means = [each for each in REACHES_OUT if lies_in(found.what, each) or found.target == each]
            if means and module.name not in (*CALLERS, *OTHERS):
                yield at(module, found.line, f"{module.name} could reach out of the house by {means[0]}")


def callers_see_no_rows(house: House) -> Iterator[Trespass]:
    """So that where they call cannot be read from one."""
    for module in house.values():
        for found in imports(module, house):
            if module.name in CALLERS and lies_in(found.target, *ROWS):
                yield at(module, found.line, f"{module.name} calls outside and must not see rows: {found.what}")


def callers_are_made_of_settings(house: House) -> Iterator[Trespass]:
    """In one place."""
    for module in house.values():
        for called, call in calls(module.tree):
            if called in MADE_WITH_SETTINGS and module.name != PUT_TOGETHER:
                yield at(module, call, f"{called} is made in {PUT_TOGETHER}, out of the settings")


def redirects_stay_here(house: House) -> Iterator[Trespass]:
    """A browser is sent to a page by its name, or to what api.web.redirection found to be ours."""
    for module in house.values():
        for called, call in calls(module.tree):
            if called != "redirect" or module.name in SEND_ELSEWHERE:
                continue
            target = call.args[0] if call.args else None
            if not isinstance(target, ast.Call) or _name(target.func) not in SAFE_TARGETS:
                yield at(module, call, "redirect to url_for(…), or to redirection.own(…)")


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
