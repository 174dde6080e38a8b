import pathlib
import shutil
import tempfile

import pytest

from harness import caching, nginx, origin, program


@pytest.fixture
def folder():
    """A new folder with a path short enough for Unix sockets."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="minato-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def minato(folder):
    """Starts Minato: `minato(yaml, port)`, or `minato.serving(origin, ...)` for one service.

    The test fails where the process died or a sanitizer had something to say.
    """
    launcher = program.Launcher(folder)
    yield launcher
    launcher.end()


@pytest.fixture
def origins():
    """Makes origins that are closed with the test: `origins(origin.Serving, ...)`."""
    made = []

    def make(kind=origin.Origin, *arguments, **more):
        made.append(kind(*arguments, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def scripted(origins):
    """An origin that the test speaks for, byte by byte."""
    return origins(origin.Origin)


@pytest.fixture
def echo(origins):
    """An origin that answers each request with its method and target."""
    return origins(origin.Serving)


@pytest.fixture
def replies(origins):
    """Makes origins with a list of answers: `replies(first, second)`."""
    return lambda *answers: origins(caching.Replies, *answers)


@pytest.fixture
def pages(origins):
    """An origin with a list of answers for each target, so that one program serves a whole table."""
    return origins(caching.Pages)


@pytest.fixture
def caching_for(minato):
    """A Minato with a cache before an origin; `cache` is the section, as one line of YAML."""
    def start(*upstreams, cache="ttl: 0", top="", **keys):
        return minato.serving(*upstreams, top=f"cache: {{{cache}}}\n{top}", **keys)

    return start


@pytest.fixture
def real_nginx(folder):
    with nginx.running(folder / "nginx") as server:
        yield server
