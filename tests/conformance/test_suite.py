"""What a cache must do, and what the best ones do: every such case of the suite passes, but for those
in exceptions.json. These must fail, so that none stays there longer than its reason."""
import json

import pytest

import suite

EXCEPTIONS = json.loads((suite.FOLDER / "exceptions.json").read_text())


@pytest.mark.parametrize("case", suite.JUDGED)
def test_case(case, results):
    passes, exception = results[case] is True, EXCEPTIONS.get(case)
    if exception and passes:
        pytest.fail("passes: its entry in exceptions.json is no longer needed", pytrace=False)
    if exception:
        pytest.xfail(f"{exception['contradicts']}: {exception['because']}")
    if not passes:
        kind, name = suite.CASES[case]["kind"], suite.CASES[case]["name"]
        pytest.fail(f"{kind}: {name}\n{': '.join(results[case])}", pytrace=False)


def test_exceptions_name_cases_that_are_judged():
    assert EXCEPTIONS.keys() <= set(suite.JUDGED)
