"""What is stored in part is completed: the origin is asked for the rest, under If-Range (RFC 9111 3.4)."""
import json

import pytest

from harness.caching import cache_status, is_hit
from harness.origin import Serving
from harness.wire import Closed, response

CONTENT = b"0123456789"
FIELDS = {"Cache_Control": "max-age=60", "ETag": '"a"'}


def part(first, last, content=CONTENT, **fields):
    return response(content[first:last + 1], status="206 Partial Content",
                    **({"Content_Range": f"bytes {first}-{last}/10"} | FIELDS | fields))


def whole(content=CONTENT, **fields):
    return response(content, **(FIELDS | fields))


@pytest.fixture
def proxy(caching_for, scripted):
    return caching_for(scripted, top="workers: 1\nretries: {attempts: 0}")


@pytest.fixture
def origin(proxy, scripted):
    """The one connection to the origin; the range 0-4 was fetched through it."""
    return store(proxy, scripted, (0, 4))


def store(proxy, scripted, *ranges, **fields):
    origin = None
    for first, last in ranges:
        with proxy.client() as client:
            client.ask(fields={"Range": f"bytes={first}-{last}"})
            origin = origin or scripted.accept()
            origin.read_request()
            origin.send(part(first, last, **fields))
            assert client.read_response().status == 206
    return origin


def asked(origin):
    request = origin.read_request()
    return request["Range"], request["If-Range"]


@pytest.mark.parametrize("stored, missing", [([(0, 4)], (5, 9)), ([(5, 9)], (0, 4)), ([(0, 0)], (1, 9)),
                                             ([(0, 2), (7, 9)], (3, 6)), ([(0, 1), (4, 5), (9, 9)], (2, 8))])
def test_the_rest_is_asked_for_and_the_whole_is_served(proxy, scripted, stored, missing):
    origin = store(proxy, scripted, *stored)
    with proxy.client() as client:
        client.ask()
        assert asked(origin) == ("bytes={}-{}".format(*missing), '"a"')
        origin.send(part(*missing))
        answer = client.read_response()
        assert (answer.status, answer.body, answer["Content-Range"]) == (200, CONTENT, None)
        assert answer["Content-Length"] == "10"
        assert cache_status(answer) == {"fwd": "partial", "fwd-status": "206", "stored": True}
        again = client.get()
        assert (again.body, is_hit(again)) == (CONTENT, True)
        assert client.get(fields={"Range": "bytes=3-6"}).body == b"3456"


def test_what_lies_in_the_middle_is_no_use_to_who_wants_all(proxy, scripted):
    origin = store(proxy, scripted, (3, 6))
    with proxy.client() as client:
        client.ask()
        assert asked(origin) == (None, None)
        origin.send(whole())
        assert client.read_response().body == CONTENT


@pytest.mark.parametrize("range, missing, text", [("bytes=2-7", (5, 7), "234567"), ("bytes=4-", (5, 9), "456789"),
                                                  ("bytes=-8", (5, 9), "23456789")])
def test_a_range_is_completed_too(proxy, scripted, origin, range, missing, text):
    with proxy.client() as client:
        client.ask(fields={"Range": range})
        assert asked(origin) == ("bytes={}-{}".format(*missing), '"a"')
        origin.send(part(*missing))
        answer = client.read_response()
        assert (answer.status, answer.text) == (206, text)
        first = CONTENT.decode().index(text)
        assert answer["Content-Range"] == f"bytes {first}-{first + len(text) - 1}/10"
        joined = client.get(fields={"Range": f"bytes=0-{missing[1]}"})
        assert (joined.body, is_hit(joined)) == (CONTENT[:missing[1] + 1], True)


def test_a_range_of_another_representation_is_not(proxy, scripted, origin):
    with proxy.client() as client:
        client.ask(fields={"Range": "bytes=2-7", "If-Range": '"b"'})
        assert asked(origin) == ("bytes=2-7", '"b"')
        origin.send(whole(b"ABCDEFGHIJ", ETag='"b"'))
        answer = client.read_response()
        assert (answer.status, answer.text) == (200, "ABCDEFGHIJ")


def purge_red(proxy, **how):
    order = json.dumps({"tag": "red"} | how)
    assert proxy.control("POST", "/cache/purge", body=order).status == 200


def complete_around_a_purge(proxy, scripted, body_bytes, **how):
    """The part is red, the rest of it is not; the purge of what is red comes when so much has come."""
    origin = store(proxy, scripted, (0, 4), Cache_Tag="red")
    head, body = part(5, 9, Cache_Tag="blue").split(b"\r\n\r\n")
    answer, sent = head + b"\r\n\r\n" + body, 0
    with proxy.client() as client:
        client.ask()
        asked(origin)
        if body_bytes is not None:
            sent = len(answer) - len(body) + body_bytes
            origin.send(answer[:sent])
            client.read_head()
        purge_red(proxy, **how)
        origin.send(answer[sent:])
        assert (client.read(10) if sent else client.read_response().body) == CONTENT
    return origin


def expect_stale(proxy, origin):
    with proxy.client() as client:
        client.ask()
        assert origin.read_request()["If-None-Match"] == '"a"'
        origin.send(response(status="304 Not Modified", **FIELDS))
        assert client.read_response().body == CONTENT


def expect_gone(proxy, origin):
    with proxy.client() as client:
        client.ask()
        request = origin.read_request()
        assert (request["If-None-Match"], request["Range"]) == (None, None)
        origin.send(whole(b"ABCDEFGHIJ"))
        assert client.read_response().text == "ABCDEFGHIJ"


@pytest.mark.parametrize("body_bytes", [None, 0, 2])
def test_what_is_purged_softly_by_a_tag_of_the_part_alone_is_stale_when_it_is_complete(proxy, scripted, body_bytes):
    expect_stale(proxy, complete_around_a_purge(proxy, scripted, body_bytes, soft=True))


@pytest.mark.parametrize("body_bytes", [0, 2])
def test_what_is_purged_by_a_tag_of_the_part_alone_is_gone_when_it_is_complete(proxy, scripted, body_bytes):
    expect_gone(proxy, complete_around_a_purge(proxy, scripted, body_bytes))


def test_what_is_confirmed_keeps_the_tags_of_its_parts(proxy, scripted):
    origin = complete_around_a_purge(proxy, scripted, None, soft=True)
    expect_stale(proxy, origin)
    purge_red(proxy)
    expect_gone(proxy, origin)


def test_nor_is_it_lost_on_what_is_put_together_with_what_comes(proxy, scripted):
    origin = store(proxy, scripted, (0, 4), Cache_Tag="red")
    with proxy.client() as client:
        client.ask(fields={"Range": "bytes=5-9", "Cache-Control": "no-cache"})
        origin.read_request()
        purge_red(proxy, soft=True)
        origin.send(part(5, 9, Cache_Tag="blue"))
        assert client.read_response().text == "56789"
    expect_stale(proxy, origin)


def test_what_is_stored_goes_out_while_the_rest_is_awaited(proxy, origin):
    with proxy.client() as client:
        client.ask()
        origin.read_request()
        head, body = part(5, 9).split(b"\r\n\r\n")
        origin.send(head + b"\r\n\r\n")
        assert client.read_head().status == 200
        assert client.read(5) == b"01234"
        origin.send(body[:2])
        assert client.read(2) == b"56"
        origin.send(body[2:])
        assert client.read(3) == b"789"


def test_another_representation_takes_its_place(proxy, origin):
    """The origin sends all of it where the validator does not hold (RFC 9110 13.1.5)."""
    with proxy.client() as client:
        client.ask()
        origin.read_request()
        origin.send(whole(b"ABCDEFGHIJ", ETag='"b"'))
        answer = client.read_response()
        assert (answer.status, answer.text) == (200, "ABCDEFGHIJ")
        inside = client.get(fields={"Range": "bytes=1-2"})
        assert (inside.text, is_hit(inside)) == ("BC", True)


@pytest.mark.parametrize("answer", [
    part(5, 9, b"ABCDEFGHIJ", ETag='"b"'), part(5, 9, ETag='W/"a"'), part(5, 8), part(4, 9),
    part(5, 9, Content_Range="bytes 5-9/11"), part(5, 9, Content_Range="bytes 5-9/*"),
    response(b"", status="416 Range Not Satisfiable"), response(b"", status="304 Not Modified"),
    part(5, 9, Cache_Control="no-store"),
], ids=["other tag", "weak tag", "less", "more", "other size", "no size", "416", "304", "not to be stored"])
def test_what_does_not_fit_is_never_joined(proxy, origin, answer):
    """The whole is asked for instead, at once."""
    with proxy.client() as client:
        client.ask()
        assert asked(origin) == ("bytes=5-9", '"a"')
        origin.send(answer)
        assert asked(origin) == (None, None)
        origin.send(whole(b"ABCDEFGHIJ", ETag='"b"'))
        got = client.read_response()
        assert (got.status, got.text) == (200, "ABCDEFGHIJ")


def test_an_error_of_the_origin_is_passed_on(proxy, origin):
    with proxy.client() as client:
        client.ask()
        origin.read_request()
        origin.send(response(b"sorry", status="503 Service Unavailable"))
        answer = client.read_response()
        assert (answer.status, answer.text) == (503, "sorry")


@pytest.mark.parametrize("rest", [b"56", b"56789ab"])
@pytest.mark.parametrize("how", ["to its end", "hangs up"])
def test_a_rest_of_another_length_is_never_complete(proxy, origin, rest, how):
    head = (b"HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nCache-Control: max-age=60\r\n"
            b"Content-Range: bytes 5-9/10\r\nTransfer-Encoding: chunked\r\n\r\n")
    with proxy.client() as client:
        client.ask()
        origin.read_request()
        origin.send(head)
        client.read_head()
        origin.send(b"%x\r\n%s\r\n" % (len(rest), rest) + (b"0\r\n\r\n" if how == "to its end" else b""))
        if how == "hangs up":
            origin.close()
        with pytest.raises((Closed, ConnectionResetError)):
            client.read(10)
    assert proxy.get(fields={"Cache-Control": "only-if-cached"}).status == 504


def test_many_at_once_ask_for_the_rest_once(proxy, scripted, origin):
    first = proxy.client().ask()
    assert asked(origin) == ("bytes=5-9", '"a"')
    rest = [proxy.client().ask() for _ in range(6)]
    assert scripted.hears_nothing()
    origin.send(part(5, 9))
    answers = [each.read_response() for each in [first, *rest]]
    assert {(each.status, each.body) for each in answers} == {(200, CONTENT)}
    assert all("collapsed" in cache_status(each) for each in answers[1:])


def test_the_rest_need_not_repeat_what_was_said(proxy, scripted):
    """RFC 9110 15.3.7: a 206 to If-Range leaves out what the first one said."""
    origin = store(proxy, scripted, (0, 4), Content_Type="text/plain", Cache_Tag="red", A="1")
    with proxy.client() as client:
        client.ask()
        origin.read_request()
        origin.send(response(b"56789", status="206 Partial Content", Content_Range="bytes 5-9/10",
                             ETag='"a"', A="2"))
        for answer in (client.read_response(), client.get()):
            assert (answer["Content-Type"], answer["A"], answer["Cache-Control"]) == (
                "text/plain", "2", "max-age=60")


def test_what_is_stale_is_completed_all_the_same(proxy, scripted):
    """If-Range asks whether it still holds."""
    origin = store(proxy, scripted, (0, 4), Cache_Control="max-age=60", Age="60")
    with proxy.client() as client:
        client.ask()
        assert asked(origin) == ("bytes=5-9", '"a"')
        origin.send(part(5, 9))
        assert client.read_response().body == CONTENT


def test_a_stale_part_is_not_answered_with_a_part_of_something_else(proxy, scripted):
    """RFC 9110 13.1.5: who has the beginning of "a" gets all of "b"."""
    origin = store(proxy, scripted, (0, 4), Cache_Control="max-age=60", Age="60")
    with proxy.client() as client:
        client.ask(fields={"Range": "bytes=0-4", "If-Range": '"a"'})
        request = origin.read_request()
        assert (request["Range"], request["If-Range"], request["If-None-Match"]) == ("bytes=0-4", '"a"', '"a"')
        origin.send(whole(b"ABCDEFGHIJ", ETag='"b"'))
        answer = client.read_response()
        assert (answer.status, answer.body) == (200, b"ABCDEFGHIJ")


@pytest.mark.parametrize("etag", ['W/"a"', None])
def test_without_a_strong_entity_tag_the_whole_is_asked_for(caching_for, origins, etag):
    def answer(request):
        fields = {"Cache_Control": "max-age=60"} | ({"ETag": etag} if etag else {})
        if not request["Range"]:
            return response(CONTENT, **fields)
        return response(b"01234", status="206 Partial Content", Content_Range="bytes 0-4/10", **fields)

    serving = origins(Serving, answer)
    proxy = caching_for(serving)
    proxy.get(fields={"Range": "bytes=0-4"})
    assert proxy.get().body == CONTENT
    serving.next_request()
    assert serving.next_request()["If-Range"] is None


def test_a_head_tells_of_what_is_stored_in_part(proxy, origin):
    """RFC 9111 4.3.5: it refreshes what it fits, and makes stale what it does not."""
    with proxy.client() as client:
        for fields, etag in (({"A": "2"}, None), ({"ETag": '"b"'}, '"a"')):
            client.ask(method="HEAD", fields={"Range": "bytes=1-2"})  # which means nothing there
            origin.read_request()
            origin.send(whole(**fields).split(b"\r\n\r\n")[0] + b"\r\n\r\n")
            assert client.read_response("HEAD").status == 200
            client.ask(fields={"Range": "bytes=1-2"})
            if etag:
                assert origin.read_request()["If-None-Match"] == etag
                origin.send(part(1, 2, b"ABCDEFGHIJ", ETag='"b"'))
            answer = client.read_response()
            assert (answer.text, answer["A"]) == (("BC", None) if etag else ("12", "2"))


def test_who_wants_nothing_stored_asks_alone(proxy, origin):
    with proxy.client() as client:
        client.ask(fields={"Cache-Control": "no-store"})
        assert asked(origin) == (None, None)
        origin.send(whole())
        assert client.read_response().body == CONTENT


def test_without_collapsing_each_completes_by_itself(caching_for, scripted):
    proxy = caching_for(scripted, cache="ttl: 0, collapse: {enabled: false, timeout: 5m}", top="workers: 1")
    origin = store(proxy, scripted, (0, 4))
    with proxy.client() as client, proxy.client() as other:
        client.ask()
        assert asked(origin) == ("bytes=5-9", '"a"')
        other.ask()
        own, _ = scripted.expect()
        for connection, each in ((own, other), (origin, client)):
            connection.send(part(5, 9))
            assert each.read_response().body == CONTENT
