"""What the origin and the client see of the fields (RFC 9110 7.6, RFC 7239)."""
import re

import pytest

from harness.program import one_service, run
from harness.waiting import free_port
from harness.wire import response

TRUSTED = "trusted_proxies: [127.0.0.0/8]"


def seen(proxy, origin, **ask):
    """The request as the origin saw it."""
    proxy.get("/x", **ask)
    return origin.next_request()


def test_the_host_is_preserved(minato, echo):
    assert seen(minato.serving(echo), echo, host="App.test:8080")["Host"] == "App.test:8080"


def test_the_origin_learns_who_asked(minato, echo):
    request = seen(minato.serving(echo), echo)
    assert request["X-Forwarded-For"] == "127.0.0.1"
    assert request["X-Forwarded-Proto"] == "http"
    assert request["X-Forwarded-Host"] == "app.test"
    assert request["X-Real-IP"] == "127.0.0.1"
    assert request["Forwarded"] is None


def test_what_a_stranger_claims_is_replaced(minato, echo):
    claims = {"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Proto": "https",
              "X-Forwarded-Host": "evil.test", "X-Real-IP": "10.1.1.1", "Forwarded": "for=10.1.1.1"}
    request = seen(minato.serving(echo), echo, fields=claims)
    assert request["X-Forwarded-For"] == "127.0.0.1"
    assert request["X-Forwarded-Proto"] == "http"
    assert request["X-Forwarded-Host"] == "app.test"
    assert request["X-Real-IP"] == "127.0.0.1"
    assert "10.1.1.1" not in (request["Forwarded"] or "")


def test_what_a_trusted_proxy_says_is_kept_and_added_to(minato, echo):
    claims = {"X-Forwarded-For": "10.9.9.9, 203.0.113.7", "X-Forwarded-Proto": "https",
              "X-Forwarded-Host": "www.test"}
    request = seen(minato.serving(echo, top=TRUSTED), echo, fields=claims)
    assert request["X-Forwarded-For"] == "10.9.9.9, 203.0.113.7, 127.0.0.1"
    assert request["X-Forwarded-Proto"] == "https"
    assert request["X-Forwarded-Host"] == "www.test"


def test_the_chain_is_believed_from_the_right(minato, echo):
    trusted = "trusted_proxies: [127.0.0.0/8, 10.0.0.0/8]"
    claims = {"X-Forwarded-For": "192.0.2.66, 203.0.113.7, 10.0.0.3"}
    request = seen(minato.serving(echo, top=trusted), echo, fields=claims)
    assert request["X-Real-IP"] == "203.0.113.7"


def test_forwarded_is_written_by_setting(minato, echo):
    request = seen(minato.serving(echo, top="forwarding: {forwarded: true}"), echo)
    forwarded = dict(pair.split("=", 1) for pair in request["Forwarded"].lower().split(";"))
    assert forwarded["for"].strip('"') == "127.0.0.1"
    assert forwarded["proto"] == "http"
    assert forwarded["host"].strip('"') == "app.test"


def test_each_kind_of_forwarding_can_be_turned_off(minato, echo):
    off = 'forwarding: {x_forwarded: false, x_real_ip: false, via: false, request_id: ""}'
    request = seen(minato.serving(echo, top=off), echo)
    for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Via",
                 "X-Request-Id"):
        assert request[name] is None


def test_a_request_id_is_made_and_a_trusted_one_is_kept(minato, echo):
    proxy = minato.serving(echo, top=TRUSTED)
    made = seen(proxy, echo)["X-Request-Id"]
    assert len(made) >= 16
    assert seen(proxy, echo)["X-Request-Id"] != made
    assert seen(proxy, echo, fields={"X-Request-Id": "abc-123"})["X-Request-Id"] == "abc-123"


def test_the_request_id_may_bear_another_name(minato, echo):
    request = seen(minato.serving(echo, top="forwarding: {request_id: X-Trace}"), echo)
    assert request["X-Trace"] and request["X-Request-Id"] is None


def test_via_is_added_with_a_pseudonym(minato, echo):
    """RFC 9110 7.6.3: a gateway must add it to requests and may leave it out of responses."""
    request = seen(minato.serving(echo), echo, fields={"Via": "1.0 fred"})
    assert re.fullmatch(r"1\.0 fred, 1\.1 \S+", request["Via"])


def test_a_loop_through_oneself_is_refused(minato):
    """RFC 9209 2.3.19; the proxy is its own upstream."""
    port = free_port()
    answer = minato.serving(f"http://127.0.0.1:{port}", port=port).get()
    assert answer.status == 502
    assert "proxy_loop_detected" in answer["Proxy-Status"]


def test_another_instance_is_no_loop(minato, echo):
    behind = minato.serving(echo)
    before = minato.serving(f"http://127.0.0.1:{behind.port}")
    assert before.get("/x").text == "GET /x"


HOP_BY_HOP = {"Keep-Alive": "timeout=5", "Proxy-Connection": "keep-alive", "TE": "gzip",
              "Proxy-Authorization": "Basic x", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABk"}


def test_hop_by_hop_fields_stop_here(minato, echo):
    """RFC 9110 7.6.1."""
    request = seen(minato.serving(echo), echo, fields=HOP_BY_HOP | {"Connection": "Upgrade, HTTP2-Settings"})
    for name in ("Keep-Alive", "Proxy-Connection", "Upgrade", "HTTP2-Settings"):
        assert request[name] is None
    assert "gzip" not in (request["TE"] or "")


def test_fields_that_connection_names_stop_here(minato, scripted):
    with minato.serving(scripted).client() as client:
        client.ask(fields={"Connection": "X-One, x-two", "X-One": "1", "X-Two": "2", "X-Three": "3"})
        origin, request = scripted.expect()
        origin.send(response(b"x", Connection="X-Four", X_Four="4", X_Five="5"))
        answer = client.read_response()
    assert (request["X-One"], request["X-Two"], request["X-Three"]) == (None, None, "3")
    assert (answer["X-Four"], answer["X-Five"]) == (None, "5")


@pytest.mark.parametrize("name", ["Host", "Content-Length", "X-Forwarded-For", "X-Real-IP", "Via",
                                  "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-Id"])
def test_connection_cannot_remove_what_is_needed(minato, echo, name):
    request = seen(minato.serving(echo), echo, method="POST", body="hello",
                   fields={"Connection": f"close, {name}"})
    assert request[name]
    assert request.body == b"hello"


def test_other_fields_pass_both_ways_as_they_are(minato, scripted):
    fields = {"X-Odd": 'a="b, c";  d', "cookie": "a=1; b=2", "Accept": "*/*", "X-Empty": ""}
    with minato.serving(scripted).client() as client:
        client.ask(fields=fields)
        origin, request = scripted.expect()
        origin.send(b"HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nserver: odd/1\r\n"
                    b"Content-Length: 0\r\n\r\n")
        answer = client.read_response()
    for name, value in fields.items():
        assert request.all(name) == [value]
    assert answer.all("Set-Cookie") == ["a=1", "b=2"]
    assert answer["Server"] == "odd/1"
    assert answer.start == "HTTP/1.1 200 Fine"


def test_date_is_added_where_it_is_missing(minato, scripted):
    """RFC 9110 6.6.1."""
    with minato.serving(scripted).client() as client:
        client.ask()
        origin, _ = scripted.expect()
        origin.send(response(b"x"))
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", client.read_response()["Date"])
        client.ask()
        origin.read_request()
        origin.send(response(b"x", Date="Thu, 01 Jan 2026 00:00:00 GMT"))
        assert client.read_response().all("Date") == ["Thu, 01 Jan 2026 00:00:00 GMT"]


def test_the_field_of_the_request_id_is_one_for_all_services(minato, echo, folder):
    proxy = minato.serving(echo, top=TRUSTED + "\nforwarding: {request_id: X-Trace}")
    answer = proxy.get("/x", fields={"X-Trace": "abc-1", "X-Request-Id": "other"})
    request = echo.next_request()
    assert answer.status == 200
    assert request["X-Trace"] == "abc-1" and request["X-Request-Id"] == "other"
    own = proxy.get("/x", host="elsewhere.test", fields={"X-Trace": "abc-2"})
    assert own.status == 404 and own["X-Trace"] == "abc-2"
    (folder / "config.yaml").write_text(
        one_service(1, echo.url, service="forwarding: {request_id: X-Trace}"))
    refused = run("check", folder=folder)
    assert refused.returncode == 1
    assert "services[0].forwarding.request_id: stands only at the top" in refused.stderr


def test_max_forwards_counts_the_hops_of_options_and_ends_at_zero(minato, echo):
    proxy = minato.serving(echo)
    assert proxy.get("/x", method="OPTIONS", fields={"Max-Forwards": "2"}).status == 200
    assert echo.next_request()["Max-Forwards"] == "1"
    with proxy.client() as client:
        last = client.get("/x", method="OPTIONS", fields={"Max-Forwards": "0"})
        assert (last.status, last.text) == (200, "")
        assert client.get("/x", method="TRACE", fields={"Max-Forwards": "0"}).status == 501
        assert client.get("/x", method="OPTIONS", fields={"Max-Forwards": "x"}).status == 400
    assert echo.count() == 1
