"""Conditions: the cache's own towards the origin, and those of clients (RFC 9111 4.3, RFC 9110 13)."""
import pytest

from harness.caching import ago, cache_status, is_hit, reply
from harness.wire import response

FOREVER = "max-age=3600"
LAST_MODIFIED = "Mon, 02 Jan 2023 03:04:05 GMT"


def stale(body=b"stored", **more):
    """Stored, and to be validated at once."""
    return reply(body, "max-age=60", Age="60", **more)


def unchanged(cache_control=FOREVER, **more):
    if cache_control is not None:
        more["Cache_Control"] = cache_control
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items())
    return f"HTTP/1.1 304 Not Modified\r\n{lines}\r\n".encode()


class TestOwnConditions:
    @pytest.mark.parametrize("validators, sent", [
        ({"ETag": '"a"'}, {"If-None-Match": '"a"', "If-Modified-Since": None}),
        ({"ETag": 'W/"a"'}, {"If-None-Match": 'W/"a"'}),
        ({"Last_Modified": LAST_MODIFIED}, {"If-Modified-Since": LAST_MODIFIED, "If-None-Match": None}),
        ({"ETag": '"a"', "Last_Modified": LAST_MODIFIED},
         {"If-None-Match": '"a"', "If-Modified-Since": LAST_MODIFIED}),
    ])
    def test_are_the_stored_validators_as_they_came(self, caching_for, replies, validators, sent):
        origin = replies(stale(**validators), unchanged(**validators))
        proxy = caching_for(origin)
        first, second, third = (proxy.get() for _ in range(3))
        origin.next_request()
        asked = origin.next_request()
        assert {name: asked[name] for name in sent} == sent
        assert (second.status, second.text) == (200, "stored")
        assert cache_status(second) == {"fwd": "stale", "fwd-status": "304", "stored": True}
        assert is_hit(third) and third.text == "stored" and origin.count() == 2

    def test_carry_the_fields_of_the_client(self, caching_for, replies):
        origin = replies(stale(ETag='"a"'), unchanged(ETag='"a"'))
        proxy = caching_for(origin)
        proxy.get()
        proxy.get(fields={"X-Mine": "1", "Cookie": "a=b", "User-Agent": "u"})
        origin.next_request()
        asked = origin.next_request()
        assert (asked["X-Mine"], asked["Cookie"], asked["User-Agent"]) == ("1", "a=b", "u")

    def test_replace_those_of_the_client(self, caching_for, replies):
        origin = replies(stale(ETag='"a"'), unchanged(ETag='"a"'))
        proxy = caching_for(origin)
        proxy.get()
        answer = proxy.get(fields={"If-None-Match": '"other"', "If-Modified-Since": LAST_MODIFIED})
        assert (answer.status, answer.text) == (200, "stored")
        origin.next_request()
        asked = origin.next_request()
        assert (asked.all("If-None-Match"), asked.all("If-Modified-Since")) == (['"a"'], [])

    def test_a_full_answer_takes_the_place_of_what_is_stored(self, caching_for, replies):
        proxy = caching_for(replies(stale(ETag='"a"'), reply(b"new", FOREVER, ETag='"b"')))
        assert [proxy.get().text for _ in range(3)] == ["stored", "new", "new"]

    def test_no_cache_asks_each_time(self, caching_for, replies):
        origin = replies(reply(b"stored", "no-cache", ETag='"a"'), unchanged("no-cache", ETag='"a"'))
        proxy = caching_for(origin)
        assert [proxy.get().text for _ in range(3)] == ["stored"] * 3
        origin.next_request()
        for _ in range(2):
            assert origin.next_request()["If-None-Match"] == '"a"'

    def test_a_client_that_wants_validation_gets_it(self, caching_for, replies):
        origin = replies(reply(b"stored", FOREVER, ETag='"a"'), unchanged(ETag='"a"'))
        proxy = caching_for(origin)
        proxy.get()
        answer = proxy.get(fields={"Cache-Control": "no-cache"})
        assert (answer.text, cache_status(answer)["fwd"]) == ("stored", "request")
        origin.next_request()
        assert origin.next_request()["If-None-Match"] == '"a"'

    def test_an_error_in_answer_to_it_leaves_what_is_stored(self, caching_for, replies):
        origin = replies(stale(ETag='"a"'), response(b"oops", status="503 Busy"), unchanged(ETag='"a"'))
        proxy = caching_for(origin)
        assert [proxy.get().text for _ in range(3)] == ["stored", "oops", "stored"]

    def test_a_not_found_in_answer_to_it_ends_what_is_stored(self, caching_for, replies):
        origin = replies(stale(ETag='"a"'), response(b"gone", status="404 Not Found"))
        proxy = caching_for(origin)
        assert [proxy.get().text for _ in range(2)] == ["stored", "gone"]
        proxy.get()
        asked = [origin.next_request() for _ in range(3)]
        assert [each["If-None-Match"] for each in asked] == [None, '"a"', None]

    def test_a_304_of_another_date_is_asked_again(self, caching_for, replies):
        """It speaks of something that is not stored (RFC 9111 4.3.4)."""
        origin = replies(stale(Last_Modified=LAST_MODIFIED), unchanged(Last_Modified=ago(0)),
                         reply(b"new", FOREVER))
        proxy = caching_for(origin)
        assert [proxy.get().text for _ in range(3)] == ["stored", "new", "new"]
        asked = [origin.next_request() for _ in range(3)]
        assert [each["If-Modified-Since"] for each in asked] == [None, LAST_MODIFIED, None]

    def test_a_client_that_asks_alone_is_asked_for_again_too(self, caching_for, replies):
        origin = replies(stale(Last_Modified=LAST_MODIFIED), unchanged(Last_Modified=ago(0)),
                         reply(b"new", FOREVER))
        proxy = caching_for(origin)
        proxy.get()
        assert proxy.get(fields={"Range": "bytes=0-1"}).text in ("new", "ne")


class TestWhatA304Changes:
    """RFC 9111 3.2."""

    def test_fields_are_replaced(self, caching_for, pages):
        proxy = caching_for(pages)
        for name, old, new in [
                *((each, "old", "new") for each in (
                    "Test-Header", "X-Test-Header", "Content-Foo", "Content-Type", "Content-Location",
                    "Content-Security-Policy", "Set-Cookie", "X-Frame-Options")),
                ("Date", ago(10), ago(5)), ("Expires", ago(-10), ago(-3600)),
                ("Cache-Control", "max-age=60", FOREVER)]:
            field = lambda value: {name.replace("-", "_"): value}
            first = {"Cache_Control": "max-age=60", "Age": "60", "ETag": '"a"', **field(old)}
            second = {"Cache_Control": FOREVER, "ETag": '"a"', **field(new)}
            target = pages.add(response(b"stored", **first), unchanged(None, **second))
            proxy.get(target)
            for answer in (proxy.get(target), proxy.get(target)):
                assert (answer.text, answer.all(name)) == ("stored", [new])
            assert is_hit(answer)

    def test_fields_of_the_content_stay(self, caching_for, pages):
        proxy = caching_for(pages)
        for name in ("Content_Encoding", "Content_MD5", "Content_Range"):
            target = pages.add(stale(ETag='"a"', **{name: "old"}), unchanged(ETag='"a"', **{name: "new"}))
            proxy.get(target)
            for answer in (proxy.get(target), proxy.get(target)):
                assert answer.all(name.replace("_", "-")) == ["old"]

    def test_its_content_length_and_its_tag_change_nothing(self, caching_for, replies):
        proxy = caching_for(replies(stale(ETag='"a"'), unchanged(ETag='"b"', Content_Length="3")))
        proxy.get()
        for answer in (proxy.get(), proxy.get()):
            assert (answer["Content-Length"], answer["ETag"], answer.text) == ("6", '"a"', "stored")

    def test_what_it_does_not_say_stays(self, caching_for, replies):
        proxy = caching_for(replies(stale(ETag='"a"', X_Kept="1"), unchanged(ETag='"a"')))
        proxy.get()
        assert (proxy.get()["X-Kept"], proxy.get()["X-Kept"]) == ("1", "1")

    def test_the_age_counts_from_it(self, caching_for, replies):
        proxy = caching_for(replies(stale(ETag='"a"'), unchanged(ETag='"a"')))
        proxy.get()
        assert all(int(proxy.get()["Age"]) < 30 for _ in range(2))


class TestConditionsOfClients:
    """RFC 9111 4.3.2."""

    @pytest.fixture
    def proxy(self, caching_for, replies):
        origin = replies(reply(b"stored", FOREVER, ETag='"a"', Last_Modified=LAST_MODIFIED,
                               Content_Type="text/plain", X_Own="1"))
        proxy = caching_for(origin)
        proxy.get()
        yield proxy
        assert origin.count() == 1

    def test_a_listed_tag_is_304(self, proxy):
        for tags in ('"a"', 'W/"a"', '"x", "a"', '"a", "x"', '"x","a","y"', "*", '"x" , W/"a"'):
            answer = proxy.get(fields={"If-None-Match": tags})
            assert (answer.status, answer["ETag"], is_hit(answer)) == (304, '"a"', True)
            assert answer["Age"] is not None
            assert (answer["Cache-Control"], answer["Content-Type"], answer["Content-Length"]) == (FOREVER, None, None)

    def test_what_does_not_match_is_200(self, proxy):
        for fields in ({"If-None-Match": '"b"'}, {"If-None-Match": '"b"', "If-Modified-Since": LAST_MODIFIED},
                       {"If-None-Match": 'w/"a"'}, {"If-Modified-Since": "Mon, 02 Jan 2023 03:04:04 GMT"},
                       {"If-Modified-Since": "foo"}):
            answer = proxy.get(fields=fields)
            assert (answer.status, answer.text) == (200, "stored"), fields

    def test_unchanged_since_is_304(self, proxy):
        for date in (LAST_MODIFIED, "Tue, 03 Jan 2023 03:04:05 GMT", "Monday, 02-Jan-23 03:04:05 GMT",
                     "Mon Jan  2 03:04:05 2023"):
            assert proxy.get(fields={"If-Modified-Since": date}).status == 304, date

    def test_what_does_not_say_when_it_changed_did_so_before_its_date(self, caching_for, replies):
        """RFC 9111 4.3.2."""
        proxy = caching_for(replies(reply(b"stored", "max-age=1000000000", Date=LAST_MODIFIED)))
        proxy.get()
        assert proxy.get(fields={"If-Modified-Since": LAST_MODIFIED}).status == 304
        assert proxy.get(fields={"If-Modified-Since": "Mon, 02 Jan 2023 03:04:04 GMT"}).status == 200

    def test_a_304_has_no_body_on_a_connection_that_goes_on(self, proxy):
        with proxy.client() as client:
            assert client.get(fields={"If-None-Match": '"a"'}).status == 304
            assert client.get().text == "stored"
            assert client.get(method="HEAD", fields={"If-None-Match": '"a"'}).status == 304
            assert client.get().text == "stored"

    def test_are_for_what_would_be_a_success(self, caching_for, replies):
        proxy = caching_for(replies(reply(b"gone", FOREVER, status="410 Gone", ETag='"a"')))
        proxy.get()
        assert proxy.get(fields={"If-None-Match": '"a"'}).status == 410

    def test_hold_for_a_miss_too(self, caching_for, replies):
        """The whole is asked for, to be stored; the client gets what it asked for."""
        origin = replies(reply(b"stored", FOREVER, ETag='"a"'))
        proxy = caching_for(origin)
        assert proxy.get(fields={"If-None-Match": '"a"'}).status == 304
        assert proxy.get().text == "stored"
        assert origin.count() == 1 and origin.next_request()["If-None-Match"] is None

    def test_hold_for_what_was_just_validated(self, caching_for, replies):
        proxy = caching_for(replies(stale(ETag='"a"'), unchanged(ETag='"a"')))
        proxy.get()
        assert proxy.get(fields={"If-None-Match": '"a"'}).status == 304

    @pytest.mark.parametrize("name, value", [("If-Match", '"b"'), ("If-Unmodified-Since", LAST_MODIFIED)])
    def test_of_state_are_the_origins_alone(self, caching_for, replies, name, value):
        """RFC 9110 13.1.1, 13.1.4."""
        origin = replies(reply(b"stored", FOREVER, ETag='"a"'),
                         response(b"no", status="412 Precondition Failed"))
        proxy = caching_for(origin)
        proxy.get()
        answer = proxy.get(fields={name: value})
        assert (answer.status, cache_status(answer)["fwd"]) == (412, "bypass")
        origin.next_request()
        assert origin.next_request()[name] == value


class TestHeadUpdates:
    """RFC 9111 4.3.5."""

    def head(self, **more):
        return response(b"", **more).replace(b"Content-Length: 0\r\n", b"")

    def test_what_fits_freshens_the_stored_get(self, caching_for, replies):
        head = self.head(Cache_Control=FOREVER, ETag='"a"', X_New="1")
        proxy = caching_for(replies(stale(ETag='"a"', X_Old="1"), head))
        proxy.get()
        assert proxy.get(method="HEAD")["X-New"] == "1"
        answer = proxy.get()
        assert is_hit(answer) and (answer["X-New"], answer["X-Old"], answer.text) == ("1", "1", "stored")

    @pytest.mark.parametrize("more", [{"ETag": '"b"'}, {"ETag": '"a"', "Content_Length": "7"}])
    def test_what_does_not_fit_makes_it_stale(self, caching_for, replies, more):
        origin = replies(stale(ETag='"a"'), self.head(Cache_Control=FOREVER, **more), reply(b"new", FOREVER))
        proxy = caching_for(origin)
        proxy.get()
        proxy.get(method="HEAD")
        assert proxy.get().text == "new"

    def test_another_status_changes_nothing(self, caching_for, replies):
        gone = self.head(status="410 Gone", Cache_Control=FOREVER, X_New="1")
        proxy = caching_for(replies(stale(ETag='"a"'), gone, unchanged(ETag='"a"')))
        proxy.get()
        assert proxy.get(method="HEAD").status == 410
        answer = proxy.get()
        assert (answer.status, answer.text, answer["X-New"]) == (200, "stored", None)
