"""A small origin in a thread of this process, and a client, for work where their own cost is no matter."""
import contextlib
import socket
import threading

HEAD_END = b"\r\n\r\n"
STATUS = b"HTTP/1.1 200 "


def content_length(head):
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def response(body, *fields):
    return ("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/plain\r\n" +
            "".join(f"{field}\r\n" for field in fields) +
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def chunked_response(chunk, times):
    head = ("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/plain\r\n"
            "Transfer-Encoding: chunked\r\n\r\n").encode()
    return head + (f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n") * times + b"0\r\n\r\n"


def _receive_message(connection, held):
    """(head, what came behind the message), or None where the peer ended."""
    while HEAD_END not in held:
        piece = connection.recv(262144)
        if not piece:
            return None
        held += piece
    head, _, rest = held.partition(HEAD_END)
    missing = content_length(head)
    while len(rest) < missing:
        piece = connection.recv(262144)
        if not piece:
            return None
        rest += piece
    return head, rest[missing:]


def _serve_connection(connection, responses):
    held = b""
    with connection, contextlib.suppress(OSError):
        while message := _receive_message(connection, held):
            head, held = message
            path = head.split(b" ", 2)[1].decode()
            connection.sendall(responses.get(path, responses["/"]))


def _serve(listener, responses):
    with contextlib.suppress(OSError):  # once it is closed
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_serve_connection, args=(connection, responses),
                             daemon=True).start()


@contextlib.contextmanager
def serving(responses):
    """Answers each path with its bytes, and every other as "/"; gives the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        threading.Thread(target=_serve, args=(listener, responses), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


class Client:
    """One keep-alive connection; requests one after the other."""

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port), 600)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def exchange(self, request):
        """The bytes of the answer; SystemExit where it is not a 200."""
        self.connection.sendall(request)
        answer = b""
        while not _is_whole(answer):
            piece = self.connection.recv(262144)
            if not piece:
                raise SystemExit(f"the server ended its connection after: {answer[:400]!r}")
            answer += piece
        if not answer.startswith(STATUS):
            raise SystemExit(f"unexpected answer: {answer[:400]!r}")
        return answer

    def pipeline(self, requests):
        """Sends all at once and reads as many answers, of which nothing is kept."""
        self.connection.sendall(b"".join(requests))
        missing, held = len(requests), b""
        while missing:
            piece = self.connection.recv(262144)
            if not piece:
                raise SystemExit(f"the server ended its connection after: {held[-400:]!r}")
            held = held[-len(STATUS) + 1:] + piece
            missing -= held.count(STATUS)
        self._read_rest(held)

    def _read_rest(self, held):
        """Until the last answer is whole."""
        answer = held[held.rindex(STATUS):]
        while not _is_whole(answer):
            answer += self.connection.recv(262144)


def _is_chunked(head):
    return b"\r\ntransfer-encoding: chunked" in head.lower()


def _is_whole(answer):
    head, found, body = answer.partition(HEAD_END)
    if not found:
        return False
    if _is_chunked(head):
        return body.endswith(b"\r\n0\r\n\r\n")
    return len(body) >= content_length(head)


def content(answer):
    """What a whole answer carries, however it is framed."""
    head, _, body = answer.partition(HEAD_END)
    if not _is_chunked(head):
        return body
    data = b""
    while body[:3] != b"0\r\n":
        size, _, rest = body.partition(b"\r\n")
        data += rest[:int(size, 16)]
        body = rest[int(size, 16) + 2:]
    return data


def request(path="/", *fields, host="127.0.0.1", method="GET", body=b""):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
