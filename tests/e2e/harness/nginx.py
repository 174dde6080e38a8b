"""Debian's nginx as an origin, so that the tests meet an implementation that is not ours."""
import contextlib
import dataclasses
import os
import pathlib
import subprocess

from .waiting import TIMEOUT, eventually, free_port
from .wire import connect

CONFIG = """\
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  client_max_body_size 100m;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    location /gzip/ {{ alias {folder}/www/; gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any; }}
    location = /upload {{ client_body_buffer_size 64k; proxy_pass http://127.0.0.1:{port}/sink; }}
    location = /sink {{ return 200 "$request_length\\n"; }}
  }}
}}
"""


@dataclasses.dataclass
class Nginx:
    url: str
    files: pathlib.Path


@contextlib.contextmanager
def running(folder):
    files = folder / "www"
    files.mkdir(parents=True)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port))
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL,
        env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin"))
    try:
        eventually(lambda: process.poll() is not None or _listens(port), "nginx")
        yield Nginx(f"http://127.0.0.1:{port}", files)
    finally:
        process.terminate()
        process.wait(TIMEOUT)


def _listens(port):
    with contextlib.suppress(OSError), connect(port):
        return True
    return False
