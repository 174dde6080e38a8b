"""What is compared: each contender as the plainest proxy that its makers would accept.

One worker, keep-alive on both sides, no access log, no field added that the protocol does not ask for.
"""
import contextlib
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "build" / "bench" / "bench"
PROXY_CPU, LOAD_CPU = 0, 1

# As proxies, and the same with a cache, which then answers everything.
NGINX = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 16000; }}
http {{
  access_log off; keepalive_timeout 600s; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {cache}
  upstream origin {{
    server 127.0.0.1:{origin}; keepalive 128; keepalive_requests 1000000000; keepalive_timeout 600s;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      {cached}
    }}
  }}
}}
"""

HAPROXY = """\
global
  nbthread 1
  maxconn 8000
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend client
  bind 127.0.0.1:{port} backlog 4096
  default_backend origin
{cache}
backend origin
  {cached}
  server origin 127.0.0.1:{origin}
"""

MINATO = """\
workers: 1
control_socket: off
access_log: {{output: off}}
{cache}
timeouts: {{keep_alive: 600s}}
services:
  - name: bench
    listen_address: 127.0.0.1
    listen_port: {port}
    hosts: ["http://127.0.0.1/"]
    upstreams: [{{host: "http://127.0.0.1:{origin}"}}]
"""


VARNISH = """\
vcl 4.1;
backend origin {{ .host = "127.0.0.1"; .port = "{origin}"; }}
"""

# What each needs to cache; the origin states how long.
CACHES = {
    "nginx": {"cache": "proxy_cache_path {folder}/cache-{port} keys_zone=bench:10m;",
              "cached": "proxy_cache bench; proxy_cache_valid 200 1h;"},
    "haproxy": {"cache": "cache bench\n  total-max-size 64\n  max-object-size 4000000\n  max-age 3600",
                "cached": "http-request cache-use bench\n  http-response cache-store bench"},
    "minato": {"cache": "cache: {{max_body_size: 4MiB}}"},
}


def command_of(name, folder, port, origin, caching=False):
    """The command line of a contender, its configuration written to `folder`."""
    if name == "floor":
        return [str(PROGRAMS / "bench_floor"), str(port), str(origin)]
    if name.startswith("canned"):
        return [str(PROGRAMS / "bench_canned"), str(port), name.partition(":")[2] or "100"]
    text = {"nginx": NGINX, "haproxy": HAPROXY, "minato": MINATO, "varnish": VARNISH}[name]
    where = {"folder": folder, "port": port, "origin": origin}
    parts = {key: value.format(**where) for key, value in CACHES.get(name, {}).items()}
    config = folder / f"{name}-{port}.conf"
    config.write_text(text.format(**{"cache": "", "cached": ""} | (parts if caching else {}) | where))
    return {
        "nginx": ["nginx", "-p", str(folder), "-c", str(config)],
        "haproxy": ["haproxy", "-db", "-f", str(config)],
        "minato": [minato(), "run", "--config", str(config)],
        "varnish": ["varnishd", "-j", "none", "-F", "-f", str(config), "-a", f"127.0.0.1:{port}", "-n",
                    str(folder / f"varnish-{port}"), "-s", "malloc,64m"],
    }[name]


def available(name, folder):
    """Why `name` cannot run here, or None."""
    program = command_of(name, folder, 1, 1)[0]
    return None if shutil.which(program) else f"{program} is not there"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def minato():
    return os.environ.get("MINATO_BIN", str(ROOT / "build/release/minato"))


def wait_for(port, process, log, patience):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"{process.args[0]} does not listen on port {port}:\n{log.read_text()}")


def on_cpu(cpu):
    """For a child before it runs: stay on one CPU, with every descriptor this process may have."""
    def prepare():
        os.sched_setaffinity(0, {cpu})
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return prepare


@contextlib.contextmanager
def running(argv, folder, port, cpu, patience=10, environment=None):
    """Runs a server until the block ends; only ever ends the process that it started."""
    log = folder / f"{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(argv, preexec_fn=on_cpu(cpu), env=environment, stdout=output,
                                   stderr=output)
    try:
        wait_for(port, process, log, patience)
        yield process
    finally:
        process.send_signal(signal.SIGINT if "haproxy" in argv[0] else signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
