"""What a server's caller sends and receives; as a program, `protocol.py ADDRESS [argument…]`.

Only the standard library, and little of it, since each job of a test starts it.
"""

import json
import os
import signal
import socket
import sys


class Started:
    """A command that runs as a fork of a server, with `files` as its 0, 1, 2."""

    def __init__(self, address: str, request: str, files: list[int]) -> None:
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(address)
        socket.send_fds(self.connection, [b"\n"], files)
        self.connection.sendall(request.encode() + b"\n")
        self.answers = self.connection.makefile()
        self.pid = int(self.answers.readline())

    def send_signal(self, number: int) -> None:
        """Send the process itself a signal."""
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status, negative for a signal.

        Raises:
            TimeoutError: it has not ended within `timeout` seconds.
        """
        self.connection.settimeout(timeout)
        with self.connection:
            return int(self.answers.readline())


def call(address: str, request: str, files: list[int]) -> int:
    """The exit status of a command. It receives the signals that would end this process."""
    started = Started(address, request, files)
    before = {
        number: signal.signal(number, lambda number, frame: started.send_signal(number))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    }
    status = started.wait()
    for number, handler in before.items():
        signal.signal(number, handler)
    return status


if __name__ == "__main__":
    command = {"argv": sys.argv[2:], "cwd": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
    status = call(sys.argv[1], json.dumps(command), [0, 1, 2])
    sys.exit(status if status >= 0 else 128 - status)
