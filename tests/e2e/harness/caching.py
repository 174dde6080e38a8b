"""What the tests of the cache share: an origin with a list of answers, and readers of Cache-Status."""
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
