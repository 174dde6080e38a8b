"""Minato as a process."""
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from .waiting import TIMEOUT, eventually, free_port
from .wire import Closed, connect, connect_unix

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = ROOT / os.environ.get("MINATO_BIN", "build/debug/minato")
SANITIZER = re.compile(r"ERROR: \w*Sanitizer|WARNING: ThreadSanitizer|runtime error:|assertion failed")


def run(*arguments, folder=None, **more):
    """Runs the program to its end; gives the completed process, output as text."""
    return subprocess.run([BINARY, *map(str, arguments)], cwd=folder, capture_output=True,
                          text=True, timeout=TIMEOUT, **more)


class Output:
    """The lines of one stream of the process, as they come."""

    def __init__(self, stream):
        self.lines = []
        self.grew = threading.Condition()
        self.reader = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.reader.start()

    def _read(self, stream):
        with stream:
            for line in stream:
                with self.grew:
                    self.lines.append(line.rstrip("\n"))
                    self.grew.notify_all()

    @property
    def text(self):
        return "\n".join(self.lines)

    def wait_for(self, pattern, count=1):
        """The `count`th line that matches, waited for."""
        matching = lambda: [line for line in self.lines if re.search(pattern, line)]
        with self.grew:
            self.grew.wait_for(lambda: len(matching()) >= count, TIMEOUT)
            found = matching()
        assert len(found) >= count, f"no line like {pattern!r} in:\n{self.text}"
        return found[count - 1]


class StartFailed(Exception):
    def __init__(self, code, log):
        super().__init__(f"exit code {code}:\n{log}")
        self.code, self.log = code, log


class Minato:
    """A running Minato. `port` is where the tests' own clients connect."""

    def __init__(self, folder, config, port, **popen):
        self.folder, self.port = folder, port
        self.file = folder / "config.yaml"
        named = re.search(r"^control_socket: (\S+)", config, re.M)
        self.socket = pathlib.Path(named[1]) if named else folder / "control.sock"
        self.write(config)
        self.process = subprocess.Popen(
            [BINARY, "run", "--config", str(self.file)], cwd=folder, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen)
        self.log = Output(self.process.stderr)
        self.access = Output(self.process.stdout)
        self._wait_until_ready()

    def write(self, config):
        if "control_socket:" not in config:
            config = f"control_socket: {self.socket}\n" + config
        self.file.write_text(config)

    def _wait_until_ready(self):
        try:
            eventually(self._has_started_or_ended, "readiness")
        except AssertionError:
            self.process.kill()
            raise
        if self.process.poll() is not None:
            self.log.reader.join(TIMEOUT)
            raise StartFailed(self.process.returncode, self.log.text)

    def _has_started_or_ended(self):
        return self.process.poll() is not None or "started: " in self.log.text or self.ready()

    # Talking to it.

    def client(self, address="127.0.0.1"):
        return connect(self.port, address)

    def get(self, target="/", **more):
        """One exchange on a connection of its own."""
        with self.client() as client:
            return client.get(target, **more)

    def control(self, method, target, **more):
        with connect_unix(self.socket) as client:
            return client.get(target, method=method, host="minato", **more)

    def ready(self):
        try:
            return self.control("GET", "/readyz").status == 200
        except (OSError, Closed):
            return False

    def status(self):
        return json.loads(self.control("GET", "/status").body)

    def in_flight(self, origin):
        """Exchanges under way to `origin`; one may end a moment behind its answer."""
        return sum(endpoint["in_flight"] for service in self.status()["services"]
                   for endpoint in service["endpoints"]
                   if endpoint["address"] == f"127.0.0.1:{origin.port}")

    def reload(self, config):
        """Puts another configuration in force; gives the control socket's answer."""
        self.write(config)
        return self.control("POST", "/reload")

    # Its life.

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        """The exit code, once it has ended by itself."""
        return self.process.wait(TIMEOUT)

    def stop(self):
        """Ends it as an operator does, whatever is still open; twice means at once."""
        deadline = time.monotonic() + TIMEOUT
        while self.process.poll() is None and time.monotonic() < deadline:
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                continue
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"does not end, however often it is told to:\n{self.log.text}")
        return self.process.returncode

    def end(self):
        """For the fixture: stops it and reports what the test itself cannot see."""
        died = self.process.poll()
        try:
            self.stop()
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        self.log.reader.join(TIMEOUT)
        self.access.reader.join(TIMEOUT)
        assert not SANITIZER.search(self.log.text), self.log.text
        assert (died or 0) >= 0, f"died of signal {-died}:\n{self.log.text}"

    # What it costs the machine.

    def private_bytes(self):
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"Private_Dirty:\s+(\d+) kB", rollup)[1]) * 1024

    def thread_states(self):
        """One letter a thread, as in proc(5)."""
        for each in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            yield (each / "stat").read_text().rpartition(") ")[2][0]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def one_service(port, *upstreams, top="", service="", host="app.test"):
    """A configuration of one service and no health checks; `top` and `service` are further keys."""
    probes = "" if "health_check:" in top + service else 'health_check: {type: "off"}\n'
    indented = lambda text, by: "".join(f"{' ' * by}{line}\n" for line in text.splitlines())
    return (f"{probes}{indented(top, 0)}services:\n"
            f"  - name: app\n    listen_port: {port}\n    hosts: [\"http://{host}/\"]\n"
            f"{indented(service, 4)}    upstreams:\n" +
            "".join(f"      - {{host: \"{url}\"}}\n" for url in upstreams))


class Launcher:
    """Starts any number of Minatos in `folder`, and ends them all."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []

    def __call__(self, config, port=None, **popen):
        home = self.folder / f"minato{len(self.started)}"
        home.mkdir()
        self.started.append(Minato(home, config, port, **popen))
        return self.started[-1]

    def serving(self, *upstreams, popen=None, port=None, **keys):
        """One service for app.test; an upstream is an origin or a URL, `keys` are one_service's."""
        port = port or free_port()
        urls = [each if isinstance(each, str) else each.url for each in upstreams]
        return self(one_service(port, *urls, **keys), port, **(popen or {}))

    def end(self):
        for each in reversed(self.started):
            each.end()
