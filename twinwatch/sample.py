"""The sample world: a small invented web, served on loopback, for a first run and for tests."""

import hashlib
import mimetypes
import sys
import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.files import explain, read_toml
from config.settings import HERE


def sample_config() -> Path:
    """The configuration folder of the sample world; its site/ holds one folder a host."""
    return HERE / "sample"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Host(_Table):
    validators: bool = True  # false: neither ETag nor Last-Modified, as with many a content management system


class _Address(_Table):
    status: HTTPStatus = HTTPStatus.OK
    redirect: str | None = None  # the Location, sent with status
    delay_seconds: float = Field(0.0, ge=0, le=1.5)  # long enough to be slow, short enough for a first run
    content_type: str | None = None


class _Behaviour(_Table):
    """site.toml: what a host or an address does beyond sending its file."""

    last_modified: datetime  # of every file; a checkout's own times would differ from machine to machine
    host: dict[str, _Host] = {}
    address: dict[str, _Address] = {}  # by host and path: "gazette.example/rss.xml"


class _Site:
    """The folder of hosts together with its site.toml."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "site"
        file = folder / "site.toml"
        try:
            self.behaviour = _Behaviour.model_validate(read_toml(file))
        except ValidationError as error:
            raise explain(error, _Behaviour, str(file)) from None

    def file(self, host: str, path: str) -> Path | None:
        """The file behind an address; None where there is none or the path would leave the host's folder."""
        root = self.folder / host
        if PurePosixPath(host).name != host or host in ("", "..") or not root.is_dir() or "\0" in path:
            return None
        found = (root / path.lstrip("/")).resolve()
        if not found.is_relative_to(root.resolve()):
            return None
        if found.is_dir():
            found /= "index.html"
        return found if found.is_file() else None

    def address(self, host: str, path: str) -> _Address:
        return self.behaviour.address.get(host + path, _Address())

    def validators(self, host: str, body: bytes) -> dict[str, str]:
        """The ETag and Last-Modified headers of a body; empty for a host that sends none."""
        if not self.behaviour.host.get(host, _Host()).validators:
            return {}
        modified = self.behaviour.last_modified.astimezone(UTC)
        return {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
            "Last-Modified": format_datetime(modified, usegmt=True),
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        host, path = self._asked()
        site = self.server.site
        address = site.address(host, path)
        time.sleep(address.delay_seconds)
        if address.redirect:
            self._send(address.status, {"Location": address.redirect})
            return
        file = site.file(host, path)
        if file is None:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"Not found.\n")
            return
        body = file.read_bytes()
        validators = site.validators(host, body)
        if self._fresh(validators):
            self._send(HTTPStatus.NOT_MODIFIED, validators)
            return
        self._send(address.status, {"Content-Type": address.content_type or _content_type(file), **validators}, body)

    def do_HEAD(self) -> None:
        self.do_GET()  # `_send` leaves the body away

    def _asked(self) -> tuple[str, str]:
        """Host and decoded path, from the absolute form that a proxy is sent, or from the Host header."""
        parts = urlsplit(self.path)
        host = parts.hostname or self.headers.get("Host", "").partition(":")[0].lower()
        return host, unquote(parts.path) or "/"

    def _fresh(self, validators: dict[str, str]) -> bool:
        """Whether the asker's copy is current; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
        if not validators:
            return False
        if tags := self.headers.get("If-None-Match"):
            return validators["ETag"] in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return since >= parsedate_to_datetime(validators["Last-Modified"])

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the run that is being shown does the talking."""


def _content_type(file: Path) -> str:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: _Site) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site

    def handle_error(self, request: object, client_address: object) -> None:
        """Report a mistake of this server, but not an asker that hung up, as crawlers do when they time out."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class SampleServer:
    """Serves the made-up hosts of a sample folder while its `with` block runs; to be asked as an HTTP proxy.

    Raises ConfigError for a mistake in site.toml.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._server = _Server(_Site(folder or sample_config()))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
