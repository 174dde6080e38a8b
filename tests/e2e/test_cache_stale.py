"""What may be served although it is stale (RFC 5861, RFC 9111 4.2.4)."""
import threading

import pytest

from harness.caching import cache_status, is_hit, reply
from harness.origin import Serving
from harness.waiting import TIMEOUT, eventually
from harness.wire import response

FOREVER = "max-age=3600"
FORBIDDING = ["must-revalidate", "proxy-revalidate", "s-maxage=60", "no-cache"]
ONCE = "retries: {attempts: 0}"
ENDLESS = b"HTTP/1.1 503 Busy\r\nContent-Length: 1000\r\n\r\noops"


def stale(directives, age=100, **more):
    """Stale since 40 seconds, where `age` is not given."""
    directives = f"max-age=60, {directives}" if directives else "max-age=60"
    return reply(b"old", directives, Age=str(age), ETag='"a"', **more)


def kept(proxy, scripted, directives, **more):
    """Has a stale response stored; gives the connection that it came on."""
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(stale(directives, **more))
        client.read_response()
    return origin


def without_health(caching_for, origin):
    """In front of one that answered once, and is known to be gone."""
    proxy = caching_for(origin, top="health_check: {type: tcp, interval: 100ms, fall: 1, rise: 1}\n" + ONCE)
    eventually(lambda: proxy.get().status == 200, "a healthy origin")
    origin.close()
    eventually(lambda: proxy.get("/other").status == 503, "the end of its health")
    return proxy


class TestWhileRevalidate:
    """RFC 5861 3."""

    def test_the_client_gets_what_is_there_and_the_origin_is_asked_once(self, caching_for, origins):
        answered = threading.Event()

        def answer(_):
            if origin.count() == 1:
                return stale("stale-while-revalidate=600")
            answered.wait(TIMEOUT)
            return reply(b"new", FOREVER)

        origin = origins(Serving, answer)
        proxy = caching_for(origin, top="workers: 4")
        proxy.get()
        for _ in range(10):
            answer = proxy.get(fields={"X-Mine": "1"})
            assert answer.text == "old" and is_hit(answer)
            assert cache_status(answer)["detail"] == "stale-while-revalidate"
            assert int(cache_status(answer)["ttl"]) < 0
        origin.next_request()
        asked = origin.next_request()
        assert (asked["If-None-Match"], asked["X-Mine"]) == ('"a"', "1")
        answered.set()
        eventually(lambda: proxy.get().text == "new", "the refreshed response")
        assert origin.count() == 2

    def test_what_came_serves_next(self, caching_for, replies):
        origin = replies(stale("stale-while-revalidate=600"), reply(b"new", FOREVER))
        proxy = caching_for(origin)
        assert [proxy.get().text for _ in range(2)] == ["old", "old"]
        eventually(lambda: proxy.get().text == "new", "the refreshed response")
        assert origin.count() == 2

    def test_a_304_makes_it_fresh(self, caching_for, replies):
        origin = replies(stale("stale-while-revalidate=600"),
                         b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: max-age=60\r\n\r\n")
        proxy = caching_for(origin)
        proxy.get(), proxy.get()
        eventually(lambda: "detail" not in cache_status(proxy.get()), "freshness")
        assert proxy.get().text == "old" and origin.count() == 2

    @pytest.mark.parametrize("failure", [None, response(b"oops", status="503 Busy"), reply(b"oops", FOREVER, status="503 Busy")],
                             ids=["hangs up", "503", "503 that may be stored"])
    def test_a_refresh_that_fails_is_tried_again(self, caching_for, replies, failure):
        origin = replies(stale("stale-while-revalidate=600"), failure, reply(b"new", FOREVER))
        proxy = caching_for(origin, top=ONCE)
        proxy.get()
        assert proxy.get().text == "old"
        eventually(lambda: proxy.get().text == "new", "the refreshed response")

    def test_a_refresh_whose_error_does_not_end_is_tried_again(self, caching_for, scripted):
        proxy = caching_for(scripted, top=ONCE)
        kept(proxy, scripted, "stale-while-revalidate=600", Connection="close")
        for _ in range(2):
            assert proxy.get().text == "old"
            origin, _ = scripted.expect()
            origin.send(ENDLESS)
            assert origin.ended()

    def test_what_may_not_be_stored_any_more_ends_it(self, caching_for, replies):
        proxy = caching_for(replies(stale("stale-while-revalidate=600"), reply(b"new", "no-store")))
        proxy.get(), proxy.get()
        eventually(lambda: proxy.get().text == "new", "the end of what was stored")

    @pytest.mark.parametrize("more", [
        {"method": "HEAD"}, {"fields": {"Range": "bytes=0-1"}}, {"fields": {"If-None-Match": '"a"'}},
        {"fields": {"Cache-Control": "no-store"}}, {"fields": {"Cache-Control": "only-if-cached"}},
    ], ids=str)
    def test_whoever_finds_it_has_it_refreshed_whole(self, caching_for, replies, more):
        origin = replies(stale("stale-while-revalidate=600"), reply(b"new", FOREVER))
        proxy = caching_for(origin)
        proxy.get()
        assert proxy.get(**more).status in (200, 206, 304)
        origin.next_request()
        asked = origin.next_request()
        assert (asked.method, asked["Range"], asked["If-None-Match"]) == ("GET", None, '"a"')
        eventually(lambda: proxy.get(fields={"Cache-Control": "only-if-cached"}).text == "new", "what came")
        assert origin.count() == 2

    def test_the_window_ends(self, caching_for, replies):
        proxy = caching_for(replies(stale("stale-while-revalidate=600", age=700), reply(b"new", FOREVER)))
        assert [proxy.get().text for _ in range(2)] == ["old", "new"]

    def test_a_window_of_the_origin_counts_beside_s_maxage(self, caching_for, replies):
        proxy = caching_for(replies(stale("s-maxage=60, stale-while-revalidate=600"), reply(b"new", FOREVER)))
        assert [proxy.get().text for _ in range(2)] == ["old", "old"]

    @pytest.mark.parametrize("directive", ["must-revalidate", "proxy-revalidate", "no-cache"])
    def test_no_window_stands_against_the_origins_word(self, caching_for, replies, directive):
        proxy = caching_for(replies(stale(f"{directive}, stale-while-revalidate=600"), reply(b"new", FOREVER)))
        assert [proxy.get().text for _ in range(2)] == ["old", "new"]

    def test_a_default_window_is_for_those_that_state_none(self, caching_for, replies):
        cache = "ttl: 0, stale_while_revalidate: 600s"
        proxy = caching_for(replies(stale(""), reply(b"new", FOREVER)), cache=cache)
        assert [proxy.get().text for _ in range(2)] == ["old", "old"]

    @pytest.mark.parametrize("directive", [*FORBIDDING, "stale-while-revalidate=0"])
    def test_a_default_window_goes_against_nothing(self, caching_for, replies, directive):
        proxy = caching_for(replies(stale(directive), reply(b"new", FOREVER)),
                            cache="ttl: 0, stale_while_revalidate: 600s")
        assert [proxy.get().text for _ in range(2)] == ["old", "new"]


class TestIfError:
    """RFC 5861 4."""

    FAILURES = {"hangs up": None, **{str(status): response(b"oops", status=f"{status} Oops")
                                     for status in (500, 502, 503, 504)}}

    @pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
    def test_what_is_there_stands_in(self, caching_for, replies, failure):
        proxy = caching_for(replies(stale("stale-if-error=600"), failure), top=ONCE)
        proxy.get()
        for _ in range(3):
            answer = proxy.get()
            assert (answer.status, answer.text) == (200, "old")
            assert cache_status(answer)["detail"] == "stale-if-error"
            assert int(answer["Age"]) >= 100

    @pytest.mark.parametrize("more", [{"method": "HEAD"}, {"fields": {"Range": "bytes=0-1"}},
                                      {"fields": {"If-None-Match": '"a"'}}], ids=str)
    @pytest.mark.parametrize("failure", [None, response(b"", status="503 Oops")], ids=["hangs up", "503"])
    def test_for_what_is_asked_alone_too(self, caching_for, replies, more, failure):
        proxy = caching_for(replies(stale("stale-if-error=600"), failure), top=ONCE)
        proxy.get()
        assert proxy.get(**more).status in (200, 206, 304)

    def test_while_nobody_listens(self, caching_for, replies):
        origin = replies(stale("stale-if-error=600"))
        proxy = caching_for(origin, top=ONCE)
        proxy.get()
        origin.close()
        assert proxy.get().text == "old"

    def test_while_no_upstream_is_healthy(self, caching_for, replies):
        proxy = without_health(caching_for, replies(stale("stale-if-error=600")))
        assert proxy.get().text == "old"

    def test_when_the_head_does_not_come_in_time(self, caching_for, scripted):
        proxy = caching_for(scripted, top=ONCE + "\ntimeouts: {response_header: 300ms}")
        with proxy.client() as client:
            client.ask()
            origin, _ = scripted.expect()
            origin.send(stale("stale-if-error=600"))
            client.read_response()
            assert client.get().text == "old"

    def test_what_works_again_is_served(self, caching_for, replies):
        proxy = caching_for(replies(stale("stale-if-error=600"), None, reply(b"new", FOREVER)), top=ONCE)
        assert [proxy.get().text for _ in range(3)] == ["old", "old", "new"]

    @pytest.mark.parametrize("status", [400, 403, 404, 501])
    def test_other_answers_are_no_failures(self, caching_for, replies, status):
        proxy = caching_for(replies(stale("stale-if-error=600"), response(b"no", status=f"{status} No")))
        assert [proxy.get().text for _ in range(2)] == ["old", "no"]

    def test_the_window_ends(self, caching_for, replies):
        proxy = caching_for(replies(stale("stale-if-error=600", age=700), None), top=ONCE)
        proxy.get()
        assert proxy.get().status == 502

    def test_nothing_stated_is_no_window(self, caching_for, replies):
        proxy = caching_for(replies(stale(""), None), top=ONCE)
        proxy.get()
        assert proxy.get().status == 502

    @pytest.mark.parametrize("directive", ["must-revalidate", "proxy-revalidate", "no-cache"])
    def test_no_window_stands_against_the_origins_word(self, caching_for, replies, directive):
        proxy = caching_for(replies(stale(f"{directive}, stale-if-error=600"), None), top=ONCE)
        proxy.get()
        assert proxy.get().status == 504

    def test_a_window_of_the_origin_counts_beside_s_maxage(self, caching_for, replies):
        proxy = caching_for(replies(stale("s-maxage=60, stale-if-error=600"), None), top=ONCE)
        assert [proxy.get().text for _ in range(2)] == ["old", "old"]

    @pytest.mark.parametrize("directive, status", [("", 200), *((each, 504) for each in FORBIDDING),
                                                   ("stale-if-error=0", 502)])
    def test_a_default_window_goes_against_nothing(self, caching_for, replies, directive, status):
        proxy = caching_for(replies(stale(directive), None), cache="ttl: 0, stale_if_error: 600s", top=ONCE)
        proxy.get()
        assert proxy.get().status == status

    def test_all_who_wait_get_it(self, caching_for, scripted):
        proxy = caching_for(scripted, top="workers: 4\n" + ONCE)
        with proxy.client() as client:
            client.ask()
            origin, _ = scripted.expect()
            origin.send(stale("stale-if-error=600", Connection="close"))
            client.read_response()
        everyone = [proxy.client().ask() for _ in range(4)]
        origin, _ = scripted.expect()
        assert scripted.hears_nothing()
        origin.send(response(b"oops", status="503 Busy"))
        assert {each.read_response().text for each in everyone} == {"old"}

    def test_an_answer_to_one_who_left_is_no_failure(self, caching_for, scripted):
        proxy = caching_for(scripted, top="workers: 4\n" + ONCE)
        kept(proxy, scripted, "stale-if-error=600", Connection="close")
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        follower = proxy.client().ask()
        assert scripted.hears_nothing()
        leader.reset()
        assert scripted.hears_nothing()
        origin.send(reply(b"not for all", "private", Connection="close"))
        own, _ = scripted.expect()
        own.send(reply(b"own", "private"))
        assert follower.read_response().text == "own"

    @pytest.mark.parametrize("more", [{}, {"fields": {"Range": "bytes=0-1"}}], ids=str)
    def test_nobody_waits_for_the_rest_of_an_error(self, caching_for, scripted, more):
        proxy = caching_for(scripted, top=ONCE)
        kept(proxy, scripted, "stale-if-error=600", Connection="close")
        client = proxy.client().ask(**more)
        origin, _ = scripted.expect()
        origin.send(ENDLESS)
        assert cache_status(client.read_response())["detail"] == "stale-if-error"
        assert origin.ended()

    @pytest.mark.parametrize("more", [{}, {"fields": {"Range": "bytes=0-1"}}], ids=str)
    def test_an_error_that_is_there_leaves_the_connection_usable(self, caching_for, scripted, more):
        proxy = caching_for(scripted, top="workers: 1\n" + ONCE)
        origin = kept(proxy, scripted, "stale-if-error=600")
        client = proxy.client()
        for _ in range(2):
            client.ask(**more)
            origin.read_request()
            origin.send(response(b"oops", status="503 Busy"))
            assert cache_status(client.read_response())["detail"] == "stale-if-error"

    def test_the_access_log_says_what_the_client_got(self, caching_for, replies):
        proxy = caching_for(replies(stale("stale-if-error=600"), None), top=ONCE)
        proxy.get("/page"), proxy.get("/page")
        assert ' 200 ' in proxy.access.wait_for("/page", count=2)


class TestForbidden:
    """RFC 9111 5.2.2.2: where nothing may be served without an answer of the origin, silence is 504."""

    @pytest.mark.parametrize("more", [{}, {"fields": {"Range": "bytes=0-1"}}, {"method": "HEAD"}], ids=str)
    @pytest.mark.parametrize("directive", FORBIDDING)
    def test_silence_is_504_and_says_why(self, caching_for, replies, directive, more):
        top = ONCE + '\naccess_log: {format: "{status} {reason}"}'
        proxy = caching_for(replies(stale(directive), None), top=top)
        proxy.get()
        answer = proxy.get(**more)
        assert answer.status == 504
        assert cache_status(answer)["detail"] == "stale-forbidden"
        assert 'error=destination_unavailable' in answer["Proxy-Status"]
        if "method" not in more:
            assert "must be validated first" in answer.text
        assert proxy.access.wait_for("stale_forbidden") == "504 stale_forbidden"

    def test_while_nobody_listens(self, caching_for, replies):
        origin = replies(stale("must-revalidate"))
        proxy = caching_for(origin, top=ONCE)
        proxy.get()
        origin.close()
        assert proxy.get().status == 504
        assert proxy.get("/other").status == 502

    def test_while_no_upstream_is_healthy(self, caching_for, replies):
        proxy = without_health(caching_for, replies(stale("must-revalidate")))
        assert proxy.get().status == 504

    def test_an_answer_that_is_an_error_passes(self, caching_for, replies):
        proxy = caching_for(replies(stale("must-revalidate"), response(b"oops", status="503 Oops")))
        proxy.get()
        answer = proxy.get()
        assert (answer.status, answer.text) == (503, "oops")
