"""What an unsafe request makes of what is stored (RFC 9111 4.4)."""
import pytest

from harness.caching import is_hit, reply
from harness.program import one_service
from harness.wire import response

FOREVER = "max-age=3600"


@pytest.fixture
def stored(caching_for, pages):
    """Gives a proxy with /a and /b?x stored, and a function that sends something unsafe to /a."""
    pages.add(reply(b"a", FOREVER), target="/a")
    pages.add(reply(b"b", FOREVER), target="/b?x")
    proxy = caching_for(pages, host="*.test")
    proxy.get("/a"), proxy.get("/b?x")

    def change(method="POST", target="/a", answer=response(b"done")):
        before = pages.pages.get(target, [answer])
        pages.add(answer, target=target)
        proxy.get(target, method=method, body="q")
        pages.add(*before, target=target)

    def has(target):
        answer = proxy.get(target, fields={"Cache-Control": "only-if-cached"})
        return answer.status != 504 and is_hit(answer)

    proxy.change, proxy.has = change, has
    return proxy


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH"])
def test_an_unsafe_method_invalidates_its_target(stored, method):
    stored.change(method)
    assert not stored.has("/a")
    assert stored.has("/b?x")


@pytest.mark.parametrize("method", ["OPTIONS"])
def test_a_safe_method_does_not(stored, method):
    stored.change(method)
    assert stored.has("/a")


@pytest.mark.parametrize("status, stays", [(200, False), (201, False), (303, False), (400, True), (404, True),
                                           (500, True), (503, True)])
def test_only_success_does(stored, status, stays):
    stored.change(answer=response(b"x", status=f"{status} Whatever"))
    assert stored.has("/a") is stays


@pytest.mark.parametrize("field", ["Location", "Content-Location"])
@pytest.mark.parametrize("reference", ["/b?x", "http://app.test/b?x", "http://APP.test:80/b?x", "b?x"])
def test_what_the_answer_names_goes_too(stored, field, reference):
    stored.change(target="/c", answer=response(b"x", **{field.replace("-", "_"): reference}))
    assert not stored.has("/b?x")
    assert stored.has("/a")


@pytest.mark.parametrize("field", ["Location", "Content-Location"])
@pytest.mark.parametrize("reference", ["http://other.test/b?x", "//other.test/b?x", "https://app.test/b?x",
                                       "http://app.test:81/b?x"])
def test_nothing_of_another_origin_goes(stored, field, reference):
    """Or anybody could empty anybody's cache."""
    for each in ("other.test", "app.test:81"):
        stored.get("/b?x", host=each)
    stored.change(target="/c", answer=response(b"x", **{field.replace("-", "_"): reference}))
    assert stored.has("/b?x")
    for each in ("other.test", "app.test:81"):
        assert is_hit(stored.get("/b?x", host=each))


def test_another_port_is_another_origin(stored):
    stored.get("/a", host="app.test:81")
    stored.change()
    assert not stored.has("/a")
    assert is_hit(stored.get("/a", host="app.test:81"))


def test_all_variants_go(caching_for, pages):
    target = pages.add(reply(b"x", FOREVER, Vary="Foo"))
    proxy = caching_for(pages)
    for each in "12":
        proxy.get(target, fields={"Foo": each})
    proxy.get(target, method="DELETE")
    assert not any(is_hit(proxy.get(target, fields={"Foo": each})) for each in "12")


def test_what_is_on_its_way_meanwhile_is_not_stored(caching_for, scripted):
    """Whoever wrote must not be shown what was there before, by a fill that was slow."""
    proxy = caching_for(scripted)
    with proxy.client() as reader, proxy.client() as writer:
        reader.ask("/a")
        slow, _ = scripted.expect()
        slow.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nConnection: close\r\nContent-Length: 3\r\n\r\nol")
        assert reader.read_head().status == 200
        writer.ask("/a", method="PUT", body="new")
        other, _ = scripted.expect()
        other.send(response(b"written", Connection="close"))
        assert writer.read_response().text == "written"
        slow.send(b"d")
        assert reader.read(3) == b"old"
        writer.ask("/a")
        after, _ = scripted.expect()
        after.send(reply(b"new", FOREVER))
        assert writer.read_response().text == "new"


@pytest.mark.parametrize("fields", [{}, {"Cache-Control": "no-cache"}], ids=["for all", "alone"])
def test_what_was_asked_for_before_and_comes_afterwards_is_for_nobody_else(caching_for, scripted, fields):
    proxy = caching_for(scripted)
    with proxy.client() as reader, proxy.client() as writer, proxy.client() as late:
        reader.ask("/a", fields=fields)
        slow, _ = scripted.expect()
        writer.ask("/a", method="PUT", body="new")
        other, _ = scripted.expect()
        other.send(response(b"written", Connection="close"))
        assert writer.read_response().text == "written"
        late.ask("/a")
        after, _ = scripted.expect()  # by itself, rather than with the reader
        slow.send(reply(b"old", FOREVER, Connection="close"))
        assert reader.read_response().text == "old"
        after.send(reply(b"new", "no-store", Connection="close"))
        assert late.read_response().text == "new"
        writer.ask("/a")
        again, _ = scripted.expect()  # the old one was not stored
        again.send(reply(b"newer", FOREVER))
        assert writer.read_response().text == "newer"
        assert proxy.get("/a").text == "newer"


@pytest.mark.parametrize("before, after", [
    ("ttl: 0", "ttl: 0"),
    ("ttl: 0, key: {query: {ignore: [a]}}", "ttl: 0, key: {query: {ignore: [b]}}"),
    ("ttl: 0, keep_on_reload: true, key: {query: {ignore: [a]}}",
     "ttl: 0, keep_on_reload: true, key: {query: {ignore: [b]}}"),
    ("enabled: false", "ttl: 0"),
    ("ttl: 0, keep_on_reload: true, enabled: false", "ttl: 0, keep_on_reload: true"),
], ids=["another cache", "and other keys", "other keys alone", "none before", "none, and it was kept"])
def test_one_that_began_before_a_reload_reaches_what_is_stored_since(caching_for, scripted, before, after):
    proxy = caching_for(scripted, cache=before)
    with proxy.client() as writer, proxy.client() as reader:
        writer.ask("/x?a=1&b=1", method="PUT", body="new")
        slow, _ = scripted.expect()
        assert proxy.reload(one_service(proxy.port, scripted.url, top=f"cache: {{{after}}}")).status == 200
        reader.ask("/x?a=1&b=1")
        origin, _ = scripted.expect()
        origin.send(reply(b"old", FOREVER, Connection="close"))
        assert reader.read_response().text == "old"
        assert is_hit(proxy.get("/x?a=1&b=1"))
        slow.send(response(b"written", Connection="close"))
        assert writer.read_response().text == "written"
        reader.ask("/x?a=1&b=1")
        assert scripted.hears_before(reader)
