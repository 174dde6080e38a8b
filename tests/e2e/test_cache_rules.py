"""What an operator overrules: lifetimes by status and by path, what passes by, and what the key is."""
import json
from urllib.parse import quote

import pytest

from harness.caching import ago, cache_status, is_hit, is_stored, reply, why_not_stored
from harness.wire import response

FOREVER = "max-age=3600"


def variants(proxy, target, host="app.test"):
    url = quote(f"http://{host}{target}", safe="")
    return json.loads(proxy.control("GET", f"/cache/entry?url={url}").body)["variants"]


class TestStatusTtl:
    def test_is_the_lifetime_of_what_states_none(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 300, status_ttl: {404: 100, 4xx: 50, 5xx: 20s}")
        for status, ttl in ((200, 300), (404, 100), (403, 50), (410, 50), (500, 20), (503, 20)):
            target = pages.add(response(b"x", status=f"{status} Whatever", Last_Modified=ago(10**7)))
            assert is_stored(proxy.get(target)), status
            again = proxy.get(target)
            assert is_hit(again) and ttl - 5 <= int(cache_status(again)["ttl"]) <= ttl, status

    def test_gives_way_to_what_is_stated(self, caching_for, pages):
        proxy = caching_for(pages, cache="status_ttl: {5xx: 20, 404: 20}")
        for page, hit in ((reply(b"x", "max-age=900", status="503 Busy"), True),
                          (reply(b"x", "no-store", status="503 Busy"), False),
                          (reply(b"x", "private", status="404 None"), False),
                          (reply(b"x", "no-cache", status="404 None", ETag='"a"'), False)):
            target = pages.add(page)
            proxy.get(target)
            again = proxy.get(target)
            assert is_hit(again) is hit, page
            if hit:
                assert int(cache_status(again)["ttl"]) > 800

    @pytest.mark.parametrize("fields, page", [
        ({"Authorization": "Basic eDp5"}, {}), ({"Cookie": "a=b"}, {}), ({}, {"Set_Cookie": "a=b"}),
    ])
    def test_is_not_for_what_was_made_for_one_user(self, caching_for, replies, fields, page):
        proxy = caching_for(replies(response(b"x", status="503 Busy", **page)), cache="status_ttl: {5xx: 20}")
        assert not is_stored(proxy.get(fields=fields))
        assert not is_hit(proxy.get(fields=fields))

    def test_of_zero_stores_nothing_that_states_nothing(self, caching_for, pages):
        proxy = caching_for(pages, cache="ttl: 300, status_ttl: {404: 0}")
        silent = pages.add(response(b"x", status="404 None", ETag='"a"', Last_Modified=ago(10**7)))
        stated = pages.add(reply(b"x", FOREVER, status="404 None"))
        assert why_not_stored(proxy.get(silent)) == "no-lifetime"
        assert is_stored(proxy.get(stated))

    def test_says_so_when_it_is_asked(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", status="503 Busy")), cache="status_ttl: {5xx: 20}")
        proxy.get("/x")
        [variant] = variants(proxy, "/x")
        assert (variant["lifetime"], variant["lifetime_from"]) == (20, "status_ttl")

    def test_a_service_has_its_own(self, caching_for, replies):
        proxy = caching_for(replies(response(b"x", status="404 None")), cache="status_ttl: {404: 900}",
                            service="cache: {status_ttl: {4xx: 20}}")
        proxy.get()
        assert int(cache_status(proxy.get())["ttl"]) <= 20
