"""Requests for what is being fetched already: one goes to the origin, the others follow it."""
import select
import threading

import pytest

from harness.caching import cache_status, is_hit, is_stored, reply
from harness.waiting import TIMEOUT, eventually
from harness.wire import response
from test_streaming import small_buffers

FOREVER = "max-age=3600"
WORKERS = "workers: 4"
CHUNKED = (b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nConnection: close\r\n"
           b"Transfer-Encoding: chunked\r\n\r\n")
MEBIBYTE = 1 << 20
ORPHANS_MAX = 64  # of a worker: Fills::orphans_max


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def clients(proxy, count, **more):
    """So many clients that have asked for the same; the first has reached the origin when it is told."""
    return [proxy.client().ask(**more) for _ in range(count)]


@pytest.fixture
def proxy(caching_for, scripted):
    """Nobody stops waiting before the test does, so that who is not released at once is seen."""
    return caching_for(scripted, cache="ttl: 0, collapse: {timeout: 5m}", top=WORKERS)


def asked_and_waiting(proxy, scripted, followers, **more):
    """A leader whose request the origin has, and followers, who asked and make no request."""
    leader = proxy.client().ask(**more)
    origin, _ = scripted.expect()
    rest = clients(proxy, followers, **more)
    assert scripted.hears_nothing()
    return leader, origin, rest


def test_many_at_once_are_one_request(proxy, scripted):
    leader, origin, followers = asked_and_waiting(proxy, scripted, 12)
    origin.send(reply(b"hello", FOREVER))
    answers = [each.read_response() for each in [leader, *followers]]
    assert {each.text for each in answers} == {"hello"}
    assert "collapsed" not in cache_status(answers[0]) and is_stored(answers[0])
    assert all("collapsed" in cache_status(each) for each in answers[1:])
    assert is_hit(proxy.get())


def test_the_access_log_says_whom_one_who_left_has_waited_for(caching_for, scripted):
    proxy = caching_for(scripted, top='access_log: {format: "{target} {endpoint} {attempts}"}')
    leader, _, _ = asked_and_waiting(proxy, scripted, 0, target="/page")
    leader.reset()
    assert proxy.access.wait_for("/page") == f"/page 127.0.0.1:{scripted.port} 1"


def test_followers_get_the_first_byte_when_it_comes(proxy, scripted):
    leader, origin, followers = asked_and_waiting(proxy, scripted, 4)
    origin.send(CHUNKED)
    everyone = [leader, *followers]
    assert {each.read_head().status for each in everyone} == {200}
    for number in range(3):
        origin.send(chunk(b"piece %d" % number))
        for each in everyone:
            assert each.read_chunk() == b"piece %d" % number
    origin.send(b"0\r\n\r\n")
    assert {each.read_chunk() for each in everyone} == {b""}


def test_who_comes_late_gets_it_from_the_beginning(proxy, scripted):
    leader = proxy.client().ask()
    origin, _ = scripted.expect()
    origin.send(CHUNKED + chunk(b"one"))
    leader.read_head(), leader.read_chunk()
    late = clients(proxy, 4)
    for each in late:
        each.read_head()
        assert each.read_chunk() == b"one"
    origin.send(chunk(b"two") + b"0\r\n\r\n")
    for each in [leader, *late]:
        assert (each.read_chunk(), each.read_chunk()) == (b"two", b"")


def test_a_known_length_is_known_to_followers(proxy, scripted):
    leader, origin, followers = asked_and_waiting(proxy, scripted, 3)
    origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 6\r\n\r\nabc")
    for each in [leader, *followers]:
        assert each.read_head()["Content-Length"] == "6"
        assert each.read(3) == b"abc"
    origin.send(b"def")
    assert {each.read(3) for each in [leader, *followers]} == {b"def"}


def test_each_reads_at_its_own_speed(caching_for, scripted):
    """One who does not read at all holds up neither the origin nor the others."""
    proxy = caching_for(scripted, cache="ttl: 0, max_body_size: 32MiB", top=WORKERS)
    body = bytes(range(256)) * (16 * MEBIBYTE // 256)
    idle = proxy.client().ask()
    origin, _ = scripted.expect()
    slow, quick = proxy.client().ask(), proxy.client().ask()
    assert scripted.hears_nothing()
    origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: %d\r\n\r\n" % len(body))
    origin.send(body)  # all of it, though two do not read
    assert long_body(quick) == body
    assert is_hit(proxy.get(method="HEAD"))
    assert long_body(slow) == body
    assert long_body(idle) == body


def long_body(client):
    """Of a response with a known length; in time that grows as that does."""
    length, pieces = int(client.read_head()["Content-Length"]), []
    while (length := length - len(pieces[-1]) if pieces else length) > 0:
        pieces.append(client.read_some())
    return b"".join(pieces)


def test_the_leader_leaves_and_the_others_go_on(proxy, scripted):
    leader, origin, followers = asked_and_waiting(proxy, scripted, 3)
    origin.send(CHUNKED + chunk(b"one"))
    for each in [leader, *followers]:
        each.read_head(), each.read_chunk()
    leader.reset()
    origin.send(chunk(b"two") + b"0\r\n\r\n")
    for each in followers:
        assert (each.read_chunk(), each.read_chunk()) == (b"two", b"")
    assert proxy.get().text == "onetwo"


def test_the_leader_leaves_before_the_head_came(proxy, scripted):
    leader, origin, followers = asked_and_waiting(proxy, scripted, 3)
    leader.reset()
    assert scripted.hears_nothing()
    origin.send(reply(b"hello", FOREVER))
    assert {each.read_response().text for each in followers} == {"hello"}


def test_the_leader_leaves_and_what_comes_cannot_be_stored(proxy, scripted):
    """It was for the leader; those who waited ask for themselves."""
    leader, origin, followers = asked_and_waiting(proxy, scripted, 2)
    leader.reset()
    assert scripted.hears_nothing()
    origin.send(reply(b"private", "private", Connection="close"))
    serve_each(scripted, 2, reply(b"own", "private"))
    assert [each.read_response().text for each in followers] == ["own", "own"]


def serve_each(scripted, count, answer):
    """Answers so many requests that must be there at once, each on its own connection."""
    waiting = [scripted.expect() for _ in range(count)]
    for connection, _ in waiting:
        connection.send(answer)


def test_what_cannot_be_stored_releases_those_who_wait_at_once(proxy, scripted):
    leader, origin, followers = asked_and_waiting(proxy, scripted, 4)
    origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 6\r\n\r\nabc")
    assert leader.read_head()["Cache-Control"] == "no-store"
    # The leader's body is not there yet; each of the others has its own request now.
    own = [scripted.expect() for _ in followers]
    for number, (connection, _) in enumerate(own):
        connection.send(reply(b"%d" % number, "no-store"))
    assert {each.read_response().text for each in followers} == {"0", "1", "2", "3"}
    origin.send(b"def")
    assert leader.read(6) == b"abcdef"


def test_what_is_refused_to_one_who_names_himself_the_others_ask_for_together(proxy, scripted):
    leader = proxy.client().ask(fields={"Authorization": "Basic YTpi"})
    own, _ = scripted.expect()
    others = clients(proxy, 3)
    assert scripted.hears_nothing()
    own.send(reply(b"own", "max-age=60", Connection="close"))
    assert leader.read_response().text == "own"
    theirs, _ = scripted.expect()
    assert scripted.hears_nothing()
    theirs.send(reply(b"of all", "max-age=60"))
    assert {each.read_response().text for each in others} == {"of all"}


def test_what_could_not_be_stored_is_not_serialized_afterwards(proxy, scripted):
    leader = proxy.client().ask()
    origin, _ = scripted.expect()
    origin.send(reply(b"first", "private", Connection="close"))
    leader.read_response()
    later = clients(proxy, 3)
    serve_each(scripted, 3, reply(b"x", "private"))
    assert [each.read_response().text for each in later] == ["x"] * 3


def test_what_became_storable_again_is_stored(caching_for, replies):
    proxy = caching_for(replies(reply(b"1", "private"), reply(b"2", FOREVER)))
    assert [proxy.get().text for _ in range(3)] == ["1", "2", "2"]
    assert is_hit(proxy.get())


def test_a_fill_that_fails_before_its_head_lets_one_who_waits_try(caching_for, scripted):
    proxy = caching_for(scripted, top=WORKERS + "\nretries: {attempts: 0}")
    leader, origin, followers = asked_and_waiting(proxy, scripted, 3)
    origin.close()
    second, _ = scripted.expect()
    assert scripted.hears_nothing()  # one of them
    assert leader.read_response().status == 502
    second.send(reply(b"hello", FOREVER))
    assert {each.read_response().text for each in followers} == {"hello"}


def test_an_origin_that_always_fails_is_no_endless_wait(caching_for, replies):
    proxy = caching_for(replies(None), top=WORKERS + "\nretries: {attempts: 0}")
    everyone = clients(proxy, 8)
    assert {each.read_response().status for each in everyone} == {502}


def test_waiting_has_a_limit(caching_for, scripted):
    proxy = caching_for(scripted, cache="ttl: 0, collapse: {timeout: 100ms}", top=WORKERS)
    leader = proxy.client().ask()
    slow, _ = scripted.expect()
    follower = proxy.client().ask()
    own, _ = scripted.expect()
    own.send(reply(b"own", FOREVER))
    assert follower.read_response().text == "own"
    slow.send(reply(b"slow", FOREVER))
    assert leader.read_response().text == "slow"


def test_it_can_be_off(caching_for, scripted):
    proxy = caching_for(scripted, cache="ttl: 0, collapse: {enabled: false, timeout: 5m}", top=WORKERS)
    everyone = clients(proxy, 3)
    serve_each(scripted, 3, reply(b"x", FOREVER))
    assert [each.read_response().text for each in everyone] == ["x"] * 3
    assert is_hit(proxy.get())


def test_another_variant_is_not_followed(proxy, scripted):
    """Nobody knew of Vary before the head came."""
    leader = proxy.client().ask(fields={"Foo": "1"})
    origin, _ = scripted.expect()
    follower, other = proxy.client().ask(fields={"Foo": "1"}), proxy.client().ask(fields={"Foo": "2"})
    assert scripted.hears_nothing()
    origin.send(reply(b"one", FOREVER, Vary="Foo", Connection="close"))
    second, request = scripted.expect()
    assert request["Foo"] == "2"
    second.send(reply(b"two", FOREVER, Vary="Foo"))
    assert (leader.read_response().text, follower.read_response().text) == ("one", "one")
    assert other.read_response().text == "two"


def test_variants_that_are_known_are_fetched_side_by_side(proxy, scripted):
    first = proxy.client().ask(fields={"Foo": "0"})
    origin, _ = scripted.expect()
    origin.send(reply(b"zero", FOREVER, Vary="Foo", Connection="close"))
    first.read_response()
    both = [proxy.client().ask(fields={"Foo": each}) for each in "12"]
    assert {scripted.expect()[1]["Foo"] for _ in both} == {"1", "2"}
    for each in both:
        each.reset()


def part(content, first, size, policy=FOREVER, **fields):
    last = first + len(content) - 1
    return response(content, status="206 Partial Content", Cache_Control=policy, ETag='"a"',
                    Content_Range=f"bytes {first}-{last}/{size}", **fields)


class TestOneRangeOfWhatIsNotStored:
    WANTED = {"Range": "bytes=2-6"}

    def test_is_asked_for_once(self, proxy, scripted):
        leader, origin, followers = asked_and_waiting(proxy, scripted, 5, fields=self.WANTED)
        answer = part(b"23456", 2, 10)
        origin.send(answer[:-3])
        everyone = [leader, *followers]
        heads = [each.read_head() for each in everyone]
        assert {(each.status, each["Content-Range"]) for each in heads} == {(206, "bytes 2-6/10")}
        assert all("collapsed" in cache_status(each) for each in heads[1:])
        assert {each.read(2) for each in everyone} == {b"23"}
        origin.send(answer[-3:])
        assert {each.read(3) for each in everyone} == {b"456"}
        assert is_hit(proxy.get(fields={"Range": "bytes=3-4"}))

    def test_goes_on_when_who_asked_for_it_leaves(self, proxy, scripted):
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields=self.WANTED)
        answer = part(b"23456", 2, 10)
        origin.send(answer[:-3])
        leader.read_head()
        leader.reset()
        origin.send(answer[-3:])
        assert follower.read_response().text == "23456"

    def test_reaches_the_origin_as_it_is(self, proxy, scripted):
        proxy.client().ask(fields=self.WANTED)
        assert scripted.expect()[1]["Range"] == "bytes=2-6"

    def test_of_the_end_is_followed_where_that_is_what_came(self, proxy, scripted):
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields={"Range": "bytes=-3"})
        origin.send(part(b"789", 7, 10))
        assert leader.read_response().text == follower.read_response().text == "789"

    def test_is_no_answer_to_another(self, proxy, scripted):
        leader = proxy.client().ask(fields=self.WANTED)
        scripted.expect()
        other = proxy.client().ask(fields={"Range": "bytes=2-7"})
        origin, asked = scripted.expect()
        assert asked["Range"] == "bytes=2-7"
        origin.send(part(b"234567", 2, 10))
        assert other.read_response().text == "234567"
        leader.reset()

    def test_is_not_followed_where_another_came(self, proxy, scripted):
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields=self.WANTED)
        origin.send(part(b"89", 8, 10, Connection="close"))
        assert leader.read_response()["Content-Range"] == "bytes 8-9/10"
        origin, asked = scripted.expect()
        assert asked["Range"] == "bytes=2-6"
        origin.send(part(b"23456", 2, 10))
        assert follower.read_response()["Content-Range"] == "bytes 2-6/10"

    def test_is_the_whole_for_all_where_the_origin_knows_no_ranges(self, proxy, scripted):
        leader, origin, followers = asked_and_waiting(proxy, scripted, 3, fields=self.WANTED)
        origin.send(reply(b"0123456789", FOREVER))
        assert {each.read_response().text for each in (leader, *followers)} == {"0123456789"}
        answer = proxy.get(fields=self.WANTED)
        assert (is_hit(answer), answer.text) == (True, "23456")

    def test_with_a_neighbour_that_is_stored_becomes_one_part(self, proxy, scripted):
        first = proxy.client().ask(fields={"Range": "bytes=0-1"})
        origin, _ = scripted.expect()
        origin.send(part(b"01", 0, 10, Connection="close"))
        first.read_response()
        leader = proxy.client().ask(fields=self.WANTED)
        origin, _ = scripted.expect()
        origin.send(part(b"23456", 2, 10))
        leader.read_response()
        answer = proxy.get(fields={"Range": "bytes=1-5"})
        assert (is_hit(answer), answer.text) == (True, "12345")

    def test_that_cannot_be_stored_releases_who_waits_and_keeps_nobody_waiting_afterwards(self, proxy, scripted):
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields=self.WANTED)
        refused = part(b"23456", 2, 10, "no-store", Connection="close")
        origin.send(refused)
        assert leader.read_response().text == "23456"
        scripted.expect()[0].send(refused)
        assert follower.read_response().text == "23456"
        everyone = clients(proxy, 3, fields={"Range": "bytes=3-4"})
        for _ in everyone:
            scripted.expect()[0].send(part(b"34", 3, 10, "no-store", Connection="close"))
        assert {each.read_response().text for each in everyone} == {"34"}
        asked_and_waiting(proxy, scripted, 1)  # of the whole nothing is known

    def test_that_is_impossible_says_nothing_of_others(self, proxy, scripted):
        leader = proxy.client().ask(fields={"Range": "bytes=90-"})
        origin, _ = scripted.expect()
        origin.send(response(b"", status="416 Range Not Satisfiable", Content_Range="bytes */10", Connection="close"))
        assert leader.read_response().status == 416
        asked_and_waiting(proxy, scripted, 2, fields=self.WANTED)

    @pytest.mark.parametrize("refused", ["a set", "too large", "impossible"])
    def test_that_is_refused_for_what_it_is_itself_keeps_nobody_waiting_but_for_others(
            self, proxy, scripted, refused):
        asked, answer = {
            "a set": ("bytes=0-1,3-4", response(b"--x--", status="206 Partial Content", Cache_Control=FOREVER,
                                                Content_Type="multipart/byteranges; boundary=x", Connection="close")),
            "too large": ("bytes=0-", part(b"x" * (2 * MEBIBYTE), 0, 3 * MEBIBYTE, Connection="close")),
            "impossible": ("bytes=90-", response(b"", status="416 Range Not Satisfiable",
                                                 Content_Range="bytes */10", Connection="close")),
        }[refused]
        leader = proxy.client().ask(fields={"Range": asked})
        scripted.expect()[0].send(answer)
        leader.read_response()
        for _ in clients(proxy, 3, fields={"Range": asked}):
            assert scripted.expect()[1]["Range"] == asked
        asked_and_waiting(proxy, scripted, 2, fields=self.WANTED)

    @pytest.mark.parametrize("policy", [FOREVER, "no-cache"])
    def test_that_is_stored_changes_nothing_for_who_asks_for_the_whole(self, proxy, scripted, policy):
        """Who has to ask alone goes on to, and who may wait for one another, too."""
        if is_known := policy == FOREVER:
            whole = proxy.client().ask()
            scripted.expect()[0].send(reply(b"x" * (2 * MEBIBYTE), FOREVER, Connection="close"))
            whole.read_response()
        leader = proxy.client().ask(fields=self.WANTED)
        scripted.expect()[0].send(part(b"23456", 2, 10, policy, Connection="close"))
        assert is_stored(leader.read_response())
        everyone = clients(proxy, 3)
        for _ in everyone if is_known else everyone[:1]:
            assert scripted.expect()[1]["Range"] is None
        assert scripted.hears_nothing()

    def test_is_asked_for_once_where_the_whole_is_too_large(self, proxy, scripted):
        whole = proxy.client().ask()
        scripted.expect()[0].send(reply(b"x" * (2 * MEBIBYTE), FOREVER, Connection="close"))
        whole.read_response()
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields=self.WANTED)
        origin.send(part(b"23456", 2, 2 * MEBIBYTE))
        assert leader.read_response().text == follower.read_response().text == "23456"

    def test_of_a_whole_of_unknown_size_is_not_followed_where_it_cannot_be_it(self, proxy, scripted):
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields=self.WANTED)
        origin.send(response(b"89", status="206 Partial Content", Cache_Control=FOREVER, ETag='"a"',
                             Content_Range="bytes 8-9/*", Connection="close"))
        assert leader.read_response()["Content-Range"] == "bytes 8-9/*"
        origin, _ = scripted.expect()
        origin.send(part(b"23456", 2, 10))
        assert follower.read_response()["Content-Range"] == "bytes 2-6/10"

    def test_under_if_range_is_nobody_elses(self, proxy, scripted):
        proxy.client().ask(fields=self.WANTED)
        scripted.expect()
        proxy.client().ask(fields=self.WANTED | {"If-Range": '"a"'})
        assert scripted.expect()[1]["If-Range"] == '"a"'

    @pytest.mark.parametrize("first", ["whole", "part"])
    def test_of_what_is_stale_is_asked_about_once(self, proxy, scripted, first):
        stale = {"policy": "max-age=60", "Age": "60", "Connection": "close"}
        before = proxy.client().ask(fields=self.WANTED if first == "part" else {})
        origin, _ = scripted.expect()
        origin.send(part(b"23456", 2, 10, **stale) if first == "part" else
                    reply(b"0123456789", stale.pop("policy"), ETag='"a"', **stale))
        before.read_response()
        everyone = clients(proxy, 4, fields=self.WANTED)
        origin, asked = scripted.expect()
        assert (asked["If-None-Match"], asked["Range"]) == ('"a"', "bytes=2-6" if first == "part" else None)
        assert scripted.hears_nothing()
        origin.send(b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: max-age=60\r\n\r\n")
        assert {(each.status, each.text) for each in (each.read_response() for each in everyone)} == {(206, "23456")}

    def test_that_breaks_off_is_complete_for_nobody(self, proxy, scripted):
        leader, origin, [follower] = asked_and_waiting(proxy, scripted, 1, fields=self.WANTED)
        origin.send(part(b"23456", 2, 10)[:-2])
        origin.close()
        for each in (leader, follower):
            assert each.read_head()["Content-Length"] == "5"
            assert each.read(3) == b"234" and each.ended()
        proxy.client().ask(fields=self.WANTED)
        assert scripted.expect()[1]["Range"] == "bytes=2-6"


@pytest.mark.parametrize("more", [
    {"fields": {"Range": "bytes=0-1"}}, {"fields": {"Cache-Control": "no-cache"}},
    {"fields": {"Cache-Control": "no-store"}}, {"method": "HEAD"}, {"method": "POST", "body": "q"},
])
def test_what_has_an_answer_of_its_own_does_not_wait(proxy, scripted, more):
    leader = proxy.client().ask()
    origin, _ = scripted.expect()
    other = proxy.client().ask(**more)
    own, _ = scripted.expect()
    own.send(response(b""))
    assert other.read_response(more.get("method", "GET")).status == 200
    origin.send(reply(b"x", FOREVER))
    assert leader.read_response().text == "x"


def test_conditions_of_followers_are_answered_each_on_its_own(proxy, scripted):
    leader = proxy.client().ask()
    origin, _ = scripted.expect()
    same = proxy.client().ask(fields={"If-None-Match": '"a"'})
    other = proxy.client().ask(fields={"If-None-Match": '"b"'})
    assert scripted.hears_nothing()
    origin.send(reply(b"x", FOREVER, ETag='"a"'))
    assert leader.read_response().text == "x"
    assert same.read_response().status == 304
    assert other.read_response().text == "x"


def test_validations_are_collapsed_too(proxy, scripted):
    first = proxy.client().ask()
    origin, _ = scripted.expect()
    origin.send(reply(b"x", "max-age=60", Age="60", ETag='"a"', Connection="close"))
    first.read_response()
    everyone = clients(proxy, 5)
    origin, asked = scripted.expect()
    assert asked["If-None-Match"] == '"a"'
    assert scripted.hears_nothing()
    origin.send(b"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: max-age=60\r\n\r\n")
    assert {each.read_response().text for each in everyone} == {"x"}


class TestTooLarge:
    """A body that turns out larger than what may be stored reaches everyone all the same."""

    BODY = bytes(range(256)) * (3 * MEBIBYTE // 256)

    def send_in_chunks(self, origin):
        for at in range(0, len(self.BODY), 50000):
            origin.send(chunk(self.BODY[at:at + 50000]))
        origin.send(b"0\r\n\r\n")

    def test_reaches_leader_and_followers_whole_and_is_not_stored(self, proxy, scripted):
        leader, origin, followers = asked_and_waiting(proxy, scripted, 3)
        everyone = [leader, *followers]
        origin.send(CHUNKED)
        heads = [each.read_head() for each in everyone]  # who comes when the beginning has passed asks alone
        sender = threading.Thread(target=self.send_in_chunks, args=(origin,))
        sender.start()
        bodies = [None] * 4

        def read(number, each):
            bodies[number] = each.read_body(heads[number]).body

        readers = [threading.Thread(target=read, args=pair) for pair in enumerate(everyone)]
        for each in readers:
            each.start()
        for each in [sender, *readers]:
            each.join()
        assert all(each == self.BODY for each in bodies)
        assert not is_hit(self.asked_again(proxy, scripted))

    def asked_again(self, proxy, scripted):
        client = proxy.client().ask()
        scripted.expect()[0].send(reply(b"again", FOREVER))
        return client.read_response()

    def test_is_paced_by_its_slowest_reader(self, proxy, scripted):
        leader, origin, (slow,) = asked_and_waiting(proxy, scripted, 1)
        small_buffers(slow)
        origin.send(CHUNKED)
        before = proxy.private_bytes()
        huge = chunk(b"x" * (64 * MEBIBYTE))
        reader = threading.Thread(target=self.read_all, args=(leader,), daemon=True)
        reader.start()
        origin.sock.settimeout(0.5)
        sent = 0
        try:
            while sent < len(huge):
                sent += origin.sock.send(huge[sent:sent + 65536])
        except TimeoutError:
            pass
        assert sent < 40 * MEBIBYTE
        assert proxy.private_bytes() - before < 16 * MEBIBYTE
        slow.reset()  # nobody holds the leader up any more
        origin.sock.settimeout(20)
        origin.send(huge[sent:] + b"0\r\n\r\n")
        reader.join()
        assert self.got == 64 * MEBIBYTE

    def read_all(self, each):
        each.read_head()
        self.got = len(each.read_chunk())
        while piece := each.read_chunk():
            self.got += len(piece)

    def test_who_comes_when_its_beginning_has_passed_asks_again(self, proxy, scripted):
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        origin.send(CHUNKED)
        sender = threading.Thread(target=lambda: origin.send(chunk(self.BODY)))
        sender.start()
        leader.read_head()
        got = b""
        while len(got) < len(self.BODY):
            got += leader.read_chunk()
        sender.join()
        late = proxy.client().ask()
        own, _ = scripted.expect()
        own.send(reply(b"own", FOREVER))
        assert late.read_response().text == "own"
        origin.send(b"0\r\n\r\n")
        assert (got, leader.read_chunk()) == (self.BODY, b"")

    def test_a_length_that_is_too_large_waits_for_nobody(self, proxy, scripted):
        leader, origin, (follower,) = asked_and_waiting(proxy, scripted, 1)
        origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: %d\r\n\r\n" % len(self.BODY))
        assert cache_status(leader.read_head())["detail"] == "too-large"
        own, _ = scripted.expect()
        own.send(reply(b"own", FOREVER))
        assert follower.read_response().text == "own"
        sender = threading.Thread(target=lambda: origin.send(self.BODY))
        sender.start()
        assert leader.read(len(self.BODY)) == self.BODY
        sender.join()


def test_a_stampede_on_all_workers_meets_the_origin_once_a_page(caching_for, pages):
    clients, targets, texts = 20, [f"/{number}" for number in range(10)], []
    all_sent = {target: threading.Event() for target in targets}
    together = {target: threading.Barrier(clients, all_sent[target].set, TIMEOUT) for target in targets}

    def answer(request):
        all_sent[request.target].wait(TIMEOUT)
        return reply(request.target, FOREVER)

    pages.answer = answer
    proxy = caching_for(pages, cache="ttl: 0, capacity: 1000, collapse: {timeout: 1m}", top=WORKERS)

    def ask():
        with proxy.client() as client:
            for target in targets:
                client.ask(target)
                together[target].wait()
                texts.append(client.read_response().text)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(texts) == sorted(targets * clients)
    assert pages.count() == len(targets)


def readable(sockets):
    """Those that have something to read, be it their end."""
    return select.select(list(sockets), [], [], 0)[0]


class TestNobodyIsLeft:
    def test_what_cannot_be_stored_is_not_fetched_to_its_end(self, proxy, scripted):
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        origin.send(b"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 1000\r\n\r\nabc")
        leader.read_head()
        leader.reset()
        assert origin.ended()

    def test_what_turns_out_too_large_is_not_either(self, proxy, scripted):
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        origin.send(CHUNKED + chunk(b"abc"))
        leader.read_head()
        leader.reset()
        with pytest.raises(OSError):
            while True:
                origin.send(chunk(b"x" * 65536))

    def test_what_can_be_stored_is(self, proxy, scripted):
        leader = proxy.client().ask()
        origin, _ = scripted.expect()
        origin.send(CHUNKED + chunk(b"abc"))
        leader.read_head()
        leader.reset()
        origin.send(b"0\r\n\r\n")
        eventually(lambda: proxy.get(fields={"Cache-Control": "only-if-cached"}).status == 200, "the end of it")

    def test_a_silent_origin_is_not_kept_busy_by_all_who_leave(self, caching_for, scripted):
        proxy = caching_for(scripted, top="workers: 1")
        held = {}
        for number in range(3 * ORPHANS_MAX):
            leader = proxy.client().ask(f"/{number}")
            origin, asked = scripted.expect()
            held[origin.sock] = asked.target
            leader.reset()
        eventually(lambda: proxy.in_flight(scripted) == ORPHANS_MAX, "the end of all others")
        ended = eventually(lambda: len(ended := readable(held)) == 2 * ORPHANS_MAX and ended, "that of their connections")
        going_on = held.keys() - ended
        for each in going_on:
            each.sendall(reply(b"x", FOREVER))
        eventually(lambda: proxy.in_flight(scripted) == 0, "the end of what goes on")
        assert all(is_hit(proxy.get(held[each])) for each in going_on)

    def test_the_program_ends_all_the_same(self, proxy, scripted):
        leader = proxy.client().ask()
        scripted.expect()
        leader.reset()
        follower = proxy.client().ask("/other")
        origin, _ = scripted.expect()
        origin.send(CHUNKED + chunk(b"abc"))
        follower.read_head()
        follower.reset()
        assert proxy.stop() == 0


def test_clients_of_http_1_0_follow_too(proxy, scripted):
    leader = proxy.client().ask()
    origin, _ = scripted.expect()
    old = proxy.client().send("GET / HTTP/1.0\r\nHost: app.test\r\n\r\n")
    assert scripted.hears_nothing()
    origin.send(CHUNKED + chunk(b"one"))
    assert old.read_head()["Transfer-Encoding"] is None
    assert old.read(3) == b"one"
    origin.send(chunk(b"two") + b"0\r\n\r\n")
    assert old.read_to_end() == b"two"
    assert leader.read_response().text == "onetwo"


def test_who_asks_for_the_next_at_once_gets_it_behind_the_first(proxy, scripted):
    """Pipelined requests (RFC 9112 9.3.2)."""
    client = proxy.client().ask("/a").ask("/a").ask("/a", method="HEAD").ask("/a")
    origin, _ = scripted.expect()
    origin.send(reply(b"hello", FOREVER))
    answers = [client.read_response(to) for to in ("GET", "GET", "HEAD", "GET")]
    assert [each.text for each in answers] == ["hello", "hello", "", "hello"]
    assert all(is_hit(each) for each in answers[1:])
