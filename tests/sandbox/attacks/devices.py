"""Opens and makes devices.

expect: ok
limits: may escape
seconds: 8
"""

import os
import stat

for path in (
    "/dev/mem",
    "/dev/kmsg",
    "/dev/vda",
    "/dev/sda",
    "/dev/fuse",
    "/dev/kvm",
    "/dev/net/tun",
):
    try:
        os.close(os.open(path, os.O_RDWR))
        print("ESCAPED", path)
    except OSError as error:
        print("refused", error)
for kind, number in ((stat.S_IFBLK, os.makedev(8, 0)), (stat.S_IFCHR, os.makedev(1, 1))):
    try:
        os.mknod("device", 0o600 | kind, number)
        print("ESCAPED: made a device")
    except OSError as error:
        print("refused", error)
