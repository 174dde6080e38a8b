"""The public conformance suite for HTTP caches (http-cache-tests), asked through Minato by suite.mjs."""
import json
import pathlib
import subprocess
import tempfile

from harness import program, waiting

FOLDER = pathlib.Path(__file__).parent
# A run takes a quarter of a minute: a hundred cases at once, and three seconds of waiting wherever one
# lets a response age.
TIMEOUT = 300

CONFIG = """\
workers: 2
access_log: {output: "off"}
cache: {enabled: true, capacity: 100000, max_body_size: 10MiB, ttl: 0}
"""


def _node(*arguments):
    ended = subprocess.run(["node", "suite.mjs", *map(str, arguments)], cwd=FOLDER, text=True,
                           stdout=subprocess.PIPE, timeout=TIMEOUT, check=True)
    return json.loads(ended.stdout)


# What the suite asks a shared cache: {id: {"id", "kind", "name"}}. What it requires and what it calls
# optimal is judged; a check asks how a cache chose where it may choose.
CASES = {case["id"]: case for case in _node("list")}
JUDGED = [case["id"] for case in CASES.values() if case["kind"] != "check"]


def run(ids):
    """What became of these cases, {id: True or [what failed, why]}; of all of them where `ids` is empty."""
    with tempfile.TemporaryDirectory(prefix="minato-") as folder:
        launcher = program.Launcher(pathlib.Path(folder))
        origin = waiting.free_port()
        try:
            minato = launcher.serving(f"http://127.0.0.1:{origin}", host="127.0.0.1", top=CONFIG)
            return _node("run", origin, f"http://127.0.0.1:{minato.port}", *ids)
        finally:
            launcher.end()
