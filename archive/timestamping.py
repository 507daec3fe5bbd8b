"""Time stamps: an authority is asked over HTTP (RFC 3161, 3.4), in the signing child alone."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Final

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

_MOST_TOKEN_BYTES: Final = 256 * 1024


class Authority(TimeStamper):
    """Asks a time-stamp authority over HTTP (RFC 3161, 3.4), for a limited time and answer."""

    def __init__(self, address: str, patience: timedelta) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._address = address
        self._patience = patience

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Return the authority's answer; raises OSError."""
        return await asyncio.wait_for(
            asyncio.to_thread(self._ask, req.dump()), self._patience.total_seconds()
        )

    def _ask(self, asked: bytes) -> tsp.TimeStampResp:
        request = urllib.request.Request(  # noqa: S310 - rules admit http and https alone
            self._address, data=asked, headers={"Content-Type": "application/timestamp-query"}
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 - the same
                request, timeout=self._patience.total_seconds()
            ) as answer:
                content_type = answer.headers.get_content_type()
                told = answer.read(_MOST_TOKEN_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise OSError(f"answered {error.code}") from error
        if content_type != "application/timestamp-reply" or len(told) > _MOST_TOKEN_BYTES:
            raise OSError(f"answered {content_type}, no time stamp")
        try:
            return tsp.TimeStampResp.load(told)
        except ValueError as error:
            raise OSError("answered what is no time stamp") from error
