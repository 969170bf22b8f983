"""On real sockets: is "nothing was sent" said only where it is proved, and is every text posted once?"""

import asyncio
import logging
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Self, TypeVar

import pytest
import uvloop

from nudges.providers.gateway import Fault, RefusedError, UnansweredError
from nudges.providers.lean_transport import LONGEST_ANSWER, LeanTransport
from nudges.providers.transport import Answer

NUMBER, WORDS, PASSWORD = "+447700900123", "how well did you sleep", "not-a-real-token"
FORM = {"To": NUMBER, "Body": WORDS}
OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
TIMEOUT = 0.4

T = TypeVar("T")
Talk = Callable[[socket.socket, int], bool]


class Server:
    """Listens on this machine. `talk` is given the line and the number of the request that has just come whole,
    counted over all lines; False closes the line."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.requests: list[bytes] = []
        self.lines = 0
        self._lock = Lock()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._threads = [Thread(target=self._accept, daemon=True)]
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in self._open:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.lines += 1
            self._open.append(line)
            thread = Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            while True:
                request = read_request(line)
                if request is None:
                    return
                with self._lock:
                    self.requests.append(request)
                    number = len(self.requests)
                if not self.talk(line, number):
                    return


def read_request(line: socket.socket) -> bytes | None:
    """One whole request; None when the line ends first."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65_536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    wanted = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < wanted:
        body += line.recv(65_536)
    return head + b"\r\n\r\n" + body


def say(*parts: bytes, then: bool = True) -> Talk:
    """Answer every request with these parts, with a moment between them, and keep the line or not."""

    def talk(line: socket.socket, _number: int) -> bool:
        for at, part in enumerate(parts):
            if at:
                Event().wait(0.005)
            line.sendall(part)
        return then

    return talk


def run(work: Coroutine[Any, Any, T]) -> T:
    """On the same kind of event loop as the outbox's."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def post(transport: LeanTransport, times: int = 1) -> list[Answer]:
    """So many posts, one after the other."""
    try:
        return [await one(transport) for _ in range(times)]
    finally:
        await transport.close()


async def one(transport: LeanTransport) -> Answer:
    """One post; the connection is kept."""
    return await transport.post("https://api.example/messages", FORM, {"X-Odd": "yes"}, ("AC0", PASSWORD))


def assert_silent(caught: pytest.ExceptionInfo[BaseException], log: str) -> None:
    """Nothing that anybody may read holds the number, the words or the password."""
    seen: BaseException | None = caught.value
    said = log
    while seen is not None:
        said += f"{seen!r} {seen} {vars(seen)}"
        seen = seen.__cause__ or seen.__context__
    for secret in (NUMBER, NUMBER[1:], WORDS, WORDS.replace(" ", "+"), PASSWORD):
        assert secret not in said


def assert_not_connected(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Refused, for now, by a provider that could not be reached."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RefusedError) as caught:
        run(post(LeanTransport(url, TIMEOUT)))
    refusal = caught.value
    assert (refusal.code, refusal.permanent, refusal.fault) == ("not-connected", False, Fault.PROVIDER)
    assert_silent(caught, caplog.text)


def assert_in_doubt(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody knows whether it went; asked once, on one line, and not again."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UnansweredError) as caught:
        run(post(LeanTransport(server.url, TIMEOUT)))
    assert_silent(caught, caplog.text)
    assert (server.lines, len(server.requests)) == (1, 1)


# What proves that nothing left.


def test_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert_not_connected(f"http://127.0.0.1:{closed.getsockname()[1]}", caplog)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems treat a full queue of callers differently")
def test_nobody_answers_the_door(caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as open_sockets:
        deaf = open_sockets.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        assert_not_connected(f"http://127.0.0.1:{deaf.getsockname()[1]}", caplog)


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with self_signed(tmp_path) as (url, heard):
        assert_not_connected(url, caplog)
    assert heard == []


def test_a_door_that_opens_on_no_tls_at_all(caplog: pytest.LogCaptureFixture) -> None:
    with Server(say(OK)) as server:
        assert_not_connected(server.url.replace("http:", "https:"), caplog)
        assert server.requests == []


@contextmanager
def self_signed(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A server with a certificate of its own making, and what it could read."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("There is no openssl to make a certificate with.")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make += ["-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run(make, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    heard: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            line, _ = listening.accept()
            with line, context.wrap_socket(line, server_side=True) as safe:
                heard.append(safe.recv(65_536))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", heard
        thread.join(5)


# What leaves it in doubt.


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 201 Cre",
        b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n\xff",
        b"HTTP/1.1 201 Created\r\nContent-Length: one\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00" * 4_000,
        b"HTTP/1.1 100 Continue\r\n\r\n",
        f"HTTP/1.1 500 {NUMBER}\r\nContent-Length: 999\r\n\r\n{WORDS}".encode(),
    ],
)
@pytest.mark.parametrize("stays_open", [True, False])
def test_half_an_answer_or_none(answer: bytes, stays_open: bool, caplog: pytest.LogCaptureFixture) -> None:
    with Server(say(answer, then=stays_open)) as server:
        assert_in_doubt(server, caplog)


def test_an_answer_that_turns_into_another_protocol(caplog: pytest.LogCaptureFixture) -> None:
    answer = f"HTTP/1.1 101 Switching\r\nUpgrade: odd\r\nConnection: upgrade\r\nX-To: {NUMBER}\r\n\r\n{WORDS}".encode()
    with Server(say(answer)) as server:
        assert_in_doubt(server, caplog)


@pytest.mark.parametrize("length", [f"Content-Length: {LONGEST_ANSWER + 1}", "Transfer-Encoding: chunked"])
def test_a_huge_answer_is_not_read_to_its_end(length: str, caplog: pytest.LogCaptureFixture) -> None:
    def talk(line: socket.socket, _number: int) -> bool:
        line.sendall(f"HTTP/1.1 201 Created\r\n{length}\r\n\r\n".encode())
        piece = b"x" * 65_536
        for _ in range(LONGEST_ANSWER // len(piece) + 8):
            line.sendall(b"10000\r\n" + piece + b"\r\n" if "chunked" in length else piece)
        return False

    with Server(talk) as server:
        assert_in_doubt(server, caplog)


def test_headers_without_end_are_given_up(caplog: pytest.LogCaptureFixture) -> None:
    def talk(line: socket.socket, _number: int) -> bool:
        line.sendall(b"HTTP/1.1 201 Created\r\n")
        for number in range(200):
            line.sendall(f"X-{number}: more\r\n".encode())
            Event().wait(0.005)
        return False

    with Server(talk) as server:
        assert_in_doubt(server, caplog)


def test_an_answer_that_drips_does_not_outlast_the_time_out(caplog: pytest.LogCaptureFixture) -> None:
    def talk(line: socket.socket, _number: int) -> bool:
        line.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(200):
            line.sendall(b"x")
            Event().wait(0.01)
        return False

    with Server(talk) as server:
        assert_in_doubt(server, caplog)


# What is read as it was meant.


@pytest.mark.parametrize(
    "parts",
    [
        tuple(bytes([byte]) for byte in OK),
        (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n}\r\n0\r\n\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", OK),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK,),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", OK),
    ],
)
def test_an_answer_in_pieces_is_one_answer(parts: tuple[bytes, ...]) -> None:
    with Server(say(*parts)) as server:
        answers = run(post(LeanTransport(server.url, 5), times=2))
        assert [(answer.status, answer.text) for answer in answers] == [(201, "{}")] * 2
        assert server.lines == 1


def test_a_refusal_is_an_answer_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    with Server(say(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n")) as server:
        [answer] = run(post(LeanTransport(server.url, 5)))
    assert (answer.status, answer.text, answer.headers["retry-after"]) == (429, "", "3")


def test_a_redirect_is_not_followed() -> None:
    with Server(say(b"HTTP/1.1 307 Elsewhere\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")) as server:
        [answer] = run(post(LeanTransport(server.url, 5)))
        assert (answer.status, len(server.requests)) == (307, 1)


def test_what_is_posted_is_whole_and_goes_under_the_base_address() -> None:
    with Server(say(OK)) as server:
        run(post(LeanTransport(f"{server.url}/relay/", 5)))
        head, _, body = server.requests[0].decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == "POST /relay/messages HTTP/1.1"
    assert f"Host: {server.url.removeprefix('http://')}" in lines
    assert "Authorization: Basic QUMwOm5vdC1hLXJlYWwtdG9rZW4=" in lines
    assert "X-Odd: yes" in lines
    assert body == "To=%2B447700900123&Body=how+well+did+you+sleep"


# Lines that are kept.


def test_a_line_is_used_again_until_the_server_closes_it() -> None:
    with Server(say(OK)) as server:
        run(post(LeanTransport(server.url, 5), times=5))
        assert (server.lines, len(server.requests)) == (1, 5)


def test_a_server_that_closes_after_each_answer_is_called_anew() -> None:
    answer = b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    with Server(say(answer, then=False)) as server:
        answers = run(post(LeanTransport(server.url, 5), times=3))
        assert [answer.status for answer in answers] == [201] * 3
        assert (server.lines, len(server.requests)) == (3, 3)


def test_a_kept_line_that_was_closed_meanwhile_is_left_and_another_made() -> None:
    async def twice() -> list[Answer]:
        transport = LeanTransport(server.url, 5)
        first = await one(transport)
        await asyncio.sleep(0.1)
        second = await one(transport)
        await transport.close()
        return [first, second]

    with Server(say(OK, then=False)) as server:
        assert [answer.status for answer in run(twice())] == [201, 201]
        assert (server.lines, len(server.requests)) == (2, 2)


def test_a_kept_line_that_breaks_on_the_second_request_is_doubt_and_no_second_try() -> None:
    def talk(line: socket.socket, number: int) -> bool:
        if number == 2:
            return False
        line.sendall(OK)
        return True

    with Server(talk) as server:
        with pytest.raises(UnansweredError):
            run(post(LeanTransport(server.url, 5), times=2))
        assert (server.lines, len(server.requests)) == (1, 2)


def test_a_server_that_closes_at_the_very_moment_never_makes_it_a_certain_refusal() -> None:
    async def many() -> list[object]:
        transport = LeanTransport(server.url, 5)
        ends: list[object] = []
        for number in range(60):
            try:
                ends.append((await one(transport)).status)
            except UnansweredError:
                ends.append("doubt")
            if number % 3 == 0:
                await asyncio.sleep(0)
        await transport.close()
        return ends

    with Server(say(OK, then=False)) as server:
        ends = run(many())
        assert len(ends) == 60
        # What was answered was heard once; what was not may have been.
        assert ends.count(201) <= len(server.requests) <= 60


def test_a_time_out_closes_the_line_so_that_a_late_answer_is_not_taken_for_the_next() -> None:
    def talk(line: socket.socket, number: int) -> bool:
        if number == 1:
            Event().wait(0.2)
        line.sendall(OK.replace(b"{}", b"%02d" % number))
        return True

    async def twice() -> str:
        transport = LeanTransport(server.url, 0.1)
        with pytest.raises(UnansweredError):
            await one(transport)
        answer = await one(transport)
        await transport.close()
        return answer.text

    with Server(talk) as server:
        assert run(twice()) == "02"


def test_a_line_that_gave_no_answer_is_closed_at_once() -> None:
    closed = Event()

    def talk(line: socket.socket, _number: int) -> bool:
        with suppress(OSError):
            line.recv(1)
        closed.set()
        return False

    async def once() -> bool:
        transport = LeanTransport(server.url, 0.1)
        with pytest.raises(UnansweredError):
            await one(transport)
        seen = await asyncio.to_thread(closed.wait, 2)
        await transport.close()
        return seen

    with Server(talk) as server:
        assert run(once())


def test_words_that_nobody_asked_for_are_not_taken_for_the_next_answer() -> None:
    def talk(line: socket.socket, number: int) -> bool:
        line.sendall(OK.replace(b"{}", b"%02d" % number))
        if number == 1:
            line.sendall(OK.replace(b"{}", b"!!"))
        return True

    async def twice() -> list[str]:
        transport = LeanTransport(server.url, 5)
        first = await one(transport)
        await asyncio.sleep(0.05)
        second = await one(transport)
        await transport.close()
        return [first.text, second.text]

    with Server(talk) as server:
        assert run(twice()) == ["01", "02"]


def test_many_at_once_each_get_their_own_answer() -> None:
    def talk(line: socket.socket, number: int) -> bool:
        # The request that came says which it is; the answer repeats it.
        said = next(request for request in server.requests[number - 1 : number]).rpartition(b"Body=")[2]
        line.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said))
        return True

    async def all_at_once() -> list[str]:
        transport = LeanTransport(server.url, 5)

        async def ask(number: int) -> str:
            return (await transport.post("https://api.example/m", {"Body": f"text-{number}"}, {}, None)).text

        answers = await asyncio.gather(*(ask(number) for number in range(60)))
        answers += await asyncio.gather(*(ask(number) for number in range(60, 120)))
        await transport.close()
        return answers

    with Server(talk) as server:
        assert run(all_at_once()) == [f"text-{number}" for number in range(120)]
        assert server.lines == 60


def test_two_loops_share_no_line_and_leave_none_open() -> None:
    with Server(say(OK)) as server:
        transport = LeanTransport(server.url, 5)
        for _ in range(2):
            assert run(post(transport))[0].status == 201
        assert server.lines == 2
