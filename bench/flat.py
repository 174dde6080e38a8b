"""The rows about what must cost the same however much of it there is, in instructions by callgrind.

Each measures a small and a large case by the same requests; the count is of all of the program's threads.
"""
import contextlib

import callgrind
import contenders
import origin
import results

ROUTES, ENDPOINTS, ENTRIES_FEW = 10_000, 1_000, 100
BATCHES = 3
PATIENCE = 600       # seconds, for a program under valgrind to read a large configuration
FILL_BATCH = 500     # requests that are under way at once while a cache is filled

SERVICE = """\
  - name: {name}
    listen_address: 127.0.0.1
    listen_port: {port}
    balancer: round_robin
    hosts: [{hosts}]
    upstreams: [{upstreams}]
"""

MINATO = """\
workers: 1
control_socket: off
access_log: {{output: off}}
health_check: {{type: off}}
timeouts: {{keep_alive: 3600s}}
upstream_pool: {{idle_timeout: 3600s}}
{cache}
services:
{services}"""


def quoted(words):
    return ", ".join(f'"{word}"' for word in words)


def upstream(origin_port, after=0):
    """An address of the loopback network; as many as anybody wants, 127.0.0.1 first."""
    number = after + 1
    return f'{{host: "http://127.0.{number // 256}.{number % 256}:{origin_port}"}}'


def program_of(stack, folder, text, port):
    """Minato with that configuration, under valgrind, not counting yet."""
    config = folder / f"minato-{port}.yaml"
    config.write_text(text)
    argv = [contenders.minato(), "run", "--config", str(config)]
    return stack.enter_context(callgrind.counted(argv, folder, port, PATIENCE))


def instructions(program, port, requests, warm_up):
    """Instructions a request: the least of some batches, since what disturbs one only adds."""
    with origin.Client(port) as client:
        def send_all():
            for request in requests:
                client.exchange(request)
        for _ in range(warm_up):
            send_all()
        program.start()
        send_all()
        return min(program.cost(send_all).instructions for _ in range(BATCHES)) / len(requests)


@contextlib.contextmanager
def canned(folder, addresses=1):
    port = contenders.free_port()
    argv = [str(contenders.PROGRAMS / "bench_canned"), str(port), "100", "Cache-Control: max-age=86400",
            str(addresses)]
    with contenders.running(argv, folder, port, contenders.LOAD_CPU):
        yield port


# Routes: half of them hosts of their own, half prefixes of one host; a hundred to a service.

def routes(count):
    hosts = [f"http://h{number:05}.example/p00000" for number in range((count + 1) // 2)]
    return hosts + [f"http://h00000.example/p{number:05}" for number in range(1, count // 2 + 1)]


def cost_of_routes(folder, count):
    known = routes(count)
    asked = known if count < 100 else known[::count // 100]
    requests = [origin.request(f"/{path}/x", host=host) for host, path in
                (route.removeprefix("http://").split("/") for route in asked)]
    with contextlib.ExitStack() as stack:
        behind, port = stack.enter_context(canned(folder)), contenders.free_port()
        services = [SERVICE.format(name=f"s{first}", port=port, hosts=quoted(known[first:first + 100]),
                                   upstreams=upstream(behind)) for first in range(0, count, 100)]
        program = program_of(stack, folder, MINATO.format(cache="", services="".join(services)), port)
        return instructions(program, port, requests * (100 // len(requests)), 2)


# Endpoints: as many addresses, all of one origin.

def cost_of_endpoints(folder, count):
    with contextlib.ExitStack() as stack:
        behind, port = stack.enter_context(canned(folder, ENDPOINTS)), contenders.free_port()
        service = SERVICE.format(name="bench", port=port, hosts=quoted(["http://127.0.0.1/"]),
                                 upstreams=", ".join(upstream(behind, at) for at in range(count)))
        program = program_of(stack, folder, MINATO.format(cache="", services=service), port)
        return instructions(program, port, [origin.request()] * ENDPOINTS, 2)


# Entries of the cache: filled before anything is counted.

CACHE = "cache: {{capacity: {count}, max_memory: 16GiB}}"


def request_of_entry(number):
    return origin.request(f"/entry/{number:08}")


def fill(port, count):
    """Pipelined, since a request takes a while there."""
    with origin.Client(port) as client:
        for first in range(0, count, FILL_BATCH):
            numbers = range(first, min(count, first + FILL_BATCH))
            client.pipeline([request_of_entry(number) for number in numbers])
            if first % 100_000 == 0 and count > 100_000:
                print(f"  {first:,} entries of {count:,}", flush=True)


def cost_of_entries(folder, count):
    requests = [request_of_entry(number * count // ENTRIES_FEW) for number in range(ENTRIES_FEW)]
    with contextlib.ExitStack() as stack:
        behind, port = stack.enter_context(canned(folder)), contenders.free_port()
        service = SERVICE.format(name="bench", port=port, hosts=quoted(["http://127.0.0.1/"]),
                                 upstreams=upstream(behind))
        text = MINATO.format(cache=CACHE.format(count=count), services=service)
        program = program_of(stack, folder, text, port)
        fill(port, count)
        require_hits(port, requests)
        return instructions(program, port, requests * 5, 2)


def require_hits(port, requests):
    """The oldest, the newest and some between are all there, or nothing would be compared."""
    with origin.Client(port) as client:
        for request in requests:
            if b"\r\nCache-Status: Minato; hit" not in (answer := client.exchange(request)):
                raise SystemExit(f"an entry is not in the cache: {answer!r}")


def compared(key, title, limit, cost_of, few, many):
    def measure(chosen, folder):
        costs = {f"{count:,}": cost_of(folder, count) for count in (few, many(chosen))}
        small, large = costs.values()
        return results.Result(key, title, "instructions a request", costs,
                              [results.Check(f"/ {few:,}", large / small, limit)], costs)
    return {key: (title, measure)}


ROWS = (compared("routes", "10,000 routes instead of 1", 1.05, cost_of_routes, 1, lambda _: ROUTES) |
        compared("endpoints", "1,000 endpoints of a round robin instead of 2", 1.05, cost_of_endpoints, 2,
                 lambda _: ENDPOINTS) |
        compared("entries", "1,000,000 cache entries instead of 100", 1.10, cost_of_entries, ENTRIES_FEW,
                 lambda chosen: chosen.entries))
