"""Message framing is a security boundary: what two parsers could read differently is refused."""
import contextlib
import socket

import pytest

from harness.wire import Closed, response

HEAD = "POST / HTTP/1.1\r\nHost: app.test\r\n"
CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n"

REFUSED = [
    # RFC 9112 6.3: the length of a body must be beyond doubt.
    ("ContentLengthWithTransferEncoding", HEAD + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("ContentLengthTwice", HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("ContentLengthTwiceTheSame", HEAD + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("ContentLengthAsAList", HEAD + "Content-Length: 1, 1\r\n\r\na", 400),
    ("ContentLengthWithAPlus", HEAD + "Content-Length: +1\r\n\r\na", 400),
    ("ContentLengthNegative", HEAD + "Content-Length: -1\r\n\r\na", 400),
    ("ContentLengthInHex", HEAD + "Content-Length: 0x1\r\n\r\na", 400),
    ("ContentLengthEmpty", HEAD + "Content-Length:\r\n\r\na", 400),
    ("ContentLengthOverflowing", HEAD + "Content-Length: 18446744073709551617\r\n\r\na", 400),
    ("TransferEncodingTwice", HEAD + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("ChunkedTwice", HEAD + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    ("ChunkedNotLast", HEAD + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", (400, 501)),
    ("TransferEncodingUnknown", HEAD + "Transfer-Encoding: cows, chunked\r\n\r\n", 501),
    ("TransferEncodingWithoutChunked", HEAD + "Transfer-Encoding: cows\r\n\r\n", 400),
    ("TransferEncodingGzip", HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("TransferEncodingIdentity", HEAD + "Transfer-Encoding: identity\r\n\r\n", (400, 501)),
    ("TransferEncodingEmpty", HEAD + "Transfer-Encoding:\r\n\r\n", 400),
    ("TransferEncodingObfuscated", HEAD + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400),
    ("TransferEncodingQuoted", HEAD + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", (400, 501)),
    ("TransferEncodingIn10", "POST / HTTP/1.0\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    # RFC 9112 2.2 and 5: lines and fields.
    ("BareLineFeed", "GET / HTTP/1.1\nHost: app.test\n\n", 400),
    ("BareLineFeedInAField", "GET / HTTP/1.1\r\nHost: app.test\nX: y\r\n\r\n", 400),
    ("BareCarriageReturn", "GET / HTTP/1.1\r\nHost: app.test\r\nX: a\rb\r\n\r\n", 400),
    ("NulInAValue", "GET / HTTP/1.1\r\nHost: app.test\r\nX: a\x00b\r\n\r\n", 400),
    ("FoldedLine", "GET / HTTP/1.1\r\nHost: app.test\r\nX: a\r\n b\r\n\r\n", 400),
    ("SpaceBeforeTheFirstField", "GET / HTTP/1.1\r\n Host: app.test\r\nHost: app.test\r\n\r\n", 400),
    ("SpaceBeforeTheColon", "GET / HTTP/1.1\r\nHost : app.test\r\n\r\n", 400),
    ("EmptyName", "GET / HTTP/1.1\r\nHost: app.test\r\n: x\r\n\r\n", 400),
    ("NameWithASpace", "GET / HTTP/1.1\r\nHost: app.test\r\nX Y: z\r\n\r\n", 400),
    ("NameThatIsNoToken", "GET / HTTP/1.1\r\nHost: app.test\r\nX(Y): z\r\n\r\n", 400),
    ("LineWithoutAColon", "GET / HTTP/1.1\r\nHost: app.test\r\nnonsense\r\n\r\n", 400),
    # RFC 9112 3: the request line and Host.
    ("NoVersion", "GET /\r\nHost: app.test\r\n\r\n", 400),
    ("TwoSpaces", "GET  / HTTP/1.1\r\nHost: app.test\r\n\r\n", 400),
    ("TabForSpace", "GET\t/ HTTP/1.1\r\nHost: app.test\r\n\r\n", 400),
    ("SpaceInTheTarget", "GET /a b HTTP/1.1\r\nHost: app.test\r\n\r\n", 400),
    ("MethodThatIsNoToken", "G[T / HTTP/1.1\r\nHost: app.test\r\n\r\n", 400),
    ("TargetThatIsNoPath", "GET x HTTP/1.1\r\nHost: app.test\r\n\r\n", 400),
    ("VersionInLowerCase", "GET / http/1.1\r\nHost: app.test\r\n\r\n", 400),
    ("VersionUnknown", "GET / HTTP/3.0\r\nHost: app.test\r\n\r\n", 505),
    ("Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("NoHost", "GET / HTTP/1.1\r\n\r\n", 400),
    ("TwoHosts", "GET / HTTP/1.1\r\nHost: app.test\r\nHost: app.test\r\n\r\n", 400),
    ("HostAsAList", "GET / HTTP/1.1\r\nHost: app.test, b\r\n\r\n", 400),
    ("HostWithAPath", "GET / HTTP/1.1\r\nHost: app.test/x\r\n\r\n", 400),
    ("HostWithUserinfo", "GET / HTTP/1.1\r\nHost: me@app.test\r\n\r\n", 400),
    ("HostWithABadPort", "GET / HTTP/1.1\r\nHost: app.test:http\r\n\r\n", 400),
    # RFC 9112 7.1: chunks.
    ("ChunkSizeNotHex", CHUNKED + "g\r\n", 400),
    ("ChunkSizeEmpty", CHUNKED + "\r\n", 400),
    ("ChunkSizeWithAPrefix", CHUNKED + "0x1\r\na\r\n0\r\n\r\n", 400),
    ("ChunkSizeNegative", CHUNKED + "-1\r\n", 400),
    ("ChunkSizeOverflowing", CHUNKED + "10000000000000001\r\n", 400),
    ("ChunkSizeWithABareLineFeed", CHUNKED + "1\na\r\n0\r\n\r\n", 400),
    ("ChunkDataTooLong", CHUNKED + "1\r\nab\r\n0\r\n\r\n", 400),
    ("ChunkDataWithoutItsEnd", CHUNKED + "1\r\naXX0\r\n\r\n", 400),
]


@pytest.fixture
def refusing(minato, echo):
    proxy = minato.serving(echo)
    yield proxy


@pytest.mark.parametrize("request_bytes, status", [row[1:] for row in REFUSED],
                         ids=[row[0] for row in REFUSED])
def test_is_refused_and_the_connection_closed(refusing, request_bytes, status):
    with refusing.client() as client:
        client.send(request_bytes)
        answer = client.read_response()
        assert answer.status in (status if isinstance(status, tuple) else (status,))
        assert "close" in answer["Connection"].lower()
        assert client.ended()


def test_nothing_behind_a_refused_head_is_read_as_a_request(minato, echo):
    proxy = minato.serving(echo)
    with proxy.client() as client:
        client.send(HEAD + "Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    "GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n")
        assert client.read_response().status == 400
        assert client.ended()
    assert echo.count("/smuggled") == 0


@pytest.mark.parametrize("framing", [
    "Transfer-Encoding: Chunked", "Transfer-Encoding:chunked", "Transfer-Encoding: \tchunked \t"])
def test_harmless_spellings_of_chunked_are_taken(minato, scripted, framing):
    with minato.serving(scripted).client() as client:
        client.send(HEAD + framing + "\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        origin, request = scripted.expect()
        assert request.body == b"abc"
        origin.send(response(b"ok"))
        assert client.read_response().text == "ok"


BAD_ANSWERS = {
    "NotHttp": b"SSH-2.0-x\r\n\r\n",
    "NoStatus": b"HTTP/1.1\r\n\r\n",
    "StatusOfTwoDigits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "StatusOutOfRange": b"HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n",
    "BareLineFeeds": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "FoldedLine": b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "SpaceBeforeTheColon": b"HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
    "NulInAValue": b"HTTP/1.1 200 OK\r\nX: \x00\r\nContent-Length: 0\r\n\r\n",
    "TwoLengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "LengthAndChunked": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "CodingThatStays": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "ChunkedIn10": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "SwitchingUnasked": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "ChunkSizeNotHex": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "BrokenChunkBehindAGoodOne": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nZZ\r\n",
    "ChunkLongerThanItsSize": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX",
    "HeadTooLarge": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70000 + b"\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_malformed_answer_is_a_bad_gateway(minato, scripted, answer):
    proxy = minato.serving(scripted, top="retries: {attempts: 0}")
    with proxy.client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(answer)
        got = client.read_response()
        assert got.status == 502
        assert "http_" in got["Proxy-Status"] or "error=" in got["Proxy-Status"]


def test_a_connection_with_a_surplus_is_not_used_again(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask("/1")
        first, _ = scripted.expect()
        first.send(response(b"one") + response(b"poison"))
        assert client.read_response().text == "one"
        client.ask("/2")
        second, _ = scripted.expect()
        second.send(response(b"two"))
        assert client.read_response().text == "two"


@pytest.mark.parametrize("begun", [
    b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
])
def test_a_body_that_ends_early_is_never_passed_off_as_complete(minato, scripted, begun):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(begun)
        origin.close()
        with pytest.raises((Closed, ConnectionResetError)):
            client.read_response()


def test_a_chunk_that_breaks_what_has_begun_cuts_the_answer(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n")
        client.read_head()
        assert client.read_chunk() == b"short"
        origin.send(b"4\r\ngood\r\nZZ\r\n")
        assert client.ended()


def test_urgent_data_ends_a_connection(minato, scripted):
    """A proxy in front may pass the byte on in its place, or lose it: there is no telling what it saw."""
    with minato.serving(scripted).client() as client:
        client.send("G")
        client.sock.send(b"E", socket.MSG_OOB)
        assert client.ended()


def test_an_urgent_byte_is_not_taken_out_of_a_request(minato, echo):
    """It is served whole, or refused; the rest of it is never a request of the method ET."""
    with minato.serving(echo).client() as client:
        client.sock.send(b"G", socket.MSG_OOB)
        with contextlib.suppress(Closed, ConnectionError):
            client.send("ET / HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n")
            client.read_response()
    assert all(request.method == "GET" for request in echo.requests)
