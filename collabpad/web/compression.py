"""Answers made small for who takes gzip."""

from __future__ import annotations

import gzip

from flask import Request, Response, request

_LEVEL = 6  # a page takes a third of a millisecond


def takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def compress_page(response: Response) -> Response:
    """An HTML page, compressed where the browser takes that.

    Pages hold no secret whose length somebody could learn by what they have us repeat (BREACH):
    keys and tokens are in none, and the nonce is another one each time.
    """
    if response.mimetype != "text/html":
        return response
    response.vary.add("Accept-Encoding")
    if takes_gzip(request):
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
