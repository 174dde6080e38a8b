"""A name server of a test's own: it answers what it is told, and knows nothing else."""
import socket
import struct
import threading

A, AAAA = 1, 28
NO_SUCH_NAME = 3


class NameServer:
    """`names` maps a name to its addresses; `ttl` is of every answer."""

    def __init__(self, names, ttl=1):
        self.names, self.ttl = names, ttl
        self.queries = []
        self.silent = False
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.sock.getsockname()[1]}"

    def _serve(self):
        while True:
            try:
                query, client = self.sock.recvfrom(4096)
                if not self.silent and query:
                    self.sock.sendto(self._answer(query), client)
            except OSError:  # closed
                return

    def _answer(self, query):
        name, end = self._name(query)
        kind = struct.unpack_from("!H", query, end)[0]
        self.queries.append(name)
        addresses = [each for each in self.names.get(name, []) if (":" in each) == (kind == AAAA)]
        status = 0 if name in self.names else NO_SUCH_NAME
        if kind not in (A, AAAA):
            addresses = []
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | status, 1, len(addresses), 0, 0)
        return head + query[12:end + 4] + b"".join(self._record(kind, each) for each in addresses)

    def _record(self, kind, address):
        family = socket.AF_INET6 if kind == AAAA else socket.AF_INET
        data = socket.inet_pton(family, address)
        return struct.pack("!HHHIH", 0xC00C, kind, 1, self.ttl, len(data)) + data

    @staticmethod
    def _name(query):
        labels, at = [], 12
        while size := query[at]:
            labels.append(query[at + 1:at + 1 + size].decode().lower())
            at += 1 + size
        return ".".join(labels), at + 1

    def close(self):
        self.sock.close()
