"""Clients that no server likes, and what must come of each. rude_clients.py MODE PORT [PID]"""

import concurrent.futures
import http.client
import io
import json
import os
import resource
import signal
import socket
import sys
import threading
import time

mode, port = sys.argv[1], int(sys.argv[2])
BODY = json.dumps({"feature_service": "orders_v1", "entities": {"customer_id": [1], "basket": [71]}}).encode()


def head(length, *more):
    lines = ["POST /get-online-features HTTP/1.1", "Host: h", f"Content-Length: {length}", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def connect(**options):
    return socket.create_connection(("127.0.0.1", port), timeout=60, **options)


class Answers(io.BufferedReader):
    """Of a connection with answers to several requests: they share a buffer."""

    def __init__(self, connection):
        super().__init__(connection.makefile("rb", buffering=0))

    def makefile(self, _):
        return self

    def close(self):
        """Done by each answer that has been read."""


def answer(connection):
    """The status and body of the next answer."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


def works(connection=None):
    with connection or connect() as polite:
        polite.sendall(head(len(BODY)) + BODY)
        status, body = answer(polite)
        assert status == 200 and b'"values":[1]' in body, (status, body)


def is_error(found, status):
    """Of Feast's form: a JSON text that holds JSON."""
    detail = json.loads(json.loads(found[1]))
    assert found[0] == status and detail["module"] == "feast.errors", found


def is_closed(connection):
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass


def half_a_body():
    with connect() as leaver:
        leaver.sendall(head(len(BODY)) + BODY[:10])
    with connect() as sleeper:
        sleeper.sendall(head(len(BODY)) + BODY[:10])
        is_error(answer(sleeper), 408)
        is_closed(sleeper)
    works()


def a_trickle():
    """A byte now and then, always in time for the next, never for the whole."""
    with connect() as trickler:
        trickler.sendall(head(1_000_000))
        stop = threading.Event()

        def trickle():
            while not stop.wait(0.05):
                try:
                    trickler.sendall(b" ")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        is_error(answer(trickler), 408)
        is_closed(trickler)
        stop.set()
        thread.join()
    with connect() as slow:
        # Headers that never end: nothing to answer.
        slow.sendall(b"POST /get-online-features HTTP/1.1\r\nHost: h\r\nX-Slow: ")
        is_closed(slow)
    works()


def a_hundred_megabytes():
    chunk = b" " * (1 << 20)
    for framing in (head(100 << 20), head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")):
        with connect() as sender:
            sender.sendall(framing)
            received = []
            reader = threading.Thread(target=lambda: received.append(answer(sender)))
            reader.start()
            try:
                for _ in range(100):
                    chunked = b"Transfer" in framing
                    sender.sendall((b"%x\r\n" % len(chunk) if chunked else b"") + chunk + (b"\r\n" if chunked else b""))
            except OSError:
                pass
            reader.join()
            is_error(received[0], 413)
    works()


def no_http():
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"\x00" * 5000, b"POST / HTTP/9.9\r\n\r\n",
                    head(len(BODY), "X: " + "x" * 200_000), head(10, "Content-Length: 11") + BODY,
                    b"POST /get-online-features HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"):
        with connect() as rude:
            try:
                rude.sendall(garbage)
                rude.shutdown(socket.SHUT_WR)
                first = rude.recv(12)
                assert first in (b"", b"HTTP/1.1 400"), first
            except ConnectionError:
                pass
    works()


def never_reads():
    """Asks and asks, and takes no answer: the server must not keep them all."""
    ids = list(range(1000))
    large = json.dumps({"feature_service": "orders_v1", "entities": {"customer_id": ids, "basket": ids}}).encode()
    sender = socket.socket()
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sender.settimeout(60)
    sender.connect(("127.0.0.1", port))
    with sender:
        try:
            while True:
                sender.sendall(head(len(large)) + large)
        except ConnectionError:
            pass
    works()


def ten_thousand_idle():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(10_000, hard - 1_000)
    polite = connect()
    idle = [connect() for _ in range(count)]
    works()
    works(polite)
    for index in range(0, count, 1000):
        works(idle[index])
    for connection in idle:
        connection.close()
    works()


def sends_ahead():
    """Many requests at once, lookups and others, good and bad: each is answered, in its turn."""
    def ask(card, *more):
        body = json.dumps({"feature_service": "orders_v1", "entities": {"customer_id": [card], "basket": [71]}}).encode()
        return head(len(body), *more) + body

    def expect(connection, card):
        status, body = answer(connection)
        assert status == 200 and b'"values":[%d]' % card in body, (card, status, body)

    catalogue = b"GET /services HTTP/1.1\r\nHost: h\r\n\r\n"
    large = head(9 << 20) + b" " * (9 << 20)
    with connect() as eager:
        def send():
            for card in range(300):
                eager.sendall(ask(card) + catalogue + ask(card + 1_000) + head(2) + b"[]" + head(2).replace(b"POST", b"PUT") + b"{}")
            eager.sendall(large + ask(7) + b"POST /get-online-features?x HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(BODY))
            eager.sendall(BODY + ask(8))
            eager.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        answers = Answers(eager)
        for card in range(300):
            expect(answers, card)
            status, body = answer(answers)
            assert status == 200 and b"orders_v1" in body, body
            expect(answers, card + 1_000)
            is_error(answer(answers), 422)
            is_error(answer(answers), 405)
        is_error(answer(answers), 413)
        for card in (7, 1, 8):
            expect(answers, card)
        assert answers.read(1) == b""
        sender.join()
    with connect() as old:
        # In pieces, and nothing after the answer.
        for byte in ask(3).replace(b"HTTP/1.1", b"HTTP/1.0"):
            old.sendall(bytes([byte]))
        answers = Answers(old)
        expect(answers, 3)
        assert answers.read(1) == b""
    with connect() as last:
        last.sendall(ask(4, "Connection: close") + ask(5))
        answers = Answers(last)
        expect(answers, 4)
        assert answers.read(1) == b""
    works()


def wait_until_read(connection):
    """Returns once the server has taken from the kernel all that was sent: what it has not read is not in flight for it."""
    server, client = (f"0100007F:{port:04X}" for port in (connection.getpeername()[1], connection.getsockname()[1]))
    while True:
        with open("/proc/net/tcp") as sockets:
            found = [line.split()[4] for line in sockets if line.split()[1:3] == [server, client]]
        if [queue.split(":")[1] for queue in found] == ["00000000"]:
            return
        time.sleep(0.01)


def shutdown():
    """What is in flight when the process is told to end is answered."""
    late = connect()
    late.sendall(head(len(BODY)) + BODY[:10])
    wait_until_read(late)
    works()
    os.kill(int(sys.argv[3]), signal.SIGTERM)
    while True:
        try:
            connect().close()
        except ConnectionRefusedError:
            break
        except ConnectionError:
            # Taken by the kernel, and not by the server any more.
            pass
    late.sendall(BODY[10:])
    works_status, body = answer(late)
    assert works_status == 200 and b'"values":[1]' in body, (works_status, body)
    is_closed(late)


def reload():
    """Plans come and go under requests, and none of them is dropped."""

    def ask(_):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(60):
            connection.request("POST", "/get-online-features", BODY)
            response = connection.getresponse()
            assert response.status == 200, response.status
            response.read()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, index) for index in range(8)]
        while not all(future.done() for future in asking):
            os.kill(int(sys.argv[3]), signal.SIGHUP)
            concurrent.futures.wait(asking, timeout=0.05)
        for future in asking:
            future.result()


globals()[mode]()
