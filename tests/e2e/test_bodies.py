"""Bodies and trailers of both directions (RFC 9112 6 and 7)."""
import gzip
import hashlib
import os
import threading

import pytest

from harness.origin import Serving
from harness.wire import response

BODY = os.urandom(1 << 20)


def chunked(body, size):
    return in_chunks(body[at:at + size] for at in range(0, len(body), size))


def in_chunks(pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture
def hashing(origins):
    """Answers with the hash of what it was sent."""
    return origins(Serving, lambda request: response(hashlib.sha256(request.body).hexdigest()))


@pytest.mark.parametrize("size", [1, 10, 65536, len(BODY)])
def test_an_upload_arrives_as_it_was_sent(minato, hashing, size):
    answer = minato.serving(hashing).get("/", method="PUT", body=BODY[:size])
    assert answer.text == hashlib.sha256(BODY[:size]).hexdigest()
    assert hashing.next_request()["Content-Length"] == str(size)


@pytest.mark.parametrize("size", [7, 4096, 100000])
def test_a_chunked_upload_arrives_as_it_was_sent(minato, hashing, size):
    body = BODY[:200000]
    with minato.serving(hashing).client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(chunked(body, size))
        assert client.read_response().text == hashlib.sha256(body).hexdigest()
    request = hashing.next_request()
    assert request["Transfer-Encoding"] == "chunked" and request["Content-Length"] is None


@pytest.mark.parametrize("framed", [
    response(BODY),
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(BODY, 5000),
    b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
], ids=["length", "chunked", "to the end of the connection"])
def test_a_download_arrives_as_it_was_sent(minato, scripted, framed):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        sender = threading.Thread(target=lambda: origin.send(framed).close())
        sender.start()
        assert client.read_response().body == BODY
        sender.join()


def read_chunks(connection):
    return list(iter(connection.read_chunk, b""))


PIECES = [b"%d," % number for number in range(1000)]
MANY_CHUNKS = in_chunks(PIECES)


def test_chunks_of_an_answer_that_come_together_go_on_together(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + MANY_CHUNKS)
        client.read_head()
        came = read_chunks(client)
    assert b"".join(came) == b"".join(PIECES)
    assert len(came) < len(PIECES) / 10


def test_chunks_of_an_upload_that_come_together_go_on_together(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send(b"PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n" + MANY_CHUNKS)
        origin = scripted.accept()
        origin.read_head()
        came = read_chunks(origin)
        origin.send(response())
        assert client.read_response().status == 200
    assert b"".join(came) == b"".join(PIECES)
    assert len(came) < len(PIECES) / 10


def test_chunk_extensions_are_dropped(minato, scripted):
    """RFC 9112 7.1.1."""
    with minato.serving(scripted).client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3;name=value;q=\"a;b\"\r\nabc\r\n0;last\r\n\r\n")
        origin, request = scripted.expect()
        assert request.body == b"abc"
        origin.send(response())


def test_trailers_of_an_answer_reach_a_client_that_takes_them(minato, scripted):
    """RFC 9110 6.5."""
    with minato.serving(scripted).client() as client:
        client.ask(fields={"TE": "trailers", "Connection": "TE"})
        origin, request = scripted.expect()
        assert request["TE"] == "trailers"
        origin.send(b"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"1\r\na\r\n0\r\nX-Sum: 42\r\n\r\n")
        answer = client.read_response()
        assert (answer.text, answer.trailers) == ("a", [("X-Sum", "42")])


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "Host", "Connection"])
def test_a_trailer_cannot_be_what_framing_or_routing_needs(minato, scripted, name):
    """RFC 9110 6.5.1."""
    with minato.serving(scripted).client() as client:
        client.ask(fields={"TE": "trailers", "Connection": "TE"})
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    b"1\r\na\r\n0\r\n" + name.encode() + b": 1\r\nX-Fine: 2\r\n\r\n")
        assert client.read_response().trailers in ([("X-Fine", "2")], [])


def test_an_early_answer_reaches_the_client_while_it_still_sends(minato, scripted):
    """RFC 9112 9.5."""
    with minato.serving(scripted).client() as client:
        client.send("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 1000000\r\n\r\nfirst")
        origin = scripted.accept()
        origin.read_head()
        origin.send(response(b"no more", status="413 Content Too Large", Connection="close"))
        origin.close()
        answer = client.read_response()
        assert (answer.status, answer.text) == (413, "no more")


def test_what_comes_behind_an_early_answer_is_discarded(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send("PUT /first HTTP/1.1\r\nHost: app.test\r\nContent-Length: 2000\r\n\r\n")
        origin = scripted.accept()
        assert origin.read_head().target == "/first"
        origin.send(response(b"no", status="403 Forbidden"))
        assert client.read_response().status == 403
        client.send(b"x" * 1000).send(b"x" * 1000).ask("/next")
        again, request = scripted.expect()
        assert (request.target, request.text) == ("/next", "")
        again.send(response(b"ok"))
        assert client.read_response().text == "ok"
        assert origin.ended()


def test_both_directions_stream_at_once(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send("POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(b"3\r\none\r\n")
        origin = scripted.accept()
        origin.read_head()
        assert origin.read_chunk() == b"one"
        origin.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nONE\r\n")
        client.read_head()
        assert client.read_chunk() == b"ONE"
        client.send(b"3\r\ntwo\r\n0\r\n\r\n")
        assert origin.read_chunk() == b"two"
        assert origin.read_chunk() == b""
        origin.send(b"3\r\nTWO\r\n0\r\n\r\n")
        assert client.read_chunk() == b"TWO"
        assert client.read_chunk() == b""


def test_files_ranges_and_conditions_of_a_real_server(minato, real_nginx):
    (real_nginx.files / "data").write_bytes(BODY)
    with minato.serving(real_nginx).client() as client:
        whole = client.get("/data")
        assert whole.body == BODY
        part = client.get("/data", fields={"Range": "bytes=100-199"})
        assert (part.status, part.body) == (206, BODY[100:200])
        same = client.get("/data", fields={"If-None-Match": whole["ETag"]})
        assert same.status == 304
        assert client.get("/absent").status == 404
        assert client.get("/data", method="HEAD")["Content-Length"] == str(len(BODY))
        assert client.get("/upload", method="POST", body=BODY).status == 200


def test_a_compressed_chunked_answer_of_a_real_server(minato, real_nginx):
    text = b"line\n" * 20000
    (real_nginx.files / "text").write_bytes(text)
    answer = minato.serving(real_nginx).get("/gzip/text", fields={"Accept-Encoding": "gzip"})
    assert answer["Transfer-Encoding"] == "chunked"
    assert gzip.decompress(answer.body) == text
