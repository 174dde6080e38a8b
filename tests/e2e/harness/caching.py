"""What the tests of the cache share: an origin with a list of answers, and readers of Cache-Status."""
import contextlib
import functools
import random
import threading
import time
from email.utils import formatdate

from .origin import Serving
from .wire import response


class Replies(Serving):
    """Gives `replies` one after another, and the last again and again; None hangs up."""

    def __init__(self, *replies, **where):
        self.replies = list(replies)
        super().__init__(self._next, **where)

    def _next(self, _):
        with self.lock:
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Pages(Serving):
    """Gives each target's own list of replies, as Replies does."""

    def __init__(self, **where):
        self.pages = {}
        super().__init__(self._next, **where)

    def add(self, *answers, target=None):
        """A page of these answers; gives its target."""
        target = target or f"/{len(self.pages)}"
        self.pages[target] = list(answers)
        return target

    def _next(self, request):
        with self.lock:
            page = self.pages[request.target]
            return page.pop(0) if len(page) > 1 else page[0]


def reply(body=b"", cache_control=None, **more):
    """A response that states its Cache-Control; `more` as in `response`."""
    if cache_control is not None:
        more["Cache_Control"] = cache_control
    return response(body, **more)


def ago(seconds):
    """A date of fields, so long before now; negative: ahead."""
    return formatdate(time.time() - seconds, usegmt=True)


def cache_status(answer):
    """Cache-Status as a dictionary: members without a value are True."""
    _, *members = answer["Cache-Status"].split("; ")
    pairs = (member.partition("=") for member in members)
    return {name: value if equals else True for name, equals, value in pairs}


def is_hit(answer):
    return "hit" in cache_status(answer)


def is_stored(answer):
    return "stored" in cache_status(answer)


def why_not_stored(answer):
    return cache_status(answer).get("detail")


class Crowd:
    """Clients that ask for one of some targets after another, whole or a part, and what they saw."""

    TARGETS = [f"/{number}" for number in range(20)]
    LANGUAGES = ["de", "en"]

    def __init__(self, proxy):
        self.proxy, self.hits, self.misses, self.wrong = proxy, 0, 0, []
        self.stop = threading.Event()

    @staticmethod
    def varies(target):
        return int(target[1:]) % 2 == 1

    @classmethod
    @functools.cache
    def content(cls, target, language):
        """Each line says of what it is, so that what is of another target, variant or place is seen."""
        variant = language if cls.varies(target) else "all"
        return "".join(f"{target} {variant} {number}\n" for number in range(400))

    @classmethod
    def page(cls, request):
        """What an origin answers."""
        target, language = request.target, request["Accept-Language"]
        content = cls.content(target, language)
        fields = {"ETag": f'"{hash(content)}"', "Cache_Tag": target[1:2]}
        if cls.varies(target):
            fields["Vary"] = "Accept-Language"
        if request["If-None-Match"] == fields["ETag"]:
            return reply("", "max-age=3600", status="304 Not Modified", **fields)
        if request["Range"] is None:
            return reply(content, "max-age=3600", **fields)
        first, last = map(int, request["Range"].removeprefix("bytes=").split("-"))
        return reply(content[first:last + 1], "max-age=3600", status="206 Partial Content",
                     Content_Range=f"bytes {first}-{last}/{len(content)}", **fields)

    def ask(self, number):
        choice = random.Random(number)
        try:
            while not self.stop.is_set():
                with self.proxy.client() as connection:
                    for _ in range(5):
                        self.check(connection, choice)
        except Exception as error:  # such as a connection that was cut
            self.wrong.append(error)

    def check(self, connection, choice):
        target, fields = choice.choice(self.TARGETS), {"Accept-Language": choice.choice(self.LANGUAGES)}
        content = self.content(target, fields["Accept-Language"])
        status, content_range = 200, None
        if choice.random() < 0.4:
            first, last = sorted(choice.sample(range(0, len(content), 500), 2))
            fields["Range"], last = f"bytes={first}-{last - 1}", last - 1
            status, content_range = 206, f"bytes {first}-{last}/{len(content)}"
            content = content[first:last + 1]
        answer = connection.get(target, fields=fields)
        if (answer.status, answer["Content-Range"], answer.text) != (status, content_range, content):
            self.wrong.append((target, fields, answer.status, answer["Content-Range"], answer.text))
        if is_hit(answer):
            self.hits += 1
        else:
            self.misses += 1


@contextlib.contextmanager
def crowd(proxy, clients=4):
    """A Crowd that asks all the while, and must have seen nothing wrong."""
    seen = Crowd(proxy)
    threads = [threading.Thread(target=seen.ask, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        seen.stop.set()
        for thread in threads:
            thread.join()
    assert seen.wrong == []
    assert seen.hits > 0 and seen.misses > 0
