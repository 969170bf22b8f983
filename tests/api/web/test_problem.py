"""Does everything that goes wrong come back as one kind of problem, which names the field and nobody's data?"""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from api.app import LARGEST_BODY, create_app
from api.settings.config import Config
from api.web.body import FORM, MOST_FIELDS
from tests.api import body
from tests.api.caller import Caller, answer_of
from tests.support.world import World

JSON = "application/json"
PROBLEM = "application/problem+json"
# What is sent in place of a patient, as what, and how that ends. A field of None: the problem names none.
ODD_BODIES: list[tuple[bytes, str | None, int, str | None]] = [
    (b"", JSON, 400, None),
    (b" ", JSON, 400, None),
    (b"{", JSON, 400, None),
    (b"{'given_name': 'Farah'}", JSON, 400, None),
    (b'{"given_name": "Farah"} {}', JSON, 400, None),
    (b'{"given_name": "Far\xe4h"}', JSON, 400, None),
    (b"\xef\xbb\xbf{}", JSON, 400, None),
    ('{"given_name": "Farah"}'.encode("utf-16"), JSON, 400, None),
    (b'{"given_name": NaN}', JSON, 400, None),
    (b'{"given_name": -Infinity}', JSON, 400, None),
    (b'{"given_name": "A", "given_name": "B"}', JSON, 400, None),
    (b'{"preferences": {"local_start": "09:00", "local_start": "10:00"}}', JSON, 400, None),
    (b'{"given_name": ' + b"9" * 5_000 + b"}", JSON, 400, None),
    (b"[" * 60_000, JSON, 400, None),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, JSON, 400, None),
    (b'{"given_name": ' + b"[" * 900 + b"]" * 900 + b"}", JSON, 400, None),
    (b'{"given_name": ' + b"[" * 20 + b"0" + b"]" * 20 + b"}", JSON, 400, None),
    (b'{"given_name": ' + b"[" * 19 + b"0" + b"]" * 19 + b"}", JSON, 422, "given_name"),
    (b'{"given_name": ' + b"9" * 31 + b"}", JSON, 400, None),
    (b'{"given_name": 0.' + b"9" * 29 + b"}", JSON, 400, None),
    (b'{"given_name": ' + b"9" * 30 + b"}", JSON, 422, "given_name"),
    (b"null", JSON, 422, "body"),
    (b"[]", JSON, 422, "body"),
    (b'"Farah"', JSON, 422, "body"),
    (b"1e999", JSON, 422, "body"),
    (b'{"preferences": {"daily_ceiling": 1e999}}', JSON, 422, "preferences.daily_ceiling"),
    (b'{"given_name": "\\ud800"}', JSON, 422, "given_name"),
    (b'{"\\ud800": 1}', JSON, 422, "\ud800"),
    (b'{"": 1}', JSON, 422, "body"),
    (b'{"id": 1}', JSON, 422, "id"),
    (b"{}", "application/json; charset=utf-8", 422, "given_name"),
    (b"{}", "application/merge-patch+json", 422, "given_name"),
    (b"{}", None, 415, None),
    (b"{}", "", 415, None),
    (b"{}", "text/plain", 415, None),
    (b"{}", "application/jsonp", 415, None),
    (b"given_name=Farah", "application/x-www-form-urlencoded", 415, None),
    (b"", None, 415, None),
]


def ends(caller: Caller, path: str, data: bytes, kind: str | None) -> tuple[int, list[str]]:
    """The status and the fields of a request with that body."""
    answer = caller.send("POST", path, data=data, content_type=kind)
    assert answer.mimetype == PROBLEM
    assert answer.json["status"] == answer.status
    return answer.status, answer.fields if "errors" in answer.json else []


@pytest.mark.usefixtures("world")
def test_a_body_means_one_thing_or_is_refused(ben: Caller) -> None:
    for data, kind, status, field in ODD_BODIES:
        found = ends(ben, "/v1/patients", data, kind)
        assert (data[:60], kind, found[0]) == (data[:60], kind, status)
        assert (field in found[1]) if field is not None else not found[1], (data[:60], found)
    # A body where none is asked for is not read.
    assert ben.send("GET", "/v1/patients", data=b"{", content_type=JSON).status == 200


@pytest.mark.usefixtures("world")
def test_a_body_over_the_limit_is_not_taken_in(ben: Caller) -> None:
    whole = json.dumps(body.enrolment(given_name="x" * LARGEST_BODY)).encode()
    just = whole.replace(b"x" * LARGEST_BODY, b"x" * (2 * LARGEST_BODY - len(whole)))
    assert len(just) == LARGEST_BODY
    assert ends(ben, "/v1/patients", just, JSON) == (422, ["given_name"])
    assert ends(ben, "/v1/patients", just + b" ", JSON) == (413, [])
    # The same without Content-Length, as a server hands on a body that comes in chunks.
    for size, status in ((LARGEST_BODY, 422), (LARGEST_BODY + 1, 413)):
        chunked = ben.send(
            "POST",
            "/v1/patients",
            input_stream=BytesIO(just.ljust(size)),
            content_type=JSON,
            environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        )
        assert (size, chunked.status, chunked.mimetype) == (size, status, PROBLEM)


@pytest.mark.usefixtures("world")
def test_a_form_has_a_sane_number_of_fields(nobody: Caller) -> None:
    for address in ("/simulator/unknown/texts", "/webhooks/twilio/status"):
        for more, status in ((MOST_FIELDS - 1, {403, 404}), (MOST_FIELDS, {413})):
            plain = nobody.send("POST", address, data="a=b" + "&a=b" * more, content_type=FORM)
            in_parts = nobody.send("POST", address, data={"a": ["b"] * (more + 1)}, content_type="multipart/form-data")
            assert {plain.status} == status & {plain.status}
            # Where nobody reads the fields, nobody counts them either.
            assert in_parts.status in status | ({404} if "twilio" in address else set())


@pytest.mark.usefixtures("world")
def test_no_request_is_sent_elsewhere_or_turned_into_another(nobody: Caller, ben: Caller, world: World) -> None:
    """Redirects to whatever host a request names, methods in a header, hosts of a proxy's: none of it counts."""
    amina = f"/v1/patients/{world.people.amina.id}"
    odd = (
        "/static//site.css",
        "/v1//patients",
        "/%0d%0aLocation:%20https://evil.example",
        "/docs/",
        "/x//evil.example",
    )
    for path in odd:
        answer = nobody.get(path, headers={"Host": "evil.example"})
        assert (path, answer.status) == (path, 404)
        assert "Location" not in answer.headers
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert ben.get(amina, headers={name: "DELETE"}).status == 200
        assert nobody.send("POST", "/v1/sign-ins?_method=GET", json={}, headers={name: "GET"}).status == 422
    before = nobody.get("/").text
    for name in ("X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-Forwarded-Prefix"):
        answer = nobody.get("/", headers={name: 'evil.example/"><script>', "Host": "evil.example"})
        assert answer.status == 200
        assert "evil" not in answer.text
        assert len(answer.text) == len(before)
    for host in ("", "a" * 300, 'x"><script>', "[::1", "evil.example:99999", "é", "localhost, evil.example"):
        assert (host, nobody.get("/health/live", headers={"Host": host}).status // 100) in ((host, 2), (host, 4))


@pytest.mark.usefixtures("world")
def test_an_unknown_address_and_a_wrong_method_say_so(ben: Caller) -> None:
    for path in ("/v1", "/v1/", "/v1/patients/", "/v1/patients/1", "/v2/patients", "/nothing", "/static/../wsgi.py"):
        missing = ben.get(path)
        assert (path, missing.status, missing.mimetype) == (path, 404, PROBLEM)
    for path in ("/%00", "/v1/patients/%ff", "/static/%00", "/static/" + "x" * 5_000, "/static/%2e%2e/app.py"):
        assert (path, ben.get(path).status) == (path, 404)
    for path, allowed in {
        "/v1/patients": "GET HEAD OPTIONS POST",
        f"/v1/care-plans/{uuid4()}/agreement": "OPTIONS POST",
    }.items():
        for method in ("DELETE", "PUT", "TRACE", "PROPFIND"):
            wrong = ben.send(method, path)
            assert (method, wrong.status, wrong.mimetype) == (method, 405, PROBLEM)
            assert sorted(wrong.headers["Allow"].split(", ")) == allowed.split()


def test_a_problem_never_repeats_what_was_sent(world: World, ben: Caller) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    secret = "Amina 9990000018 +447700900101"
    sent: dict[str, Any] = dict.fromkeys(body.enrolment(), secret) | {
        "preferences": dict.fromkeys(body.preferences(), secret)
    }
    answers = [
        ben.post("/v1/patients", sent),
        ben.post("/v1/patients", secret),
        ben.post(f"{amina}/care-plans", dict.fromkeys(body.content(), secret)),
        ben.post(f"{amina}/care-plans", body.content(goals=[dict.fromkeys(body.goal(), secret)])),
        ben.post(f"{amina}/consents", {"status": secret}),
        ben.put(f"{amina}/preferences", dict.fromkeys(body.preferences(), secret), '"1"'),
        ben.post("/v1/sign-ins", {"email": secret, "password": secret}),
        ben.get(f"/v1/patients?page={secret}"),
        ben.get(f"/v1/{secret}"),
        ben.patch(amina, {"mobile": secret}, secret),
    ]
    for answer in answers:
        assert answer.status >= 400
        for word in secret.split():
            assert word not in answer.text


@pytest.mark.usefixtures("world")
@pytest.mark.own_app
def test_a_fault_of_ours_tells_nothing_about_anybody(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str:
        raise LookupError("Amina Yusuf")

    app.add_url_rule("/broken", view_func=broken)
    answer = answer_of(app.test_client().get("/broken"))
    assert (answer.status, answer.mimetype) == (500, PROBLEM)
    assert "Amina" not in answer.text
    assert "LookupError" not in answer.text
    assert answer.json["detail"]
    assert caplog.records, "nobody can mend what is not written down"


def test_a_database_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "x.sqlite3"
    app = create_app(Config(database_url=f"sqlite:///{file}"))
    file.parent.rmdir()
    away = Caller(app.test_client(), "a-token").get("/v1/patients")
    assert (away.status, away.mimetype) == (503, PROBLEM)
    assert int(away.headers["Retry-After"]) > 0
    assert "sqlite" not in away.text.lower()
    ready = Caller(app.test_client()).get("/health/ready")
    assert ready.status == 503
    assert Caller(app.test_client()).get("/health/live").status == 200
