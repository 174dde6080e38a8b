import textwrap

import pytest

import suite

CHECKS = pytest.StashKey()


@pytest.fixture(scope="session")
def results(request):
    """What became of the cases, in one run for all tests. The suite's checks take part unless only some
    cases are tested, and are listed at the end."""
    chosen = [item.callspec.params["case"] for item in request.session.items if hasattr(item, "callspec")]
    answers = suite.run(chosen if len(chosen) < len(suite.JUDGED) else [])
    request.config.stash[CHECKS] = {
        case: answer is True for case, answer in answers.items() if case not in chosen}
    return answers


def pytest_terminal_summary(terminalreporter, config):
    checks = config.stash.get(CHECKS, {})
    for title, wanted in (("yes", True), ("no", False)):
        ids = [case for case, says_yes in checks.items() if says_yes == wanted]
        if ids:
            terminalreporter.section(f"checks that say {title}: {len(ids)}", "-")
            terminalreporter.write_line(textwrap.fill(", ".join(ids), 100, break_on_hyphens=False))
