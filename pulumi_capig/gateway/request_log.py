"""One line for each request, which shows no variable, no answer and no secret."""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
from datetime import datetime, timezone
from pathlib import Path

from ..errors import SettingsError
from .exchange import Subject

_logger = logging.getLogger("pulumi_capig")


class RequestLog:
    """Notes requests at level DEBUG of the logger ``pulumi_capig``, and in a file where one is set.

    Args:
        path: A file, made readable by its owner alone; each request is appended to it as a line of
            JSON. None for no file.

    Raises:
        SettingsError: The file cannot be opened.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._file = None if path is None else _opened(path)

    def note(
        self,
        subject: Subject,
        attempt: int,
        *,
        status: int | None = None,
        seconds: float,
        request_id: str | None = None,
        error_code: int | str | None = None,
    ) -> None:
        """Note one request.

        Args:
            subject: What it is about.
            attempt: How many requests were sent for it, this one included.
            status: HTTP status; None if there was no answer.
            seconds: From sending it to the end of the answer.
            request_id: The id that the gateway or its load balancer gave.
            error_code: The gateway's code, or the name of the error without an answer.
        """
        entry = {
            "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "operation": subject.operation,
            "account": subject.tenant_id,
            "attempt": attempt,
            "status": status,
            "milliseconds": round(seconds * 1000),
            "request_id": request_id,
            "error_code": error_code,
        }
        if _logger.isEnabledFor(logging.DEBUG):
            said = (f"{key}={value}" for key, value in list(entry.items())[2:] if value is not None)
            _logger.debug("%s %s", subject.operation, " ".join(said))
        if self._file is not None:
            self._append(json.dumps(entry) + "\n")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _append(self, line: str) -> None:
        with self._lock:
            if self._file is None:
                return
            try:
                os.write(self._file, line.encode())  # at once, so that processes do not mix lines
            except OSError as error:
                # A full disk is no reason to leave a gateway half changed.
                _logger.warning("%s cannot be written: %s", self._path, error.strerror)
                os.close(self._file)
                self._file = None


def _opened(path: Path) -> int:
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        what = f"settings: the log file {path} cannot be opened: {error.strerror}"
        raise SettingsError(what, "Set CAPIG_LOG to a file that can be written.") from error
    status = os.fstat(file)
    if stat.S_ISREG(status.st_mode) and status.st_mode & 0o077 and hasattr(os, "fchmod"):
        os.fchmod(file, 0o600)
    return file
