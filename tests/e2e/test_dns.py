"""Names of upstreams: resolved without blocking, again at their TTL, and never a reason not to start."""
from harness.dns import NameServer
from harness.origin import named
from harness.waiting import eventually, free_port


def serving(minato, server, url, top=""):
    return minato.serving(url, top=f"dns: {{servers: [\"{server.address}\"]}}\n{top}")


def test_a_name_is_resolved(minato, origins, echo):
    server = origins(NameServer, {"origin.test": ["127.0.0.1"]})
    proxy = serving(minato, server, f"http://origin.test:{echo.port}")
    eventually(lambda: proxy.get("/x").text == "GET /x", "an address")


def test_all_addresses_are_used(minato, origins):
    server = origins(NameServer, {"origin.test": ["127.0.0.2", "127.0.0.3"]})
    port = free_port()
    for address in ("127.0.0.2", "127.0.0.3"):
        origins(named, address, address=(address, port))
    proxy = serving(minato, server, f"http://origin.test:{port}")
    eventually(lambda: proxy.get().status == 200, "an address")
    assert {proxy.get().text for _ in range(8)} == {"127.0.0.2", "127.0.0.3"}


def test_an_address_that_appears_is_probed(minato, origins, echo):
    server = origins(NameServer, {})
    serving(minato, server, f"http://origin.test:{echo.port}", top="health_check: {interval: 1h}")
    server.names["origin.test"] = ["127.0.0.1"]
    probe = echo.next_request()
    assert probe["User-Agent"] == "minato-health"
    assert probe["Host"] == f"origin.test:{echo.port}"


def test_it_is_resolved_again_at_its_ttl(minato, origins):
    server = origins(NameServer, {"origin.test": ["127.0.0.2"]})
    port = free_port()
    for address in ("127.0.0.2", "127.0.0.3"):
        origins(named, address, address=(address, port))
    proxy = serving(minato, server, f"http://origin.test:{port}")
    eventually(lambda: proxy.get().text == "127.0.0.2", "the first address")
    server.names["origin.test"] = ["127.0.0.3"]
    eventually(lambda: proxy.get().text == "127.0.0.3", "the second address")


def test_a_name_that_does_not_resolve_stops_neither_start_nor_reload(minato, origins, echo):
    server = origins(NameServer, {})
    url = f"http://origin.test:{echo.port}"
    proxy = serving(minato, server, url)
    answer = proxy.get()
    assert answer.status in (502, 503)
    assert "dns_error" in answer["Proxy-Status"] or "destination" in answer["Proxy-Status"]
    assert proxy.reload(proxy.file.read_text() + "\n").status == 200
    server.names["origin.test"] = ["127.0.0.1"]
    eventually(lambda: proxy.get("/x").status == 200, "the name to appear")


def test_the_last_good_addresses_stay(minato, origins, echo):
    server = origins(NameServer, {"origin.test": ["127.0.0.1"]})
    proxy = serving(minato, server, f"http://origin.test:{echo.port}")
    eventually(lambda: proxy.get("/x").status == 200, "an address")
    asked = len(server.queries)
    del server.names["origin.test"]
    eventually(lambda: len(server.queries) > asked + 1, "the name to be asked for again")
    assert proxy.get("/x").text == "GET /x"


def test_a_silent_name_server_blocks_nothing(minato, origins, echo):
    server = origins(NameServer, {})
    server.silent = True
    port = free_port()
    rows = "".join(
        f"  - name: {name}\n    listen_port: {port}\n    hosts: [\"http://{name}.test/\"]\n"
        f"    upstreams: [{{host: \"{url}\"}}]\n"
        for name, url in (("app", echo.url), ("slow", "http://origin.test:1")))
    proxy = minato(f"dns: {{servers: [\"{server.address}\"]}}\nworkers: 1\nservices:\n{rows}", port)
    with proxy.client() as waiting:
        waiting.ask(host="slow.test")
        assert proxy.get("/x").text == "GET /x"
