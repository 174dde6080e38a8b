"""What is compared: each contender as the plainest proxy that its makers would accept.

One worker, keep-alive on both sides, as many idle connections to the origin as anybody wants, no access
log. All add the same: X-Forwarded-For, -Proto and -Host, X-Real-IP, Via and a random X-Request-Id to a
request, and Cache-Status to what comes from a cache. All wait as long for a head, take as many fields, and
put no bound on a body.
"""
import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "build" / "bench" / "bench"
PROXY_CPU, LOAD_CPU = {0}, {1}
BOTH_CPUS = PROXY_CPU | LOAD_CPU

def minato():
    return os.environ.get("MINATO_BIN", str(ROOT / "build/release/minato"))


# As proxies, and the same with a cache, which then answers everything.
NGINX = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 16000; }}
http {{
  access_log off; {variant} keepalive_timeout 600s; keepalive_requests 1000000000;
  client_header_timeout 10s; large_client_header_buffers 4 64k; client_max_body_size 0;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {cache}
  upstream origin {{
    server 127.0.0.1:{origin}; keepalive 4096; keepalive_requests 1000000000; keepalive_timeout 600s;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header Via "1.1 nginx";
      proxy_set_header X-Request-Id $request_id;
      {cached}
    }}
  }}
}}
"""

HAPROXY = """\
global
  nbthread 1
  maxconn 7000
  tune.http.maxhdr 200
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-request 10s
  timeout http-keep-alive 600s
  http-reuse always
  {variant}
frontend client
  bind 127.0.0.1:{port} backlog 4096
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Real-IP %[src]
  http-request add-header Via "1.1 haproxy"
  http-request set-header X-Request-Id %[uuid]
  {after}
  default_backend origin
{cache}
backend origin
  {cached}
  server origin 127.0.0.1:{origin} pool-max-conn 4096
"""

MINATO = """\
workers: {workers}
control_socket: off
access_log: {{output: {log}, format: json}}
{cache}
timeouts: {{keep_alive: 600s}}
upstream_pool: {{idle_per_host: 4096, idle_timeout: 600s}}
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
sub vcl_deliver {{
  if (obj.hits > 0) {{ set resp.http.Cache-Status = "varnish; hit"; }}
}}
"""

# Settings with which one may cost less at some work.
VARIANTS = {
    "nginx": "sendfile off;",
    "nginx+sendfile": "sendfile on;",
    "nginx+open_file_cache": "sendfile off; open_file_cache max=1000 inactive=600s; open_file_cache_valid 600s;",
    "nginx+stream": "sendfile off; proxy_request_buffering off;",
    "haproxy+splice": "option splice-auto",
}

# What each needs to cache; the origin states how long.
CACHES = {
    "nginx": {"cache": "proxy_cache_path {folder}/cache-{port} keys_zone=bench:10m;",
              "cached": "proxy_cache bench; proxy_cache_valid 200 1h;\n"
                        '      add_header Cache-Status "nginx; $upstream_cache_status";'},
    "haproxy": {"cache": "cache bench\n  total-max-size 64\n  max-object-size 4000000\n  max-age 86400",
                "cached": "http-request cache-use bench\n  http-response cache-store bench",
                "after": 'http-after-response set-header Cache-Status "haproxy; hit" if { res.cache_hit }'},
    "minato": {"cache": "cache: {{max_body_size: 4MiB}}"},
}


def access_log(folder, port):
    return folder / f"access-{port}.json"


def command_of(name, folder, port, origin, caching=False, workers=1):
    """The command line of a contender, its configuration written to `folder`.

    `minato+log` writes an access log, `nginx+sendfile` sends what it has in files without reading it,
    `nginx+open_file_cache` keeps them open, `nginx+stream` stores no upload before it forwards it;
    `haproxy+splice` and `floor+splice` let the kernel move bodies; `canned:BYTES` answers with a body of that size.
    """
    if name.startswith("floor"):
        return [str(PROGRAMS / "bench_floor"), str(port), str(origin), *name.split("+")[1:]]
    if name.startswith("canned"):
        return [str(PROGRAMS / "bench_canned"), str(port), name.partition(":")[2] or "100"]
    chosen = VARIANTS.get(name, "")
    name, _, variant = name.partition("+")
    text = {"nginx": NGINX, "haproxy": HAPROXY, "minato": MINATO, "varnish": VARNISH}[name]
    where = {"folder": folder, "port": port, "origin": origin, "workers": workers,
             "log": access_log(folder, port) if variant == "log" else "off", "variant": chosen}
    parts = {"cache": "", "cached": "", "after": ""}
    if caching:
        parts |= {key: value.format(**where) if key == "cache" else value
                  for key, value in CACHES.get(name, {}).items()}
    config = folder / f"{name}-{port}.conf"
    config.write_text(text.format(**parts, **where))
    return {
        "nginx": ["nginx", "-p", str(folder), "-c", str(config)],
        "haproxy": ["haproxy", "-db", "-f", str(config)],
        "minato": [minato(), "run", "--config", str(config)],
        "varnish": ["varnishd", "-j", "none", "-F", "-f", str(config), "-a", f"127.0.0.1:{port}", "-n",
                    str(folder / f"varnish-{port}"), "-s", "malloc,64m"],
    }[name]


VERSIONS = {"nginx": ["nginx", "-v"], "haproxy": ["haproxy", "-v"], "varnish": ["varnishd", "-V"],
            "minato": [minato(), "version"]}


def version_of(name):
    """Its first line that says one."""
    done = subprocess.run(VERSIONS[name], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+[\w.+-]*", done.stdout + done.stderr)
    return f"{name} {found[0]}" if found else name


def is_there(program):
    return shutil.which(program) is not None


def absent(name, folder):
    """Why `name` cannot run here, or None."""
    program = command_of(name, folder, 1, 1)[0]
    return None if is_there(program) else f"{program} is not there"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, log, patience):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"{process.args[0]} does not listen on port {port}:\n{log.read_text()}")


def on_cpu(cpus, yielding=False):
    """For a child before it runs: stay on these CPUs, with every descriptor this process may have.

    One that is `yielding` takes the CPU from another that runs only when the other's slice ends, never because
    it wakes up. SCHED_IDLE would be wrong: whoever wakes up takes the CPU from that, so that a proxy napped once a
    request, for each answer of the origin.
    """
    def prepare():
        os.sched_setaffinity(0, cpus)
        if yielding:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return prepare


@contextlib.contextmanager
def crowding(cpus):
    """A program that does nothing has its share of the CPUs until the block ends."""
    with subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"], preexec_fn=on_cpu(cpus, yielding=True)) as process:
        try:
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def running(argv, folder, port, cpus, patience=10, environment=None, yielding=False):
    """Runs a server until the block ends; only ever ends the process that it started."""
    log = folder / f"{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(argv, preexec_fn=on_cpu(cpus, yielding=yielding), env=environment, stdout=output,
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
