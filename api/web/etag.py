"""Which version does the asker have in hand? Versions travel as strong ETags: "3"."""

import re

from flask import Response, abort, g, request

from api.web.problem import problem

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version you are changing. 428 if missing, 412 if no longer current.",
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$'},
    "example": '"1"',
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you already have: 304 with no body if it is still current.",
    "schema": {"type": "string"},
    "example": '"1"',
}
ETAG = {
    "ETag": {
        "description": "The version, for If-Match and If-None-Match.",
        "schema": {"type": "string"},
    }
}
_OURS = re.compile(r'"([1-9][0-9]{0,8})"')
# What no row's version ever is: an ETag that is not one of ours matches nothing.
NO_VERSION = 0


def tag(version: int) -> dict[str, str]:
    """The header that names a version."""
    return {"ETag": f'"{version}"'}


def tag_for_change(version: int) -> dict[str, str]:
    """Likewise, of what says more than its version does: for If-Match alone, as the answer is computed each time."""
    g.always_fresh = True
    return tag(version)


def expected_version() -> int:
    """The version named by If-Match; the use case compares it with the row, in the same transaction.

    Aborts with 428 if the header is missing. Anything but one strong ETag of ours names a version that no
    row has, so the use case answers 412 with the current one.
    """
    named = request.headers.get("If-Match", "").strip()
    if not named:
        abort(428, "Send If-Match with the ETag of the version you are changing.")
    ours = _OURS.fullmatch(named)
    return int(ours[1]) if ours else NO_VERSION


def answer_not_modified(response: Response) -> Response:
    """After a read with If-None-Match that still holds: 304 and no body."""
    can_stand = "ETag" in response.headers and not g.get("always_fresh")
    if request.method == "GET" and response.status_code == 200 and can_stand:
        response.make_conditional(request)
        if response.status_code == 412:
            return problem(412, "If-Match does not name the current version.")
    return response
