"""Does another organisation's sign-in open our door to whom we linked to it, and to nobody on any other word?"""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwk
from sqlalchemy import select

from api.app import create_app
from api.settings.config import Config
from api.settings.openid import OpenIdClient
from api.settings.staff_entry import Organisation
from companion.db import db, reading
from companion.models import AuditEntry
from tests.api.caller import Caller, at_once
from tests.api.staff_entry.entrance import ADA, BEN, CHANDRA, EVE, Entrance
from tests.api.staff_entry.test_invitation import FAY, invited
from tests.api.staff_entry.traveller import BEGIN, LINK, Traveller, linked
from tests.support.issuer_double import ACR, CLIENT_ID, CLIENT_SECRET, Double, running

BENS = "555012345678"


@pytest.fixture
def double() -> Iterator[Double]:
    """The organisation."""
    with running() as made:
        yield made


@pytest.fixture
def settings(settings: Config, double: Double) -> Config:
    """Staff sign in there."""
    organisation = Organisation(OpenIdClient(double.address, CLIENT_ID, CLIENT_SECRET), (ACR,), "NHS Care Identity")
    return replace(settings, staff_entry=replace(settings.staff_entry, organisation=organisation))


@pytest.fixture
def traveller(entrance: Entrance, double: Double) -> Traveller:
    """Ben's browser, some other day: he linked himself with another."""
    linked(entrance, double, BEN, BENS)
    return Traveller(entrance, double)


def written(action: str) -> int:
    """How many entries of the audit trail say that."""
    with reading() as session:
        return len(session.scalars(select(AuditEntry.id).where(AuditEntry.action == action)).all())


def test_whoever_is_in_links_it_once_and_then_needs_no_password_and_no_code(entrance: Entrance, double: Double) -> None:
    assert "NHS Care Identity" in entrance.browser().get("/staff/sign-in").text
    before = linked(entrance, double, BEN, BENS)
    assert before.is_in
    assert written("organisation.link") == 1
    ben = Traveller(entrance, double)
    answer = ben.back()
    assert (answer.status, "Continue, Ben Okafor" in answer.text, ben.is_in) == (200, True, True)
    # Eve's there is nobody's here, and his is not hers to link.
    eve = Traveller(entrance, double, EVE)
    assert eve.back(LINK, sub=BENS).status == 409
    assert Traveller(entrance, double).back(sub="eve").status == 401
    assert "Ben Okafor" in ben.browser.get("/staff").text


def test_by_an_invitation_without_a_password(entrance: Entrance, double: Double) -> None:
    path = invited(entrance)
    fay = Traveller(entrance, double)
    assert f"{path}/organisation" in fay.browser.get(path).text
    assert fay.back(f"{path}/organisation", sub="fay").status == 200
    assert "Fay Lund" in fay.browser.get("/staff").text
    assert entrance.try_in(FAY["email"], "").status == 422
    assert entrance.try_in(FAY["email"], "any password at all").status == 401
    again = Traveller(entrance, double)
    assert again.browser.get(f"{path}/organisation").status == 404, "the link is used up"
    assert again.back(sub="fay").status == 200
    # It is her only way in.
    assert fay.browser.submit("/staff", "/staff/organisation/removal").status == 409
    assert Traveller(entrance, double).back(sub="fay").status == 200


def test_an_invitation_lets_one_of_two_in(entrance: Entrance, double: Double) -> None:
    path = f"{invited(entrance)}/organisation"
    fay, eve = Traveller(entrance, double), Traveller(entrance, double)
    backs = [
        (each, double.sign_in(each.go(path), each.now, sub=sub)) for each, sub in ((fay, "fay"), (eve, "somebody else"))
    ]
    came = at_once(*(lambda each=each, back=back: each.browser.get(back).status for each, back in backs))
    assert sorted(came) == [200, 401]


def test_an_address_is_no_introduction_however_well_it_is_vouched_for(entrance: Entrance, double: Double) -> None:
    stranger = Traveller(entrance, double)
    for verified in (True, False, "true", None):
        assert stranger.back(email=BEN, email_verified=verified).status == 401
    assert not stranger.is_in
    invited(entrance)
    assert stranger.back(email=FAY["email"], email_verified=True).status == 401


def test_only_whoever_signed_in_just_now_with_a_code_links_anything(entrance: Entrance, double: Double) -> None:
    assert entrance.browser().get(LINK).headers["Location"] == "/staff/sign-in"
    assert entrance.browser(CHANDRA).get(LINK).status == 403, "by a password alone"
    ben = Traveller(entrance, double, BEN)
    entrance.hands.turn(timedelta(minutes=10))
    answer = ben.browser.get(LINK)
    assert (answer.status, "sign in again" in answer.text) == (403, True)
    assert written("organisation.link") == 0


def test_a_link_is_taken_away_by_whose_it_is(entrance: Entrance, double: Double) -> None:
    ben = linked(entrance, double, BEN, BENS)
    assert "Remove this sign-in" in ben.browser.get("/staff").text
    assert entrance.browser(EVE).submit("/staff", "/staff/organisation/removal").status == 404
    assert Traveller(entrance, double).back().status == 200
    assert ben.browser.submit("/staff", "/staff/organisation/removal").status == 303
    assert Traveller(entrance, double).back().status == 401
    assert written("organisation.unlink") == 1


def told(part: object) -> str:
    """A part of a token, as tokens are written."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


WRONG: dict[str, dict[str, Any]] = {
    "another's issuer": {"iss": "https://elsewhere.example"},
    "for somebody else": {"aud": "another client"},
    "for several, and handed on": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "for several, and who has it is not said": {"aud": [CLIENT_ID, "another"]},
    "no audience": {"aud": None},
    "another nonce": {"nonce": "made up"},
    "no nonce": {"nonce": None},
    "no end": {"exp": None},
    "nobody": {"sub": None},
    "somebody with too long a name": {"sub": BENS + "x" * 255},
    "somebody who is no text": {"sub": int(BENS)},
    "a weaker sign-in": {"acr": "AAL1_USERPASS"},
    "nothing of how": {"acr": None},
    "an end that is no time": {"exp": "tomorrow"},
    "from the future": {"iat": 4_102_444_800},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_word_that_is_not_for_us_now_and_for_this_is_not_taken(traveller: Traveller, name: str) -> None:
    answer = traveller.back(**WRONG[name])
    assert (answer.status, "you are not signed in" in answer.text) == (401, True)
    assert not traveller.is_in
    assert traveller.back().status == 200, "and the right one is"


def test_an_expired_word_is_not_taken(traveller: Traveller) -> None:
    assert traveller.back(iat=traveller.now - 600, exp=traveller.now - 61).status == 401
    assert traveller.back(exp=traveller.now - 30).status == 200


def test_a_word_that_somebody_else_signed_or_nobody_is_not_taken(traveller: Traveller, double: Double) -> None:
    keys: dict[str, Any] = {
        "ES256": jwk.ECKey.generate_key("P-256", {"kid": "1"}),
        # Signed with what is known to others, as if it were a secret: of ours, and of their public key.
        "HS256": jwk.OctKey.import_key(CLIENT_SECRET.encode() * 3),
        "HS512": jwk.OctKey.import_key(json.dumps(double.key.as_dict(private=False)).encode()),
    }
    for algorithm, key in keys.items():
        back = double.sign_in(traveller.go(), traveller.now)
        [grant] = double.grants.values()
        grant.key, grant.algorithm = key, algorithm
        assert (algorithm, traveller.browser.get(back).status) == (algorithm, 401)
    for head in ({"alg": "none"}, {"alg": "None", "kid": "1"}, {"alg": "ES256", "kid": "1"}):
        back = double.sign_in(traveller.go(), traveller.now)
        [grant] = double.grants.values()
        parts = (
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (head, grant.claims)
        )
        grant.forged = f"{'.'.join(parts)}."
        assert (head, traveller.browser.get(back).status) == (head, 401)
    for forged in ("", "no token", "a.b.c"):
        back = double.sign_in(traveller.go(), traveller.now)
        [grant] = double.grants.values()
        grant.forged = forged
        assert (forged, traveller.browser.get(back).status) == (forged, 401)
    assert not traveller.is_in


def test_whoever_comes_back_twice_comes_in_once(traveller: Traveller, double: Double, entrance: Entrance) -> None:
    back = double.sign_in(traveller.go(), traveller.now)
    cookie = traveller.browser.client.get_cookie("staff-errand")
    assert cookie is not None
    assert (cookie.same_site, cookie.http_only) == ("Lax", True)

    def come() -> int:
        browser = entrance.browser()
        browser.client.set_cookie("staff-errand", cookie.value)
        return browser.get(back).status

    assert sorted(at_once(come, come)) == [200, 401]


def test_another_browser_another_errand_and_another_s_code_are_refused(
    traveller: Traveller, entrance: Entrance, double: Double
) -> None:
    ben, eve = traveller, Traveller(entrance, double)
    back = double.sign_in(ben.go(), ben.now)
    hers = double.sign_in(eve.go(), eve.now, sub="eve")
    code, state = (back.partition("?")[2].split("&")[part] for part in (0, 1))
    wrong = [
        back.replace(state, hers.rpartition("&")[2]),
        back.replace(state, "state="),
        back.replace(f"&{state}", ""),
        back[:-1],
        back.replace(state, "state=%F0%9F%91%8D%00"),
    ]
    for address in wrong:
        assert (address, ben.browser.get(address).status) == (address, 401)
    assert eve.browser.get(back).status == 401, "she was sent his link"
    assert entrance.browser().get(back).status == 401, "without the cookie"
    # His code within her own errand: it was not her browser that the organisation gave it to.
    assert eve.browser.get(hers.replace(hers.partition("?")[2].split("&")[0], code)).status == 401
    assert not eve.is_in
    assert ben.browser.get(back).status == 401, "the code is used up"
    assert not ben.is_in


def test_it_may_not_take_for_ever_nor_name_another_issuer(traveller: Traveller, double: Double) -> None:
    back = double.sign_in(traveller.go(), traveller.now + 600)
    traveller.entrance.hands.turn(timedelta(minutes=10))
    assert traveller.browser.get(back).status == 401
    back = double.sign_in(traveller.go(), traveller.now)
    assert traveller.browser.get(f"{back}&iss=https://elsewhere.example").status == 401
    back = double.sign_in(traveller.go(), traveller.now)
    assert traveller.browser.get(f"{back}&iss={double.address}").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_endpoint_that_sends_us_elsewhere_is_not_followed(
    traveller: Traveller, double: Double, status: int
) -> None:
    double.redirect, double.posted = (status, f"{double.address}/elsewhere"), []
    assert (traveller.back().status, traveller.is_in, double.posted) == (503, False, ["/token"])


def test_whoever_sets_out_again_and_again_has_to_wait(traveller: Traveller) -> None:
    asked = [traveller.browser.get("/staff/organisation") for _ in range(51)]
    assert {answer.status for answer in asked[:40]} == {303}, "those who signed in before count too"
    assert (asked[50].status, "too many attempts" in asked[50].text) == (429, True)


def test_a_refusal_there_is_told_here(traveller: Traveller) -> None:
    location = traveller.go()
    state = location.partition("state=")[2].partition("&")[0]
    answer = traveller.browser.get(f"{BEGIN}/back?error=access_denied&error_description=<script>&state={state}")
    assert (answer.status, "did not sign you in" in answer.text, "<script>" in answer.text) == (401, True, False)


def test_an_organisation_that_does_not_answer_keeps_nobody_out(traveller: Traveller, double: Double) -> None:
    back = double.sign_in(traveller.go(), traveller.now)
    double.broken = True
    answer = traveller.browser.get(back)
    assert (answer.status, "sign in with a password" in answer.text) == (503, True)
    traveller.entrance.hands.turn(timedelta(minutes=5))
    assert traveller.browser.get(BEGIN).status == 503
    assert traveller.entrance.browser(CHANDRA).get("/staff").status == 200, "by her password, as ever"


def test_a_description_that_is_another_s_or_leads_out_of_tls_is_not_followed(
    traveller: Traveller, double: Double
) -> None:
    asked = double.described_times
    for _ in range(3):
        traveller.go()
    assert double.described_times == asked, "it is asked every five minutes, not by everybody"
    for changes in (
        {"issuer": "https://elsewhere.example"},
        {"issuer": ["https://elsewhere.example"]},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
        {"end_session_endpoint": "http://elsewhere.example/out"},
    ):
        traveller.entrance.hands.turn(timedelta(minutes=5))
        double.metadata = changes
        assert (changes, traveller.browser.get(BEGIN).status) == (changes, 503)


def test_whoever_has_left_is_not_let_in_by_anybody(traveller: Traveller, entrance: Entrance) -> None:
    assert traveller.back().status == 200
    ada = entrance.signed_in(ADA)
    assert ada.post(f"/v1/staff/{entrance.world.people.ben.id}/departure").status == 204
    assert not traveller.is_in
    assert traveller.back().status == 401


def test_a_sign_in_there_is_as_strong_as_a_code_and_opens_pages_alone(entrance: Entrance, double: Double) -> None:
    linked(entrance, double, CHANDRA, "chandra")
    chandra = Traveller(entrance, double)
    chandra.back(sub="chandra")
    cookie = chandra.browser.client.get_cookie("staff")
    assert cookie is not None
    assert (cookie.same_site, cookie.http_only) == ("Strict", True)
    assert Caller(entrance.app.test_client(), cookie.value).get("/v1/sign-ins").status == 401
    assert chandra.browser.get(LINK).status == 303, "it counts as a second step"


def test_whoever_signs_out_is_shown_the_way_out_there_too(traveller: Traveller, double: Double) -> None:
    traveller.back()
    out = traveller.browser.submit("/staff", "/staff/sign-out")
    assert (out.status, traveller.is_in) == (303, False)
    assert "/staff/organisation/out" in traveller.browser.get(out.headers["Location"]).text
    none = traveller.browser.get("/staff/organisation/out").headers["Location"]
    assert "Close the browser" in traveller.browser.get(none).text
    traveller.entrance.hands.turn(timedelta(minutes=5))
    double.metadata = {"end_session_endpoint": f"{double.address}/out"}
    place = traveller.browser.get("/staff/organisation/out").headers["Location"]
    assert place.startswith(f"{double.address}/out?client_id={CLIENT_ID}&post_logout_redirect_uri=http")


def test_we_can_show_who_we_are_by_a_key(traveller: Traveller, entrance: Entrance, double: Double) -> None:
    key = jwk.RSAKey.generate_key(2048)
    double.client_key = jwk.RSAKey.import_key(key.as_dict(private=False))
    assert traveller.back().status == 401, "the secret will not do any more"
    entry = entrance.app.extensions["ihelp"].config.staff_entry
    pem = key.as_pem(private=True).decode()
    ours = replace(entry.organisation, client=OpenIdClient(double.address, CLIENT_ID, client_key=pem))
    config = replace(entrance.app.extensions["ihelp"].config, staff_entry=replace(entry, organisation=ours))
    other = create_app(config, entrance.app.extensions["ihelp"].gateways[0], entrance.hands.read)
    with other.app_context():
        there = Traveller(Entrance(other, entrance.world, entrance.hands, entrance.mails), double)
        assert there.back().status == 200
        db.engine.dispose()
