"""Partial content: parts are stored, serve what lies in them, and are put together (RFC 9111 3.3, 3.4)."""
import pytest

from harness.wire import response

CONTENT = b"0123456789"


def part(first, last, whole=False, **fields):
    fields = {"Cache_Control": "max-age=60", "ETag": '"a"'} | fields
    if whole:
        return response(CONTENT, **fields)
    return response(CONTENT[first:last + 1], status="206 Partial Content",
                    Content_Range=f"bytes {first}-{last}/10", **fields)


@pytest.fixture
def cached(minato, scripted):
    return minato.serving(scripted, top='workers: 1\ncache: {ttl: 300}\nhealth_check: {type: "off"}')


@pytest.fixture
def ask(cached, scripted):
    """Asks for a range; the origin, if it is asked, answers with the part that is given."""
    origins = []

    def ask(range=None, if_range=None, **answers):
        fields = {"Range": range, "If-Range": if_range}
        with cached.client() as client:
            client.ask("/", fields={name: value for name, value in fields.items() if value})
            if answers:
                if not origins:
                    origins.append(scripted.accept())
                origins[0].read_request()
                origins[0].send(part(**answers))
            return client.read_response()
    return ask


def test_a_part_is_stored_and_serves_what_lies_in_it(ask):
    assert ask("bytes=2-6", first=2, last=6).status == 206
    inside = ask("bytes=3-4")
    assert (inside.status, inside.text) == (206, "34")
    assert inside["Content-Range"] == "bytes 3-4/10"
    assert inside["Cache-Status"].startswith("Minato; hit")


@pytest.mark.parametrize("asked, says", [
    ("bytes=2-6", {}), ("bytes=2-6", {"Content_Range": "bytes 2-6/x"}), ("bytes=2-6", {"Content_Range": "lines 2-6/10"}),
    (None, {"Content_Range": "bytes 2-6/10"})], ids=["not said which", "no range", "other units", "not asked for"])
def test_a_part_of_who_knows_what_is_not_stored(caching_for, replies, asked, says):
    unknown = response(b"23456", status="206 Partial Content", Cache_Control="max-age=60", ETag='"a"', **says)
    proxy = caching_for(replies(unknown, unknown, unknown))
    for _ in range(3):
        answer = proxy.get(fields={"Range": asked} if asked else {})
        assert answer.status == 206 and "stored" not in answer["Cache-Status"] and "hit" not in answer["Cache-Status"]


def test_a_part_answers_if_range_by_its_validator(ask):
    """RFC 9110 13.1.5."""
    ask("bytes=2-6", first=2, last=6)
    same = ask("bytes=3-4", if_range='"a"')
    assert (same.status, same.text) == (206, "34")
    assert same["Cache-Status"].startswith("Minato; hit")
    other = ask("bytes=3-4", if_range='"b"', whole=True, first=0, last=9)
    assert (other.status, other.text) == (200, CONTENT.decode())


def test_a_condition_comes_before_the_range(cached, ask):
    """RFC 9110 13.2.2."""
    ask("bytes=2-6", first=2, last=6)
    fields = {"Range": "bytes=2-6", "If-None-Match": '"a"'}
    assert cached.get("/", fields=fields).status == 304


def test_another_part_than_was_asked_for_answers_nobody_who_asks_again(ask):
    assert ask("bytes=0-3", first=6, last=9).text == "6789"
    assert ask("bytes=0-3", first=0, last=3).text == "0123"


def test_a_part_is_refreshed_for_others_than_who_found_it(cached, scripted):
    """Who says If-Range would have the whole in its place."""
    with cached.client() as client:
        client.ask("/", fields={"Range": "bytes=2-6"})
        origin, _ = scripted.expect()
        origin.send(part(2, 6, Cache_Control="max-age=60, stale-while-revalidate=60", Age="60"))
        client.read_response()
        assert client.get("/", fields={"Range": "bytes=3-4", "If-Range": '"a"'}).text == "34"
        asked = origin.read_request()
        assert (asked["Range"], asked["If-Range"], asked["If-None-Match"]) == ("bytes=3-4", None, '"a"')


def test_several_ranges_that_lie_in_it_are_sent_apart(ask):
    """RFC 9110 15.3.7.2."""
    ask("bytes=2-6", first=2, last=6)
    both = ask("bytes=2-3,6-6")
    assert (both.status, both["Content-Range"]) == (206, None)
    assert both["Cache-Status"].startswith("Minato; hit")
    boundary = both["Content-Type"].removeprefix("multipart/byteranges; boundary=")
    parts = both.text.split("--" + boundary)
    assert [part.strip() for part in parts] == [
        "", "Content-Range: bytes 2-3/10\r\n\r\n23", "Content-Range: bytes 6-6/10\r\n\r\n6", "--"]


def test_a_part_of_a_whole_of_unknown_size_serves_what_is_plainly_in_it(cached, scripted):
    """RFC 9110 14.4; what `3-` means depends on that size."""
    unknown = response(CONTENT[2:7], status="206 Partial Content", Content_Range="bytes 2-6/*",
                       Cache_Control="max-age=60", ETag='"a"')
    with cached.client() as client:
        client.ask("/", fields={"Range": "bytes=2-6"})
        origin, _ = scripted.expect()
        origin.send(unknown)
        client.read_response()
        inside = client.get("/", fields={"Range": "bytes=3-4"})
        assert (inside.status, inside.text, inside["Content-Range"]) == (206, "34", "bytes 3-4/*")
        assert inside["Cache-Status"].startswith("Minato; hit")
        client.ask("/", fields={"Range": "bytes=3-"})
        assert origin.read_request()["Range"] == "bytes=3-"
        origin.send(part(3, 9))
        assert client.read_response().text == "3456789"


def test_several_ranges_of_which_one_does_not_lie_in_it_are_asked_for(ask):
    ask("bytes=2-6", first=2, last=6)
    assert ask("bytes=2-3,7-7", whole=True, first=0, last=9).text == CONTENT.decode()


@pytest.mark.parametrize("impossible", ["bytes=10-", "bytes=10-12,99-", "bytes=-0"])
def test_what_does_not_lie_in_the_whole_is_refused(ask, impossible):
    """RFC 9110 15.5.17."""
    ask("bytes=2-6", first=2, last=6)
    refused = ask(impossible)
    assert (refused.status, refused.text, refused["Content-Range"]) == (416, "", "bytes */10")
    assert refused["Cache-Status"].startswith("Minato; hit")


def test_what_does_not_lie_in_the_whole_is_asked_for_where_if_range_does_not_hold(ask):
    ask("bytes=2-6", first=2, last=6)
    whole = ask("bytes=10-", if_range='"b"', whole=True, first=0, last=9)
    assert (whole.status, whole.text) == (200, CONTENT.decode())


def test_what_does_not_lie_in_it_is_asked_for(ask):
    ask("bytes=2-6", first=2, last=6)
    assert ask("bytes=8-9", first=8, last=9).text == "89"


def test_parts_that_touch_become_one(ask):
    ask("bytes=0-3", first=0, last=3)
    ask("bytes=4-6", first=4, last=6)
    both = ask("bytes=2-5")
    assert (both.text, both["Content-Range"]) == ("2345", "bytes 2-5/10")


def test_parts_that_leave_nothing_out_are_the_whole(ask):
    ask("bytes=0-5", first=0, last=5)
    ask("bytes=6-", first=6, last=9)
    whole = ask()
    assert (whole.status, whole.text) == (200, CONTENT.decode())
    assert whole["Content-Range"] is None
    assert whole["Cache-Status"].startswith("Minato; hit")


@pytest.mark.parametrize("etag", ['"b"', 'W/"a"'])
def test_parts_of_other_or_weak_entity_tags_stay_apart(ask, etag):
    ask("bytes=0-3", first=0, last=3)
    ask("bytes=4-6", first=4, last=6, ETag=etag)
    assert ask("bytes=0-8", first=0, last=8).text == "012345678"


def test_a_part_never_answers_who_wants_the_whole(ask):
    ask("bytes=0-5", first=0, last=5)
    assert "fwd=" in ask(whole=True, first=0, last=9)["Cache-Status"]


def test_a_range_of_a_whole_is_cut_out_of_it(cached, scripted):
    with cached.client() as client:
        client.ask("/")
        origin, _ = scripted.expect()
        origin.send(response(CONTENT, Cache_Control="max-age=60"))
        client.read_response()
        for asked, status, text in [("bytes=0-1", 206, "01"), ("bytes=-2", 206, "89"),
                                    ("bytes=8-", 206, "89"), ("bytes=0-99", 206, CONTENT.decode())]:
            got = client.get("/", fields={"Range": asked})
            assert (got.status, got.text) == (status, text), asked
        beyond = client.get("/", fields={"Range": "bytes=10-"})
        assert (beyond.status, beyond["Content-Range"]) == (416, "bytes */10")
        several = client.get("/", fields={"Range": "bytes=0-1, 8-9"})
        assert several["Content-Type"].startswith("multipart/byteranges; boundary=")
        assert "Content-Range: bytes 8-9/10\r\n\r\n89" in several.text


def test_parts_of_which_none_will_do_are_told_apart_from_nothing(ask):
    ask("bytes=0-1", first=0, last=1)
    assert ask("bytes=5-8", first=5, last=8)["Cache-Status"].startswith("Minato; fwd=partial")
