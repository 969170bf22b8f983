"""For how long is a patient signed in on a phone or at a page, and what do they show for it?"""

from datetime import timedelta
from enum import StrEnum

CODE_LASTS = timedelta(minutes=5)
LINK_LASTS = timedelta(minutes=30)
# A million codes and five tries: one guess in 200,000 is right. The links ask for a fact on top of a secret.
MOST_TRIES = 5

ACCESS_LASTS = timedelta(minutes=15)
# An app that nobody opens for so long asks for a new code, and every app does so twice a year.
REFRESH_LASTS = timedelta(days=30)
APP_LASTS = timedelta(days=180)
# In a browser, which others may use too.
PAGE_LASTS = timedelta(minutes=30)
# An answer is lost on the way, or two parts of an app ask at once: for so long the same refresh token is taken again.
# Later than that somebody has a copy of it.
GRACE = timedelta(seconds=10)


class DeviceKind(StrEnum):
    """app: with tokens that are renewed. page: a browser with a cookie, opened by a link."""

    APP = "app"
    PAGE = "page"


class TokenKind(StrEnum):
    """access: shown with each request. refresh: shown once, for the next two. page: a browser's cookie."""

    ACCESS = "access"
    REFRESH = "refresh"
    PAGE = "page"
