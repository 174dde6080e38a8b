#!/usr/bin/python3
"""How far a count may be from the one that is committed."""
import guard

assert guard.judge("hit", 1000, 1050) is None and guard.judge("hit", 1000, 950) is None
assert "+5.1%: it costs more" in guard.judge("hit", 1000, 1051)
assert "-5.1%: it costs less" in guard.judge("hit", 1000, 949)
assert "no committed value" in guard.judge("hit", None, 1)
