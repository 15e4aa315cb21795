"""What a server's caller sends and receives; as a program, `protocol.py ADDRESS [argument…]`.

Only the standard library, and little of it, since each job of a test starts it.
"""

import json
import os
import signal
import socket
import sys


def call(address: str, request: str, files: list[int]) -> int:
    """The exit status of a command, negative for a signal, which runs with `files` as 0, 1, 2.

    While it runs, it receives the signals that would end this process.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [b"\n"], files)
        connection.sendall(request.encode() + b"\n")
        answers = connection.makefile()
        process = int(answers.readline())
        before = {
            number: signal.signal(number, lambda number, frame: os.kill(process, number))
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        status = int(answers.readline())
        for number, handler in before.items():
            signal.signal(number, handler)
    return status


if __name__ == "__main__":
    command = {"argv": sys.argv[2:], "cwd": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109
    status = call(sys.argv[1], json.dumps(command), [0, 1, 2])
    sys.exit(status if status >= 0 else 128 - status)
