"""Does a sending process grow with what has been sent before it?"""

from benchmarks import database, dispatch
from benchmarks.dispatch import Ground, Run

# Old texts of the same patients, each with its attempt, as years of service leave them.
HISTORY = """
    INSERT INTO message (id, pain_service_id, patient_id, kind, status, number_sealed, number_index,
                         body_sealed, media_count, priority, created_at,
                         due_at, expires_at, attempts, sending_at, sent_at, settled_at, gateway, provider_id)
    SELECT gen_random_uuid(), pain_service_id, id, 'reply', 'delivered', mobile_sealed, mobile_index,
           mobile_sealed, 0, 0, at, at, at + interval '4 hours', 1, at, at, at, 'twilio',
           'SMhistory' || round || '-' || id
    FROM patient, generate_series(1, {rounds}) AS round,
         LATERAL (SELECT now() - round * interval '7 days' AS at) AS moment
"""


def with_history(ground: Ground, texts: int, messages: int) -> Run:
    """One sending process, where so many messages stand in the tables already."""
    with ground.databases.fresh(texts) as url:
        if rounds := messages // texts:
            database.execute(url, HISTORY.format(rounds=rounds))
            database.execute(url, "VACUUM ANALYZE message")
        return dispatch.send_with(ground, 1, url, texts, 0.0)
