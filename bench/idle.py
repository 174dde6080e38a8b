"""The row of the private memory that an idle keep-alive connection takes."""
import contextlib
import pathlib
import re
import resource

import contenders
import cpu
import origin
import results

LIMIT = 1024
WORK = cpu.Row("", "", (), {})  # what is behind the proxies


def private_bytes(process):
    rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(re.search(r"Private_Dirty:\s+(\d+) kB", rollup)[1]) * 1024


def open_client(stack, port):
    client = stack.enter_context(origin.Client(port))
    client.exchange(origin.request())


def bytes_of(name, folder, behind, connections):
    """Private bytes for each of `connections` that made one request and stay."""
    port = contenders.free_port()
    argv = contenders.command_of(name, folder, port, behind)
    with contenders.running(argv, folder, port, contenders.PROXY_CPU) as process, \
            contextlib.ExitStack() as stack:
        open_client(stack, port)
        before = private_bytes(process)
        for _ in range(connections):
            open_client(stack, port)
        return (private_bytes(process) - before) / connections


def measure(chosen, folder):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with cpu.origin_of(WORK, folder) as behind:
        found = {name: bytes_of(name, folder, behind, chosen.connections)
                 for name in cpu.PROXIES if name in chosen.names}
    checks = [results.Check("bytes", found["minato"], LIMIT)] if "minato" in found else []
    return results.Result("idle", TITLE, "bytes", found, checks, {"connections": chosen.connections})


TITLE = "idle connection, private memory"
ROWS = {"idle": (TITLE, measure)}
