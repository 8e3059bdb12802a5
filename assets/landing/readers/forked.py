"""Child processes of this process, forked from one that has the readers loaded (see `forks`).

A reader's libraries take 0.3 to 0.8 s to load, which was most of the time of reading a small
file; a fork takes some milliseconds.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

_PATIENCE = 20  # seconds for what forks to answer, with its libraries to load
_FORKS = Path(__file__).with_name("forks.py")


class _Forks:
    """One process to fork from, started with its first child."""

    def __init__(self, environment: tuple[tuple[str, str], ...]) -> None:
        self._environment = dict(environment)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def ask(self, message: bytes, descriptors: Sequence[int]) -> None:
        """Ask for a child; once more if the process has ended since the last one."""
        with self._lock:
            for again in (True, False):
                if self._socket is None:
                    self._socket = self._start()
                try:
                    socket.send_fds(self._socket, [message], descriptors)
                except OSError:
                    self._socket.close()
                    self._socket = None
                    if not again:
                        raise
                else:
                    return

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # It ends when this process does, and is not waited for.
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_FORKS)],
                stdin=theirs.fileno(),
                env=self._environment,
            )
        return ours


@cache
def _forks(_process: int, environment: tuple[tuple[str, str], ...]) -> _Forks:
    return _Forks(environment)


def load(preload: Sequence[str], environment: Mapping[str, str]) -> None:
    """Have modules loaded for the children to come; returns at once."""
    forks = _forks(os.getpid(), tuple(sorted(environment.items())))
    forks.ask(json.dumps({"preload": list(preload)}).encode(), [])


class Child:
    """A running child: told what to do by `send`, ended with `wait` or `kill`."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        preload: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        own: Mapping[str, str],
        stderr: IO[bytes],
    ) -> None:
        """`python -m module arguments` in `folder`; `own` is added to the environment that
        children of one process share, `preload` is what that process loads first.
        """
        self._said, self._silent = b"", False
        wanted = {
            "module": module,
            "arguments": list(arguments),
            "preload": list(preload),
            "environment": dict(own),
            "folder": str(folder),
        }
        theirs, self._stdin = os.pipe()
        self._status, told = os.pipe()
        try:
            forks = _forks(os.getpid(), tuple(sorted(environment.items())))
            forks.ask(json.dumps(wanted).encode(), [theirs, stderr.fileno(), told])
        except BaseException:
            self._close()
            raise
        finally:
            os.close(theirs)
            os.close(told)

    def send(self, message: bytes) -> None:
        """Send `message` to its stdin, and no more."""
        try:
            with os.fdopen(self._stdin, "wb") as stdin:
                self._stdin = -1
                stdin.write(message)
        except BrokenPipeError:
            pass  # it has ended before; how is what `wait` finds

    def wait(self, deadline: float) -> None:
        """Wait for its end until `deadline` of `time.monotonic`. Raises TimeoutError."""
        if not self._told(2, deadline):
            raise TimeoutError

    def kill(self) -> None:
        """End it, if it has not ended; all that belongs to it is closed then."""
        deadline = time.monotonic() + _PATIENCE
        if not self._told(1, deadline) or self._told(2, time.monotonic()):
            return self._close()
        os.kill(int(self._said.split(b"\n")[0]), signal.SIGKILL)
        self._told(2, deadline)
        self._close()

    @property
    def returncode(self) -> int | None:
        """The exit code, or minus the signal; None before `wait` has seen the end."""
        lines = self._said.split(b"\n")[:-1]
        if len(lines) > 1:
            return int(lines[1])
        # What forks went down, and the child with it.
        return -signal.SIGKILL if self._silent else None

    def _told(self, lines: int, deadline: float) -> bool:
        """Read so many lines of the status (process id, exit code), or up to its end; false if
        they are not there at the deadline.
        """
        while self._said.count(b"\n") < lines and not self._silent:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._status], [], [], left)[0]:
                return False
            said = os.read(self._status, 64)
            self._said += said
            self._silent = not said
        return True

    def _close(self) -> None:
        for descriptor in (self._stdin, self._status):
            if descriptor >= 0:
                os.close(descriptor)
        self._stdin = self._status = -1
