"""The only place for the load client: a few connections on loopback that ask for one page again and again."""

import re
import selectors
import socket
import time

from bench.cost import Page

#: As many as the server has threads, so that it always has work and never a queue.
CONNECTIONS = 8
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def requests_per_second(port: int, page: Page, *, seconds: float) -> float:
    """Ask for `page` on 127.0.0.1 for that long over connections kept open.

    Raises RuntimeError when an answer is not 200.
    """
    request = (f"GET {page.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {page.cookie}\r\n\r\n").encode()
    selector = selectors.DefaultSelector()
    for _ in range(CONNECTIONS):
        _ask_anew(selector, port, request)
    started, answered = time.monotonic(), 0
    try:
        while (passed := time.monotonic() - started) < seconds:
            for key, _ in selector.select(timeout=1):
                connection, buffer = key.fileobj, key.data
                assert isinstance(connection, socket.socket)
                received = connection.recv(262144)
                if not received:
                    # The server may close a kept connection; go on with a new one.
                    selector.unregister(connection)
                    connection.close()
                    _ask_anew(selector, port, request)
                    continue
                buffer += received
                if _whole(buffer):
                    answered += 1
                    buffer.clear()
                    connection.sendall(request)
    finally:
        for key in list(selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        selector.close()
    return answered / passed


def _ask_anew(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(request)
    selector.register(connection, selectors.EVENT_READ, bytearray())


def _whole(buffer: bytearray) -> bool:
    """Say whether the answer has come to its end."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return False
    if not buffer.startswith(b"HTTP/1.1 200 "):
        message = f"the server answered {bytes(buffer[:80])!r}"
        raise RuntimeError(message)
    length = _LENGTH.search(buffer, 0, end + 2)
    if length is None:
        raise RuntimeError("the answer does not say its length")
    return len(buffer) >= end + 4 + int(length[1])
