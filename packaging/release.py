"""When this version was made: what is packed has that date, so that the same checkout gives the same archives."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from functools import cache

from contents import ROOT


@cache
def release_date() -> datetime:
    """``SOURCE_DATE_EPOCH`` (https://reproducible-builds.org), or the date of the commit or the source text."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = int(said.stdout) if said.returncode == 0 else (ROOT / "nnstudio" / "__init__.py").stat().st_mtime
    return datetime.fromtimestamp(seconds, UTC)
