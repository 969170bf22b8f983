"""The OpenAPI description: made when somebody first asks for it, once for each app, and kept.

Describing every operation takes longer than everything else that an app is made of, and most processes are never asked.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

from apispec import APISpec
from flask import Response, current_app, json
from flask_smorest import Api

from api.web import problem
from api.web.problem import ProblemSchema


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest is not typed
    """flask-smorest, with every error as problem+json in what it does and what it documents, described on demand."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, *args: Any, **named: Any) -> None:
        # One thread describes; whoever else asks meanwhile waits for it. It asks for the description itself, too.
        self._describing = RLock()
        self._to_describe: list[Callable[[APISpec], None]] = []
        self._described: Any = None
        self._written: str | None = None
        super().__init__(*args, **named)

    @property
    def spec(self) -> Any:
        """The description of every blueprint registered so far."""
        with self._describing:
            waiting, self._to_describe = self._to_describe, []
            for describe in waiting:
                describe(self._described)
            return self._described

    @spec.setter
    def spec(self, made: Any) -> None:
        self._described = made

    def register_blueprint(self, blp: Any, *, parameters: list[dict[str, Any]] | None = None, **options: Any) -> None:
        """Route the blueprint now, as flask-smorest does, and describe it later."""
        name = options.get("name", blp.name)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blp, **options)

        def describe(spec: APISpec) -> None:
            blp.register_views_in_doc(self, self._app, spec, name=name, parameters=parameters)
            spec.tag({"name": name, "description": blp.description})

        with self._describing:
            self._to_describe.append(describe)
            self._written = None

    def _openapi_json(self) -> Response:
        with self._describing:
            if self._written is None:
                self._written = json.dumps(self.spec.to_dict(), indent=2, sort_keys=False)
            return current_app.response_class(self._written, mimetype="application/json")

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = problem.MEDIA_TYPE
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_error_handlers(self) -> None:
        problem.register(self._app)
