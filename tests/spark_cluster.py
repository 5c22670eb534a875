"""A standalone Spark cluster on loopback: a master and two workers, each a process of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE = 300

STEADY = "-XX:+UseSerialGC -Xshare:auto"
"""Options of Java for a process that is asked the same tens of thousands of times."""
QUICK_START = f"{STEADY} -XX:TieredStopAtLevel=1"
"""Options of Java for a process that lives for a minute."""


def missing() -> str | None:
    """Say why there can be no cluster here."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: pip install 'villagegraph[spark]'"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "there is no Java, which Spark runs on"
    return None


@contextlib.contextmanager
def cluster(folder: Path, *, workers: int = 2) -> Iterator[tuple[str, str]]:
    """Run a cluster; give the address of the master and that of its list of workers."""
    import pyspark

    home = Path(pyspark.__file__).parent
    env = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": QUICK_START,
    }
    port, page = free_port(), free_port()
    address = f"spark://127.0.0.1:{port}"
    master = ["master.Master", "--port", str(port), "--webui-port", str(page)]
    worker = ["worker.Worker", "--cores", "1", "--memory", "600m", "--webui-port", "0"]
    starts = [
        master,
        *([*worker, "--work-dir", str(folder / "work"), address] for _ in range(workers)),
    ]
    processes = []
    try:
        for number, (role, *words) in enumerate(starts):
            log = (folder / f"{number}.log").open("wb")
            command = ["org.apache.spark.deploy." + role, "--host", "127.0.0.1", *words]
            processes.append(
                subprocess.Popen(
                    [home / "bin" / "spark-class", *command],
                    env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT,
                )
            )  # fmt: skip
            log.close()
        status = f"http://127.0.0.1:{page}/json/"
        _wait_for(status, workers)
        yield address, status
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def status_of(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own, on loopback
        found: dict[str, Any] = json.load(answer)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, workers: int) -> None:
    start = time.monotonic()
    alive = 0
    while time.monotonic() - start < _PATIENCE:
        with contextlib.suppress(OSError):
            alive = status_of(address)["aliveworkers"]
        if alive == workers:
            return
        time.sleep(0.2)
    msg = f"{alive} of {workers} workers came within {_PATIENCE} s"
    raise TimeoutError(msg)
