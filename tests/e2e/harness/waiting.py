"""The one timeout of all waits, and ports that nobody holds."""
import functools
import itertools
import os
import random
import socket
import time

TIMEOUT = float(os.environ.get("E2E_TIMEOUT", "20"))

# Below the range from which the kernel takes ports for outgoing connections; each of the processes
# that run tests side by side, of one run or of several, has a share of its own.
SHARES = 64


def _claim_share():
    """The number of a share, and what keeps it from others for as long as this process has it."""
    for share in range(SHARES):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0minato-test-ports-{share}")
            return share, claim
        except OSError:
            claim.close()
    return random.SystemRandom().randrange(SHARES), None  # so many processes have to share


@functools.cache
def _ports():
    share, claim = _claim_share()
    own = range(15000 + share, 32000, SHARES)
    return itertools.cycle(random.SystemRandom().sample(own, len(own))), claim


def free_port():
    """A port that no one listens on, and that this process gives out again only after all others."""
    ports, _ = _ports()
    for port in ports:
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
