"""How many receipts and replies a second are taken in? Two receipts for each text, and a reply for one in four.

Signed posts over real sockets to gunicorn, started as api/server/serve.py starts it; our webhooks, and the way of one
row through the ORM for each request (one_row.py). What is compared is how fast the provider gets its answers, each of
which says that what it told is on the disk: of ours a receipt in its own table and a reply among the texts, of the
other the message itself changed. The run is void if anything is missing there when the load ends.

Ours is applied afterwards, by the worker's own beats, which in a real service go on all the time beside the web server:
how long they take for everything at once is told as well, and the run is void if they do not come to the same end.
"""

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from api.app import create_app
from api.settings.config import Config
from benchmarks import database, dispatch
from benchmarks.child import READY_WITHIN, ROOT, FailedError, started
from benchmarks.dispatch import LONGEST, Ground
from benchmarks.keys import RING
from benchmarks.ours import CALLBACK
from benchmarks.stand_in import ACCOUNT_SID, AUTH_TOKEN, MESSAGING_SERVICE_SID
from companion.clock import now
from companion.db import db
from companion.models import Message
from nudges.receiving import inbound
from nudges.settling import receipts
from tests.support.twilio_webhook import SignedPost, sign

CONNECTIONS = 32
REPLIES = ("yes", "no", "Done, thank you", "It rained, so I stretched at home instead")
PUBLIC = CALLBACK.removesuffix("/webhooks/twilio/status")
OURS, ONE_ROW = "wsgi:app", "benchmarks.one_row:app"
# As api/server/serve.py starts it; the processes are what is varied.
WEB = "-c python:api.server.web_server --threads 16"

DELIVERED = "SELECT count(*) FROM message WHERE status = 'delivered'"
RECEIPTS = "SELECT count(*) FROM receipt"
NOT_ACTED_ON = "SELECT count(*) FROM message WHERE status = 'received' AND handled_at IS NULL"
RECEIVED = "SELECT count(*) FROM message WHERE status = 'received'"

Text = tuple[str, str, str]

# By application and processes: how long the worker's beats took, in the latest run, for all that was stored.
applied_seconds: dict[tuple[str, int], float] = {}


def requests_a_second(app: str, processes: int) -> Callable[[Ground, int], float]:
    """Measures one web application in so many processes; told how many texts have been sent."""

    def run(ground: Ground, texts: int) -> float:
        with ground.databases.fresh(texts) as url, tempfile.TemporaryDirectory() as folder:
            dispatch.send_with(ground, 1, url, texts, 0.0)
            posts = _posts(_sent(url), random.Random(1))
            file = Path(folder, "requests")
            file.write_bytes(b"".join(_on_the_wire(post) for post in posts))
            with served(app, processes, url, ground.log) as port:
                load = ["benchmarks.load", str(port), str(file), str(CONNECTIONS)]
                with started([load], {}, ground.log) as [child]:
                    child.wait_until_ready()
                    child.go()
                    said = child.result(LONGEST)
            _require_stored(url, said["statuses"], texts, len(posts), stored=2 * texts if app == OURS else 0)
            if app == OURS:
                applied_seconds[app, processes] = _apply(url)
            _require_applied(url, texts)
            return len(posts) / float(said["seconds"])

    return run


def _require_stored(url: str, statuses: Mapping[str, int], texts: int, posts: int, *, stored: int) -> None:
    taken = sum(count for status, count in statuses.items() if status in ("200", "204"))
    found = (taken, database.number(url, RECEIPTS), database.number(url, RECEIVED))
    if found != (posts, stored, _replies(texts)):
        raise FailedError(f"void: taken and stored are {found}; the answers were {dict(statuses)}")


def _apply(url: str) -> float:
    """What the worker's beats do with all of it. The seconds they take."""
    app = create_app(Config(database_url=url))
    with app.app_context():
        began = time.monotonic()
        receipts.take_up(now())
        while inbound.take_up(now()):
            pass
        took = time.monotonic() - began
        db.engine.dispose()
    if database.number(url, RECEIPTS) or database.number(url, NOT_ACTED_ON):
        raise FailedError("void: something was stored and not applied")
    return took


def _require_applied(url: str, texts: int) -> None:
    found = (database.number(url, DELIVERED), database.number(url, RECEIVED))
    if found != (texts, _replies(texts)):
        raise FailedError(f"void: delivered and received are {found} of {texts} texts")


def _replies(texts: int) -> int:
    return len(range(0, texts, 4))


def _sent(url: str) -> list[Text]:
    with database.connect(url) as connection:
        wanted = "SELECT id, provider_id, number_sealed FROM message WHERE provider_id IS NOT NULL"
        found = connection.execute(wanted).fetchall()
    texts = [(str(ours), str(theirs), Message.number.open(RING, sealed, ours)) for ours, theirs, sealed in found]
    return sorted(texts, key=lambda text: text[2])


def _posts(texts: Sequence[Text], chance: random.Random) -> list[SignedPost]:
    """What Twilio posts about the texts, in the order of its coming: several texts' are always under way at once."""
    coming: list[tuple[float, SignedPost]] = []
    for index, (message_id, sid, number) in enumerate(texts):
        sent_at = index + chance.uniform(0, 50)
        delivered_at = sent_at + chance.uniform(100, 200)
        for at, status in ((sent_at, "sent"), (delivered_at, "delivered")):
            form = _form(sid, status, number, MessageStatus=status)
            coming.append((at, sign(f"{CALLBACK}?message={message_id}", form)))
        if index % 4 == 0:
            said = {"Body": REPLIES[index // 4 % len(REPLIES)], "From": number, "NumMedia": "0", "NumSegments": "1"}
            form = _form(f"SM{uuid4().hex}", "received", "+447700900999", **said)
            coming.append((delivered_at + chance.uniform(100, 500), sign(f"{PUBLIC}/webhooks/twilio/inbound", form)))
    return [post for _, post in sorted(coming, key=lambda each: each[0])]


def _form(sid: str, status: str, to: str, **more: str) -> dict[str, str]:
    what = {"AccountSid": ACCOUNT_SID, "ApiVersion": "2010-04-01", "MessagingServiceSid": MESSAGING_SERVICE_SID}
    return {**what, "MessageSid": sid, "SmsSid": sid, "SmsStatus": status, "From": "+447700900999", "To": to, **more}


def _on_the_wire(post: SignedPost) -> bytes:
    parts, body = urlsplit(post.url), urlencode(post.form).encode()
    headers = {**post.headers, "Host": parts.netloc, "User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
    lines = [f"POST {parts.path}{'?' if parts.query else ''}{parts.query} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in {**headers, "Content-Length": str(len(body))}.items()]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
    return len(request).to_bytes(4, "big") + request


@contextmanager
def served(app: str, processes: int, url: str, log: Path) -> Iterator[int]:
    """The port of a gunicorn that answers."""
    settings = {
        "DATABASE_URL": url,
        "ENVIRONMENT": "development",
        "PUBLIC_BASE_URL": PUBLIC,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_MESSAGING_SERVICE_SID": MESSAGING_SERVICE_SID,
    }
    listener = socket.create_server(("127.0.0.1", 0))
    bound = ["--bind", f"fd://{listener.fileno()}", "--workers", str(processes), *WEB.split()]
    with listener, log.open("ab") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", app, *bound],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            pass_fds=[listener.fileno()],
        )
        try:
            port = int(listener.getsockname()[1])
            _warm(port, processes, server)
            yield port
        finally:
            server.terminate()
            server.wait()


def _warm(port: int, processes: int, server: subprocess.Popen[bytes]) -> None:
    """Every process has answered before anything is measured."""
    give_up, answered = time.monotonic() + READY_WITHIN, 0
    while answered < 20 * processes:
        if server.poll() is not None or time.monotonic() > give_up:
            raise FailedError("The web server did not come up.")
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answered += line.recv(64).startswith(b"HTTP/1.1 200")
