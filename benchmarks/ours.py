"""How fast does the product itself send? One sending process of it; the benchmark starts one or two.

python -m benchmarks.ours DATABASE_URL STAND_IN_URL NAME
"""

import resource
import sys

from api.app import create_app
from api.settings.config import Config
from benchmarks.child import ready_then_go, say
from benchmarks.stand_in import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from companion.clock import now
from companion.use_cases import pain_service
from nudges import worker
from nudges.providers.twilio_gateway import TwilioGateway
from nudges.sending import outbox

CALLBACK = "https://pain.example.nhs.uk/webhooks/twilio/status"


def gateway(stand_in_url: str) -> TwilioGateway:
    """The product's own door to Twilio, with the stand-in behind it."""
    return TwilioGateway(ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID, CALLBACK, stand_in_url)


def send_all(carrier: TwilioGateway, name: str) -> None:
    """Decide about every nudge that is due and hand over every text, until nothing is due any more."""
    outbox.send_due([carrier], name, now, most=10**9)


def main(database_url: str, stand_in_url: str, name: str) -> None:
    """One sending process, from ready to done."""
    carrier = gateway(stand_in_url)
    app = create_app(Config(database_url=database_url), carrier)
    with app.app_context():
        worker.calm_collector()
        pain_service.every()  # a worker that has been up for a while has its connection
        ready_then_go()
        send_all(carrier, name)
        # ru_maxrss is in KiB on Linux.
        say({"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


if __name__ == "__main__":
    main(*sys.argv[1:])
