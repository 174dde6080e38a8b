"""The one timeout of all waits, and ports that nobody holds."""
import itertools
import os
import random
import socket
import time

TIMEOUT = float(os.environ.get("E2E_TIMEOUT", "20"))

# Below the range from which the kernel takes ports for outgoing connections; each of the processes
# that run tests side by side has a share of its own.
_SHARES = 32
_share = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _SHARES
_own = range(15000 + _share, 32000, _SHARES)
_ports = itertools.chain.from_iterable(itertools.repeat(random.SystemRandom().sample(_own, len(_own))))


def free_port():
    """A port that no one listens on, and that this process gives out again only after all others."""
    for port in _ports:
        try:
            for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
                with socket.socket(family) as probe:
                    if family == socket.AF_INET6:
                        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    probe.bind((address, port))
            return port
        except OSError:
            continue
    raise AssertionError("no free port")


def eventually(condition, what):
    """Waits until `condition()` gives something true, for states that announce no event; gives it back."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.01)
    raise AssertionError(f"did not happen within {TIMEOUT} s: {what}")
