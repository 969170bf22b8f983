"""Do long lists come in pages that neither repeat nor leave anybody out?"""

from tests.api import body
from tests.api.caller import Caller
from tests.support.databases import both
from tests.support.world import World

pytestmark = both

# The query, and the field that is then named.
REFUSED = [
    ("page=0", "page"),
    ("page=-1", "page"),
    ("page=100001", "page"),
    ("page=1.5", "page"),
    ("page=1e3", "page"),
    ("page=1_000", "page"),
    ("page=+1", "page"),
    ("page=%201", "page"),
    ("page=٣", "page"),
    ("page=one", "page"),
    ("page=", "page"),
    ("page=%00", "page"),
    ("page=" + "9" * 5_000, "page"),
    ("page_size=0", "page_size"),
    ("page_size=101", "page_size"),
]


def test_pages_neither_repeat_nor_leave_out(world: World, ben: Caller) -> None:
    for number in ("0034", "0042", "0050"):
        person = body.enrolment(nhs_number=f"999000{number}", mobile=f"07700 90{number}", family_name="Yusuf")
        assert ben.post("/v1/patients", person).status == 201
    pages = [ben.get(f"/v1/patients?page={number}&page_size=2").json for number in (1, 2, 3, 4)]
    assert [len(page["items"]) for page in pages] == [2, 2, 1, 0]
    assert {page["total"] for page in pages} == {5}
    assert len({item["id"] for page in pages for item in page["items"]}) == 5
    last = ben.get("/v1/patients?page=100000&page_size=100&utm_source=mail")
    assert (last.status, last.json["items"]) == (200, [])
    for text in ("one", "two", "three"):
        world.texts(text)
    messages = f"/v1/patients/{world.people.amina.id}/messages"
    in_pages = [ben.get(f"{messages}?page={number}&page_size=1").json["items"][0]["id"] for number in (1, 2, 3)]
    assert in_pages == [item["id"] for item in ben.get(messages).json["items"]]


def test_a_page_is_a_plain_number(world: World, ben: Caller) -> None:
    amina = f"/v1/patients/{world.people.amina.id}"
    for address in ("/v1/patients", "/v1/inbox", f"{amina}/messages", f"{amina}/nudges"):
        answers = [(query, ben.get(f"{address}?{query}")) for query, _ in REFUSED]
        assert [(query, *answer.fields) for query, answer in answers] == REFUSED
        assert {answer.status for _, answer in answers} == {422}
