"""Handing out a stored content to somebody who may have it: by the web server, by the proxy in front, or by a bucket.

Nothing that a browser could run is ever shown in place, and whatever is shown stands in a sandbox of its own without
any right to this site (RFC 9110 for ranges and conditions, RFC 6266 and 8187 for the name).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe

from channels_app.files import store
from kam.lib.ranges import Unsatisfiable, byte_range

# Where nginx finds MEDIA_ROOT, for itself alone: deploy/nginx.conf.template.
ACCEL = "/stored-files/"
# What a browser draws without running anything in it. PDF is not among them: it holds scripts. Nor is video: it plays
# on its own page, where this makes no difference, and by itself the sandbox would keep it from playing.
IN_PLACE = {"image/jpeg", "image/png", "image/gif", "image/webp"}
SECONDS = 60  # how long an address of the bucket opens
PIECE = 64 * 1024


@dataclass(frozen=True)
class Stored:
    """A content to hand out. `mark` changes whenever the content does; the store is asked for a size of None."""

    content: str
    name: str
    content_type: str
    size: int | None
    mark: str
    modified: dt.datetime


def hand_out(request: HttpRequest, stored: Stored, *, save: bool = False) -> HttpResponseBase:
    """Answer with the content; `save` has the browser save it whatever it is."""
    how = {"x-accel": _by_proxy, "s3": _by_bucket}.get(settings.FILES_SERVED_BY, _by_ourselves)
    response = how(request, stored, _disposition(stored, save))
    for name, value in SAFE.items():
        response[name] = value
    return response


SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Kept by the browser, but asked about at every use: who lost access finds nothing in a shared machine's cache.
    "Cache-Control": "private, no-cache",
}


def asks_from_the_start(request: HttpRequest) -> bool:
    """Say whether the request begins a download, rather than going on with one."""
    asked = request.headers.get("Range", "").replace(" ", "")
    return request.method == "GET" and (not asked or asked.startswith("bytes=0-"))


def _disposition(stored: Stored, save: bool) -> str:
    in_place = stored.content_type in IN_PLACE and not save
    return content_disposition_header(not in_place, stored.name) or "attachment"


def _type(stored: Stored) -> str:
    return "text/plain; charset=utf-8" if stored.content_type.startswith("text/") else stored.content_type


# --- by ourselves ---------------------------------------------------------------------------------------------------
def _by_ourselves(request: HttpRequest, stored: Stored, disposition: str) -> HttpResponseBase:
    etag, modified = f'"{stored.mark}"', int(stored.modified.timestamp())
    unchanged = get_conditional_response(request, etag=etag, last_modified=modified)
    response = unchanged or _content(request, stored, etag, modified)
    if unchanged is None:
        response["Content-Type"] = _type(stored)
        response["Content-Disposition"] = disposition
        response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    return response


def _content(request: HttpRequest, stored: Stored, etag: str, modified: int) -> HttpResponseBase:
    size = store.size(stored.content) if stored.size is None else stored.size
    try:
        part = byte_range(_range(request, etag, modified), size)
    except Unsatisfiable:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, end = part or (0, size)
    if request.method == "HEAD":
        body: HttpResponseBase = HttpResponse()
    else:
        body = StreamingHttpResponse(_pieces(store.opened(stored.content), first, end))
    body["Content-Length"] = str(end - first)
    if part:
        body.status_code = 206
        body["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    return body


def _range(request: HttpRequest, etag: str, modified: int) -> str:
    """Return the range asked for, "" when the whole is due: after a change (If-Range), and for HEAD."""
    if request.method != "GET":
        return ""
    condition = request.headers.get("If-Range")
    if condition and condition != etag and parse_http_date_safe(condition) != modified:
        return ""
    return request.headers.get("Range", "")


def _pieces(file: IO[bytes], first: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while first < end and (piece := file.read(min(PIECE, end - first))):
            first += len(piece)
            yield piece


# --- by others ------------------------------------------------------------------------------------------------------
def _by_proxy(request: HttpRequest, stored: Stored, disposition: str) -> HttpResponseBase:
    """Let nginx send the file: ranges and conditions are its own there."""
    response = HttpResponse(content_type=_type(stored))
    response["Content-Disposition"] = disposition
    response["X-Accel-Redirect"] = ACCEL + quote(stored.content)
    return response


def _by_bucket(request: HttpRequest, stored: Stored, disposition: str) -> HttpResponseBase:
    """Send the browser to an address of the bucket that opens for a minute."""
    parameters = {
        "ResponseContentType": _type(stored),
        "ResponseContentDisposition": disposition,
        "ResponseCacheControl": "private, no-store",
    }
    # S3's own storage takes more than the interface of storages says.
    address = default_storage.url(stored.content, parameters=parameters, expire=SECONDS)  # type: ignore[call-arg]
    return HttpResponseRedirect(address)
