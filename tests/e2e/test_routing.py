"""Which service takes a request: port, then host, then the longest path prefix."""
import pytest

from harness.origin import Serving, named
from harness.waiting import free_port
from harness.wire import response

PATHS = ["http://app.test/", "http://app.test/api", "http://app.test/api/v2",
         "http://*.wild.test/", "http://deep.wild.test/", "http://[2001:db8::1]/", "http://*/any",
         "http://app.test/@admin", "http://app.test/a%7Cb", "http://part.test/ui"]


def service(name, port, host, url):
    return (f"  - name: {name}\n    listen_port: {port}\n    hosts: [\"{host}\"]\n"
            f"    upstreams: [{{host: \"{url}\"}}]\n")


@pytest.fixture
def routed(minato, origins):
    """A service for each of PATHS, whose origin answers with that very text."""
    port = free_port()
    rows = [service(f"s{i}", port, host, origins(named, host).url) for i, host in enumerate(PATHS)]
    return minato("services:\n" + "".join(rows), port)


ROUTES = [
    # Host, target, the host entry that takes it
    ("app.test", "/", "http://app.test/"),
    ("APP.Test", "/", "http://app.test/"),
    ("app.test:8080", "/", "http://app.test/"),
    ("app.test", "/api", "http://app.test/api"),
    ("app.test", "/api/", "http://app.test/api"),
    ("app.test", "/api/x?y=/z", "http://app.test/api"),
    ("app.test", "/apiary", "http://app.test/"),
    ("app.test", "/API", "http://app.test/"),
    ("app.test", "/api/v2/x", "http://app.test/api/v2"),
    ("app.test", "/api/v22", "http://app.test/api"),
    ("x.wild.test", "/", "http://*.wild.test/"),
    ("deep.wild.test", "/", "http://deep.wild.test/"),
    ("[2001:db8::1]", "/", "http://[2001:db8::1]/"),
    ("[2001:DB8::1]:80", "/", "http://[2001:db8::1]/"),
    ("elsewhere.test", "/any", "http://*/any"),
    ("elsewhere.test", "/any/x", "http://*/any"),
    ("part.test", "/ui/x", "http://part.test/ui"),
    # On the normalized path.
    ("app.test", "/x/../api", "http://app.test/api"),
    ("app.test", "/x/%2e%2E/api", "http://app.test/api"),
    ("app.test", "/./api/./v2", "http://app.test/api/v2"),
    ("app.test", "/%61pi", "http://app.test/api"),
    ("app.test", "//api", "http://app.test/api"),
    ("app.test", "/api//v2", "http://app.test/api/v2"),
    ("app.test", "/@admin", "http://app.test/@admin"),
    ("app.test", "/%40admin/x", "http://app.test/@admin"),
    ("app.test", "/a|b", "http://app.test/a%7Cb"),
    ("app.test", "/a%7cb", "http://app.test/a%7Cb"),
    ("app.test", "/api%2Fv2", "http://app.test/"),
    ("app.test", "/api%5Cv2", "http://app.test/"),
    ("app.test", "/api\\v2", "http://app.test/"),
    ("app.test", "/api/v2/..", "http://app.test/api"),
]


@pytest.mark.parametrize("host, target, taken_by", ROUTES)
def test_the_route_of(routed, host, target, taken_by):
    assert routed.get(target, host=host).text == taken_by


@pytest.mark.parametrize("host, target", [
    ("elsewhere.test", "/"), ("elsewhere.test", "/anything"), ("wild.test", "/"), ("test", "/"),
    # The host is known, and so a less specific one does not count.
    ("part.test", "/"), ("part.test", "/any"), ("part.test", "/any/x")])
def test_an_unknown_host_or_path_is_not_found(routed, host, target):
    answer = routed.get(target, host=host)
    assert answer.status == 404
    assert answer["Proxy-Status"]


@pytest.mark.parametrize("target", ["/..", "/../api", "/x/../../api", "/%2e%2e/api", "/.%2E/", "/a//../../.."])
def test_a_path_that_climbs_above_the_root_is_refused(routed, target):
    assert routed.get(target).status == 400


def test_two_ports_may_serve_the_same_host_differently(minato, origins):
    here, there = free_port(), free_port()
    proxy = minato("services:\n" + service("a", here, "http://app.test/", origins(named, "a").url) +
                   service("b", there, "http://app.test/", origins(named, "b").url), here)
    assert proxy.get().text == "a"
    proxy.port = there
    assert proxy.get().text == "b"


def test_the_authority_of_an_absolute_target_is_the_host(routed):
    assert routed.get("http://app.test/api", host="x.wild.test").text == "http://app.test/api"


@pytest.mark.parametrize("target", ["/a//b/./c/../%7euser?q=%2e", "/%61", "/a%2fb", "/x?//..//", "/x?"])
def test_the_path_is_forwarded_as_the_client_wrote_it(minato, echo, target):
    assert minato.serving(echo).get(target).text == f"GET {target}"


@pytest.mark.parametrize("base, target, sent", [
    ("", "/x", "/x"),
    ("/", "/x", "/x"),
    ("/base", "/x", "/base/x"),
    ("/base/", "/x", "/base/x"),
    ("/base", "/", "/base/"),
    ("/base?k=v", "/x?y=1", "/base/x?k=v&y=1"),
    ("/base?k=v", "/x", "/base/x?k=v"),
    ("?k=v", "/x", "/x?k=v"),
    ("/base", "//x", "/base//x"),
])
def test_base_path_and_query_of_an_upstream_are_joined(minato, echo, base, target, sent):
    assert minato.serving(echo.url + base).get(target).text == f"GET {sent}"


def test_options_of_the_whole_server_is_forwarded(minato, echo):
    assert minato.serving(echo).get("*", method="OPTIONS").text == "OPTIONS *"


def test_connect_is_refused(minato, echo):
    proxy = minato.serving(echo)
    with proxy.client() as client:
        client.send("CONNECT app.test:80 HTTP/1.1\r\nHost: app.test:80\r\n\r\n")
        assert client.read_response().status in (405, 501)
    assert echo.count() == 0


def test_methods_that_nobody_knows_are_forwarded(minato, echo):
    assert minato.serving(echo).get("/x", method="BREW").text == "BREW /x"


def test_slashes_that_are_not_merged_take_another_route(minato, origins):
    port = free_port()
    rows = (service("a", port, "http://app.test/", origins(named, "root").url) +
            service("b", port, "http://app.test/api", origins(named, "api").url))
    keep = rows.replace("    upstreams", "    normalize: {merge_slashes: false}\n    upstreams")
    other = (service("c", port, "http://other.test/", origins(named, "other root").url) +
             service("d", port, "http://other.test/api", origins(named, "other api").url))
    proxy = minato("services:\n" + keep + other, port)
    assert proxy.get("//api").text == "root"
    assert proxy.get("/api").text == "api"
    assert proxy.get("//api", host="other.test").text == "other api"


def test_ten_thousand_hosts_are_served_like_one(minato, origins):
    port = free_port()
    hosts = ", ".join(f'"http://h{i}.test/p{j}"' for i in range(1000) for j in range(10))
    origin = origins(Serving, lambda request: response(request["Host"] + request.target))
    proxy = minato(f"services:\n  - name: many\n    listen_port: {port}\n    hosts: [{hosts}]\n"
                   f"    upstreams: [{{host: \"{origin.url}\"}}]\n", port)
    assert proxy.get("/p9/x", host="h999.test").text == "h999.test/p9/x"
    assert proxy.get("/p10", host="h999.test").status == 404
