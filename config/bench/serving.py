"""The measured server: `opora serve` as in production, its memory, how long it takes to the first page."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config.bench.machines import ROOT, Machine

LONGEST_START = 120
PAGE_KIB = 1024


class Server:
    """A running `opora serve` with all its processes."""

    def __init__(self, machine: Machine) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._log = (machine.data / "serve.log").open("ab")
        code = "import sys; from config.cli import main; sys.argv[0] = 'opora'; sys.exit(main())"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=machine.environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def wait(self) -> None:
        """Wait until it listens. Raises `RuntimeError` with what it said when it ended instead."""
        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(Path(self._log.name).read_text("utf-8", "replace")[-2000:])

    def memory(self) -> dict[str, float]:
        """Megabytes of all its processes: `resident` as each one counts, `own` with what they share counted once."""
        found = {"resident": 0.0, "own": 0.0, "processes": 0.0}
        for number in _tree(self._process.pid):
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
                sizes = {line.split(":")[0]: line.split()[1] for line in lines if line.endswith(" kB")}
                found["resident"] += int(sizes["Rss"]) / PAGE_KIB
                found["own"] += int(sizes["Pss"]) / PAGE_KIB
                found["processes"] += 1
        return {name: round(value, 1) for name, value in found.items()}

    def stop(self) -> None:
        """Stop it as an administrator does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()


@contextlib.contextmanager
def served(machine: Machine) -> Iterator[Server]:
    """A server that answers, stopped afterwards."""
    server = Server(machine)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _tree(root: int) -> list[int]:
    """A process and all below it; only itself where there is no /proc."""
    found = [root]
    for number in found:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{number}/task"):
                below = Path(f"/proc/{number}/task/{task}/children").read_text()
                found += [int(word) for word in below.split()]
    return found
