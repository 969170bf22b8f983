"""A person's way from referral to closed, as FHIR's EpisodeOfCare."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from api.fhir.element import Address, Element, instant, meta, named, reference, without_nothing
from companion.domain.pathway import Step, episode_status, standing
from companion.use_cases.export import Export


def episodes_of_care(export: Export, at: Address) -> Iterator[Element]:
    """Each time that they came, by what stands of it now: what was put right later is not told here."""
    for pathway in export.pathways:
        moves = [move for move in export.moves if move.pathway_id == pathway.id]
        history = list(_history(standing(moves)))
        closed = history[-1]["period"]["start"] if pathway.step is Step.CLOSED else None
        yield {
            "resourceType": "EpisodeOfCare",
            "id": str(pathway.id),
            "meta": meta(*(move.recorded_at for move in moves)),
            "status": history[-1]["status"],
            "statusHistory": history,
            "patient": reference(at, "Patient", export.patient.id),
            "managingOrganization": named("Organization", export.service.name),
            "period": without_nothing({"start": history[0]["period"]["start"], "end": closed}),
        }


def _history(stands: Sequence[Any]) -> Iterator[Element]:
    """Each status that it had, and from when to when."""
    passed = [
        (episode_status([(each.to_step, each.reason) for each in stands[:count]]), stands[count - 1].effective_at)
        for count in range(1, len(stands) + 1)
    ]
    spells = [(status, next(group)[1]) for status, group in groupby(passed, key=lambda each: each[0])]
    ends = [start for _, start in spells[1:]]
    for (status, start), end in zip(spells, [*ends, None], strict=True):
        yield {
            "status": status.value,
            "period": without_nothing({"start": instant(start), "end": instant(end)}),
        }
