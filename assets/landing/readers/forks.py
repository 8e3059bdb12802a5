"""The process that readers are forked from, with their libraries loaded once.

Run by the parent as `python -P forks.py`; on descriptor 0 is a socket of packets. A packet asks for
one child: JSON, and the descriptors of its stdin, its stderr, and a pipe for its process id and,
when it has ended, its exit code. One without descriptors loads libraries and no more. It ends when
the parent does. No delivery is touched here: a child has its own memory, limits and folder, and
takes no other one with it.
"""

import contextlib
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from typing import Any

PACKET = 1 << 16


def serve(asked: socket.socket) -> None:
    """Fork until the parent hangs up."""
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    told: dict[int, int] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(asked, selectors.EVENT_READ)
        waiting.register(woken, selectors.EVENT_READ)
        while True:
            ready = [key.fd for key, _ in waiting.select()]
            if woken in ready:
                os.read(woken, PACKET)
                _reap(told)
            if asked.fileno() in ready:
                message, descriptors, _, _ = socket.recv_fds(asked, PACKET, 3)
                if not message:
                    return
                _fork(json.loads(message), descriptors, told)


def _fork(wanted: dict[str, Any], descriptors: list[int], told: dict[int, int]) -> None:
    for name in wanted["preload"]:
        with contextlib.suppress(ImportError):  # the child says so itself
            importlib.import_module(name)
    if not descriptors:
        return
    stdin, stderr, status = descriptors
    child = os.fork()
    if child == 0:
        _be_child(wanted, stdin, stderr)
    told[child] = status
    _tell(status, child)
    os.close(stdin)
    os.close(stderr)


def _be_child(wanted: dict[str, Any], stdin: int, stderr: int) -> None:
    """Run the module as a process of its own would; never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_WRONLY)
        for place, descriptor in enumerate((stdin, nothing, stderr)):
            os.dup2(descriptor, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.environ.update(wanted["environment"])
        os.chdir(wanted["folder"])
        sys.argv = [wanted["module"], *wanted["arguments"]]
        runpy.run_module(wanted["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


def _reap(told: dict[int, int]) -> None:
    """Pass on how children have ended: the exit code, or minus the signal."""
    while told:
        child, state = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        status = told.pop(child)
        _tell(status, os.waitstatus_to_exitcode(state))
        os.close(status)


def _tell(status: int, value: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(status, f"{value}\n".encode())


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and hangs up
    serve(socket.socket(fileno=os.dup(0)))
