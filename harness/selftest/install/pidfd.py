# SPDX-License-Identifier: MIT
"""pidfd.py SOCKET: whoever connects and sends a pid gets a pidfd of it (see pidfd.c)."""
import os
import socket
import struct
import sys

server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(100)
while True:
    client, _ = server.accept()
    pid = client.recv(4)
    if len(pid) == 4:
        try:
            fds = [os.pidfd_open(struct.unpack("i", pid)[0])]
        except OSError:
            fds = []
        socket.send_fds(client, [b"x"], fds)
        for fd in fds:
            os.close(fd)
    client.close()
