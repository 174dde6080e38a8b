#!/usr/bin/python3
"""How far a count may be from the one that is committed, and how it is read."""
import callgrind
import guard

assert guard.judge("hit", 1000, 1050) is None and guard.judge("hit", 1000, 950) is None
assert "+5.1%: it costs more" in guard.judge("hit", 1000, 1051)
assert "-5.1%: it costs less" in guard.judge("hit", 1000, 949)
assert "no committed value" in guard.judge("hit", None, 1)

assert guard.judge_allocations("cache hit, 100 bytes", 0) is None
assert "asks for memory 1 times, and 0 are" in guard.judge_allocations("cache hit, 100 bytes", 1)
assert guard.judge_allocations("proxied GET on a connection of its own", 1) is None

# A name stands where a function is told of first, whoever calls it, and its number after that.
DUMP = """\
events: Ir
fn=(1) main
16 400
cfn=(2) malloc
calls=3 50
16 400
fn=(3) other
cfn=(4) free
calls=9 50
16 10
cfn=(2)
calls=2 50
16 10
totals: 830
"""
assert callgrind.cost_in(DUMP) == callgrind.Cost(instructions=830, allocations=5)
