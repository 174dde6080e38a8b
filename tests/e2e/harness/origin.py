"""Origins whose every byte the test decides."""
import queue
import select
import socket
import threading

from .waiting import TIMEOUT, free_port
from .wire import Closed, Connection, response


class Origin:
    """A listening socket. The test itself accepts, reads and answers, in the order it writes down."""

    def __init__(self, family=socket.AF_INET, address=None):
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        default = {socket.AF_INET: ("127.0.0.1", 0), socket.AF_INET6: ("::1", 0)}.get(family)
        if default:
            default = (default[0], free_port())
        self.listener.bind(address or default)
        self.listener.listen(128)
        self.listener.settimeout(TIMEOUT)
        self.accepted = []

    @property
    def port(self):
        return self.listener.getsockname()[1]

    @property
    def url(self):
        name = self.listener.getsockname()
        if isinstance(name, str):
            return f"unix:{name}"
        return f"http://[{name[0]}]:{name[1]}" if ":" in name[0] else f"http://{name[0]}:{name[1]}"

    def accept(self):
        connection = Connection(self.listener.accept()[0])
        self.accepted.append(connection)
        return connection

    def expect(self):
        """The next connection and the first request on it."""
        connection = self.accept()
        return connection, connection.read_request()

    def hears_before(self, client):
        """True where someone connects before `client` has an answer; waits for either."""
        ready, _, _ = select.select([self.listener, client.sock], [], [], TIMEOUT)
        return client.sock not in ready

    def hears_nothing(self, within=0.2):
        """True where no one connects; can only wait and see."""
        self.listener.settimeout(within)
        try:
            self.accept()
            return False
        except TimeoutError:
            return True
        finally:
            self.listener.settimeout(TIMEOUT)

    def close(self):
        self.listener.close()
        for connection in self.accepted:
            connection.close()


class Serving(Origin):
    """An origin that answers by itself: `answer(request)` gives a response's bytes, or None to hang up.

    Every request that came stands in `requests`; `next_request` waits for one.
    """

    def __init__(self, answer=None, **where):
        super().__init__(**where)
        self.answer = answer or (lambda request: response(f"{request.method} {request.target}"))
        self.requests = []
        self.arrivals = queue.Queue()
        self.lock = threading.Lock()
        self.connections = 0
        self.listener.settimeout(None)
        threading.Thread(target=self._accept_all, daemon=True).start()

    def next_request(self):
        return self.arrivals.get(timeout=TIMEOUT)

    def count(self, target=None):
        with self.lock:
            return sum(target in (None, request.target) for request in self.requests)

    def _accept_all(self):
        while True:
            try:
                connection = self.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            while True:
                request = connection.read_request()
                with self.lock:
                    self.requests.append(request)
                self.arrivals.put(request)
                answer = self.answer(request)
                if answer is None:
                    return
                connection.send(answer)
        except (Closed, OSError):
            pass
        finally:
            connection.close()

    def close(self):
        # shutdown wakes the thread that waits in accept, which close alone does not.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        super().close()


def named(name, **where):
    """An origin that answers every request with its own name."""
    return Serving(lambda _: response(name), **where)
