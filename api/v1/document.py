"""How is an operation's ending described? Every error is the same problem+json."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest

from api.web import etag
from api.web.body import Parser
from api.web.problem import MEDIA_TYPE, ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])

WORDS = {
    400: "The request is malformed.",
    401: "You are not signed in.",
    403: "Your role does not allow this.",
    404: "Not found in your pain service.",
    409: "The current state does not allow this.",
    412: "It has changed since you read it; current_version is the version now.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not JSON.",
    422: "Fields are missing, unknown or wrong; errors lists each.",
    428: "If-Match is missing.",
    429: "Too many attempts; Retry-After says how many seconds to wait.",
}
# One for all of them: a start makes hundreds otherwise.
_PROBLEM = ProblemSchema()
# By the token, or by the token and the id of an access to one record, which is for reading.
TO_READ: list[dict[str, list[str]]] = [{"staff": []}, {"staff": [], "one-record": []}]


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is not typed
    """flask-smorest's, with our way of reading a body, and a name for each operation: care_plan.revise."""

    ARGUMENTS_PARSER = Parser()
    # By what its operations are opened, where that is no member of staff's token.
    security: list[dict[str, list[str]]] | None = None

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Name the operation after its noun and verb; programs that write clients call their functions so."""
        if view_func is not None:
            noun = view_func.__module__.rpartition(".")[2]
            view_func = self.doc(operationId=f"{noun}.{view_func.__name__}")(view_func)
            if self.security is not None:
                view_func = self.doc(security=self.security)(view_func)
            elif options.get("methods") == ["GET"]:
                view_func = self.doc(security=TO_READ)(view_func)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def conditional(blueprint: Blueprint) -> Callable[[View], View]:
    """Document that a read is answered with 304 where the asker has the current version already."""

    def document(view: View) -> View:
        described = blueprint.doc(parameters=[etag.IF_NONE_MATCH])
        answer = blueprint.alt_response(304, description="You already have the current version.")
        documented: View = described(answer(view))
        return documented

    return document


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document which errors an operation can end in."""

    def document(view: View) -> View:
        for status in statuses:
            answer = blueprint.alt_response(status, schema=_PROBLEM, content_type=MEDIA_TYPE, description=WORDS[status])
            view = answer(view)
        return view

    return document
