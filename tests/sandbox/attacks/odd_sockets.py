"""Opens sockets that reach the kernel, the hypervisor or the wire.

expect: ok
limits: may escape
seconds: 8
"""

import socket

AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG, AF_RDS = 16, 17, 40, 38, 21
for family in (AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG, AF_RDS):
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            print("ESCAPED", family, kind)
        except OSError as error:
            print("refused", error)
for protocol in (132, 255, 262):
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol).close()
        print("ESCAPED", protocol)
    except OSError as error:
        print("refused", error)
