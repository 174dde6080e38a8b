"""Which responses are stored, and what of them (RFC 9111 3)."""
import pytest

from harness.caching import ago, cache_status, is_hit, is_stored, reply, why_not_stored
from harness.wire import response
from test_websocket import SWITCHING, UPGRADE

FOREVER = "max-age=3600"


def twice(proxy, target="/", **more):
    return proxy.get(target, **more), proxy.get(target, **more)


def test_a_response_is_stored_and_served_again(caching_for, replies):
    origin = replies(reply(b"hello", FOREVER, X_Of="origin"))
    first, again = twice(caching_for(origin))
    assert first["Cache-Status"] == "Minato; fwd=uri-miss; fwd-status=200; stored"
    assert again["Cache-Status"].startswith("Minato; hit; ttl=")
    assert (first.text, again.text) == ("hello", "hello")
    assert (first["X-Of"], again["X-Of"]) == ("origin", "origin")
    assert first["Age"] is None and int(again["Age"]) < 20
    assert origin.count() == 1


def test_a_file_without_the_section_has_no_cache(minato, echo):
    first, again = twice(minato.serving(echo))
    assert (first["Cache-Status"], again["Cache-Status"]) == (None, None)
    assert echo.count() == 2


@pytest.mark.parametrize("directives, why", [
    ("no-store", "no-store"),
    ("NO-STORE, max-age=60", "no-store"),
    ("private", "private"),
    ("private, max-age=60", "private"),
    ("max-age=60, foo=\"x\", no-store", "no-store"),
])
def test_what_forbids_it_is_not_stored(caching_for, replies, directives, why):
    origin = replies(reply(b"x", directives))
    first, again = twice(caching_for(origin))
    assert why_not_stored(first) == why
    assert not is_stored(first) and not is_hit(again)
    assert origin.count() == 2


@pytest.mark.parametrize("status, hit", [(200, True), (599, False)])
@pytest.mark.parametrize("directives", ["max-age=3600, must-understand",
                                        "max-age=3600, no-store, must-understand"])
def test_must_understand_goes_by_the_status(caching_for, replies, status, hit, directives):
    """RFC 9111 5.2.2.3."""
    origin = replies(reply(b"x", directives, status=f"{status} Whatever"))
    _, again = twice(caching_for(origin))
    assert (again.status, is_hit(again)) == (status, hit)


def test_a_stated_lifetime_makes_any_final_status_storable(caching_for, pages):
    proxy = caching_for(pages)
    for status in (200, 203, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599):
        target = pages.add(reply(b"body", status=f"{status} Whatever", Expires=ago(-3600)))
        _, again = twice(proxy, target)
        assert (again.status, again.text, is_hit(again)) == (status, "body", True)


def test_a_response_without_content_is_stored(caching_for, replies):
    origin = replies(b"HTTP/1.1 204 No Content\r\nCache-Control: max-age=60\r\n\r\n")
    first, again = twice(caching_for(origin))
    assert (first.status, again.status, is_hit(again)) == (204, 204, True)
    assert again["Content-Length"] is None  # RFC 9110 8.6


@pytest.mark.parametrize("status", [304, 412, 416])
def test_what_answers_conditions_is_not_stored(caching_for, replies, status):
    origin = replies(reply(b"" if status == 304 else b"x", FOREVER, status=f"{status} Whatever"))
    proxy = caching_for(origin)
    answer = proxy.get(fields={"If-None-Match": '"mine"', "Cache-Control": "no-cache"})
    assert answer.status == status and not is_stored(answer)


def test_an_empty_body_is_stored(caching_for, replies):
    _, again = twice(caching_for(replies(reply(b"", FOREVER))))
    assert is_hit(again) and again["Content-Length"] == "0"


@pytest.mark.parametrize("framed", [
    b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
    b"Connection: close\r\nContent-Length: 7\r\n\r\nabcdefg",
], ids=["chunked", "length"])
def test_a_hit_states_its_length_however_it_came(caching_for, replies, framed):
    origin = replies(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n" + framed)
    first, again = twice(caching_for(origin))
    assert (first.text, again.text) == ("abcdefg", "abcdefg")
    assert is_hit(again) and again["Content-Length"] == "7"


def test_a_body_that_ends_with_its_connection_is_stored(caching_for, scripted):
    proxy = caching_for(scripted)
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n\r\nall of it").close()
        assert client.read_response().text == "all of it"
    again = proxy.get()
    assert is_hit(again) and again.text == "all of it"


def test_fields_of_one_connection_are_not_stored(caching_for, replies):
    """RFC 9111 3.1."""
    origin = replies(reply(b"x", FOREVER, Connection="X-Hop, keep-alive", X_Hop="1", X_Kept="2",
                           Keep_Alive="timeout=9", Proxy_Authentication_Info="3", Upgrade="h2c"))
    _, again = twice(caching_for(origin))
    assert is_hit(again) and again["X-Kept"] == "2"
    for name in ("X-Hop", "Keep-Alive", "Proxy-Authentication-Info", "Upgrade"):
        assert again[name] is None, name


def test_all_other_fields_are_stored_as_they_came(caching_for, pages):
    proxy = caching_for(pages)
    for name, value in [
            ("Content-Range", "nonsense"), ("Content-Encoding", "nonsense"), ("Set-Cookie", "a=b"),
            ("Content-MD5", "rL0Y20zC+Fzt72VPzMSk2A=="), ("Content-Type", "text/plain;charset=utf-8"),
            ("Clear-Site-Data", "cookies"), ("ETag", '"v1"'), ("Date", "Mon, 01 Jan 2035 00:00:00 GMT"),
            ("Pragma", "no-cache")]:
        target = pages.add(reply(b"x", FOREVER, **{name.replace("-", "_"): value}))
        _, again = twice(proxy, target)
        assert is_hit(again) and again[name] == value


@pytest.mark.parametrize("directive", ["no-cache", "private"])
def test_fields_that_are_withheld_are_left_out_of_what_is_stored(caching_for, replies, directive):
    """RFC 9111 5.2.2.4, 5.2.2.7."""
    origin = replies(reply(b"x", f'{directive}="X-Mine, x-other", max-age=60', X_Mine="1", X_All="2"))
    first, again = twice(caching_for(origin))
    assert first["X-Mine"] == "1"
    assert is_hit(again) and (again["X-Mine"], again["X-All"]) == (None, "2")


@pytest.mark.parametrize("directives, hit", [
    ("max-age=60", False), ("public, max-age=60", True), ("s-maxage=60", True),
    ("must-revalidate, max-age=60", True), ("", False),
])
def test_what_a_named_client_got_is_stored_only_where_that_is_allowed(caching_for, replies, directives, hit):
    """RFC 9111 3.5."""
    origin = replies(reply(b"x", directives or None))
    proxy = caching_for(origin, cache="ttl: 300")
    first = proxy.get(fields={"Authorization": "Basic eDp5"})
    assert is_stored(first) is hit
    assert is_hit(proxy.get()) is hit  # for anybody, then


def test_a_request_may_forbid_it(caching_for, replies):
    """RFC 9111 5.2.1.5."""
    proxy = caching_for(replies(reply(b"x", FOREVER)))
    first, again = twice(proxy, fields={"Cache-Control": "no-store"})
    assert why_not_stored(first) == "request-no-store"
    assert not is_hit(again)


def test_no_store_behind_an_older_response_leaves_that(caching_for, replies):
    origin = replies(reply(b"x", "max-age=10000", A="1"), reply(b"y", "no-store", A="2"))
    proxy = caching_for(origin)
    for _ in range(3):
        answer = proxy.get()
    assert is_hit(answer) and answer["A"] == "1"


def test_no_store_in_answer_to_a_validation_ends_what_was_stored(caching_for, replies):
    origin = replies(reply(b"old", "max-age=60", ETag='"a"', Age="60"), reply(b"new", "no-store"))
    proxy = caching_for(origin)
    answers = [proxy.get().text for _ in range(3)]
    assert answers == ["old", "new", "new"]
    assert origin.next_request()["If-None-Match"] is None
    assert origin.next_request()["If-None-Match"] == '"a"'
    assert origin.next_request()["If-None-Match"] is None


def test_an_event_stream_passes_unstored(caching_for, scripted):
    proxy = caching_for(scripted, cache="ttl: 300")
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                    b"Cache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n")
        head = client.read_head()
        assert why_not_stored(head) == "event-stream"
        for event in (b"data: 1\n\n", b"data: 2\n\n"):
            origin.send(b"%x\r\n%s\r\n" % (len(event), event))
            assert client.read_chunk() == event


def test_nothing_stated_and_nothing_to_guess_from_is_not_stored(caching_for, replies):
    origin = replies(response(b"x"))
    first, again = twice(caching_for(origin))
    assert not is_stored(first) and not is_hit(again)


def test_other_methods_pass_through(caching_for, replies):
    origin = replies(reply(b"x", FOREVER))
    proxy = caching_for(origin)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "FOO"):
        for answer in twice(proxy, method=method, body="q"):
            assert cache_status(answer)["fwd"] == "method"
    assert origin.count() == 12


def test_a_post_whose_answer_stands_for_its_target_serves_a_get(caching_for, replies):
    """RFC 9110 9.3.3."""
    origin = replies(reply(b"posted", FOREVER, Content_Location="/form"))
    proxy = caching_for(origin)
    assert is_stored(proxy.get("/form", method="POST", body="q"))
    again = proxy.get("/form")
    assert is_hit(again) and again.text == "posted"


def test_a_post_whose_answer_stands_for_another_does_not(caching_for, replies):
    proxy = caching_for(replies(reply(b"posted", FOREVER, Content_Location="/other")))
    assert not is_stored(proxy.get("/form", method="POST", body="q"))
    assert not is_hit(proxy.get("/form"))
    assert not is_hit(proxy.get("/elsewhere"))


def test_a_get_with_a_body_is_not_a_matter_of_the_cache(caching_for, replies):
    """RFC 9110 9.3.1: its body may mean something."""
    origin = replies(reply(b"x", FOREVER))
    proxy = caching_for(origin)
    assert proxy.get(body="q")["Cache-Status"] is None
    assert not is_hit(proxy.get())
    proxy.get(body="q")
    assert origin.count() == 3


def test_an_upgrade_is_not_a_matter_of_the_cache(caching_for, scripted):
    with caching_for(scripted).client() as client:
        client.ask(fields=UPGRADE)
        origin, _ = scripted.expect()
        origin.send(SWITCHING)
        assert client.read_response().status == 101
        client.send("there")
        assert origin.read(5) == b"there"


def test_a_body_that_waits_for_100_is_sent_when_it_comes(caching_for, scripted):
    with caching_for(scripted).client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        origin = scripted.accept()
        origin.read_head()
        origin.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert client.read_response().status == 100
        client.send("abc")
        assert origin.read(3) == b"abc"
        origin.send(response(b"done"))
        assert client.read_response().text == "done"


@pytest.mark.parametrize("size", [10_000, 60_000])
def test_a_long_head_is_stored_like_any_other(caching_for, replies, size):
    proxy = caching_for(replies(reply(b"x", FOREVER, X_Long="y" * size)), top="limits: {response_header_size: 64KiB}")
    first, again = twice(proxy)
    assert is_hit(again) and first["X-Long"] == again["X-Long"] == "y" * size


class TestKey:
    """Scheme, host, path and query, and nothing else that a client says."""

    def test_the_query_counts(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"1", FOREVER), reply(b"2", FOREVER)))
        assert [proxy.get(target).text for target in ("/?a", "/?b", "/?a", "/?b")] == ["1", "2", "1", "2"]

    def test_an_empty_query_is_not_none(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"1", FOREVER), reply(b"2", FOREVER)))
        assert [proxy.get(target).text for target in ("/", "/?", "/")] == ["1", "2", "1"]

    def test_the_host_counts_in_lower_case_and_without_the_default_port(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"1", FOREVER), reply(b"2", FOREVER)), host="*.test")
        hosts = ("a.test", "A.Test", "a.test:80", "b.test")
        assert [proxy.get(host=host).text for host in hosts] == ["1", "1", "1", "2"]

    def test_another_port_is_another_key(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"1", FOREVER), reply(b"2", FOREVER)))
        assert [proxy.get(host=host).text for host in ("app.test", "app.test:81")] == ["1", "2"]

    def test_other_fields_select_nothing(self, caching_for, pages):
        proxy = caching_for(pages)
        for name in ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Prefix", "Cookie",
                     "Forwarded", "X-Original-URL", "User-Agent", "Origin", "X-HTTP-Method-Override"):
            target = pages.add(reply(b"1", FOREVER), reply(b"2", FOREVER))
            assert proxy.get(target, fields={name: "evil"}).text == "1"
            assert is_hit(proxy.get(target, fields={name: "good"})), name

    def test_a_target_in_absolute_form_is_the_same(self, caching_for, replies):
        """RFC 9112 3.2.2."""
        proxy = caching_for(replies(reply(b"1", FOREVER), reply(b"2", FOREVER)))
        assert proxy.get("http://app.test/x").text == "1"
        assert proxy.get("/x").text == "1"


class TestHead:
    def test_is_answered_from_a_stored_get(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"hello", FOREVER, X_Of="get")))
        proxy.get()
        with proxy.client() as client:
            head = client.get(method="HEAD")
            assert is_hit(head) and head["Content-Length"] == "5" and head["X-Of"] == "get"
            assert client.get().text == "hello"  # on the same connection: no byte came with the HEAD

    def test_is_not_stored_itself(self, caching_for, replies):
        origin = replies(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: max-age=60\r\n\r\n",
                         reply(b"hello", FOREVER))
        proxy = caching_for(origin)
        head = proxy.get(method="HEAD")
        assert not is_stored(head) and head["Content-Length"] == "5"
        answer = proxy.get()
        assert not is_hit(answer) and answer.text == "hello"


class TestInterimResponses:
    @pytest.mark.parametrize("status", [102, 103])
    def test_pass_to_the_client_and_are_not_stored(self, caching_for, replies, status):
        interim = f"HTTP/1.1 {status} Wait\r\nLink: </a.css>\r\nX-My: 1\r\n\r\n".encode()
        proxy = caching_for(replies(interim + reply(b"done", FOREVER)))
        with proxy.client() as client:
            client.ask()
            early, last = client.read_response(), client.read_response()
            assert (early.status, early["Link"], early["X-My"]) == (status, "</a.css>", "1")
            assert (last.status, last.text, last["X-My"], last["Link"]) == (200, "done", None, None)
            again = client.get()
            assert is_hit(again) and again.status == 200
            assert (again["X-My"], again["Link"]) == (None, None)

    @pytest.mark.parametrize("more", [{"method": "POST"}, {"fields": {"Cache-Control": "no-cache"}}],
                             ids=["POST", "no-cache"])
    @pytest.mark.parametrize("service", ["", "cache: {enabled: false}"], ids=["on", "off"])
    def test_pass_to_who_asks_alone(self, caching_for, replies, more, service):
        proxy = caching_for(replies(b"HTTP/1.1 103 Early Hints\r\nX-My: 1\r\n\r\n" + reply(b"done", FOREVER)),
                            service=service)
        with proxy.client() as client:
            client.ask(**more)
            early, last = client.read_response(), client.read_response()
        assert (early.status, early["X-My"], last.text) == (103, "1", "done")

    def test_reach_the_client_before_the_origin_goes_on(self, caching_for, scripted):
        with caching_for(scripted).client() as client:
            client.ask()
            origin, _ = scripted.expect()
            for number in range(3):
                origin.send(f"HTTP/1.1 103 Early Hints\r\nX-Number: {number}\r\n\r\n")
                assert client.read_response()["X-Number"] == str(number)
            origin.send(reply(b"done", FOREVER))
            assert client.read_response().text == "done"


def test_a_slow_response_does_not_replace_a_newer_one(caching_for, scripted):  # RFC 9111 4
    proxy = caching_for(scripted)
    with proxy.client() as early, proxy.client() as late:
        early.ask("/")
        slow, _ = scripted.expect()
        late.ask("/", fields={"Cache-Control": "no-cache"})
        fast, _ = scripted.expect()
        fast.send(reply(b"new", FOREVER, Date=ago(0), Connection="close"))
        assert late.read_response().text == "new"
        slow.send(reply(b"old", FOREVER, Date=ago(10), Connection="close"))
        assert early.read_response().text == "old"
        assert proxy.get("/").text == "new"
