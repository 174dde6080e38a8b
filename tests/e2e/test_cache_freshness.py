"""How long a response is served without asking again (RFC 9111 4.2, RFC 9213, RFC 8246).

Old responses are made by Age and Date, so that no test waits for one to grow old.
"""
import pytest

from harness.caching import ago, cache_status, is_hit, reply
from harness.wire import response

FAR = 2**31


def hits(proxy, pages, *rows):
    """Rows of (what is said, whether a second request is a hit); gives those that are not so."""
    wrong = []
    for number, (page, expected) in enumerate(rows):
        target = pages.add(page)
        proxy.get(target)
        if is_hit(proxy.get(target)) is not expected:
            wrong.append((number, page, expected))
    return wrong


def stated(cache_control, **more):
    return reply(b"x", cache_control, **more)


def test_what_states_a_lifetime(caching_for, pages):
    fresh, old = ago(-3600), ago(3600)
    assert not hits(
        caching_for(pages), pages,
        (stated("max-age=3600"), True),
        (stated("max-age=0", ETag='"a"'), False),
        (stated("MAX-age=3600"), True),
        (stated("max-age=3600, foobar"), True),
        (stated("foobar, max-age=3600"), True),
        (stated("max-age=-3600", ETag='"a"'), False),
        (stated("max-age=3600", Expires=old), True),
        (stated("max-age=0", Expires=fresh, ETag='"a"'), False),
        (stated("s-maxage=3600"), True),
        (stated("s-maxage=3600, max-age=0"), True),
        (stated("max-age=3600, s-maxage=0", ETag='"a"'), False),
        (response(b"x", Expires=fresh), True),
        (response(b"x", Expires=old, ETag='"a"'), False),
        (response(b"x", Expires="0", ETag='"a"'), False),
        (response(b"x", Expires=fresh, Date="foo"), True),
        (stated("immutable, max-age=3600"), True),
        (stated("max-age=3600, immutable", Age="3600", ETag='"a"'), False),
    )


@pytest.mark.parametrize("delta", [FAR - 1, FAR, FAR + 1, 99999999999])
def test_lifetimes_have_no_end_of_their_range(caching_for, pages, delta):
    """RFC 9111 1.2.2."""
    assert not hits(caching_for(pages), pages, (stated(f"max-age={delta}"), True))


def test_how_directives_are_read(caching_for, pages):
    assert not hits(
        caching_for(pages), pages,
        (stated("max-age=003600"), True),
        (stated("max-age='3600'"), False),
        (stated('ext="max-age=3600"'), False),
        (stated('ext="max-age=3600", max-age=0', ETag='"a"'), False),
        (stated('max-age=0, ext="max-age=3600"', ETag='"a"'), False),
        (stated('ext="\\"max-age=0", max-age=3600'), True),
    )


def test_lines_of_cache_control_are_one_list(caching_for, pages):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n%s\r\nx"
    assert not hits(
        caching_for(pages), pages,
        (head % b"Cache-Control: max-age=1\r\nCache-Control: s-maxage=3600\r\n", True),
        (head % b"Cache-Control: max-age=3600\r\nCache-Control: no-store\r\n", False),
    )


class TestAge:
    """RFC 9111 5.1 and 4.2.3."""

    def test_counts(self, caching_for, pages):
        aged = lambda age: stated("max-age=3600", Age=age, ETag='"a"')
        assert not hits(
            caching_for(pages), pages,
            (aged("0"), True), (aged("3000"), True), (aged("3600"), False), (aged("7200"), False),
            (aged(FAR - 1), False), (aged(FAR), False), (aged(FAR + 1), False),
            (aged("99999999999999999999"), False),
        )

    def test_the_first_counts_and_what_is_none_is_ignored(self, caching_for, pages):
        aged = lambda age: stated("max-age=3600", Age=age, ETag='"a"')
        assert not hits(
            caching_for(pages), pages,
            (aged("7200, 0"), False), (aged("0, 7200"), True), (aged("abc"), True), (aged("-7200"), True),
            (aged("7200.0"), True), (aged("7200;foo=bar"), False), (aged("7200;foo=111"), False),
        )

    def test_is_counted_on(self, caching_for, replies):
        proxy = caching_for(replies(stated("max-age=3600", Age="30")))
        first, again = proxy.get(), proxy.get()
        assert 30 <= int(first["Age"]) < 60
        assert 30 <= int(again["Age"]) < 60 and len(again.all("Age")) == 1

    def test_a_date_in_the_past_counts(self, caching_for, replies):
        proxy = caching_for(replies(stated("max-age=3600", Date=ago(1800))))
        proxy.get()
        again = proxy.get()
        assert is_hit(again) and 1800 <= int(again["Age"]) < 1860
        assert int(cache_status(again)["ttl"]) <= 1800

    def test_what_was_generated_too_long_ago_is_stale(self, caching_for, pages):
        assert not hits(caching_for(pages), pages, (stated("max-age=3600", Date=ago(7200), ETag='"a"'), False))

    def test_a_clock_that_is_ahead_makes_nothing_younger(self, caching_for, replies):
        proxy = caching_for(replies(stated("max-age=3600", Date=ago(-7200))))
        proxy.get()
        assert 0 <= int(proxy.get()["Age"]) < 60

    def test_a_slow_response_is_no_new_one(self, caching_for, scripted):
        """The round trip counts."""
        proxy = caching_for(scripted)
        with proxy.client() as client:
            client.ask()
            origin, _ = scripted.expect()
            assert client.has_nothing(within=1.1)
            origin.send(stated("max-age=3600"))
            client.read_response()
        assert int(proxy.get()["Age"]) >= 1


class TestExpires:
    """RFC 9111 5.3, RFC 9110 5.6.7."""

    def test_counts_from_the_date(self, caching_for, pages):
        by_dates = lambda expires, date, **more: response(b"x", Expires=ago(expires), Date=ago(date),
                                                          ETag='"a"', **more)
        assert not hits(
            caching_for(pages), pages,
            (by_dates(-300, -400), False), (by_dates(-400, -300), True), (by_dates(-100, -100), False),
            (by_dates(-40, -30, Age="5"), True), (by_dates(-40, -30, Age="15"), False),
        )

    def test_takes_the_three_forms_in_any_case(self, caching_for, pages):
        dates = ["Tue, 19 Jan 2038 14:14:08 GMT", "Sun, 21 Nov 2286 04:46:39 GMT",
                 "Thursday, 18-Aug-50 02:01:18 GMT", "Thu Aug  8 02:01:18 2050",
                 "THU, 18 Aug 2050 02:01:18 GMT", "Thu, 18 AUG 2050 02:01:18 GMT",
                 "Thu, 18 Aug 2050 02:01:18 gMT"]
        assert not hits(caching_for(pages), pages, *((response(b"x", Expires=each), True) for each in dates))

    def test_takes_nothing_else(self, caching_for, pages):
        dates = ["Thu, 18 Aug 2050 02:01:18 UTC", "Thu, 18 Aug 2050 02:01:18 AEST",
                 "Thu, 18 Aug 50 02:01:18 GMT", "Thu 18 Aug 2050 02:01:18 GMT",
                 "Thu, 18  Aug  2050 02:01:18 GMT", "Thu, 18-Aug-2050 02:01:18 GMT",
                 "Thu, 18 Aug 2050 02.01.18 GMT", "Thu, 18 Aug 2050 2:01:18 GMT", "0", "-1", "now",
                 "Thu, 18 Aug 2050 02:01:18 GMT\r\nExpires: Thu, 18 Aug 2050 02:01:19 GMT"]
        modified = ago(86400)  # what is wrong is past, and no reason to guess
        page = lambda expires: response(b"x", Expires=expires, Last_Modified=modified)
        assert not hits(caching_for(pages), pages, *((page(each), False) for each in dates))

    def test_date_and_expires_are_served_as_they_came(self, caching_for, replies):
        date, expires = ago(60), ago(-3600)
        proxy = caching_for(replies(response(b"x", Expires=expires, Date=date)))
        proxy.get()
        again = proxy.get()
        assert (again["Date"], again["Expires"], is_hit(again)) == (date, expires, True)


class TestHeuristic:
    """RFC 9111 4.2.2."""

    def page(self, status, **more):
        return response(b"" if status == 204 else b"x", status=f"{status} Whatever",
                        Last_Modified=ago(86400), **more).replace(
                            b"Content-Length: 0\r\n", b"" if status == 204 else b"Content-Length: 0\r\n")

    def test_is_for_the_statuses_that_may_have_it(self, caching_for, pages):
        may = [(self.page(each), True) for each in (200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501)]
        may_not = [(self.page(each), False) for each in (201, 202, 302, 400, 403, 500, 502, 503, 504, 599)]
        assert not hits(caching_for(pages), pages, *may, *may_not)

    def test_is_for_any_that_is_public(self, caching_for, pages):
        assert not hits(caching_for(pages), pages, (self.page(599, Cache_Control="public"), True))

    def test_is_a_tenth_of_the_time_since_the_last_change(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", Last_Modified=ago(10000))))
        proxy.get()
        assert 900 < int(cache_status(proxy.get())["ttl"]) <= 1000

    def test_is_at_most_a_day(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", Last_Modified=ago(10**8))))
        proxy.get()
        assert 86000 < int(cache_status(proxy.get())["ttl"]) <= 86400


class TestTargetedFields:
    """RFC 9213."""

    def test_count_ahead_of_cache_control_and_expires(self, caching_for, pages):
        cdn = lambda value, cache_control=None, **more: reply(b"x", cache_control, CDN_Cache_Control=value,
                                                             ETag='"a"', **more)
        assert not hits(
            caching_for(pages), pages,
            (cdn("max-age=3600"), True), (cdn(f"max-age={FAR}"), True), (cdn("max-age=99999999999"), True),
            (cdn("foobar, max-age=3600"), True), (cdn("max-age=3600", "max-age=1"), True),
            (cdn("max-age=3600", Expires=ago(3600)), True),
            (cdn("max-age=3600", "max-age=1", Expires="0"), True),
            (cdn("max-age=3600", Age="7200"), False), (cdn("max-age=0"), False),
            (cdn("max-age=0", Expires=ago(-3600)), False), (cdn("max-age=0", "max-age=3600"), False),
            (cdn("private", "max-age=10000"), False), (cdn("no-cache", "max-age=10000"), False),
            (cdn("no-store", "max-age=10000"), False), (cdn("max-age=10000", "no-store"), True),
        )

    def test_that_are_no_structured_fields_are_ignored(self, caching_for, pages):
        cdn = lambda value: reply(b"x", "no-store", CDN_Cache_Control=value)
        assert not hits(
            caching_for(pages), pages,
            (cdn("max-age=10000, &&&&&"), False), (cdn('max-age="10000"'), False),
            (cdn("max-age =10000"), False), (cdn("max-age= 10000"), False), (cdn("MaX-aGe=10000"), False),
        )

    def test_are_forwarded(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"x", "max-age=1", CDN_Cache_Control="max-age=3600")))
        for answer in (proxy.get(), proxy.get()):
            assert (answer["CDN-Cache-Control"], answer["Cache-Control"]) == ("max-age=3600", "max-age=1")


class TestRequestDirectives:
    """RFC 9111 5.2.1."""

    def serve(self, caching_for, replies, **more):
        proxy = caching_for(replies(stated("max-age=3600", ETag='"a"', **more), reply(b"new", "max-age=3600")))
        proxy.get()
        return lambda directives: proxy.get(fields={"Cache-Control": directives})

    @pytest.mark.parametrize("directives, hit", [
        ("max-age=0", False), ("max-age=50", False), ("max-age=500", True), ("min-fresh=3590", False),
        ("min-fresh=100", True), ("no-cache", False), ("max-stale", True), ("foo", True),
    ])
    def test_narrow_what_is_fresh(self, caching_for, replies, directives, hit):
        answer = self.serve(caching_for, replies, Age="100")(directives)
        assert is_hit(answer) is hit
        if not hit:
            assert cache_status(answer)["fwd"] == "request"

    def test_pragma_stands_for_no_cache_where_there_is_no_cache_control(self, caching_for, replies):
        proxy = caching_for(replies(stated("max-age=3600")))
        proxy.get()
        assert not is_hit(proxy.get(fields={"Pragma": "no-cache"}))
        assert is_hit(proxy.get(fields={"Pragma": "no-cache", "Cache-Control": "foo"}))

    def test_max_stale_takes_what_is_stale(self, caching_for, replies):
        get = self.serve(caching_for, replies, Age="3700")
        assert get("max-stale=1000").text == "x"
        assert get("max-stale").text == "x"
        assert get("max-stale=10").text == "new"

    @pytest.mark.parametrize("directive", ["must-revalidate", "proxy-revalidate", "s-maxage=3600"])
    def test_max_stale_overrides_no_word_of_the_origin(self, caching_for, replies, directive):
        origin = replies(reply(b"old", f"max-age=3600, {directive}", Age="3700", ETag='"a"'),
                         reply(b"new", "max-age=3600"))
        proxy = caching_for(origin)
        proxy.get()
        assert proxy.get(fields={"Cache-Control": "max-stale"}).text == "new"

    def test_a_reload_validates_nothing_immutable(self, caching_for, replies):
        """RFC 8246 2.1."""
        origin = replies(reply(b"old", "max-age=3600, immutable", Age="5"), reply(b"new", "max-age=3600"))
        proxy = caching_for(origin)
        proxy.get()
        assert is_hit(proxy.get(fields={"Cache-Control": "max-age=0"}))
        assert proxy.get(fields={"Cache-Control": "no-cache"}).text == "new"

    def test_only_if_cached_asks_nobody(self, caching_for, replies):
        origin = replies(stated("max-age=3600"))
        proxy = caching_for(origin)
        wanted = {"Cache-Control": "only-if-cached"}
        assert proxy.get(fields=wanted).status == 504
        assert origin.count() == 0
        proxy.get()
        assert is_hit(proxy.get(fields=wanted))
