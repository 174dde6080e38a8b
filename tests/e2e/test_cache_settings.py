"""What the configuration says of the cache."""
import json
import signal

import pytest

from harness.caching import Crowd, ago, cache_status, crowd, is_hit, is_stored, reply, why_not_stored
from harness.origin import Serving
from harness.program import one_service
from harness.waiting import free_port
from harness.wire import connect, response

FOREVER = "max-age=3600"


def filled(proxy, count):
    for number in range(count):
        proxy.get(f"/{number}")


def kept(proxy, numbers):
    """Those that are stored; asking changes nothing else."""
    wanted = {"Cache-Control": "only-if-cached"}
    return [number for number in numbers if proxy.get(f"/{number}", method="HEAD", fields=wanted).status == 200]


class TestCapacity:
    def test_is_exact(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="capacity: 10", top="workers: 4")
        filled(proxy, 25)
        assert kept(proxy, range(25)) == list(range(15, 25))

    def test_of_one_holds_one(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="capacity: 1")
        filled(proxy, 3)
        assert kept(proxy, range(3)) == [2]

    def test_is_of_all_services_together(self, minato, replies):
        origin, ports = replies(reply(b"x", FOREVER)), (free_port(), free_port())
        services = "".join(f"  - {{name: s{port}, listen_port: {port}, hosts: ['http://app.test/'], "
                           f"upstreams: [{{host: '{origin.url}'}}]}}\n" for port in ports)
        proxy = minato('health_check: {type: "off"}\ncache: {capacity: 2}\nservices:\n' + services, ports[0])
        for fields in ({}, {"Cache-Control": "only-if-cached"}):
            hits = []
            for number, port in enumerate([*ports, ports[0]]):
                with connect(port) as client:
                    hits.append(is_hit(client.get(f"/{number}", fields=fields)))
        assert hits == [False, True, True]

    def test_lru_goes_by_the_order_of_use_whichever_worker_served(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="capacity: 8, type: lru", top="workers: 4")
        filled(proxy, 8)
        used = [3, 0, 6, 1]
        for number in used:
            assert is_hit(proxy.get(f"/{number}"))
        for number in range(8, 12):
            proxy.get(f"/{number}")
        assert kept(proxy, range(12)) == sorted([*used, 8, 9, 10, 11])

    @pytest.mark.parametrize("more", [{"method": "HEAD"}, {"fields": {"Range": "bytes=0-0"}},
                                      {"fields": {"If-None-Match": '"a"'}}], ids=str)
    def test_every_kind_of_hit_is_a_use(self, caching_for, replies, more):
        proxy = caching_for(replies(reply(b"x", FOREVER, ETag='"a"')), cache="capacity: 3, type: lru")
        filled(proxy, 3)
        assert is_hit(proxy.get("/0", **more))
        proxy.get("/3")
        assert kept(proxy, range(4)) == [0, 2, 3]

    def test_lfu_goes_by_how_often(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="capacity: 4, type: lfu", top="workers: 4")
        filled(proxy, 4)
        for number in (0, 0, 0, 2, 2, 3):
            proxy.get(f"/{number}")
        proxy.get("/4")
        assert kept(proxy, range(4)) == [0, 2, 3]

    def test_lfu_lets_in_what_is_new_though_all_that_is_there_was_used(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="capacity: 2, type: lfu")
        filled(proxy, 2)
        assert kept(proxy, range(2)) == [0, 1]
        proxy.get("/2")
        assert kept(proxy, range(1, 3)) == [1, 2]

    @pytest.mark.parametrize("kind", ["lru", "lfu", "s3fifo", "tinylfu"])
    def test_is_kept_by_every_type(self, caching_for, replies, kind):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache=f"capacity: 5, type: {kind}", top="workers: 2")
        filled(proxy, 30)
        assert 1 <= len(kept(proxy, range(30))) <= 5


class TestTtl:
    """The freshness of a response that states none and could be anybody's."""

    def test_is_for_statuses_that_may_be_guessed_for(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 300")
        for status in (200, 203, 300, 301, 404, 410, 414, 501):
            target = pages.add(response(b"x", status=f"{status} Whatever"))
            proxy.get(target)
            again = proxy.get(target)
            assert is_hit(again) and 290 <= int(cache_status(again)["ttl"]) <= 300, status
        for status in (201, 302, 400, 403, 500, 502, 503):
            target = pages.add(response(b"x", status=f"{status} Whatever"))
            proxy.get(target)
            assert not is_hit(proxy.get(target)), status

    def test_is_300_seconds_where_nothing_is_said(self, minato, replies):
        proxy = minato.serving(replies(response(b"x")), top="cache: {capacity: 10}")
        proxy.get()
        assert 290 <= int(cache_status(proxy.get())["ttl"]) <= 300

    def test_gives_way_to_what_is_stated(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 300")
        for page in (reply(b"x", "max-age=0", ETag='"a"'), response(b"x", Expires=ago(10), ETag='"a"'),
                     response(b"x", Expires="0", ETag='"a"'), reply(b"x", "no-store"), reply(b"x", "private")):
            target = pages.add(page)
            proxy.get(target)
            assert not is_hit(proxy.get(target)), page

    def test_comes_before_the_heuristic(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", Last_Modified=ago(10**7))), cache="ttl: 60")
        proxy.get()
        assert int(cache_status(proxy.get())["ttl"]) <= 60

    def test_of_none_leaves_the_heuristic(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", Last_Modified=ago(10**6))), cache="ttl: 0")
        proxy.get()
        assert int(cache_status(proxy.get())["ttl"]) > 10000

    @pytest.mark.parametrize("fields, page", [
        ({"Authorization": "Basic eDp5"}, {}), ({"Cookie": "a=b"}, {}), ({}, {"Set_Cookie": "a=b"}),
    ])
    def test_is_not_for_what_was_made_for_one_user(self, caching_for, replies, fields, page):
        proxy = caching_for(replies(response(b"x", **page)), cache="ttl: 300")
        proxy.get(fields=fields)
        assert not is_hit(proxy.get(fields=fields))

    def test_says_that_a_cookie_bars_it(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x")), cache="ttl: 300")
        assert why_not_stored(proxy.get(fields={"Cookie": "a=b"})) == "cookie"

    @pytest.mark.parametrize("fields", [{"Cookie": "a=b"}, {"Authorization": "Basic eDp5"}])
    def test_is_not_for_that_either_once_another_heard_that_it_holds(self, caching_for, replies, fields):
        same = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
        page = response(b"x", ETag='"a"', Cache_Control="public")
        proxy = caching_for(replies(page, same, same), cache="ttl: 300")
        proxy.get(fields=fields)
        assert not any(is_hit(proxy.get()) for _ in range(2))

    def test_serves_who_has_a_cookie_what_was_fetched_without_one(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x")), cache="ttl: 300")
        proxy.get()
        assert is_hit(proxy.get(fields={"Cookie": "a=b"}))

    @pytest.mark.parametrize("fields, page, hit", [
        ({"Cookie": "a=b"}, {}, True), ({"Authorization": "Basic eDp5"}, {}, False),
    ])
    def test_may_be_for_cookies_but_never_for_names(self, caching_for, replies, fields, page, hit):
        proxy = caching_for(replies(response(b"x", **page)), cache="ttl: 300, ttl_applies_to_cookies: true")
        proxy.get(fields=fields)
        assert is_hit(proxy.get(fields=fields)) is hit


class TestMaxBodySize:
    @pytest.mark.parametrize("size, hit", [(1000, True), (1024, True), (1025, False)])
    def test_is_of_the_body_alone(self, caching_for, replies, size, hit):
        proxy = caching_for(replies(reply(b"x" * size, FOREVER)), cache="max_body_size: 1KiB")
        assert is_stored(proxy.get()) is hit
        again = proxy.get()
        assert is_hit(again) is hit and len(again.body) == size

    @pytest.mark.parametrize("size, hit", [(1024, True), (1025, False)])
    @pytest.mark.parametrize("fields", [{}, {"Range": "bytes=0-1"}], ids=["together", "alone"])
    def test_holds_where_no_length_is_stated(self, caching_for, replies, size, hit, fields):
        proxy = caching_for(replies(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                                    b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size)),
                            cache="max_body_size: 1KiB")
        assert len(proxy.get(fields=fields).body) == size
        again = proxy.get()
        assert is_hit(again) is hit and len(again.body) == size

    def test_of_nothing_stores_empty_bodies_alone(self, caching_for, pages):
        proxy = caching_for(pages, cache="max_body_size: 0")
        empty, one = pages.add(reply(b"", FOREVER)), pages.add(reply(b"x", FOREVER))
        for target in (empty, one):
            proxy.get(target)
        assert is_hit(proxy.get(empty)) and not is_hit(proxy.get(one))


class TestSetCookie:
    def test_is_stored_with_a_stated_lifetime(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER, Set_Cookie="a=b")))
        proxy.get()
        again = proxy.get()
        assert is_hit(again) and again["Set-Cookie"] == "a=b"

    def test_is_not_stored_without_one(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", Set_Cookie="a=b", Last_Modified=ago(10**6))))
        first = proxy.get()
        assert why_not_stored(first) == "set-cookie" and first["Set-Cookie"] == "a=b"

    @pytest.mark.parametrize("fields", [{}, {"Range": "bytes=0-1"}], ids=["together", "alone"])
    def test_strip_leaves_it_out_of_what_is_stored_and_sent(self, caching_for, replies, fields):
        proxy = caching_for(replies(reply(b"x", FOREVER, Set_Cookie="a=b")), cache="set_cookie: strip")
        first, again = proxy.get(fields=fields), proxy.get()
        assert is_hit(again) and (first["Set-Cookie"], again["Set-Cookie"]) == (None, None)

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_strip_leaves_it_on_what_is_not_stored(self, caching_for, replies, method):
        proxy = caching_for(replies(reply(b"x", "private", Set_Cookie="a=b")), cache="set_cookie: strip")
        assert proxy.get(method=method)["Set-Cookie"] == "a=b"

    def test_bypass_stores_no_such_response(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER, Set_Cookie="a=b")), cache="set_cookie: bypass")
        assert why_not_stored(proxy.get()) == "set-cookie"
        assert not is_hit(proxy.get())


class TestTargetedFields:
    """RFC 9213 2.1: a list, the first that is there counts."""

    def test_are_configurable(self, caching_for, replies):
        page = reply(b"x", "no-store", My_Cache_Control="max-age=60", CDN_Cache_Control="no-store")
        proxy = caching_for(replies(page), cache="targeted_fields: [My-Cache-Control, CDN-Cache-Control]")
        proxy.get()
        assert is_hit(proxy.get())

    def test_of_none_leave_cache_control(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER, CDN_Cache_Control="no-store")), cache="targeted_fields: []")
        proxy.get()
        assert is_hit(proxy.get())


class TestCacheStatus:
    """RFC 9211."""

    def test_can_be_off(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="cache_status: {enabled: false}")
        first, again = proxy.get(), proxy.get()
        assert (first["Cache-Status"], again["Cache-Status"]) == (None, None)
        assert again["Age"] is not None

    def test_can_tell_the_key(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache="cache_status: {key: true}")
        for answer in (proxy.get("/a?b=1", host="App.test"), proxy.get("/a?b=1")):
            assert cache_status(answer)["key"] == '"http://app.test/a?b=1"'

    @pytest.mark.parametrize("fields", [{}, {"Range": "bytes=0-1"}], ids=["together", "alone"])
    def test_tells_the_key_of_what_is_not_stored_too(self, caching_for, replies, fields):
        proxy = caching_for(replies(reply(b"x", "no-store")), cache="cache_status: {key: true}")
        assert cache_status(proxy.get("/a", fields=fields))["key"] == '"http://app.test/a"'

    def test_stands_behind_that_of_the_origin(self, caching_for, replies):
        """RFC 9211 2, 3: each cache adds itself at the end, behind what was stored with the response."""
        proxy = caching_for(replies(reply(b"x", FOREVER, Cache_Status="inner; hit; ttl=1100")))
        for own in ("Minato; fwd=uri-miss; ", "Minato; hit; "):
            first, second = proxy.get().all("Cache-Status")
            assert first == "inner; hit; ttl=1100" and second.startswith(own)

    @pytest.mark.parametrize("more, page", [
        ({}, reply(b"x", "no-store")), ({"method": "POST"}, reply(b"x")), ({"method": "HEAD"}, reply(b"x")),
        ({"fields": {"If-Match": '"a"'}}, reply(b"x", FOREVER)), ({}, reply(b"x", status="500 Oops")),
    ], ids=str)
    def test_is_on_everything_that_passed_the_cache(self, caching_for, replies, more, page):
        proxy = caching_for(replies(page))
        assert proxy.get(**more)["Cache-Status"].startswith("Minato; fwd=")


class TestTags:
    PAGE = {"Cache_Tag": "a, b", "Surrogate_Key": "c d"}

    @pytest.mark.parametrize("fields, cache_control", [
        ({}, FOREVER), ({"Range": "bytes=0-1"}, FOREVER), ({}, "no-store"), ({"Cache-Control": "no-cache"}, "no-store"),
    ])
    @pytest.mark.parametrize("strip", [True, False])
    def test_are_shown_unless_the_configuration_says_not_to(self, caching_for, replies, fields, cache_control, strip):
        proxy = caching_for(replies(reply(b"x", cache_control, **self.PAGE)), cache=f"tags: {{strip: {strip}}}".lower())
        shown = (None, None) if strip else ("a, b", "c d")
        for answer in (proxy.get(fields=fields), proxy.get()):
            assert (answer["Cache-Tag"], answer["Surrogate-Key"]) == shown


class TestServices:
    @pytest.mark.parametrize("top, service, hit", [
        ("ttl: 0", "cache: {enabled: false}", False), ("enabled: false", "cache: {enabled: true}", True),
        ("enabled: false", "", False), ("ttl: 0", "cache: {max_body_size: 0}", False),
        ("max_body_size: 0", "cache: {max_body_size: 1MiB}", True),
    ])
    def test_may_have_it_otherwise(self, caching_for, replies, top, service, hit):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache=top, service=service)
        proxy.get()
        assert ("hit" in (proxy.get()["Cache-Status"] or "")) is hit

    def test_that_are_off_say_nothing(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), service="cache: {enabled: false}")
        assert proxy.get()["Cache-Status"] is None


class TestReload:
    @pytest.fixture
    def stored(self, caching_for, replies):
        def start(cache):
            origin = replies(reply(b"old", FOREVER), reply(b"new", FOREVER))
            proxy = caching_for(origin, cache=cache)
            proxy.get()
            proxy.again = lambda cache: proxy.reload(
                one_service(proxy.port, origin.url, top=f"cache: {{{cache}}}"))
            return proxy

        return start

    def test_begins_with_an_empty_cache(self, stored):
        proxy = stored("capacity: 10")
        assert proxy.again("capacity: 10").status == 200
        assert proxy.get().text == "new"

    @pytest.mark.parametrize("after, text", [
        ("capacity: 10, keep_on_reload: true", "old"),
        ("capacity: 10, keep_on_reload: true, ttl: 5", "old"),
        ("capacity: 10, keep_on_reload: true, targeted_fields: [X-Cache-Control]", "new"),
        ("capacity: 11, keep_on_reload: true", "new"),
        ("capacity: 10, keep_on_reload: true, max_memory: 8MiB", "new"),
        ("capacity: 10, keep_on_reload: true, type: lfu", "new"),
        ("capacity: 10", "new"),
    ])
    def test_keeps_what_is_stored_where_that_is_wanted(self, stored, after, text):
        proxy = stored("capacity: 10, keep_on_reload: true")
        assert proxy.again(after).status == 200
        assert proxy.get().text == text

    @pytest.mark.parametrize("before, after, changes", [
        ("capacity: 10", "capacity: 10", ["cache emptied: keep_on_reload is false"]),
        ("keep_on_reload: true", "keep_on_reload: true, capacity: 11",
         ["cache changed", "cache emptied: capacity changed"]),
        ("keep_on_reload: true", "keep_on_reload: true", []),
    ])
    def test_says_that_the_cache_was_emptied(self, stored, before, after, changes):
        proxy = stored(before)
        assert json.loads(proxy.again(after).body)["changes"] == changes

    @pytest.mark.parametrize("keeps", ["true", "false"])
    def test_under_load_costs_no_request(self, caching_for, origins, keeps):
        """Hits, fills, followers and evictions, while the cache beneath them is replaced, or kept."""
        origin = origins(Serving, Crowd.page)
        cache, top = f"capacity: 10, keep_on_reload: {keeps}", "workers: 2"
        proxy = caching_for(origin, cache=cache, top=top)
        with crowd(proxy):
            for number in range(1, 9):
                proxy.write(one_service(proxy.port, origin.url, top=f"cache: {{{cache}, ttl: {number}}}\n{top}"))
                proxy.signal(signal.SIGHUP)
                proxy.log.wait_for("reload.accepted|is in force", count=number)

    def test_a_stored_cookie_is_nobodys_where_it_is_to_be_stripped(self, caching_for, replies):
        origin = replies(reply(b"x", FOREVER, Set_Cookie="a=b"))
        proxy = caching_for(origin, cache="keep_on_reload: true")
        assert proxy.get()["Set-Cookie"] == proxy.get()["Set-Cookie"] == "a=b"
        proxy.reload(one_service(proxy.port, origin.url, top="cache: {keep_on_reload: true, set_cookie: strip}"))
        assert proxy.get()["Set-Cookie"] is None

    def test_a_fill_under_way_goes_on(self, caching_for, scripted):
        proxy = caching_for(scripted, cache="ttl: 0, keep_on_reload: true")
        leader, follower = proxy.client().ask(), None
        origin, _ = scripted.expect()
        follower = proxy.client().ask()
        origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\nabc")
        for each in (leader, follower):
            each.read_head()
            assert each.read(3) == b"abc"
        assert proxy.reload(one_service(proxy.port, scripted.url,
                                        top="cache: {ttl: 0, keep_on_reload: true}")).status == 200
        origin.send(b"def")
        assert (leader.read(3), follower.read(3)) == (b"def", b"def")
        assert proxy.get().text == "abcdef"

    def test_who_waits_is_not_given_what_the_new_rules_would_not_use(self, caching_for, scripted):
        proxy = caching_for(scripted, cache="ttl: 0, keep_on_reload: true")
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        assert proxy.reload(one_service(proxy.port, scripted.url,
                                        top="cache: {ttl: 0, keep_on_reload: true, set_cookie: strip}")).status == 200
        follower = proxy.client().ask()
        assert scripted.hears_nothing()
        origin.send(reply(b"for the leader", FOREVER, Set_Cookie="a=b", Connection="close"))
        assert leader.read_response()["Set-Cookie"] == "a=b"
        own, _ = scripted.expect()
        own.send(reply(b"own", FOREVER, Set_Cookie="a=b"))
        answer = follower.read_response()
        assert (answer.text, answer["Set-Cookie"]) == ("own", None)

    def test_a_fill_of_a_cache_that_is_gone_reaches_its_clients(self, caching_for, scripted, replies):
        proxy = caching_for(scripted)
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\nabc")
        leader.read_head()
        other = replies(reply(b"other", FOREVER))
        assert proxy.reload(one_service(proxy.port, other.url, top="cache: {ttl: 0}")).status == 200
        assert proxy.get().text == "other"
        origin.send(b"def")
        assert leader.read(6) == b"abcdef"
        assert proxy.get().text == "other"

    def test_a_service_may_lose_and_gain_it(self, caching_for, replies):
        origin = replies(reply(b"x", FOREVER))
        proxy = caching_for(origin)
        proxy.get()
        proxy.reload(one_service(proxy.port, origin.url))
        assert proxy.get()["Cache-Status"] is None
        proxy.reload(one_service(proxy.port, origin.url, top="cache: {ttl: 0}"))
        assert not is_hit(proxy.get())
        assert is_hit(proxy.get())
