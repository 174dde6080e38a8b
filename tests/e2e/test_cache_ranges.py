"""Parts of what is stored whole (RFC 9110 14, RFC 9111 3.3)."""
import re

import pytest

from harness.caching import ago, is_hit, is_stored, reply
from harness.wire import response

FOREVER = "max-age=3600"
BODY = b"0123456789"
LAST_MODIFIED = "Mon, 02 Jan 2023 03:04:05 GMT"


@pytest.fixture
def stored(caching_for, replies):
    origin = replies(reply(BODY, FOREVER, ETag='"a"', Last_Modified=LAST_MODIFIED, Date=ago(10),
                           Content_Type="text/plain", Content_Encoding="br", A="1"))
    proxy = caching_for(origin)
    proxy.get()
    yield proxy
    assert origin.count() == 1


def part(proxy, ranges, **fields):
    return proxy.get(fields={"Range": ranges, **{name.replace("_", "-"): value for name, value in fields.items()}})


def test_a_range_is_answered_with_its_bytes(stored):
    for ranges, body, content_range in [
            ("bytes=0-1", b"01", "bytes 0-1/10"), ("bytes=1-", b"123456789", "bytes 1-9/10"),
            ("bytes=-1", b"9", "bytes 9-9/10"), ("bytes=-100", BODY, "bytes 0-9/10"),
            ("bytes=8-100", b"89", "bytes 8-9/10"), ("BYTES=3-3", b"3", "bytes 3-3/10"),
            ("bytes=0-99999999999999999999999", BODY, "bytes 0-9/10")]:
        answer = part(stored, ranges)
        assert (answer.status, answer.body, answer["Content-Range"]) == (206, body, content_range)
        assert is_hit(answer)
        assert (answer["A"], answer["ETag"], answer["Cache-Control"]) == ("1", '"a"', FOREVER)


def test_what_is_no_range_or_not_worth_it_is_the_whole(stored):
    for ranges in ("bytes=", "bytes=a-b", "bytes=2-1", "bytes 0-1", "lines=0-1", "bytes=0-1,x", "bytes=0-3,2-5",
                   "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 34, 2))):
        answer = part(stored, ranges)
        assert (answer.status, answer.body, answer["Content-Range"]) == (200, BODY, None), ranges


def test_what_lies_behind_the_end_is_416(stored):
    """RFC 9110 15.5.17."""
    for ranges in ("bytes=10-", "bytes=10-11, 20-", "bytes=-0"):
        answer = part(stored, ranges)
        assert (answer.status, answer["Content-Range"], answer.body) == (416, "bytes */10", b""), ranges
        assert (answer["Content-Type"], answer["Content-Encoding"]) == (None, None)


def test_two_lines_of_it_are_no_range(stored):
    """RFC 9110 14.2: it is no list."""
    with stored.client() as client:
        client.send("GET / HTTP/1.1\r\nHost: app.test\r\nRange: bytes=0-1\r\nRange: bytes=2-3\r\n\r\n")
        answer = client.read_response()
    assert (answer.status, answer.body, is_hit(answer)) == (200, BODY, True)


def test_several_ranges_are_a_multipart(stored):
    """RFC 9110 15.3.7.2."""
    answer = part(stored, "bytes=0-1, 4-5, -2")
    assert answer.status == 206 and answer["Content-Range"] is None
    boundary = re.fullmatch(r"multipart/byteranges; boundary=(\S+)", answer["Content-Type"])[1]
    first, *parts, last = answer.body.split(b"--" + boundary.encode())
    assert (first, last) == (b"\r\n", b"--\r\n")
    got = [re.fullmatch(rb"\r\nContent-Type: text/plain\r\nContent-Range: bytes (\S+)\r\n\r\n(.*)\r\n", each).groups()
           for each in parts]
    assert got == [(b"0-1/10", b"01"), (b"4-5/10", b"45"), (b"8-9/10", b"89")]


def test_of_several_only_those_that_are_there_are_sent(stored):
    answer = part(stored, "bytes=0-1, 20-30")
    assert (answer.status, answer.body, answer["Content-Range"]) == (206, b"01", "bytes 0-1/10")


def test_if_range_decides_between_part_and_whole(stored):
    """RFC 9110 13.1.5."""
    for if_range, status in [('"a"', 206), ('"b"', 200), ('W/"a"', 200), (LAST_MODIFIED, 206),
                             ("Mon, 02 Jan 2023 03:04:06 GMT", 200), ("foo", 200), ("", 200)]:
        assert part(stored, "bytes=0-1", If_Range=if_range).status == status, if_range


def test_a_condition_comes_before_the_range(stored):
    """RFC 9110 13.2.2."""
    assert part(stored, "bytes=0-1", If_None_Match='"a"').status == 304


def test_head_knows_no_ranges(stored):
    """RFC 9110 14.2: of GET alone."""
    answer = stored.get(method="HEAD", fields={"Range": "bytes=0-1"})
    assert (answer.status, answer["Content-Length"]) == (200, "10")


@pytest.mark.parametrize("ranges, body", [("bytes=0-0", b"x"), ("bytes=65530-65545", b"x" * 16),
                                          ("bytes=-1", b"y"), ("bytes=299990-", b"x" * 10 + b"y")])
def test_ranges_of_a_body_in_many_pieces(caching_for, replies, ranges, body):
    chunk = b"x" * 1000
    whole = b"".join(b"3e8\r\n%s\r\n" % chunk for _ in range(300)) + b"1\r\ny\r\n0\r\n\r\n"
    proxy = caching_for(replies(
        b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n" + whole))
    assert len(proxy.get().body) == 300001
    answer = part(proxy, ranges)
    assert (answer.status, answer.body, is_hit(answer)) == (206, body, True)


def test_an_error_has_no_ranges(caching_for, replies):
    proxy = caching_for(replies(reply(BODY, FOREVER, status="404 Not Found")))
    proxy.get()
    answer = part(proxy, "bytes=0-1")
    assert (answer.status, answer.body) == (404, BODY)


def test_an_empty_body_has_no_ranges(caching_for, replies):
    proxy = caching_for(replies(reply(b"", FOREVER)))
    proxy.get()
    assert part(proxy, "bytes=0-1").status in (200, 416)


def test_a_range_that_misses_goes_to_the_origin_as_it_is(caching_for, replies):
    partial = response(b"01", status="206 Partial Content", Content_Range="bytes 0-1/10", Cache_Control=FOREVER)
    origin = replies(partial, reply(BODY, FOREVER))
    proxy = caching_for(origin)
    answer = part(proxy, "bytes=0-1")
    assert (answer.status, answer.body) == (206, b"01")
    assert origin.next_request()["Range"] == "bytes=0-1"
    whole = proxy.get()
    assert (whole.status, whole.body) == (200, BODY)  # never the part for the whole


def test_the_whole_in_answer_to_a_range_is_stored(caching_for, replies):
    proxy = caching_for(replies(reply(BODY, FOREVER)))
    answer = part(proxy, "bytes=0-1")
    assert (answer.status, answer.body, is_stored(answer)) == (200, BODY, True)
    assert part(proxy, "bytes=0-1").body == b"01"


def test_what_is_stale_is_validated_whole_and_served_in_part(caching_for, replies):
    origin = replies(reply(BODY, "max-age=60", Age="60", ETag='"a"'),
                     b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: max-age=60\r\n\r\n")
    proxy = caching_for(origin)
    proxy.get()
    assert part(proxy, "bytes=2-3").body == b"23"
    origin.next_request()
    asked = origin.next_request()
    assert (asked["If-None-Match"], asked["Range"]) == ('"a"', None)


def test_a_content_range_of_the_whole_means_nothing(caching_for, replies):
    """RFC 9110 14.4: it is what the bytes that are sent say of themselves."""
    proxy = caching_for(replies(reply(BODY, FOREVER, Content_Range="bytes 0-3/99")))
    proxy.get()
    for ranges, content_ranges in [("bytes=2-3", ["bytes 2-3/10"]), ("bytes=0-1,4-5", []), ("bytes=10-", ["bytes */10"])]:
        answer = part(proxy, ranges)
        assert is_hit(answer) and answer.all("Content-Range") == content_ranges, ranges
