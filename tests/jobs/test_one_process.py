"""An installation with an old SQLite library, where only one process may write; no other server runs beside it."""

import time

import httpx
import pytest

from opora.jobs import wire
from opora.jobs.models import Job, State
from opora.tenancy.context import ProjectRef
from tests.jobs import servers, work


@pytest.mark.long
@pytest.mark.req("R12.05", "R13.09")
def test_where_only_one_process_may_write_it_does_the_jobs_too(project: ProjectRef) -> None:
    with servers.running("--no-worker", OPORA_WORKER_INSIDE="1") as server:
        work.slow_load.enqueue(2000)
        wire.flush()
        began = time.monotonic()
        while not work.counted():
            assert time.monotonic() < began + 5
            time.sleep(0.05)
        assert httpx.get(f"{server.address}/healthz").status_code == 200
        server.process.terminate()
        assert server.process.wait(15) == 0
    assert Job.objects.get().state == State.READY
