"""What an operator overrules: lifetimes by status and by path, what passes by, and what the key is."""
import json
from urllib.parse import quote

import pytest

from harness.caching import ago, cache_status, is_hit, is_stored, reply, why_not_stored
from harness.origin import Serving
from harness.program import one_service, run
from harness.waiting import free_port
from harness.wire import connect, response

FOREVER = "max-age=3600"


def told_of(proxy, target, host="app.test"):
    url = quote(f"http://{host}{target}", safe="")
    return json.loads(proxy.control("GET", f"/cache/entry?url={url}").body)


def variants(proxy, target, host="app.test"):
    return told_of(proxy, target, host)["variants"]


class TestStatusTtl:
    def test_is_the_lifetime_of_what_states_none(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 300, status_ttl: {404: 100, 4xx: 50, 5xx: 20s}")
        for status, ttl in ((200, 300), (404, 100), (403, 50), (410, 50), (500, 20), (503, 20)):
            target = pages.add(response(b"x", status=f"{status} Whatever", Last_Modified=ago(10**7)))
            assert is_stored(proxy.get(target)), status
            again = proxy.get(target)
            assert is_hit(again) and ttl - 5 <= int(cache_status(again)["ttl"]) <= ttl, status

    def test_gives_way_to_what_is_stated(self, caching_for, pages):
        proxy = caching_for(pages, cache="status_ttl: {5xx: 20, 404: 20}")
        for page, hit in ((reply(b"x", "max-age=900", status="503 Busy"), True),
                          (reply(b"x", "no-store", status="503 Busy"), False),
                          (reply(b"x", "private", status="404 None"), False),
                          (reply(b"x", "no-cache", status="404 None", ETag='"a"'), False)):
            target = pages.add(page)
            proxy.get(target)
            again = proxy.get(target)
            assert is_hit(again) is hit, page
            if hit:
                assert int(cache_status(again)["ttl"]) > 800

    @pytest.mark.parametrize("fields, page", [
        ({"Authorization": "Basic eDp5"}, {}), ({"Cookie": "a=b"}, {}), ({}, {"Set_Cookie": "a=b"}),
    ])
    def test_is_not_for_what_was_made_for_one_user(self, caching_for, replies, fields, page):
        proxy = caching_for(replies(response(b"x", status="503 Busy", **page)), cache="status_ttl: {5xx: 20}")
        assert not is_stored(proxy.get(fields=fields))
        assert not is_hit(proxy.get(fields=fields))

    def test_of_zero_stores_nothing_that_states_nothing(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 300, status_ttl: {404: 0}")
        silent = pages.add(response(b"x", status="404 None", ETag='"a"', Last_Modified=ago(10**7)))
        stated = pages.add(reply(b"x", FOREVER, status="404 None"))
        assert why_not_stored(proxy.get(silent)) == "no-lifetime"
        assert is_stored(proxy.get(stated))

    def test_says_so_when_it_is_asked(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", status="503 Busy")), cache="status_ttl: {5xx: 20}")
        proxy.get("/x")
        [variant] = variants(proxy, "/x")
        assert (variant["lifetime"], variant["lifetime_from"]) == (20, "status_ttl")

    def test_a_service_has_its_own(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", status="404 None")), cache="status_ttl: {404: 900}",
                            service="cache: {status_ttl: {4xx: 20}}")
        proxy.get()
        assert int(cache_status(proxy.get())["ttl"]) <= 20


class TestBypass:
    RULES = "ttl: 300, bypass: [{cookie: session}, {header: X-Preview}, {path: /admin/}, {cookie: beta, path: /lab}]"
    PASSING = [("/x", {"Cookie": "a=b; session=1"}), ("/x", {"X-Preview": "1"}), ("/admin", {}),
               ("/x/%2e%2e/admin/x", {}), ("/x/..%2Fadmin/x", {}), ("/lab/1", {"Cookie": "beta=1"})]

    @pytest.mark.parametrize("target, fields", PASSING)
    def test_is_neither_answered_from_the_cache_nor_stored(self, caching_for, origins, target, fields):
        count = iter(range(100))
        proxy = caching_for(origins(Serving, lambda _: reply(str(next(count)), FOREVER)), cache=self.RULES)
        stored = proxy.get("/x").text
        for _ in range(2):
            answer = proxy.get(target, fields=fields)
            assert answer.text != stored
            assert cache_status(answer) == {"fwd": "bypass", "fwd-status": "200", "detail": "bypass"}
        assert proxy.get("/x").text == stored
        assert variants(proxy, target) == [] or target == "/x"

    @pytest.mark.parametrize("target, fields", [
        ("/x", {"Cookie": "a=session"}), ("/administer", {}), ("/lab/1", {"Cookie": "gamma=1"})])
    def test_is_not_for_others(self, caching_for, replies, target, fields):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache=self.RULES)
        proxy.get(target, fields=fields)
        assert is_hit(proxy.get(target, fields=fields))

    def test_leaves_conditions_and_ranges_to_the_origin(self, caching_for, origins):
        origin = origins(Serving, lambda request: response(request["If-None-Match"] or request["Range"] or ""))
        proxy = caching_for(origin, cache=self.RULES)
        for fields in ({"If-None-Match": '"mine"'}, {"Range": "bytes=0-1"}):
            assert proxy.get("/admin", fields=fields).text == next(iter(fields.values()))

    def test_an_unsafe_method_invalidates_all_the_same(self, caching_for, origins):
        count = iter(range(100))
        proxy = caching_for(origins(Serving, lambda _: reply(str(next(count)), FOREVER)), cache=self.RULES)
        first = proxy.get("/x").text
        assert cache_status(proxy.get("/x", method="POST", fields={"Cookie": "session=1"}))["fwd"] == "method"
        assert proxy.get("/x").text != first

    def test_head_changes_nothing_of_what_is_stored(self, caching_for, origins):
        proxy = caching_for(origins(Serving, lambda request: reply(
            b"" if request.method == "HEAD" else b"x", FOREVER, ETag=f'"{request.method}"')), cache=self.RULES)
        proxy.get("/x")
        proxy.get("/x", method="HEAD", fields={"X-Preview": "1"})
        assert is_hit(proxy.get("/x"))

    def test_nobody_waits_for_it_and_it_waits_for_nobody(self, caching_for, scripted):
        proxy = caching_for(scripted, cache=f"{self.RULES}, collapse: {{timeout: 5m}}")
        head = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 1\r\n\r\n"
        with proxy.client() as one, proxy.client() as passing, proxy.client() as other:
            one.ask("/x")
            first, _ = scripted.expect()
            passing.ask("/x", fields={"X-Preview": "1"})
            second, _ = scripted.expect()
            other.ask("/x")
            second.send(head + b"p")
            assert passing.read_response().text == "p"
            first.send(head + b"x")
            assert one.read_response().text == other.read_response().text == "x"

    def test_cannot_be_asked_of_the_cache_alone(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache=self.RULES)
        proxy.get("/x")
        fields = {"Cache-Control": "only-if-cached", "X-Preview": "1"}
        assert proxy.get("/x", fields=fields).status == 504

    def test_says_so_when_it_is_asked(self, caching_for, replies):
        origin = replies(reply(b"x", FOREVER))
        proxy = caching_for(origin, cache="keep_on_reload: true")
        proxy.get("/admin/x")
        proxy.reload(one_service(proxy.port, origin.url, top=f"cache: {{keep_on_reload: true, {self.RULES}}}"))
        [variant] = variants(proxy, "/admin/x")
        assert (variant["would"], variant["because"]) == ("bypass", "bypass")

    def test_says_so_of_what_is_not_stored_either(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", FOREVER)), cache=self.RULES)
        told = [told_of(proxy, target)["bypasses"] for target in ("/admin/x", "/x")]
        assert told == [True, False]
        done = run("cache", "--url", "http://app.test/admin/x", "--socket", proxy.socket)
        assert done.stdout == "nothing is stored for http://app.test/admin/x: requests for it bypass the cache\n"


class TestForce:
    def test_comes_before_what_the_response_says(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 0, force: [{path: /static/, ttl: 1h}, {path: /static/short, ttl: 60}]")
        page = reply(b"x", "s-maxage=0, max-age=5", Expires=ago(100), Age="90000", Vary="X-A")
        for target, ttl in (("/static/a", 3600), ("/static", 3600), ("/static/short/b", 60)):
            pages.add(page, target=target)
            assert is_stored(proxy.get(target)), target
            again = proxy.get(target, fields={"Cookie": "a=b"})
            assert is_hit(again) and ttl - 5 <= int(cache_status(again)["ttl"]) <= ttl, target
            assert int(again["Age"]) >= 90000 and again["Cache-Control"] == "s-maxage=0, max-age=5"
        pages.add(page, target="/statics")
        assert not is_hit(proxy.get("/statics")) and not is_hit(proxy.get("/statics"))

    def test_is_for_no_error(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 0, status_ttl: {404: 20}, force: [{path: /, ttl: 1h}]")
        for status, hit in ((200, True), (301, True), (404, True), (302, False), (503, False)):
            target = pages.add(response(b"x", status=f"{status} Whatever"))
            proxy.get(target)
            again = proxy.get(target)
            assert is_hit(again) is hit, status
            if status == 404:
                assert int(cache_status(again)["ttl"]) <= 20

    PERSONAL = [reply(b"x", "private"), reply(b"x", "no-store, max-age=0"), reply(b"x", "no-cache"),
                reply(b"x", Set_Cookie="a=b"), reply(b"x", "private", Set_Cookie="a=b")]

    @pytest.mark.parametrize("page", PERSONAL, ids=range(5))
    @pytest.mark.parametrize("even_private", [False, True])
    def test_is_for_private_responses_only_where_that_is_said(self, caching_for, replies, page, even_private):
        rule = f"force: [{{path: /, ttl: 1h, even_private: {even_private}}}]".lower()
        proxy = caching_for(replies(page), cache=rule)
        first, again = proxy.get(), proxy.get()
        assert is_hit(again) is is_stored(first) is even_private
        if even_private:
            assert (first["Set-Cookie"], again["Set-Cookie"]) == (None, None)

    @pytest.mark.parametrize("more", [
        {"method": "HEAD"}, {"fields": {"Cache-Control": "no-store"}}, {"fields": {"Authorization": "x"}}], ids=str)
    def test_leaves_alone_what_is_not_stored_all_the_same(self, caching_for, replies, more):
        proxy = caching_for(replies(reply(b"", "private", Set_Cookie="a=b")),
                            cache="force: [{path: /, ttl: 1h, even_private: true}]")
        answer = proxy.get(**more)
        assert (answer["Set-Cookie"], is_stored(answer)) == ("a=b", False)
        assert proxy.get()["Set-Cookie"] is None

    def test_leaves_a_range_without_its_cookie_too(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"xyz", Set_Cookie="a=b")),
                            cache="force: [{path: /, ttl: 1h, even_private: true}]")
        assert proxy.get(fields={"Range": "bytes=0-1"})["Set-Cookie"] is None
        assert proxy.get()["Set-Cookie"] is None

    def test_is_never_for_what_was_made_for_a_name(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", "private")), cache="force: [{path: /, ttl: 1h, even_private: true}]")
        named = {"Authorization": "Basic eDp5"}
        assert why_not_stored(proxy.get(fields=named)) == "authorization"

    def test_a_client_may_insist_on_the_origin(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"old", "max-age=0"), reply(b"new", "max-age=0")),
                            cache="force: [{path: /, ttl: 1h}]")
        proxy.get()
        assert proxy.get(fields={"Cache-Control": "no-cache"}).text == "new"
        assert is_hit(proxy.get())

    def test_is_validated_when_its_time_is_over_or_it_is_purged(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", "private", ETag='"a"'),
                                    response(status="304 Not Modified", ETag='"a"', Cache_Control="private")),
                            cache="force: [{path: /, ttl: 1h, even_private: true}]")
        proxy.get()
        proxy.control("POST", "/cache/purge", body='{"url": "http://app.test/", "soft": true}')
        again = proxy.get()
        assert again.text == "x" and cache_status(again)["fwd-status"] == "304"
        assert is_hit(proxy.get())

    @pytest.mark.parametrize("target", ["/static/..%2fmine", "/static/..;/mine", "/static/..%5cmine",
                                        "/static/%252e%252e/mine"])
    def test_is_not_where_an_origin_may_read_another_path(self, caching_for, replies, target):
        """Or who lures somebody there finds in the cache what is his alone."""
        proxy = caching_for(replies(reply(b"x", "private")),
                            cache="force: [{path: /static/, ttl: 1h, even_private: true}]")
        assert is_stored(proxy.get("/static/mine"))
        assert why_not_stored(proxy.get(target)) == "private"

    def test_says_so_when_it_is_asked(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", "max-age=1")), cache="force: [{path: /x, ttl: 1h}]")
        proxy.get("/x")
        [variant] = variants(proxy, "/x")
        assert (variant["lifetime"], variant["lifetime_from"], variant["would"]) == (3600, "force", "serve")

    def test_what_it_alone_allowed_goes_with_it(self, caching_for, replies):
        keep = "keep_on_reload: true, capacity: 10"
        origin = replies(reply(b"mine", "private"), reply(b"yours", "private"))
        proxy = caching_for(origin, cache=f"{keep}, force: [{{path: /, ttl: 1h, even_private: true}}]")
        proxy.get()
        assert proxy.get().text == "mine"
        proxy.reload(one_service(proxy.port, origin.url, top=f"cache: {{{keep}, force: [{{path: /, ttl: 1h}}]}}"))
        assert variants(proxy, "/") == []
        answer = proxy.get()
        assert (answer.text, cache_status(answer)["fwd"]) == ("yours", "uri-miss")

    def test_nobody_follows_what_it_alone_allows_when_it_is_gone(self, caching_for, scripted):
        keep = "keep_on_reload: true, capacity: 10"
        head = b"HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Length: 2\r\n\r\n"
        proxy = caching_for(scripted, cache=f"{keep}, force: [{{path: /, ttl: 1h, even_private: true}}]")
        with proxy.client() as before, proxy.client() as after:
            before.ask("/x")
            first, _ = scripted.expect()
            first.send(head + b"1")
            before.read_head()
            proxy.reload(one_service(proxy.port, scripted.url, top=f"cache: {{{keep}}}"))
            after.ask("/x")
            second, _ = scripted.expect()
            second.send(head + b"22")
            answer = after.read_response()
            assert (answer.text, why_not_stored(answer)) == ("22", "private")
            first.send(b"1")
            assert before.read(2) == b"11"


class TestKey:
    """Each answer tells how many came before it, so that what is the same was stored."""

    @pytest.fixture
    def counted(self, caching_for, origins):
        def start(rules, more=""):
            count = iter(range(1000))
            origin = origins(Serving, lambda request: reply(f"{next(count)} {request.target}", FOREVER))
            proxy = caching_for(origin, cache=f"key: {rules}{more}")
            proxy.origin = origin
            return proxy

        return start

    def test_ignores_parameters_and_forwards_them(self, counted):
        proxy = counted("{query: {ignore: [utm_*, gclid]}}")
        first = proxy.get("/x?utm_source=news&a=1").text
        assert first.endswith(" /x?utm_source=news&a=1")
        for target in ("/x?a=1", "/x?a=1&gclid=7", "/x?&a=1&utm_x"):
            assert proxy.get(target).text == first, target
        for target in ("/x?a=2", "/x?a=1&utm=1", "/x", "/x?a=1&gcl%69d=7", "/x?gclid=1;a=9&a=1"):
            assert proxy.get(target).text != first, target

    def test_knows_only_some_parameters(self, counted):
        proxy = counted("{query: {only: [page]}}")
        first = proxy.get("/x?page=1").text
        assert proxy.get("/x?a=1&page=1&b").text == first
        for target in ("/x?page=2", "/x", "/x?page=1&p%61ge=2", "/x?page=1&PAGE=2", "/x?page=1&a=1;page=2"):
            assert proxy.get(target).text != first, target

    def test_sorts_parameters(self, counted):
        proxy = counted("{query: {sort: true}}")
        first = proxy.get("/x?b=1&a=2&a=1").text
        assert proxy.get("/x?a=2&b=1&a=1").text == first
        assert proxy.get("/x?a=1&a=2&b=1").text != first

    def test_has_fields_and_cookies(self, counted):
        proxy = counted("{headers: [X-Tenant], cookies: [lang]}")
        said = [{}, {"X-Tenant": "a"}, {"X-Tenant": "b"}, {"Cookie": "lang=de"}, {"Cookie": "x=y; lang=fr"},
                {"X-Tenant": "a", "Cookie": "lang=de"}, {"X-Tenant": "a cookie(lang)=de"}, {"X_Tenant": "a"}]
        texts = [proxy.get("/x", fields=fields).text for fields in said]
        assert len(set(texts)) == len(said)
        assert [proxy.get("/x", fields=fields).text for fields in said] == texts
        assert proxy.get("/x", fields={"Cookie": "lang=de; other=1", "X-Other": "1"}).text == texts[3]

    def test_has_no_field_that_goes_no_further(self, caching_for, origins):
        origin = origins(Serving, lambda asked: reply(str(asked["X-Tenant"]).encode(), FOREVER))
        proxy = caching_for(origin, cache="key: {headers: [X-Tenant]}")
        assert proxy.get("/x", fields={"X-Tenant": "a", "Connection": '"b, x-tenant"'}).text == "a"
        assert proxy.get("/x", fields={"X-Tenant": "b", "Connection": "x-tenant"}).text == "None"
        assert proxy.get("/x", fields={"X-Tenant": "b"}).text == "b"

    def test_is_told(self, counted):
        proxy = counted("{headers: [X-Tenant]}", ", cache_status: {key: true}")
        answer = proxy.get("/x?a=1", fields={"X-Tenant": "big one"})
        assert cache_status(answer)["key"] == '"http://app.test/x?a=1 header(x-tenant)=big%20one"'

    def test_a_purge_of_a_url_takes_all_of_it(self, counted):
        proxy = counted("{query: {ignore: [gclid], sort: true}, headers: [X-Tenant]}")
        said = [{}, {"X-Tenant": "a"}, {"X-Tenant": "b"}]
        before = [proxy.get("/x?b=1&a=2", fields=fields).text for fields in said]
        other = proxy.get("/x?b=2").text
        assert len(variants(proxy, "/x?gclid=9&a=2&b=1")) == 3
        order = json.dumps({"url": "http://app.test/x?b=1&gclid=5&a=2"})
        assert json.loads(proxy.control("POST", "/cache/purge", body=order).body)["purged"] == 3
        after = [proxy.get("/x?b=1&a=2", fields=fields).text for fields in said]
        assert not set(before) & set(after)
        assert proxy.get("/x?b=2").text == other

    def test_a_port_in_host_opens_no_other_listener(self, caching_for, origins):
        """Else who calls one reads what is stored of another, or puts his page in its place."""
        first, second = (origins(Serving, lambda _, text=text: reply(text, FOREVER)) for text in ("first", "second"))
        proxy, port = caching_for(first), free_port()
        other = (f"  - name: other\n    listen_port: {port}\n    hosts: [\"http://*.test/\"]\n"
                 f"    upstreams: [{{host: \"{second.url}\"}}]\n")
        top = "cache: {ttl: 0, cache_status: {key: true}}"
        assert proxy.reload(one_service(proxy.port, first.url, top=top) + other).status == 200
        for host in ("app.test", f"app.test:{port}", f"app.test:{proxy.port}", "app.test:1"):
            for _ in range(2):
                with connect(port) as client:
                    told = client.get("/x", host=host)
                assert (told.text, proxy.get("/x", host=host).text) == ("second", "first"), host
            assert is_hit(told) and f":{port})" in cache_status(told)["key"]
            assert len(variants(proxy, "/x", host)) == 2
            order = json.dumps({"url": f"http://{host}/x"})
            assert json.loads(proxy.control("POST", "/cache/purge", body=order).body)["purged"] == 2

    def test_a_port_outside_may_be_mapped_to_any_of_ours(self, caching_for, origins):
        """And so a purge of it, or a question, is no matter of the service that listens on it here."""
        count = iter(range(1000))
        origin = origins(Serving, lambda _: reply(f"{next(count)}", FOREVER))
        proxy, mapped = caching_for(origin), free_port()
        other = (f"  - name: other\n    listen_port: {mapped}\n    hosts: [\"http://app.test/\"]\n"
                 f"    cache: {{key: {{query: {{ignore: [gclid]}}}}}}\n    upstreams: [{{host: \"{origin.url}\"}}]\n")
        assert proxy.reload(one_service(proxy.port, origin.url, top="cache: {ttl: 0}") + other).status == 200
        host = f"app.test:{proxy.port}"
        with connect(mapped) as client:
            first = client.get("/x?gclid=1", host=host).text
            assert len(variants(proxy, "/x?gclid=2", host)) == 1
            order = json.dumps({"url": f"http://{host}/x?gclid=2"})
            assert json.loads(proxy.control("POST", "/cache/purge", body=order).body)["purged"] == 1
            assert client.get("/x?gclid=1", host=host).text != first

    def test_prefixes_and_hosts_are_purged_whatever_else_it_says(self, counted):
        proxy = counted("{query: {sort: true}, headers: [X-Tenant]}")
        for order in ({"prefix": "http://app.test/x"}, {"host": "app.test"}, {"all": True}):
            first = proxy.get("/x?b=1&a=2", fields={"X-Tenant": "a"}).text
            proxy.control("POST", "/cache/purge", body=json.dumps(order))
            assert proxy.get("/x?b=1&a=2", fields={"X-Tenant": "a"}).text != first, order

    @pytest.mark.parametrize("method, page, target", [
        ("POST", {}, "/x?b=1&a=2&gclid=3"),
        ("PUT", {"Location": "/x?gclid=3&b=1&a=2"}, "/other"),
        ("DELETE", {"Content_Location": "http://app.test/x?b=1&a=2"}, "/other")])
    def test_an_unsafe_method_takes_all_of_a_url(self, counted, method, page, target):
        proxy = counted("{query: {ignore: [gclid], sort: true}, headers: [X-Tenant]}")
        said = [{}, {"X-Tenant": "a"}]
        before = [proxy.get("/x?a=2&b=1", fields=fields).text for fields in said]
        serve, proxy.origin.answer = proxy.origin.answer, lambda _: reply(b"done", **page)
        proxy.get(target, method=method)
        proxy.origin.answer = serve
        assert not set(before) & {proxy.get("/x?a=2&b=1", fields=fields).text for fields in said}

    def test_who_asks_for_the_same_gets_the_same_as_it_comes(self, caching_for, scripted):
        proxy = caching_for(scripted, cache="key: {query: {ignore: [gclid]}, headers: [X-Tenant]}")
        head = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\n"
        with proxy.client() as leader, proxy.client() as follower, proxy.client() as other:
            leader.ask("/x?gclid=1")
            first, _ = scripted.expect()
            other.ask("/x?gclid=1", fields={"X-Tenant": "a"})
            second, _ = scripted.expect()
            second.send(head + b"22")
            assert other.read_response().text == "22"
            first.send(head + b"1")
            leader.read_head()
            follower.ask("/x?gclid=2")
            assert "collapsed" in cache_status(follower.read_head())
            first.send(b"1")
            assert leader.read(2) == follower.read(2) == b"11"

    def test_what_other_rules_made_is_not_found_even_where_they_come_back(self, counted):
        """Nobody knows what of it was purged meanwhile, by its URL."""
        keep = ", keep_on_reload: true, capacity: 10"
        proxy = counted("{query: {ignore: [lang]}}", keep)
        first = proxy.get("/x?lang=de").text
        for rule in ("{query: {sort: true}}", "{}", "{headers: [lang]}", "{query: {ignore: [lang]}}"):
            top = f"cache: {{ttl: 0{keep}, key: {rule}}}"
            assert proxy.reload(one_service(proxy.port, proxy.origin.url, top=top)).status == 200
            assert variants(proxy, "/x") == []
        assert proxy.get("/x").text != first

    def test_nor_what_an_exchange_of_before_stored_while_others_were_in_force(self, caching_for, scripted):
        """A purge of its URL did not reach it."""
        def use(rule):
            return f"ttl: 0, keep_on_reload: true, capacity: 10, key: {rule}"

        def reload(rule):
            top = f"cache: {{{use(rule)}}}"
            assert proxy.reload(one_service(proxy.port, scripted.url, top=top)).status == 200

        old, other = "{query: {ignore: [lang]}}", "{query: {ignore: [gclid]}}"
        proxy = caching_for(scripted, cache=use(old))
        with proxy.client() as leader, proxy.client() as follower, proxy.client() as later:
            leader.ask("/x?lang=de")
            first, _ = scripted.expect()
            follower.ask("/x?lang=de")
            reload(other)
            first.send(reply(b"mine", "private", Connection="close"))
            assert leader.read_response().text == "mine"
            second, _ = scripted.expect()
            second.send(reply(b"old", FOREVER, Connection="close"))
            assert follower.read_response().text == "old"
            order = json.dumps({"url": "http://app.test/x?lang=de"})
            assert proxy.control("POST", "/cache/purge", body=order).status == 200
            reload(old)
            later.ask("/x?lang=de")
            assert scripted.hears_before(later)

    def test_nor_what_a_service_made_that_alone_was_without_its_rules_for_a_while(self, caching_for, origins):
        count = iter(range(1000))
        origin = origins(Serving, lambda _: reply(f"{next(count)}", FOREVER))
        rule = "cache: {key: {query: {ignore: [lang]}}}"

        def config(own):
            other = (f"  - name: other\n    listen_port: {proxy.port}\n    hosts: [\"http://other.test/\"]\n"
                     f"    {rule}\n    upstreams: [{{host: \"{origin.url}\"}}]\n")
            top = "cache: {ttl: 0, keep_on_reload: true, capacity: 10}"
            return one_service(proxy.port, origin.url, top=top, service=own) + other

        proxy = caching_for(origin)
        assert proxy.reload(config(rule)).status == 200
        first = proxy.get("/x?lang=de").text
        assert proxy.reload(config("")).status == 200
        order = json.dumps({"url": "http://app.test/x?lang=de"})
        assert proxy.control("POST", "/cache/purge", body=order).status == 200
        assert proxy.reload(config(rule)).status == 200
        assert proxy.get("/x?lang=de").text != first

    def test_nor_what_a_service_made_whose_host_was_anothers_for_a_while(self, caching_for, origins):
        count = iter(range(1000))
        origin = origins(Serving, lambda _: reply(f"{next(count)}", FOREVER))

        def config(keyed, plain):
            top = "cache: {ttl: 0, keep_on_reload: true, capacity: 10}"
            rule = "cache: {key: {query: {ignore: [lang]}}}"
            other = (f"  - name: plain\n    listen_port: {proxy.port}\n    hosts: [\"http://{plain}/\"]\n"
                     f"    upstreams: [{{host: \"{origin.url}\"}}]\n")
            return one_service(proxy.port, origin.url, top=top, service=rule, host=keyed) + other

        proxy = caching_for(origin)
        assert proxy.reload(config("app.test", "other.test")).status == 200
        first = proxy.get("/x?lang=de").text
        assert proxy.reload(config("other.test", "app.test")).status == 200
        order = json.dumps({"url": "http://app.test/x?lang=de"})
        assert proxy.control("POST", "/cache/purge", body=order).status == 200
        assert proxy.reload(config("app.test", "other.test")).status == 200
        assert proxy.get("/x?lang=de").text != first

    def test_an_unsafe_method_takes_what_stands_under_no_rules_too(self, counted):
        keep = ", keep_on_reload: true, capacity: 10"
        proxy = counted("{}", keep)
        first = proxy.get("/x?lang=de").text
        for rule in ("{query: {ignore: [lang]}}", "{}"):
            top = f"cache: {{ttl: 0{keep}, key: {rule}}}"
            assert proxy.reload(one_service(proxy.port, proxy.origin.url, top=top)).status == 200
            if rule != "{}":
                assert proxy.get("/x?lang=de", method="POST").status == 200
        assert proxy.get("/x?lang=de").text != first

    def test_what_the_same_rules_made_stays_over_a_reload(self, counted):
        keep, rule = ", keep_on_reload: true, capacity: 10", "{query: {ignore: [lang]}}"
        proxy = counted(rule, keep)
        first = proxy.get("/x?lang=de").text
        top = f"cache: {{ttl: 1{keep}, key: {rule}}}"
        assert proxy.reload(one_service(proxy.port, proxy.origin.url, top=top)).status == 200
        assert proxy.get("/x").text == first
