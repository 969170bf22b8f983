"""Does whoever forgot their password get in again, and does nobody learn who signs in here?"""

from datetime import timedelta

from sqlalchemy import select

from companion.db import reading
from companion.models import PasswordReset
from tests.api.caller import Answer, at_once
from tests.api.staff_entry.entrance import ADA, BEN, CHANDRA, GOOD, Entrance
from tests.support import cast

FORGOTTEN = "/staff/password/forgotten"


def asked(entrance: Entrance, email: str) -> Answer:
    return entrance.browser().submit(FORGOTTEN, FORGOTTEN, {"email": email})


def chosen(entrance: Entrance, link: str, password: str = GOOD) -> Answer:
    return entrance.browser().submit("/staff/sign-in", link, {"new_password": password})


def test_by_a_link_and_with_the_second_step_as_before(entrance: Entrance) -> None:
    phone, ben = entrance.enrolled(BEN)
    assert asked(entrance, "Ben@Example.NHS.uk").status == 200
    link = entrance.link()
    assert entrance.browser().get(link).status == 200
    weak = chosen(entrance, link, "ben okafor ben okafor")
    assert (weak.status, "first that are guessed" in weak.text) == (422, True)
    assert ben.get("/v1/sign-ins/current").status == 200
    done = chosen(entrance, link)
    assert (done.status, done.headers["Location"]) == (303, "/staff/sign-in?after=password")
    assert ben.get("/v1/sign-ins/current").status == 401
    assert chosen(entrance, link).status == 404
    assert entrance.try_in(BEN, GOOD).status == 401
    assert entrance.try_in(BEN, GOOD, code=phone.code()).status == 201


def test_the_answer_does_not_tell_who_signs_in_here(entrance: Entrance) -> None:
    answers = [asked(entrance, email) for email in (BEN, "nobody@example.nhs.uk")]
    assert {answer.status for answer in answers} == {200}
    assert answers[0].text == answers[1].text
    assert [letter["To"] for letter in entrance.letters()] == [BEN]


def test_of_two_at_once_one_chooses(entrance: Entrance) -> None:
    asked(entrance, BEN)
    link = entrance.link()
    answers = at_once(*[lambda word=word: chosen(entrance, link, f"{GOOD} {word}") for word in ("one", "two")])
    assert sorted(answer.status for answer in answers) == [303, 404]


def test_it_holds_for_an_hour_and_of_several_one_is_used(entrance: Entrance) -> None:
    asked(entrance, BEN)
    late = entrance.link()
    entrance.hands.turn(timedelta(hours=1))
    assert entrance.browser().get(late).status == 404
    assert chosen(entrance, late).status == 404
    links = []
    for _ in range(2):
        asked(entrance, BEN)
        links.append(entrance.link())
    assert chosen(entrance, links[0]).status == 303
    assert chosen(entrance, links[1]).status == 404


def test_nobody_is_buried_in_e_mails(entrance: Entrance) -> None:
    answers = [asked(entrance, BEN) for _ in range(4)]
    assert [answer.status for answer in answers] == [200] * 3 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 3_600
    assert len(entrance.letters()) == 3
    assert asked(entrance, CHANDRA).status == 200


def test_whoever_has_left_gets_none(entrance: Entrance) -> None:
    asked(entrance, BEN)
    link = entrance.link()
    entrance.signed_in(ADA).post(f"/v1/staff/{entrance.world.people.ben.id}/departure")
    assert chosen(entrance, link).status == 404
    assert asked(entrance, BEN).status == 200
    assert len(entrance.letters()) == 1


def test_no_link_is_kept(entrance: Entrance) -> None:
    asked(entrance, BEN)
    with reading() as session:
        assert entrance.link().rpartition("/")[2] not in str(session.execute(select(PasswordReset.__table__)).all())


def test_what_is_no_address_is_said(entrance: Entrance) -> None:
    for odd in ("", "ben", "ben@example.nhs.uk\nBcc: x@y.uk", "x" * 300 + "@y.uk"):
        answer = asked(entrance, odd)
        assert (odd, answer.status, 'href="#email"' in answer.text) == (odd, 422, True)
        assert cast.PASSWORD not in answer.text
