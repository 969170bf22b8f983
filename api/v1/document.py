"""How is an operation's ending described? Every error is the same problem+json."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask_smorest import Blueprint

from api.problem import MEDIA_TYPE, ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])

WORDS = {
    400: "The request is not well-formed.",
    401: "Nobody is signed in.",
    403: "The asker's role does not allow it.",
    404: "No such thing in the asker's pain service.",
    409: "It cannot be done to the thing as it stands.",
    412: "Somebody changed it since; current_version says which version is there now.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not JSON.",
    422: "Fields are missing, unknown or wrong; errors names each.",
    428: "If-Match is missing.",
}


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document which errors an operation can end in."""

    def document(view: View) -> View:
        for status in statuses:
            answer = blueprint.alt_response(
                status, schema=ProblemSchema, content_type=MEDIA_TYPE, description=WORDS[status]
            )
            view = answer(view)
        return view

    return document
