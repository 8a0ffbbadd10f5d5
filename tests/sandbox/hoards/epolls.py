"""Watches the same files under many numbers in many epolls."""

import os
import select

import hoard


def watch() -> object:
    files = [os.eventfd(0) for _ in range(25)]
    epolls = [select.epoll() for _ in range(25)]
    spare = os.dup(0)
    for file in files:
        for number in range(3, 64):
            if number in files or number in [epoll.fileno() for epoll in epolls]:
                continue
            os.dup2(file, number)
            for epoll in epolls:
                epoll.register(number, select.EPOLLIN)
            hoard.holds(len(epolls) * 180)
            os.close(number)
    return files, epolls, spare


hoard.in_processes(60, watch)
