import pathlib
import shutil
import tempfile

import pytest

from harness import nginx, origin, program


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
def real_nginx(folder):
    with nginx.running(folder / "nginx") as server:
        yield server
