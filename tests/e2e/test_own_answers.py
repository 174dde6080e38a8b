"""What Minato answers by itself: small, in the form that was asked for, without a version."""
import json

import pytest


def test_text_unless_json_is_preferred(minato, echo):
    proxy = minato.serving(echo)
    plain = proxy.get(host="nobody.test")
    assert plain["Content-Type"].startswith("text/plain")
    assert "404" in plain.text or "ot" in plain.text
    asked = proxy.get(host="nobody.test", fields={"Accept": "application/json"})
    assert "json" in asked["Content-Type"]
    assert json.loads(asked.body)["status"] == 404


@pytest.mark.parametrize("accept", ["text/plain, application/json;q=0.5", "*/*", "text/*"])
def test_json_only_where_it_is_asked_for_first(minato, echo, accept):
    answer = minato.serving(echo).get(host="nobody.test", fields={"Accept": accept})
    assert answer["Content-Type"].startswith("text/plain")


def test_it_bears_a_request_id_and_the_reason(minato, echo):
    proxy = minato.serving(echo)
    answer = proxy.get(host="nobody.test")
    assert answer["Proxy-Status"].startswith("minato")
    assert answer["X-Request-Id"]
    assert answer["X-Request-Id"] in answer.text


def test_it_names_no_version(minato, echo):
    answer = minato.serving(echo).get(host="nobody.test")
    assert "/" not in (answer["Server"] or "")


def test_a_head_request_gets_no_body(minato, echo):
    with minato.serving(echo).client() as client:
        answer = client.get(method="HEAD", host="nobody.test")
        assert answer.status == 404 and int(answer["Content-Length"]) > 0
        assert client.get("/x").text == "GET /x"


def test_the_connection_stays_where_framing_is_not_in_doubt(minato, echo):
    with minato.serving(echo).client() as client:
        assert client.get(host="nobody.test").status == 404
        assert client.get("/x").text == "GET /x"


def test_a_body_that_nobody_wants_does_not_break_the_connection(minato, echo):
    with minato.serving(echo).client() as client:
        client.ask(method="POST", host="nobody.test", body="x" * 1000).ask("/next")
        assert client.read_response().status == 404
        assert client.read_response().text == "GET /next"


def test_a_large_body_that_nobody_wants_costs_the_connection_but_not_the_answer(minato, echo):
    with minato.serving(echo).client() as client:
        client.ask(method="POST", host="nobody.test", body="x" * 500_000)
        assert client.read_response().status == 404
        assert client.ended()
    assert echo.count() == 0
