"""Seven exchanges: what a program of a user does most, and what costs something else: bodies both ways,
connections, a cache that has to ask or to forget."""
import contenders
import origin

SMALL = b"x" * 100
RESPONSES = {
    "/": origin.response(SMALL),
    "/cached/hit": origin.response(SMALL, "Cache-Control: max-age=315360000"),
    "/cached/miss": origin.response(SMALL),
    "/chunked": origin.chunked_response(b"x" * 4096, 16),
}

MINATO = """\
workers: 1
control_socket: off
access_log: {{output: off}}
cache: {{ttl: 0}}
health_check: {{type: off}}
timeouts: {{keep_alive: 600s}}
services:
  - name: proxied
    listen_address: 127.0.0.1
    listen_port: {port}
    hosts: ["http://127.0.0.1/"]
    upstreams: [{{host: "http://127.0.0.1:{origin}"}}]
    cache: {{enabled: false}}
  - name: cached
    listen_address: 127.0.0.1
    listen_port: {port}
    hosts: ["http://127.0.0.1/cached"]
    upstreams: [{{host: "http://127.0.0.1:{origin}"}}]
"""

ALL = {
    "proxied GET, 100 bytes": origin.request("/"),
    "cache hit, 100 bytes": origin.request("/cached/hit"),
    "GET that is not stored, 100 bytes": origin.request("/cached/miss"),
    "proxied POST, 16 KiB": origin.request("/post", method="POST", body=b"x" * 16384),
    "POST that the cache hears of, 100 bytes": origin.request("/cached/post", method="POST", body=SMALL),
    "proxied chunked response, 64 KiB": origin.request("/chunked"),
    "proxied GET on a connection of its own": origin.request("/", "Connection: close"),
}


def command_line(program, folder, port, behind):
    """Of `program` in front of an origin that serves RESPONSES; its configuration is written to `folder`."""
    config = folder / "exchanges.yaml"
    config.write_text(MINATO.format(port=port, origin=behind))
    return [program, "run", "--config", str(config)]


def make(port, request, times):
    """On one connection, or on as many where the request says so."""
    if b"Connection: close" in request:
        for _ in range(times):
            with origin.Client(port) as client:
                client.exchange(request)
        return
    with origin.Client(port) as client:
        for _ in range(times):
            client.exchange(request)
