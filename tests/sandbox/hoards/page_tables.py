"""Touches one page in every two megabytes: each takes a page table of its own as well."""

import mmap

import hoard


def touch() -> object:
    areas = []
    for _ in range(200):
        area = mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        area.madvise(15)  # no huge pages
        areas.append(area)
        for offset in range(0, 1 << 30, 2 << 20):
            area[offset]
            hoard.holds(4096)
    return areas


hoard.in_processes(60, touch)
