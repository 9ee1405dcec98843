"""The checks of isolation again, with PgBouncer in transaction mode between the product and its server.

Session state behind such a pooler served other projects' rows in 1,017 of 1,440 reads (storage.md 1.3).
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.addresses import SERVER

SUITE = ["rows", "transactions", "isolation", "concurrency", "requests", "backup"]
CONFIG = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
"""


@pytest.fixture
def pooler(tmp_path_factory, on_postgresql):
    """PgBouncer with three connections for one login; gives the login's address."""
    program = bouncer()
    folder = tmp_path_factory.mktemp("bouncer")
    for each in (folder, folder.parent, folder.parent.parent):
        each.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = free.getsockname()[1]
    name = f"opora_test_{os.getpid()}_pooled"
    server = urlsplit(SERVER)
    (folder / "users").write_text(f'"{name}_app" ""\n')
    (folder / "ini").write_text(
        CONFIG.format(host=server.hostname, port=server.port or 5432, listen=listen, folder=folder)
    )
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, "-q", *user, str(folder / "ini")])
    wait_for_port(listen)
    yield name, f"postgresql://{name}_app@127.0.0.1:{listen}/{name}"
    process.terminate()
    process.wait(10)


def wait_for_port(port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail("PgBouncer did not start")


def bouncer():
    """The program; CI must have it, elsewhere the test is left out."""
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if not found and os.environ.get("CI") == "true":
        subprocess.run(["apt-get", "update", "-q"], check=True)
        subprocess.run(["apt-get", "install", "-yq", "--no-install-recommends", "pgbouncer"], check=True)
        found = "/usr/sbin/pgbouncer"
    return found or pytest.skip("PgBouncer is not installed")


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.req("R3.02")
def test_nothing_crosses_behind_a_transaction_pooler(pooler):
    name, address = pooler
    here = Path(__file__).parent
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *[str(here / f"test_{part}.py") for part in SUITE]],
        env={**os.environ, "OPORA_TEST_DATABASE_NAME": name, "OPORA_TEST_THROUGH": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout[-6000:]
    assert " passed" in process.stdout
