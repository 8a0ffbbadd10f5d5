"""Opens and makes devices.

expect: ok
limits: may escape
seconds: 8
"""

import os
import stat

import common

DEVICES = (
    "/dev/mem",
    "/dev/kmsg",
    "/dev/vda",
    "/dev/sda",
    "/dev/fuse",
    "/dev/kvm",
    "/dev/net/tun",
)
for path in common.open_each(DEVICES, os.O_RDWR):
    print("ESCAPED", path)
common.attempt(
    lambda: os.mknod("device", 0o600 | stat.S_IFBLK, os.makedev(8, 0)),
    lambda: os.mknod("device", 0o600 | stat.S_IFCHR, os.makedev(1, 1)),
    done="ESCAPED: made a device",
)
