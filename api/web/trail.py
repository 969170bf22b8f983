"""How does the audit trail learn of what was refused? After the answer is made, in one place for every door."""

from http import HTTPStatus

from flask import Response, request

from api import current, house
from companion.use_cases import audit

REFUSED = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


def note_refusal(response: Response) -> Response:
    """Write down that somebody who is signed in asked for what they may not have, or what is not there."""
    if response.status_code in REFUSED and current.is_signed_in():
        asked_for = next(iter((request.view_args or {}).values()), "")
        audit.refused(current.actor(), str(request.endpoint), str(asked_for), response.status_code, house.now())
    return response
