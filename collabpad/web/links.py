"""The links that people share."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request

from ..addresses import is_loopback, lan_address, url_host
from ..settings import Settings
from ..storage.records import SessionRow


class Links:
    """Links with the public URL, else with the host that the request named.

    Where that is loopback and the server is on the network, with the address that others can reach
    now: a laptop changes its network while the server runs.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._on_network = settings.lan or not is_loopback(settings.host)

    def home(self, request: Request) -> str:
        """The home page's URL without its last slash."""
        if self._settings.public_url is not None:
            return self._settings.public_url.rstrip("/")
        host = request.host
        if self._on_network and is_loopback(urlsplit(f"//{host}").hostname or ""):
            address = lan_address()
            if address is not None:
                host = f"{url_host(address)}:{request.environ['SERVER_PORT']}"
        return f"{request.scheme}://{host}{self._settings.base_path}"

    def join(self, request: Request, row: SessionRow) -> str:
        return f"{self.home(request)}/editor/{row.session_id}"

    def view(self, request: Request, row: SessionRow) -> str:
        return f"{self.home(request)}/editor/{row.view_id}"

    def host(self, request: Request, row: SessionRow, host_key: str) -> str:
        """The key is in the fragment: browsers never send that."""
        return f"{self.join(request, row)}#host={host_key}"
