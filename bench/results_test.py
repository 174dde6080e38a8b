#!/usr/bin/python3
"""What bench/results.py says of a figure and its limit."""
import results


def verdict(value, limit, rounds=None):
    return results.Check("", value, limit, rounds).verdict


assert verdict(1.0, None) == ""
assert verdict(1.0, 1.0) == "within" and verdict(1.1, 1.0) == "over"
assert verdict(1.0, 1.1, (0.9, 1.1)) == "within"
assert verdict(1.2, 1.1, (1.15, 1.3)) == "over"
assert verdict(1.0, 1.1, (0.9, 1.2)) == verdict(1.2, 1.1, (1.1, 1.3)) == "undecided"

# Few rounds decide nothing, however clear they look.
four = results.ratio("/ other", [1] * 4, [2] * 4, 1.0)
assert (four.value, four.verdict) == (0.5, "undecided"), four
assert results.ratio("/ other", [1] * 5, [2] * 5, 1.0).verdict == "within"

# A round's figures go together: what disturbed one disturbed the other.
check = results.ratio("/ other", [1, 20, 3, 4, 5], [1, 10, 3, 4, 10], 1.0)
assert (check.value, check.rounds) == (1, (1, 1)), check
one = results.ratio("/ other", [1], [2], 1.0)
assert one.rounds is None and one.verdict == "undecided", one
