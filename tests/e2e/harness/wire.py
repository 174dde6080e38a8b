"""Raw HTTP/1.1 connections: bytes out, exactly one message in."""
import dataclasses
import socket
import struct

from .waiting import TIMEOUT


class Closed(Exception):
    """The peer ended the connection; `got` is what had arrived of the message that was awaited."""

    def __init__(self, got):
        super().__init__(f"closed after {got!r}")
        self.got = got


@dataclasses.dataclass
class Message:
    start: str
    fields: list
    raw_head: bytes
    body: bytes = b""
    raw_body: bytes = b""
    trailers: list = dataclasses.field(default_factory=list)

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def __getitem__(self, name):
        """The field's value, lines joined; None where there is none."""
        return ", ".join(self.all(name)) if self.all(name) else None

    @property
    def status(self):
        return int(self.start.split(" ")[1])

    @property
    def method(self):
        return self.start.split(" ")[0]

    @property
    def target(self):
        return self.start.split(" ")[1]

    @property
    def text(self):
        return self.body.decode()


def parse_fields(lines):
    pairs = (line.split(":", 1) for line in lines if line)
    return [(name, value.strip()) for name, value in pairs]


class Connection:
    """A connected socket, of either side. Closed by the test that made it, or with the process."""

    def __init__(self, sock):
        sock.settimeout(TIMEOUT)
        self.sock = sock
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Sending.

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
        return self

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)
        return self

    def close(self):
        self.sock.close()

    def reset(self):
        """Ends the connection with RST rather than FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    # Receiving.

    def _more(self):
        piece = self.sock.recv(65536)
        self.buffer += piece
        return piece

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                raise Closed(self.buffer)
        taken, _, self.buffer = self.buffer.partition(mark)
        return taken + mark

    def read(self, count):
        """Exactly `count` bytes."""
        while len(self.buffer) < count:
            if not self._more():
                raise Closed(self.buffer)
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def read_some(self):
        """What is there, at least one byte; empty at the end of the connection."""
        if not self.buffer:
            self._more()
        taken, self.buffer = self.buffer, b""
        return taken

    def read_to_end(self):
        while self._more():
            pass
        taken, self.buffer = self.buffer, b""
        return taken

    def ended(self):
        """True once the peer has closed, in order or not, with nothing unread before it."""
        try:
            return not self.buffer and self._more() == b""
        except ConnectionResetError:
            return True

    def has_nothing(self, within=0.2):
        """True where not a byte arrives; the one check that can only wait and see."""
        if self.buffer:
            return False
        self.sock.settimeout(within)
        try:
            self._more()
            return False
        except TimeoutError:
            return True
        finally:
            self.sock.settimeout(TIMEOUT)

    def read_head(self):
        raw = self._until(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")
        return Message(lines[0], parse_fields(lines[1:]), raw)

    def read_chunk(self):
        """One chunk's data as it was framed; empty for the last."""
        size = int(self._until(b"\r\n").split(b";")[0], 16)
        if size == 0:
            return b""
        data = self.read(size)
        assert self.read(2) == b"\r\n"
        return data

    def _read_body(self, message, to_close):
        if "chunked" in (message["Transfer-Encoding"] or "").lower():
            while piece := self.read_chunk():
                message.body += piece
            while (line := self._until(b"\r\n")) != b"\r\n":
                message.trailers += parse_fields([line.decode("latin-1").strip()])
        elif message["Content-Length"] is not None:
            message.body = self.read(int(message["Content-Length"]))
        elif to_close:
            message.body = self.read_to_end()
        return message

    def read_request(self):
        return self._read_body(self.read_head(), to_close=False)

    def read_response(self, to="GET"):
        """The next response to a request of method `to`, interim ones included."""
        message = self.read_head()
        if to == "HEAD" or message.status < 200 or message.status in (204, 304):
            return message
        return self._read_body(message, to_close=True)

    def read_body(self, head):
        """What follows the head of a response, which becomes its `body`."""
        return self._read_body(head, to_close=True)

    # Speaking as a client.

    def ask(self, target="/", method="GET", host="app.test", fields=(), body=None):
        """Sends one request and returns itself, so that `.ask(...).read_response()` reads well."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in dict(fields).items()]
        if body is not None:
            body = body if isinstance(body, bytes) else body.encode()
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))

    def get(self, target="/", **more):
        return self.ask(target, **more).read_response(more.get("method", "GET"))


def connect(port, address="127.0.0.1", source=None):
    return Connection(socket.create_connection((address, port), TIMEOUT, source and (source, 0)))


def connect_unix(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(TIMEOUT)
    sock.connect(str(path))
    return Connection(sock)


def response(body=b"", status="200 OK", **fields):
    """The bytes of a plain response; `Content_Type="x"` gives Content-Type: x."""
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
