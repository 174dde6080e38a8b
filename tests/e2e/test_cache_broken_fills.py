"""A response that breaks off is never stored, and never passes as complete: not to who asked, not to
who follows, not to who comes later."""
import pytest

from harness.caching import is_hit, reply
from harness.wire import Closed

FOREVER = "max-age=3600"
HEAD = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
KNOWN = HEAD + b"Content-Length: 100\r\n\r\nonly some"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\nonly some\r\n"


def is_cut(client):
    """Whether what follows is no complete response."""
    try:
        return client.read_response().status >= 500
    except (Closed, ConnectionResetError):
        return True
    except ValueError:  # in the middle of a chunk's size
        return True


@pytest.fixture
def proxy(caching_for, scripted):
    return caching_for(scripted, top="workers: 4\nretries: {attempts: 0}")


def together(proxy, scripted, followers=3):
    leader = proxy.client().ask()
    origin, _ = scripted.expect()
    rest = [proxy.client().ask() for _ in range(followers)]
    assert scripted.hears_nothing()
    return [leader, *rest], origin


def is_not_stored(proxy, scripted):
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(reply(b"whole", FOREVER))
        answer = client.read_response()
        return not is_hit(answer) and answer.text == "whole"


@pytest.mark.parametrize("sent", [
    KNOWN, CHUNKED, CHUNKED + b"0\r\n", CHUNKED + b"5\r\nab", CHUNKED + b"5",
    HEAD + b"Content-Length: 100\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
], ids=["short", "no last chunk", "no end of the last chunk", "in a chunk", "in a size", "no byte of it",
        "no chunk of it"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_the_origin_hangs_up(proxy, scripted, sent, how):
    everyone, origin = together(proxy, scripted)
    origin.send(sent)
    if sent in (KNOWN, CHUNKED):
        for each in everyone:  # all are in the middle of it
            assert each.read_head().status == 200
    getattr(origin, how)()
    if sent in (KNOWN, CHUNKED):
        for each in everyone:
            rest = b""
            with pytest.raises((Closed, ConnectionResetError)):
                while True:
                    rest = each.read(1)
            assert not rest.endswith(b"0\r\n\r\n")
    else:
        # Whoever was not told a head may ask again; nobody is given less than all.
        serve_late(scripted, everyone)
    assert is_not_stored(proxy, scripted)


def serve_late(scripted, everyone):
    """Hangs up on whoever tries again, until each has been refused or cut."""
    scripted.listener.settimeout(0.2)
    try:
        while True:
            scripted.expect()[0].close()
    except TimeoutError:
        pass
    finally:
        scripted.listener.settimeout(20)
    assert all(is_cut(each) for each in everyone)


def test_what_is_no_chunk_ends_it(proxy, scripted):
    everyone, origin = together(proxy, scripted)
    origin.send(CHUNKED)
    for each in everyone:
        each.read_head()
        assert each.read_chunk() == b"only some"
    origin.send(b"xyz\r\n")
    for each in everyone:
        with pytest.raises((Closed, ConnectionResetError)):
            each.read_chunk()
    assert is_not_stored(proxy, scripted)


@pytest.mark.parametrize("sent", [KNOWN, CHUNKED])
def test_the_origin_falls_silent(caching_for, scripted, sent):
    proxy = caching_for(scripted, top="workers: 4\nretries: {attempts: 0}\ntimeouts: {stream_idle: 300ms}")
    everyone, origin = together(proxy, scripted)
    origin.send(sent)
    assert all(is_cut(each) for each in everyone)
    assert is_not_stored(proxy, scripted)


def test_an_uncacheable_response_that_breaks_off_at_once_is_no_response(proxy, scripted):
    """Its head may be gone before the client that asked was told."""
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 100\r\n\r\n").close()
        assert is_cut(client)


ALONE = [{"Range": "bytes=0-1", "If-Range": '"a"'}, {"Cache-Control": "no-cache"}]


@pytest.mark.parametrize("fields", ALONE)
def test_one_that_was_asked_for_alone_is_not_stored_either(proxy, scripted, fields):
    with proxy.client() as client:
        client.ask(fields=fields)
        origin, _ = scripted.expect()
        origin.send(KNOWN)
        client.read_head()
        origin.close()
        with pytest.raises((Closed, ConnectionResetError)):
            client.read(100)
    assert is_not_stored(proxy, scripted)


@pytest.mark.parametrize("fields", ALONE)
def test_a_client_that_leaves_one_that_was_asked_for_alone_stores_nothing(proxy, scripted, fields):
    client = proxy.client().ask(fields=fields)
    origin, _ = scripted.expect()
    origin.send(KNOWN)
    client.read_head()
    client.reset()
    assert origin.ended()
    assert is_not_stored(proxy, scripted)


def test_a_broken_validation_leaves_what_is_stored_unused(proxy, scripted):
    """RFC 9111 4.3.3: a full answer replaces what is stored, once it is there."""
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(reply(b"old", "max-age=60", Age="60", ETag='"a"'))
        client.read_response()
        client.ask()
        assert origin.read_request()["If-None-Match"] == '"a"'
        origin.send(KNOWN).close()
        assert is_cut(client)
    with proxy.client() as client:
        client.ask()
        origin, request = scripted.expect()
        assert request["If-None-Match"] == '"a"'
        origin.send(b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: max-age=60\r\n\r\n")
        assert client.read_response().text == "old"
