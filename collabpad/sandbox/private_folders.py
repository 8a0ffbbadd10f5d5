"""A /tmp, a /dev/shm and names of users and hosts that are a run's own, for runs under Landlock.

Landlock can refuse paths, and not put others in their place. Where the kernel gives a mount
namespace, to root or within a user namespace, the supervisor does that first, and makes everything
but the run's own folders read-only: then a run may also change the rights and times of files, over
which Landlock has no say. See mount_namespaces(7), user_namespaces(7), mount_setattr(2).

Imports nothing of ours: the supervisor imports it by its folder.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TMP, SHARED_MEMORY = "/tmp", "/dev/shm"  # noqa: S108 - shown to one run alone
_SHARED_MEMORY_OPTIONS = b"size=16m,nr_inodes=1024,mode=1777"
_NEW_NAMESPACE, _NEW_USER = 0x20000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE, _NO_DEVICES_OR_SUID = 0x1000, 0x4000, 0x40000, 0x6
_MOUNT_SETATTR, _HERE, _ALL_BELOW, _READ_ONLY = 442, -100, 0x8000, 1


def create(folder: str, view: dict[str, Any]) -> list[str]:
    """Make what `enter` shows, in the run's folder, and return the paths that are the run's own."""
    made: list[str] = [_names(folder)]
    os.mkdir(made[0])  # noqa: PTH102
    for path, data in view["etc"].items():
        made.append(_place_of_name(folder, path))
        with open(made[-1], "wb") as file:  # noqa: PTH123
            file.write(data)
    for path, place in _below_tmp(folder, view).items():
        _make_like(path, place)
    return made


def enter(folder: str, view: dict[str, Any]) -> None:
    """Show this process, and what it will start, a run's own folders."""
    user, group = os.geteuid(), os.getegid()
    _check(_libc().unshare(_NEW_NAMESPACE | (_NEW_USER if user else 0)), "unshare")
    if user:
        for name, mapping in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
                file.write(mapping)
    _mount(None, "/", _RECURSIVE | _PRIVATE)
    for path in view["etc"]:
        if os.path.exists(path):  # noqa: PTH110
            _mount(_place_of_name(folder, path), path, _BIND)
    for path, place in _below_tmp(folder, view).items():
        _mount(path, place, _BIND)
    _mount(_tmp(folder), TMP, _BIND | _RECURSIVE)
    _set_read_only("/", _ALL_BELOW, read_only=True)
    for path in dict.fromkeys((folder, TMP)):
        _set_read_only(path, 0, read_only=False)
    _mount("tmpfs", SHARED_MEMORY, _NO_DEVICES_OR_SUID, b"tmpfs", _SHARED_MEMORY_OPTIONS)


def _below_tmp(folder: str, view: dict[str, Any]) -> dict[str, str]:
    """What the run's /tmp would hide, and where in it that is shown."""
    paths = [path for path in (folder, *view["readable"]) if path.startswith(TMP + os.sep)]
    return {path: _tmp(folder) + path.removeprefix(TMP) for path in paths}


def _make_like(path: str, place: str) -> None:
    """Make a file or folder to mount `path` on, in folders with the same rights as its own."""
    if os.path.exists(place):  # noqa: PTH110
        return
    mode = os.stat(path).st_mode & 0o777  # noqa: PTH116
    _make_like(os.path.dirname(path), os.path.dirname(place))  # noqa: PTH120
    if os.path.isdir(path):  # noqa: PTH112
        os.mkdir(place, mode)  # noqa: PTH102
    else:
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, mode))


def _names(folder: str) -> str:
    return _tmp(folder) + "/.etc"


def _place_of_name(folder: str, path: str) -> str:
    return _names(folder) + "/" + os.path.basename(path)  # noqa: PTH119


def _tmp(folder: str) -> str:
    return folder + "/tmp"  # noqa: S108 - inside


def _mount(
    source: str | None, target: str, flags: int, kind: bytes | None = None, options: bytes = b""
) -> None:
    import ctypes

    origin = None if source is None else os.fsencode(source)
    how = ctypes.c_ulong(flags)
    _check(_libc().mount(origin, os.fsencode(target), kind, how, options or None), target)


def _set_read_only(path: str, flags: int, *, read_only: bool) -> None:
    """Pass a struct mount_attr: the attributes to set, those to clear, propagation, a namespace."""
    import ctypes

    values = (_READ_ONLY, 0, 0, 0) if read_only else (0, _READ_ONLY, 0, 0)
    attributes = (ctypes.c_uint64 * 4)(*values)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    name = ctypes.c_char_p(os.fsencode(path))
    call = _libc().syscall
    _check(call(_MOUNT_SETATTR, _HERE, name, flags, ctypes.byref(attributes), size), path)


def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result < 0:
        import ctypes

        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)
