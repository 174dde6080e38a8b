"""One line an exchange, in the format that was asked for."""
import json
import os
import re

import pytest


COMBINED = re.compile(
    r'(?P<client>\S+) - - \[(?P<time>[^]]+)\] "(?P<request>[^"]*)" (?P<status>\d+) (?P<bytes>\d+|-)'
    r' "(?P<referer>[^"]*)" "(?P<agent>[^"]*)"')


def test_combined_is_the_default(minato, echo):
    proxy = minato.serving(echo)
    proxy.get("/page?q", fields={"Referer": "http://r.test/", "User-Agent": "e2e/1"})
    line = COMBINED.fullmatch(proxy.access.wait_for("/page"))
    assert line["client"] == "127.0.0.1"
    assert line["request"] == "GET /page?q HTTP/1.1"
    assert (line["status"], line["bytes"]) == ("200", str(len("GET /page?q")))
    assert (line["referer"], line["agent"]) == ("http://r.test/", "e2e/1")
    assert re.fullmatch(r"\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}", line["time"])


def test_common_is_combined_without_the_last_two(minato, echo):
    proxy = minato.serving(echo, top="access_log: {format: common}")
    proxy.get("/page")
    assert proxy.access.wait_for("/page").endswith('"GET /page HTTP/1.1" 200 9')


def test_json_tells_everything_known(minato, echo):
    proxy = minato.serving(echo, top="access_log: {format: json}")
    proxy.get("/page", fields={"User-Agent": 'quo"ted\\'})
    line = json.loads(proxy.access.wait_for("/page"))
    assert line["method"] == "GET" and line["target"] == "/page"
    assert line["status"] == 200 and line["upstream_status"] == 200
    assert line["service"] == "app" and line["endpoint"] == f"127.0.0.1:{echo.port}"
    assert line["user_agent"] == 'quo"ted\\'
    assert line["attempts"] == 1
    assert line["id"] == echo.next_request()["X-Request-Id"]


def test_a_template_names_what_it_wants(minato, echo):
    proxy = minato.serving(echo, top='access_log: {format: "{{x}} {status} {method} {service}"}')
    proxy.get("/page")
    assert proxy.access.wait_for("200") == "{x} 200 GET app"


def test_what_the_cache_answers_is_of_a_service_too(minato, echo):
    proxy = minato.serving(echo, top='cache: {ttl: 1h}\naccess_log: {format: "{status} {service} {cache}"}')
    proxy.get("/page")
    proxy.get("/page")
    assert proxy.access.wait_for("hit").startswith("200 app hit")
    proxy.get("/other", fields={"Cache-Control": "only-if-cached"})
    assert proxy.access.wait_for("only-if-cached").startswith("504 app ")


def test_a_line_cannot_be_forged(minato, echo):
    proxy = minato.serving(echo)
    proxy.get("/page", fields={"User-Agent": 'a" 200 - "b\x80\t'})
    line = proxy.access.wait_for("/page")
    assert COMBINED.fullmatch(line)
    assert "\t" not in line


def test_an_answer_of_minatos_own_is_logged_with_its_reason_and_id(minato, scripted):
    proxy = minato.serving(scripted, top="access_log: {format: json}\nretries: {attempts: 0}")
    with proxy.client() as client:
        client.ask("/lost")
        scripted.expect()[0].close()
        answer = client.read_response()
    line = json.loads(proxy.access.wait_for("/lost"))
    assert answer.status == 502
    assert line["status"] == 502
    assert line["reason"] == "upstream_closed"
    assert line["id"] in answer.text or line["id"] == answer["X-Request-Id"]


def test_what_was_refused_is_logged_too(minato, echo):
    proxy = minato.serving(echo, top="access_log: {format: json}")
    with proxy.client() as client:
        client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert client.read_response().status == 400
    assert json.loads(proxy.access.wait_for("malformed"))["status"] == 400


@pytest.mark.parametrize("output", ["off", "stderr"])
def test_it_goes_where_it_should(minato, echo, output):
    proxy = minato.serving(echo, top=f"access_log: {{output: {output}}}")
    proxy.get("/page")
    if output == "stderr":
        assert proxy.log.wait_for("/page")
    proxy.stop()
    assert "/page" not in proxy.access.text


def test_a_reader_that_does_not_read_blocks_no_request(minato, folder, echo):
    """A pipe that is full: lines are dropped and counted, requests go on."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    proxy = minato.serving(echo, top=f"access_log: {{output: {pipe}}}\nworkers: 1")
    with proxy.client() as client:
        for _ in range(1000):  # four megabytes, twice what may wait
            assert client.get("/" + "a" * 4000).status == 200
    assert proxy.log.wait_for("drop")
    os.close(reader)


def test_a_service_may_log_elsewhere(minato, folder, echo):
    path = folder / "own.log"
    proxy = minato.serving(echo, service=f"access_log: {{output: {path}}}")
    proxy.get("/own")
    proxy.stop()
    assert "/own" in path.read_text()
    assert "/own" not in proxy.access.text
