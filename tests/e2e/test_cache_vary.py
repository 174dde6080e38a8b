"""Which of several responses of one target a request selects (RFC 9111 4.1)."""
import pytest

from harness.caching import cache_status, is_hit, reply, why_not_stored
from harness.origin import Serving
from harness.wire import connect

FOREVER = "max-age=3600"


def varying(names, *bodies):
    return [reply(body, FOREVER, Vary=names) for body in bodies]


def texts(proxy, *each):
    return [proxy.get(fields=fields).text for fields in each]


def test_the_same_fields_select_the_same(caching_for, replies):
    proxy = caching_for(replies(*varying("Foo", b"1", b"2", b"3")))
    assert texts(proxy, {"Foo": "a"}, {"Foo": "b"}, {"Foo": "a"}, {"Foo": "b"}) == ["1", "2", "1", "2"]
    assert texts(proxy, {}, {}) == ["3", "3"]


def test_absent_is_a_value_of_its_own(caching_for, replies):
    proxy = caching_for(replies(*varying("Foo", b"none", b"empty", b"one")))
    assert texts(proxy, {}, {"Foo": ""}, {"Foo": "1"}, {}, {"Foo": ""}, {"Foo": "1"}) == \
        ["none", "empty", "one"] * 2


def test_a_variant_that_is_not_there_is_told_from_a_miss(caching_for, replies):
    proxy = caching_for(replies(*varying("Foo", b"1", b"2")))
    assert cache_status(proxy.get(fields={"Foo": "a"}))["fwd"] == "uri-miss"
    assert cache_status(proxy.get(fields={"Foo": "b"}))["fwd"] == "vary-miss"


def test_all_names_must_match(caching_for, replies):
    proxy = caching_for(replies(*varying("Foo, Bar", b"1", b"2", b"3")))
    assert texts(proxy, {"Foo": "1", "Bar": "1"}, {"Foo": "1", "Bar": "2"}, {"Foo": "1"},
                 {"Bar": "1", "Foo": "1"}, {"Foo": "1", "Bar": "1", "Other": "x"}) == ["1", "2", "3", "1", "1"]


@pytest.mark.parametrize("vary", ["*", "Foo, *", "*, Foo", " , *", "Foo\r\nVary: *", "*\r\nVary: Foo", ",*,"])
def test_a_star_is_never_stored(caching_for, replies, vary):
    proxy = caching_for(replies(*varying(vary, b"1", b"2")))
    assert why_not_stored(proxy.get(fields={"Foo": "1"})) == "vary-star"
    assert not is_hit(proxy.get(fields={"Foo": "1"}))


def test_lists_are_compared_without_their_blanks_and_lines(caching_for, replies):
    proxy = caching_for(replies(*varying("Foo", b"1", b"2")))
    assert texts(proxy, {"Foo": "1, 2"}, {"Foo": "1,2"}, {"Foo": " 1 ,  2"}) == ["1"] * 3
    with proxy.client() as client:
        client.send("GET / HTTP/1.1\r\nHost: app.test\r\nFoo: 1\r\nFoo: 2\r\n\r\n")
        assert client.read_response().text == "1"
    assert texts(proxy, {"Foo": "2, 1"}) == ["2"]


def test_cookies_are_no_list(caching_for, replies):
    proxy = caching_for(replies(*varying("Cookie", b"1", b"2")))
    assert texts(proxy, {"Cookie": "cart=1,2"}, {"Cookie": "cart=1,,2"}, {"Cookie": "cart=1,2"}) == ["1", "2", "1"]


def test_what_an_origin_may_take_for_a_field_selects_too(caching_for, replies):
    proxy = caching_for(replies(*varying("X-Lang", b"1", b"2")))
    assert texts(proxy, {"X_Lang": "evil"}, {}, {"X_Lang": "evil"}) == ["1", "2", "1"]


def test_what_does_not_reach_the_origin_does_not_select(caching_for, origins):
    """Else who says it, and lets Connection take it away, poisons what is for those who mean it."""
    origin = origins(Serving, lambda asked: reply(str(asked["X-Lang"]).encode(), FOREVER, Vary="X-Lang"))
    proxy = caching_for(origin)
    assert texts(proxy, {"X-Lang": "de", "Connection": "a, X-Lang"}, {"X-Lang": "de"}, {}) == ["None", "de", "None"]
    assert origin.count() == 2


def test_what_a_stranger_says_of_the_way_does_not_select(caching_for, origins):
    names = "X-Forwarded-Host, X-Forwarded-Country"
    origin = origins(Serving, lambda asked: reply(str(asked["X-Forwarded-Host"]).encode(), FOREVER, Vary=names))
    proxy = caching_for(origin, top='trusted_proxies: ["127.0.0.2/32"]')
    said = {"X-Forwarded-Host": "shop.test", "X-Forwarded-Country": "de"}
    assert texts(proxy, said, {}) == ["app.test"] * 2
    assert origin.count() == 1
    with connect(proxy.port, source="127.0.0.2") as trusted:
        assert trusted.get(fields=said).text == "shop.test"


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Request-ID"])
def test_what_is_for_one_address_is_for_no_other(caching_for, origins, name):
    proxy = caching_for(origins(Serving, lambda asked: reply(str(asked[name]).encode(), FOREVER, Vary=name)),
                        top="forwarding: {x_real_ip: true, forwarded: true}")
    for address in ("127.0.0.1", "127.0.0.2"):
        with connect(proxy.port, source=address) as client:
            answer = client.get()
            assert name == "X-Request-ID" or address in answer.text
            assert why_not_stored(answer) == "vary-star"


def test_languages_are_compared_by_what_they_mean(caching_for, replies):
    proxy = caching_for(replies(*varying("Accept-Language", b"1", b"2")))
    asked = ["en, de", "de, en", "EN,DE", "de;q=1, en", "en ,  de;q=1.0"]
    assert texts(proxy, *({"Accept-Language": each} for each in asked)) == ["1"] * 5
    assert texts(proxy, {"Accept-Language": "en, de;q=0.5"}) == ["2"]


def test_codings_are_compared_by_what_they_mean(caching_for, replies):
    proxy = caching_for(replies(*varying("Accept-Encoding", b"1", b"2")))
    asked = ["gzip, br", "br,gzip", "GZIP, br;q=1"]
    assert texts(proxy, *({"Accept-Encoding": each} for each in asked)) == ["1"] * 3
    assert texts(proxy, {"Accept-Encoding": "gzip"}) == ["2"]


def test_names_of_vary_have_no_case_and_no_order(caching_for, replies):
    origin = replies(*varying("foo, BAR", b"1"), *varying("Bar,  Foo", b"2", b"3"))
    proxy = caching_for(origin)
    asked = {"Foo": "1", "Bar": "1"}
    assert texts(proxy, asked, {"Foo": "2", "Bar": "1"}, asked) == ["1", "2", "1"]


def test_a_variant_is_not_validated_with_anothers_tag(caching_for, replies):
    """What two variants have in common is their URL alone."""
    origin = replies(reply(b"one", FOREVER, Vary="Foo", ETag='"abcdef"'),
                     reply(b"two", FOREVER, Vary="Foo", ETag='"ghijkl"'))
    proxy = caching_for(origin)
    assert texts(proxy, {"Foo": "1"}, {"Foo": "2"}) == ["one", "two"]
    origin.next_request()
    assert origin.next_request()["If-None-Match"] is None


def test_the_fields_that_select_go_with_the_validation(caching_for, replies):
    origin = replies(reply(b"one", "max-age=60", Age="60", Vary="Foo", ETag='"abcdef"'),
                     b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\nETag: \"abcdef\"\r\n\r\n")
    proxy = caching_for(origin)
    assert texts(proxy, {"Foo": "1"}, {"Foo": "1"}) == ["one", "one"]
    origin.next_request()
    asked = origin.next_request()
    assert (asked["If-None-Match"], asked["Foo"]) == ('"abcdef"', "1")
    assert is_hit(proxy.get(fields={"Foo": "1"}))


def test_one_url_has_no_more_variants_than_are_useful(caching_for, replies):
    """The newest stay, so that nobody fills the cache by making up values."""
    origin = replies(*varying("Foo", b"x"))
    proxy = caching_for(origin, cache="ttl: 0, capacity: 10000")
    with proxy.client() as client:
        for number in range(70):
            client.get(fields={"Foo": str(number)})
        assert is_hit(client.get(fields={"Foo": "69"}))
        assert not is_hit(client.get(fields={"Foo": "0"}))
