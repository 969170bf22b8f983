"""The words of sign-in texts. They name only the pain service's short name."""

import re
import unicodedata

# In place of a code or link that is used or over, and wherever staff see such a text.
HIDDEN = "A text to sign in with."
OTHERWISE = "your service"
# All of these are GSM-7, so that the text goes in one part.
_LEFT_OUT = re.compile(r"[^A-Za-z0-9 .,&'()/-]")


def with_code(service: str, code: str) -> str:
    """The text with a one-time code."""
    return f"{code} is your sign-in code. It lasts 5 minutes. Never share it: we will not ask for it. {plain(service)}"


def with_link(service: str, link: str) -> str:
    """The text with a link, which opens nothing without a second fact."""
    return f"Sign in: {link}\nIt lasts 30 minutes. Never share it. {plain(service)}"


def to_agree(service: str, link: str) -> str:
    """The text with a link to something that waits for a yes; it does not say what."""
    return f"Please read: {link}\nIt lasts 30 minutes. Never share it. {plain(service)}"


def on_new_phone(service: str) -> str:
    """The text that follows a sign-in by an app: whoever has the phone hears of it."""
    return f"You signed in on a new phone. Not you? Reply HELP. {plain(service)}"


def plain(service: str) -> str:
    """The short name in characters that any phone takes at one septet each."""
    letters = unicodedata.normalize("NFKD", service)
    return " ".join(_LEFT_OUT.sub("", letters).split())[:30] or OTHERWISE
