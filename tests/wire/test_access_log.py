"""What of an address stands in the log."""

from __future__ import annotations

import logging

import pytest

from collabpad.wire.access_log import log_access, loggable_path

ID = "3kQx9ZbT0aLmN8rWyC5uVd"
KEY = "hV5-Qm0_Xt7yB2nR9sKcJ4wEzUaGfL1oPdT8iMvN6qY"


@pytest.mark.parametrize(
    ("target", "logged"),
    [
        (f"/editor/{ID}", "/editor/3kQx9Z…"),
        (f"/pad/editor/{ID}?token={KEY}", "/pad/editor/3kQx9Z…"),
        (f"/api/sessions/{ID}/export?format=json", "/api/sessions/3kQx9Z…/export"),
        (f"/{ID}", "/3kQx9Z…"),
        (f"/Editor/{ID}/", "/Editor/3kQx9Z…/"),
        (f"/editor//{ID}", "/editor//3kQx9Z…"),
        (f"/editor%2f{ID}", "/editor%2f3kQx…"),
        (f"/editor/{ID[:5]}", f"/editor/{ID[:5]}"),
        (f"/editor/{ID}#host={KEY}", "/editor/3kQx9Z…"),
        (f"/{KEY}", "/hV5-Qm…"),
        ("/static/0123456789abcdef/vendor/lang-javascript.js",) * 2,
        ("/a\x1b[31m\r\nb", "/a\\x1b[31m\\x0d\\x0ab"),
    ],
)
def test_ids_and_keys_are_cut_wherever_they_stand(target: str, logged: str) -> None:
    assert loggable_path(target) == logged


@pytest.mark.parametrize(
    ("target", "status", "level"),
    [
        ("/static/0123456789abcdef/js/editor.js", 200, "DEBUG"),
        ("/pad/static/0123456789abcdef/css/base.css?x=1", 304, "DEBUG"),
        ("/favicon.ico", 302, "DEBUG"),
        ("/static/0123456789abcdef/js/missing.js", 404, "INFO"),
        ("/editor/favicon.ico", 404, "INFO"),
        ("/", 200, "INFO"),
        ("/?/static/0123456789abcdef/x", 200, "INFO"),
        ("/socket.io/", 101, "INFO"),
    ],
)
def test_the_parts_of_a_page_are_told_to_who_debugs(
    caplog: pytest.LogCaptureFixture, target: str, status: int, level: str
) -> None:
    caplog.set_level(logging.DEBUG, "collabpad.access")
    log_access(method="GET", target=target, status=status, size=1, seconds=0.1, address="::1")
    assert [each.levelname for each in caplog.records] == [level]
