"""Bodies of known length that are large enough to go by pipes, and what comes behind them."""
import hashlib
import os
import threading

import pytest

from harness.origin import Serving
from harness.wire import response

KIBIBYTE = 1 << 10
BORDERS = [16 * KIBIBYTE, 32 * KIBIBYTE, 48 * KIBIBYTE, 256 * KIBIBYTE, 288 * KIBIBYTE]
SIZES = [border + by for border in BORDERS for by in (-1, 0, 1)] + [8 << 20]
BODY = os.urandom(SIZES[-1])


def digest(body):
    return hashlib.sha256(body).hexdigest()


def put(size, target="/"):
    return f"PUT {target} HTTP/1.1\r\nHost: app.test\r\nContent-Length: {size}\r\n\r\n".encode()


def answer(request):
    """To GET /N as many bytes, to others the hash of what came."""
    if request.method == "GET":
        return response(BODY[:int(request.target[1:])])
    return response(digest(request.body))


def sending(connection, data):
    sender = threading.Thread(target=connection.send, args=(data,))
    sender.start()
    return sender


@pytest.mark.parametrize("workers", [1, 2])
def test_both_ways_on_one_connection_each(minato, origins, workers):
    origin = origins(Serving, answer)
    with minato.serving(origin, top=f"workers: {workers}").client() as client:
        for size in SIZES:
            assert digest(client.get(f"/{size}").body) == digest(BODY[:size])
            sender = sending(client, put(size) + BODY[:size])
            assert client.read_response().text == digest(BODY[:size])
            sender.join()
    assert origin.connections == 1


def test_both_ways_at_once(minato, scripted):
    backwards = BODY[::-1]
    with minato.serving(scripted).client() as client:
        client.send(put(len(BODY)))
        origin = scripted.accept()
        origin.read_head()
        # An answer that is whole would end the upload.
        senders = [sending(client, BODY), sending(origin, response(backwards)[:-1])]
        arrived = []
        reader = threading.Thread(target=lambda: arrived.append(client.read_response().body))
        reader.start()
        assert origin.read(len(BODY)) == BODY
        for each in senders:
            each.join()
        origin.send(backwards[-1:])
        reader.join()
        assert arrived == [backwards]


def test_requests_behind_an_upload(minato, origins):
    with minato.serving(origins(Serving, answer)).client() as client:
        get = b"GET /100000 HTTP/1.1\r\nHost: app.test\r\n\r\n"
        sender = sending(client, (put(len(BODY)) + BODY + get) * 2)
        for _ in range(2):
            assert client.read_response().text == digest(BODY)
            assert client.read_response().body == BODY[:100000]
        sender.join()


def test_what_an_origin_sends_too_much_is_nobodys(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(response(BODY[:300000]) + response("evil"))
        assert client.read_response().body == BODY[:300000]
        client.ask()
        scripted.expect()[0].send(response("good"))
        assert client.read_response().text == "good"


def test_the_rest_of_an_upload_behind_an_early_answer_is_discarded(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send(put(200000) + BODY[:50000])
        origin = scripted.accept()
        origin.read_head()
        assert origin.read(50000) == BODY[:50000]
        origin.send(response("no", "403 Forbidden"))
        assert client.read_response().status == 403
        client.send(BODY[50000:200000]).ask("/next")
        origin, request = scripted.expect()
        assert request.target == "/next"
        origin.send(response("good"))
        assert client.read_response().text == "good"


def test_an_early_answer_is_read_whole_behind_a_large_upload(minato, scripted):
    """RFC 9112 9.6: to close while the client sends would reset the connection, the answer with it."""
    with minato.serving(scripted).client() as client:
        client.send(put(100 << 20))
        origin = scripted.accept()
        origin.read_head()
        origin.send(response(BODY[:65536], "413 Content Too Large", Connection="close")).close()
        for _ in range(100):
            client.send(BODY[:1 << 20])
        answer = client.read_response()
        assert (answer.status, answer.body) == (413, BODY[:65536])
        assert client.read_to_end() == b""  # in good order: a reset would raise


def test_what_ends_early_is_cut_off(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + BODY[:100000]).close()
        client.read_head()
        assert client.read(100000) == BODY[:100000]
        assert client.ended()
