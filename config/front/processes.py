"""The processes of one server: this one watches, one answers requests, one works on jobs.

They are forked before anything opens a database or starts a thread, so they share what is loaded. A child ends
when its parent does, however that ended: the next start needs no cleaning up (R13.09).
"""

import gc
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from opora.jobs.worker import Workers
from opora.tenancy.directory import ACTIVE
from opora.tenancy.provisioning import list_projects
from opora.tenancy.sqlite_library import one_writing_process_only

log = logging.getLogger("opora.server")

FORK = multiprocessing.get_context("fork")
STOP_WITHIN = 30
"""Seconds in which requests and job steps may finish (R13.09)."""


def active_projects() -> list[str]:
    """The keys of the projects that may be worked in."""
    return [row.key for row in list_projects() if row.status == ACTIVE]


def port_is_free(host: str, port: int) -> bool:
    """Whether this process could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError:
            return False
    return True


def in_child(function: Callable[[], None]) -> bool:
    """Run a function in a child and wait; False when it failed there. The caller stays without connections."""
    child = FORK.Process(target=function, name="opora-start")
    child.start()
    child.join()
    return child.exitcode == 0


def work(threads: int) -> None:
    """Work on jobs until told to stop or left by the parent."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: told.set())
    end_with_parent()
    workers = Workers(threads, active_projects)
    workers.start()
    told.wait()
    if not workers.stop(STOP_WITHIN):
        os._exit(1)


def end_with_parent() -> None:
    """End this process, gently, when the one that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=[parent], name="opora-parent", daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_WITHIN)
    os._exit(1)


class WorkerProcess:
    """The embedded worker; started again when it dies."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._stopping = threading.Event()
        self._process = self._spawn()

    def _spawn(self) -> BaseProcess:
        process = FORK.Process(target=work, args=[self._threads], name="opora-worker")
        process.start()
        return process

    def watch(self) -> None:
        """Begin to watch it; after the other children are forked, for this starts a thread."""
        threading.Thread(target=self._watch, name="opora-watch", daemon=True).start()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._process.join()
            if self._stopping.wait(1.0):
                return
            log.error("the worker ended (%s) and is started again", self._process.exitcode)
            self._process = self._spawn()

    def stop(self) -> None:
        """Let it finish its step, then make sure that it is gone."""
        self._stopping.set()
        self._process.terminate()
        self._process.join(STOP_WITHIN)
        if self._process.is_alive():
            self._process.kill()


def load_everything() -> None:
    """Import every address and view here, so that children share them and the first page is quick."""
    for urls in (settings.ROOT_URLCONF, settings.SITE_URLCONF):
        get_resolver(urls)._populate()


def serve(host: str, port: int, *, worker_threads: int) -> None:
    """Serve until stopped. `worker_threads` 0 leaves jobs to other processes."""
    load_everything()
    gc.freeze()
    multiprocessing.set_start_method("fork", force=True)  # the server's library asks for the default
    is_alone = bool(worker_threads) and settings.ONE_MACHINE and one_writing_process_only()
    if is_alone:
        # An old SQLite library: the page process is the one that writes, so it does the jobs too (R12.05).
        os.environ["OPORA_WORKER_INSIDE"] = str(worker_threads)
    worker = WorkerProcess(worker_threads) if worker_threads and not is_alone else None
    server = _server(host, port)
    if worker:
        server.on_startup(worker.watch)
    try:
        server.serve()
    finally:
        if worker:
            worker.stop()


def _server(host: str, port: int) -> Any:
    return Granian(
        "config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=4096,
        http1_settings=HTTP1Settings(header_read_timeout=30_000, max_buffer_size=64 * 1024),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN,
    )
