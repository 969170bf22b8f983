"""Where could somebody else read what a patient signs in with?"""

from companion.domain.sign_in_text import HIDDEN
from companion.use_cases import access_grant
from tests.api.caller import Caller, patient_signed_in, signed_in
from tests.api.patient_entry.conftest import Entrance


def nowhere_shown(entrance: Entrance, secret: str) -> None:
    """A code or link that still opens something is at none of the doors at which texts are read, whoever asks."""
    people, now = entrance.world.people, entrance.moment.now
    record, fhir = f"/v1/patients/{people.amina.id}", f"/fhir/Communication?patient={people.amina.id}"
    everything = f"/fhir/Patient/{people.amina.id}/$everything"
    partner = access_grant.invite_partner(people.ben, people.amina.id, "eve@example.nhs.uk", "A second opinion", 1, now)
    let_in = {"Access-Grant": str(partner.grant.id)}
    ben, eve = signed_in(entrance.app, people.ben), signed_in(entrance.app, people.eve)
    amina = patient_signed_in(entrance.app, people.amina)
    exports = [f"{record}/{name}" for name in ("messages", "export", "export.html", "export.fhir")]
    own = ["/v1/me/export", "/v1/me/export.html", "/v1/me/export.fhir"]
    asked: list[tuple[Caller, str, dict[str, str]]] = [
        *((ben, address, {}) for address in (*exports, fhir, everything)),
        *((eve, address, let_in) for address in (f"{record}/messages", fhir)),
        *((amina, address, {}) for address in (*own, fhir, everything)),
    ]
    for who, address, headers in asked:
        answer = who.get(address, headers=headers)
        assert (address, answer.status) == (address, 200)
        assert HIDDEN in answer.text, address
        assert secret not in answer.text, address
