"""What operators ask of the cache: purge, stats, and why."""
import json
import subprocess
from urllib.parse import quote

import pytest

from harness.caching import Crowd, cache_status, crowd, is_hit, is_stored, reply, why_not_stored
from harness.origin import Serving
from harness.program import BINARY, one_service
from harness.waiting import eventually, free_port
from harness.wire import connect, response

FIELDS = {"Cache_Control": "max-age=300", "Cache_Tag": "red, big", "ETag": '"1"'}


@pytest.fixture
def numbered(origins):
    """Every response tells how many came before it."""
    count = iter(range(100))
    tags = {"/red": "red", "/blue": "blue"}

    def answer(request):
        return response(str(next(count)), **FIELDS | {"Cache_Tag": tags.get(request.target, "none")})
    return origins(Serving, answer)


@pytest.fixture
def cached(minato, numbered):
    return minato.serving(numbered, top='cache: {ttl: 300}\nhealth_check: {type: "off"}')


def purge(proxy, **order):
    answer = proxy.control("POST", "/cache/purge", body=json.dumps(order))
    return answer.status, json.loads(answer.body)


def told_of(proxy, url):
    return json.loads(proxy.control("GET", f"/cache/entry?url={quote(url, safe='')}").body)


def minato_command(proxy, *arguments):
    done = subprocess.run([BINARY, *arguments, "--socket", str(proxy.socket)], capture_output=True,
                          text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


def test_a_url_is_purged(cached):
    assert cached.get("/x").text == cached.get("/x").text == "0"
    url = "http://app.test/x"
    assert purge(cached, url=url) == (200, {"purged": 1, "soft": False})
    assert cached.get("/x").text == "1"
    cached.get("/x", host="app.test:81")
    assert purge(cached, url="http://APP.test/x")[1]["purged"] == 2  # on every port
    assert purge(cached, url=url)[1]["purged"] == 0


@pytest.mark.parametrize("order", [{"url": "http://ap.test/x"}, {"prefix": "http://ap.test/"}, {"host": "ap.test:80"}])
def test_a_purge_of_a_host_that_nobody_serves_says_so(cached, order):
    assert purge(cached, **order)[1]["note"] == 'no service takes requests for "ap.test"'
    (what, value), = order.items()
    code, _, err = minato_command(cached, "purge", f"--{what}", value)
    assert (code, err) == (0, 'minato purge: no service takes requests for "ap.test"\n')
    assert "note" not in purge(cached, **{what: value.replace("ap.", "app.")})[1]


def test_a_purge_of_a_url_whose_service_has_no_cache_says_so(caching_for, echo):
    proxy = caching_for(echo, service="cache: {enabled: false}")
    assert purge(proxy, url="http://app.test/x")[1]["note"] == "the cache of app is off"
    assert "note" not in purge(proxy, host="app.test")[1]  # a path of it may lead to another service


@pytest.mark.parametrize("host", ["app.test.", "app.test:080", "APP.test.:0080"])
@pytest.mark.parametrize("order", [{"url": "http://app.test/x"}, {"url": "http://app.test:80/x"},
                                   {"host": "app.test"}, {"prefix": "app.test:80/"}])
def test_a_final_dot_and_zeros_of_the_port_hide_nothing_from_a_purge(cached, host, order):
    assert cached.get("/x", host=host).text == cached.get("/x", host=host).text == "0"
    assert purge(cached, **order)[0] == 200
    assert cached.get("/x", host=host).text == "1"


def test_a_url_with_the_port_of_its_scheme_is_on_no_other(cached):
    texts = [cached.get("/x", host=host).text for host in ("app.test", "app.test:80", "app.test:81")]
    assert texts == ["0", "0", "1"]
    assert purge(cached, url="http://app.test:80/x")[1]["purged"] == 1
    assert purge(cached, host="app.test:80")[0] == 200
    assert cached.get("/x", host="app.test:81").text == "1"
    assert cached.get("/x").text == "2"


def test_a_tag_is_purged(cached):
    red, blue = cached.get("/red").text, cached.get("/blue").text
    assert purge(cached, tag="red") == (200, {"purged": 1, "soft": False})
    assert cached.get("/red").text != red
    assert cached.get("/blue").text == blue


@pytest.mark.parametrize("tags, page, counts", [
    ("", {"Surrogate_Key": "big red"}, True), ("", {"X_Tags": "red"}, False),
    ("tags: {fields: [X-Tags]}", {"X_Tags": "big, red"}, True), ("tags: {fields: [X-Tags]}", {"Cache_Tag": "red"}, False),
], ids=["surrogate-key", "another", "configured", "configured otherwise"])
def test_tags_stand_in_the_fields_of_the_configuration(caching_for, replies, tags, page, counts):
    proxy = caching_for(replies(reply(b"x", "max-age=60", **page)), cache=tags)
    proxy.get()
    assert purge(proxy, tag="red")[1]["purged"] == counts
    assert is_hit(proxy.get()) is not counts


def test_so_many_tags_of_a_response_count(caching_for, replies):
    tags = " ".join(f"t{number}" for number in range(257))
    proxy = caching_for(replies(reply(b"x", "max-age=60", Cache_Tag=tags)))
    proxy.get()
    assert [purge(proxy, tag=tag)[1]["purged"] for tag in ("t256", "t255")] == [0, 1]


@pytest.mark.parametrize("failure", [b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"])
@pytest.mark.parametrize("wish", [{}, {"Cache-Control": "max-age=0"}])  # together with others, and alone
def test_what_is_purged_meanwhile_does_not_stand_in_for_an_error(caching_for, scripted, wish, failure):
    proxy = caching_for(scripted, top="retries: {attempts: 0}")
    with proxy.client() as client:
        client.ask("/")
        slow, _ = scripted.expect()
        slow.send(response(b"old", Cache_Control="max-age=60, stale-if-error=600", Age="100", ETag='"1"'))
        client.read_response()
        client.ask("/", fields=wish)
        assert slow.read_request()["If-None-Match"] == '"1"'
        purge(proxy, url="http://app.test/")
        if failure:
            slow.send(failure)
        else:
            slow.close()
        assert client.read_response().status == (503 if failure else 502)


@pytest.mark.parametrize("order", [{"prefix": "http://app.test/a"}, {"prefix": "app.test/a"}])
def test_a_prefix_is_purged_on_use(cached, order):
    a, b = cached.get("/a/1").text, cached.get("/b").text
    status, told = purge(cached, **order)
    assert (status, told["purged"]) == (200, None)
    assert cached.get("/a/1").text != a
    assert cached.get("/b").text == b


def stats(proxy):
    return json.loads(proxy.control("GET", "/cache/stats").body)


def counted(proxy, **counts):
    """The stats once they tell that: an exchange is counted a moment after its answer."""
    def told():
        now = stats(proxy)
        return now if all(now[name] == count for name, count in counts.items()) else None
    return eventually(told, f"{counts} in the stats")


def test_what_a_prefix_concerns_gives_its_memory_back_unasked(cached):
    cached.get("/b")
    before = stats(cached)["memory_bytes"]
    for number in range(50):
        cached.get(f"/a/{number}")
    purge(cached, prefix="http://app.test/a/")
    eventually(lambda: stats(cached)["entries"] == 1, "what is purged gone")
    after = stats(cached)
    assert (after["purged"], after["memory_bytes"]) == (50, pytest.approx(before, abs=20000))
    purge(cached, host="app.test")
    eventually(lambda: stats(cached)["entries"] == 0, "all of the host gone")


def test_a_reload_counts_anew_with_the_cache_that_it_makes(cached):
    for _ in range(3):
        cached.get("/x")
    counted(cached, hits=2, misses=1)
    assert cached.control("POST", "/reload").status == 200
    cached.get("/x")
    assert counted(cached, hits=0, misses=1)["stored"] == 1


def test_a_host_is_purged_and_everything(cached):
    first = cached.get("/x").text
    assert purge(cached, host="other.example")[0] == 200
    assert cached.get("/x").text == first
    assert purge(cached, host="app.test")[0] == 200
    second = cached.get("/x").text
    assert second != first
    assert purge(cached, all=True) == (200, {"purged": 1, "soft": False})
    assert cached.get("/x").text not in (first, second)


def test_a_soft_purge_makes_the_next_request_validate(cached, numbered):
    cached.get("/x")
    assert purge(cached, url="http://app.test/x", soft=True)[1] == {"purged": 1, "soft": True}
    numbered.answer = lambda request: response(
        status="304 Not Modified" if request["If-None-Match"] == '"1"' else "500 x", **FIELDS)
    assert cached.get("/x").text == "0"


@pytest.mark.parametrize("order", [{"prefix": "app.test/r"}, {"host": "app.test"}, {"tag": "red"}, {"all": True}],
                         ids=lambda order: next(iter(order)))
def test_a_soft_purge_of_many_does_too(cached, numbered, order):
    first, second = cached.get("/red").text, cached.get("/red?2").text
    cached.get("/blue")
    status, told = purge(cached, **order, soft=True)
    assert (status, told["soft"]) == (200, True)
    numbered.answer = lambda request: response(
        status="304 Not Modified" if request["If-None-Match"] == '"1"' else "500 x", **FIELDS)
    for target, text in (("/red", first), ("/red?2", second)):
        answer = cached.get(target)
        concerned = "tag" not in order or target == "/red"  # no other has it
        assert (answer.text, cache_status(answer).get("fwd")) == (text, "stale" if concerned else None)
        assert is_hit(cached.get(target))
    assert is_hit(cached.get("/blue")) is ("tag" in order or "prefix" in order)


@pytest.mark.parametrize("validator, lifts", [({}, False), ({"ETag": '"a"'}, True)])
def test_a_head_without_a_validator_does_not_lift_a_soft_purge(caching_for, replies, validator, lifts):
    told = reply(b"old", "max-age=300", **validator)
    proxy = caching_for(replies(told, told.removesuffix(b"old"), reply(b"new", "max-age=300")))
    proxy.get("/x")
    assert purge(proxy, url="http://app.test/x", soft=True)[1]["purged"] == 1
    assert not is_hit(proxy.get("/x", method="HEAD"))
    assert proxy.get("/x").text == ("old" if lifts else "new")


ORDERS = [{"url": "http://app.test/"}, {"prefix": "app.test/"}, {"host": "app.test"}, {"tag": "red"},
          {"all": True}]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: next(iter(order)))
def test_what_has_no_head_yet_is_purged_too(caching_for, scripted, order):
    proxy = caching_for(scripted)
    with proxy.client() as early, proxy.client() as late:
        early.ask()
        slow, _ = scripted.expect()
        assert purge(proxy, **order)[0] == 200
        late.ask()
        fast, _ = scripted.expect()  # by itself
        slow.send(response("old", **FIELDS, Connection="close"))
        answer = early.read_response()
        assert (answer.text, is_stored(answer), why_not_stored(answer)) == ("old", False, "purged")
        fast.send(response("new", **FIELDS | {"Cache_Control": "no-store"}, Connection="close"))
        assert late.read_response().text == "new"
        late.ask()
        again, _ = scripted.expect()  # the old one was not stored
        again.send(response("newer", **FIELDS))
        assert late.read_response().text == "newer"


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: next(iter(order)))
@pytest.mark.parametrize("confirms", [False, True])
def test_who_asks_alone_is_told_of_a_purge_before_the_head_came(caching_for, scripted, order, confirms):
    proxy = caching_for(scripted)
    with proxy.client() as client:
        if confirms:
            client.ask()
            origin, _ = scripted.expect()
            origin.send(response("x", **FIELDS, Connection="close"))
            assert is_stored(client.read_response())
        client.ask(fields={"Cache-Control": "no-cache"})
        origin, _ = scripted.expect()
        assert purge(proxy, **order)[0] == 200
        status = "304 Not Modified" if confirms else "200 OK"
        untagged = {name: value for name, value in FIELDS.items() if not confirms or name != "Cache_Tag"}
        origin.send(response(b"" if confirms else b"x", status=status, **untagged, Connection="close"))
        answer = client.read_response()
        assert (answer.text, is_stored(answer), why_not_stored(answer)) == ("x", False, "purged")


def test_the_cookie_of_what_a_purge_keeps_out_is_let_through_to_nobody(caching_for, scripted):
    proxy = caching_for(scripted, cache="set_cookie: strip")
    with proxy.client() as client:
        client.ask(fields={"Cache-Control": "no-cache"})
        origin, _ = scripted.expect()
        assert purge(proxy, all=True)[0] == 200
        origin.send(response("x", **FIELDS, Set_Cookie="a=1", Connection="close"))
        answer = client.read_response()
        assert (why_not_stored(answer), answer["Set-Cookie"]) == ("purged", None)


def test_what_is_confirmed_to_who_wants_nothing_stored_does_not_say_that_it_is(caching_for, scripted):
    proxy = caching_for(scripted)
    with proxy.client() as client:
        for wish, status, is_kept in (("max-age=60", "200 OK", True), ("no-cache, no-store", "304 Not Modified", False),
                                      ("no-cache", "304 Not Modified", True)):
            client.ask(fields={"Cache-Control": wish})
            origin, _ = scripted.expect()
            origin.send(response("x" if status == "200 OK" else "", status=status, **FIELDS, Connection="close"))
            answer = client.read_response()
            assert (answer.text, is_stored(answer)) == ("x", is_kept)


def test_purges_under_load_cost_no_request(caching_for, origins):
    proxy = caching_for(origins(Serving, Crowd.page), cache="capacity: 15", top="workers: 2")
    with crowd(proxy) as seen:
        for number in range(10):
            for order in ({"url": "http://app.test/1"}, {"prefix": "app.test/1"}, {"tag": "2"}, {"host": "app.test"},
                          {"all": True}):
                assert purge(proxy, **order, soft=number % 2 == 0)[0] == 200
            before = seen.hits
            eventually(lambda: seen.hits > before, "another hit")


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: next(iter(order)))
def test_what_is_purged_softly_while_it_is_validated_is_validated_again(caching_for, scripted, order):
    proxy = caching_for(scripted)
    unchanged = response(status="304 Not Modified", Connection="close", **FIELDS)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(response("x", **FIELDS | {"Age": "300"}, Connection="close"))
        client.read_response()
        client.ask()
        origin, _ = scripted.expect()
        assert purge(proxy, **order, soft=True)[0] == 200
        origin.send(unchanged)
        assert client.read_response().text == "x"
        client.ask()
        origin, asked = scripted.expect()
        assert asked["If-None-Match"] == '"1"'
        origin.send(unchanged)
        assert client.read_response().text == "x"
        assert proxy.get("/").text == "x"  # that one was asked for afterwards


@pytest.mark.parametrize("body", [
    "", "[]", "{}", '{"url": ""}', '{"url": 1}', '{"all": false}', '{"urls": "http://a/"}',
    '{"url": "http://a/", "tag": "x"}', '{"host": "a.example/x"}', '{"url": "/x"}', '{"url": "ftp://a/"}', '{"host": "a b"}',
    '{"all": true, "soft": "yes"}', '{"url": "http://b/", "url": "http://app.test/x"}',
    '{"all": true, "soft": true, "soft": false}', '{"host": "*.test"}', '{"prefix": "http://*.test/"}',
    '{"url": "http://*.test/x"}', '{"prefix": "app.test"}', '{"prefix": "http://app.test/x*"}',
    '{"url": "http://app.test/x#top"}', '{"tag": "none, other"}'])
def test_an_order_that_is_none_is_refused(cached, body):
    cached.get("/x")
    answer = cached.control("POST", "/cache/purge", body=body)
    assert answer.status == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert cached.get("/x").text == "0"


def test_an_order_that_is_none_is_refused_with_what_is_wrong_with_it(cached):
    def detail(body):
        return json.loads(cached.control("POST", "/cache/purge", body=body).body)["detail"]
    assert '"url" stands there twice' in detail('{"url": "http://a/", "url": "http://b/"}')
    assert '"*.example.com" has a wildcard' in detail('{"host": "*.example.com"}')
    assert '"app.test/x" has no scheme' in detail('{"url": "app.test/x"}')


def test_stats_tell_what_had_to_go(caching_for, replies):
    proxy = caching_for(replies(reply(b"x", "max-age=60")), cache="capacity: 2")
    for target in ("/1", "/2", "/3"):
        proxy.get(target)
    purge(proxy, url="http://app.test/3")
    told = stats(proxy)
    assert (told["entries"], told["stored"], told["evicted"], told["purged"]) == (1, 3, 1, 1)


def test_stats_tell_how_full_it_is_and_how_good(cached):
    for target in ("/x", "/x", "/y"):
        cached.get(target)
    told = counted(cached, hits=1, misses=2)
    assert (told["entries"], told["capacity"], told["stored"]) == (2, 100, 2)
    assert 0 < told["memory_bytes"] < told["max_memory"] == 256 << 20


def test_an_entry_is_explained(cached):
    cached.get("/x?a=b")
    url = "http%3A%2F%2Fapp.test%2Fx%3Fa%3Db"
    told = json.loads(cached.control("GET", f"/cache/entry?url={url}").body)
    [variant] = told["variants"]
    assert variant["key"] == "http://app.test/x?a=b"
    assert (variant["lifetime"], variant["lifetime_from"]) == (300, "max-age")
    assert (variant["would"], variant["because"]) == ("serve", "fresh")
    assert 'ETag: "1"' in variant["fields"]
    assert json.loads(cached.control("GET", "/cache/entry?url=http://b/").body)["variants"] == []
    assert cached.control("GET", "/cache/entry?url=%zz").status == 400
    assert cached.control("GET", "/cache/entry").status == 400
    assert "has no scheme" in cached.control("GET", "/cache/entry?url=app.test/x").text
    assert "%26" in json.loads(cached.control("GET", "/cache/entry?url=http://app.test/x?a=b&c=d").body)["detail"]


@pytest.mark.parametrize("url, detail", [
    ("http://app.test/x#top", "has a fragment (#)"),
    ("http://app.test/a b", "such as %20"),
    ("http://*.test/x", "has a wildcard: name one host"),
    ("app.test/x", "has no scheme"),
])
def test_what_can_be_no_url_is_not_explained(cached, url, detail):
    answer = cached.control("GET", f"/cache/entry?url={quote(url, safe='')}")
    assert answer.status == 400 and detail in json.loads(answer.body)["detail"]
    code, out, err = minato_command(cached, "cache", "--url", url)
    assert (code, out) == (2, "") and detail in err


def test_it_is_said_how_long_an_entry_serves_when_it_is_stale(caching_for, replies):
    proxy = caching_for(replies(reply(b"x", "max-age=60, stale-while-revalidate=5, stale-if-error=7")))
    proxy.get("/x")
    told = minato_command(proxy, "cache", "--url", "http://app.test/x")[1]
    assert "\n  stale it serves 5 s while it is validated, 7 s while the origin fails\n" in told


@pytest.mark.parametrize("age, ttl, would, because", [
    (100, 200, "serve", "fresh"), (320, -20, "serve and refresh", "stale-while-revalidate"), (400, -100, "validate", "stale"),
], ids=["fresh", "refreshed", "stale"])
def test_an_entry_is_explained_with_its_arithmetic(caching_for, replies, age, ttl, would, because):
    directives = "max-age=300, stale-while-revalidate=50, stale-if-error=600"
    proxy = caching_for(replies(reply(b"hello", directives, Age=str(age), ETag='"1"')))
    proxy.get("/x")
    [variant] = told_of(proxy, "http://app.test/x")["variants"]
    assert (variant["status"], variant["bytes"], variant["hits"]) == (200, 5, 0)
    assert age <= variant["age"] < age + 20 and ttl - 20 < variant["ttl"] <= ttl
    assert variant["age"] + variant["ttl"] == variant["lifetime"] == 300
    assert (variant["stale_while_revalidate"], variant["stale_if_error"]) == (50, 600)
    assert (variant["would"], variant["because"], variant["purged_softly"]) == (would, because, False)


def test_of_an_entry_is_told_how_often_it_served_and_that_it_is_purged_softly(cached):
    for _ in range(3):
        cached.get("/x")
    url = "http://app.test/x"
    told = lambda: told_of(cached, url)["variants"][0]
    assert (told()["hits"], told()["purged_softly"], told()["would"]) == (2, False, "serve")
    assert purge(cached, url=url, soft=True)[1]["purged"] == 1
    assert (told()["purged_softly"], told()["would"], told()["because"]) == (True, "validate", "purged")


def test_a_part_is_explained_as_one(caching_for, replies):
    part = reply(b"bc", "max-age=60", status="206 Partial Content", Content_Range="bytes 1-2/5", ETag='"1"')
    proxy = caching_for(replies(part))
    proxy.get("/x", fields={"Range": "bytes=1-2"})
    [variant] = told_of(proxy, "http://app.test/x")["variants"]
    assert (variant["status"], variant["part"]) == (206, "1-2")
    assert "\n  a part: bytes 1-2\n" in minato_command(proxy, "cache", "--url", "http://app.test/x")[1]


def test_a_variant_is_told_with_what_selects_it(caching_for, replies):
    proxy = caching_for(replies(reply(b"x", "max-age=60", Vary="Accept-Language, X-A")))
    proxy.get("/x", fields={"Accept-Language": "de, en;q=0.5"})
    told = json.loads(proxy.control("GET", "/cache/entry?url=http://app.test/x").body)
    assert told["variants"][0]["selected_by"] == {"accept-language": "de,en;500", "x-a": None}
    told = minato_command(proxy, "cache", "--url", "http://app.test/x")[1]
    assert "\n  for requests with accept-language: de,en;500\n  for requests without x-a\n" in told


def test_an_entry_is_explained_by_the_service_that_its_path_leads_to(minato, origins):
    origin = origins(Serving, lambda _: response(b"x"))
    port = free_port()
    services = one_service(port, origin.url, top="cache: {keep_on_reload: true}", service="cache: {ttl: 300}")
    services += (f'  - name: deep\n    listen_port: {port}\n    hosts: ["http://app.test/a"]\n'
                 f'    cache: {{ttl: 600}}\n    upstreams: [{{host: "{origin.url}"}}]\n')
    proxy = minato(services, port)
    for target, lifetime in (("/b/../a/x", 600), ("/%61/x", 600), ("//a/x", 600), ("/a/../b", 300)):
        proxy.get(target)
        url = quote(f"http://app.test{target}", safe="")
        [variant] = json.loads(proxy.control("GET", f"/cache/entry?url={url}").body)["variants"]
        assert variant["lifetime"] == lifetime, target


def test_of_what_cannot_be_stored_it_is_said_who_takes_it(caching_for, echo):
    proxy = caching_for(echo, service="cache: {enabled: false}")
    proxy.get("/x")
    told = json.loads(proxy.control("GET", "/cache/entry?url=http://app.test/x").body)
    assert told["services"] == [{"name": "app", "cache": False}]
    said = lambda url: minato_command(proxy, "cache", "--url", url)[1]
    assert said("http://app.test/x") == "nothing is stored for http://app.test/x: the cache of app is off\n"
    assert said("http://b/") == "nothing is stored for http://b/: no service takes requests for it\n"
    assert proxy.reload(one_service(proxy.port, echo.url, top="cache: {}")).status == 200
    assert said("http://app.test/x") == "nothing is stored for http://app.test/x\n"


@pytest.mark.parametrize("after, why", [
    ({"service": "cache: {enabled: false}"}, "the cache of app is off"),
    ({"host": "other.test"}, "no service takes requests for it"),
    ({"service": "cache: {bypass: [{path: /x}]}"}, "requests for it bypass the cache"),
])
def test_of_what_is_stored_and_not_served_it_is_said_why(caching_for, echo, after, why):
    proxy = caching_for(echo, cache="ttl: 300, keep_on_reload: true")
    proxy.get("/x")
    url = "http://app.test/x"
    said = lambda: minato_command(proxy, "cache", "--url", url)[1]
    assert said().startswith(url) and "asked for now: serve, because fresh" in said()
    again = one_service(proxy.port, echo.url, top="cache: {ttl: 300, keep_on_reload: true}", **after)
    assert proxy.reload(again).status == 200
    first, *stored = said().splitlines()
    assert first == f"nothing is served from the cache for {url}: {why}"
    assert stored[0] == url and "  asked for now: bypass, because bypass" in stored


def test_without_a_cache_there_is_nothing_to_ask(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.control("GET", "/cache/stats").status == 404
    assert purge(proxy, all=True)[0] == 404


def test_the_commands_say_it_in_words(cached):
    url = "http://app.test/x"
    cached.get("/x")
    cached.get("/x")
    code, told, _ = minato_command(cached, "cache")
    assert code == 0
    assert "1 of 100 entries" in told and "1 hit, 1 miss: 50.0 % from the cache" in told
    code, told, _ = minato_command(cached, "cache", "--url", url)
    assert code == 0 and "asked for now: serve, because fresh" in told
    assert minato_command(cached, "purge", "--url", url)[:2] == (0, "1 response forgotten\n")
    assert minato_command(cached, "cache", "--url", url)[1] == f"nothing is stored for {url}\n"
    assert "next asked for" in minato_command(cached, "purge", "--prefix", url, "--soft")[1]
    assert minato_command(cached, "purge")[0] == 2
    assert minato_command(cached, "purge", "--all", "--tag", "x")[0] == 2
    for command in "purge", "cache":
        code, _, told = minato_command(cached, command, "--url", "/nonsense")
        assert code == 2 and '"/nonsense" is no URL, such as http://' in told
    code, _, told = minato_command(cached, "purge", "--prefix", "app.test")
    assert code == 2 and "For all of a host, purge the host." in told


def test_a_soft_purge_of_the_command_is_soft(cached, numbered):
    first = cached.get("/x").text
    done = minato_command(cached, "purge", "--url", "http://app.test/x", "--soft")
    assert done[:2] == (0, "1 response marked stale\n")
    numbered.answer = lambda request: response(
        status="304 Not Modified" if request["If-None-Match"] == '"1"' else "500 x", **FIELDS)
    assert cached.get("/x").text == first


def test_the_command_tells_json_as_the_program_does(cached):
    cached.get("/x")
    counted(cached, misses=1)
    assert json.loads(minato_command(cached, "cache", "--json")[1]) == stats(cached)
    url = "http://app.test/x"
    told = json.loads(minato_command(cached, "cache", "--url", url, "--json")[1])
    assert told["url"] == url and told.keys() == told_of(cached, url).keys()


@pytest.mark.parametrize("order", [["--tag", "red"], ["--host", "app.test"], ["--all"]], ids=lambda order: order[0])
def test_each_order_of_the_command_is_carried_out(cached, order):
    assert cached.get("/red").text == cached.get("/red").text == "0"
    assert minato_command(cached, "purge", *order)[0] == 0
    assert cached.get("/red").text == "1"


def test_the_cache_is_asked_of_over_tcp_too_with_the_token(minato, folder, numbered):
    admin, token = free_port(), folder / "token"
    token.write_text("secret\n")
    proxy = minato.serving(numbered, top=f"cache: {{ttl: 300}}\nhealth_check: {{type: \"off\"}}\n"
                                         f"admin: {{listen: \"127.0.0.1:{admin}\", token_file: {token}}}")
    proxy.get("/x")
    known = {"Authorization": "Bearer secret"}
    with connect(admin) as client:
        for method, target in ("GET", "/cache/stats"), ("GET", "/cache/entry?url=http://app.test/x"):
            assert client.get(target, method=method, host="localhost").status == 401
            assert client.get(target, method=method, host="localhost", fields=known).status == 200
        order = json.dumps({"all": True})
        for fields, status in ({}, 401), (known, 200):
            assert is_hit(proxy.get("/x"))
            assert client.ask("/cache/purge", "POST", "localhost", fields, order).read_response().status == status
    assert proxy.get("/x").text == "1"


def test_the_commands_tell_what_lies_in_the_configuration_from_what_is_written_wrong(minato, echo):
    proxy = minato.serving(echo)
    for command in ["purge", "--all"], ["cache"]:
        code, _, told = minato_command(proxy, *command)
        assert code == 1 and "The configuration has no cache." in told


def test_the_access_log_has_the_word_of_the_cache(minato, numbered):
    top = 'cache: {ttl: 300}\nhealth_check: {type: "off"}\naccess_log: {format: "{target}: {cache}"}'
    proxy = minato.serving(numbered, top=top)
    proxy.get("/x")
    proxy.get("/x")
    proxy.access.wait_for("/x: fwd=uri-miss; fwd-status=200; stored")
    proxy.access.wait_for("/x: hit; ttl=")


def test_who_asks_after_a_purge_does_not_get_what_set_out_before_it(minato, scripted):
    proxy = minato.serving(scripted, top='workers: 1\ncache: {ttl: 300}\nhealth_check: {type: "off"}')
    head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\n"
    with proxy.client() as before, proxy.client() as after:
        before.ask("/x")
        old, _ = scripted.expect()
        old.send(head + "o")
        before.read_head()
        purge(proxy, url="http://app.test/x")
        after.ask("/x")
        new, _ = scripted.expect()
        new.send(head + "new")
        assert after.read_response().text == "new"
        old.send("ld")
        assert proxy.get("/x").text == "new"


def test_answers_of_minatos_own_tell_of_the_cache_too(cached, minato):
    assert cached.get("/none", fields={"Cache-Control": "only-if-cached"})["Cache-Status"] \
        == "Minato; detail=only-if-cached"
    port = free_port()
    down = minato.serving(f"http://127.0.0.1:{port}", top='cache: {ttl: 300}\nhealth_check: {type: "off"}')
    answer = down.get("/x")
    assert (answer.status, answer["Cache-Status"]) == (502, "Minato; fwd=uri-miss")
