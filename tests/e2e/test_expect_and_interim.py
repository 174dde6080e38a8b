"""100 (Continue) end to end and other interim responses (RFC 9110 10.1.1, 15.2)."""
from harness.wire import response

EXPECTING = ("PUT / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 5\r\n"
             "Expect: 100-continue\r\n\r\n")


def test_the_origin_decides_that_the_body_may_come(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send(EXPECTING)
        origin = scripted.accept()
        assert origin.read_head()["Expect"] == "100-continue"
        assert client.has_nothing()
        origin.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert client.read_response().status == 100
        client.send("hello")
        assert origin.read(5) == b"hello"
        origin.send(response(b"thanks"))
        assert client.read_response().text == "thanks"


def test_the_origin_may_refuse_before_the_body(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send(EXPECTING)
        origin = scripted.accept()
        origin.read_head()
        origin.send(response(b"no", status="417 Expectation Failed"))
        answer = client.read_response()
        assert (answer.status, answer.text) == (417, "no")


def test_a_body_that_comes_without_waiting_is_taken(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send(EXPECTING + "hello")
        origin, request = scripted.expect()
        assert request.body == b"hello"
        origin.send(response(b"thanks"))
        answer = client.read_response()
        if answer.status == 100:
            answer = client.read_response()
        assert answer.text == "thanks"


def test_an_unknown_expectation_is_refused_or_left_to_the_origin(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask(fields={"Expect": "miracles", "Connection": "close"})
        if scripted.hears_before(client):
            origin, _ = scripted.expect()
            origin.send(response(status="417 Expectation Failed"))
        answer = client.read_response()
        assert answer.status == 417


def test_early_hints_are_forwarded(minato, scripted):
    """RFC 8297."""
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
        hints = client.read_response()
        assert (hints.status, hints["Link"]) == (103, "</a.css>; rel=preload")
        origin.send(b"HTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\n" + response(b"page"))
        assert client.read_response()["Link"] == "</b.css>"
        assert client.read_response().text == "page"


def test_interim_responses_are_not_sent_to_an_http_1_0_client(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.send("GET / HTTP/1.0\r\nHost: app.test\r\n\r\n")
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" + response(b"page"))
        assert client.read_response().text == "page"


def test_an_origin_that_only_hints_is_not_an_answer(minato, scripted):
    with minato.serving(scripted, top="retries: {attempts: 0}").client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        assert client.read_response().status == 103
        origin.close()
        assert client.read_response().status == 502
