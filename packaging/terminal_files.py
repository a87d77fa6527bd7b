"""Write the manual page and the shells' completion scripts to where Debian looks for them: ``terminal_files.py SHARE``.

``SHARE`` is ``/usr/share`` of what is packed.
"""

import gzip
import sys
from pathlib import Path

from man import manual
from nnstudio.cli.completion import script

COMPLETIONS = {
    "bash": "bash-completion/completions/nnstudio",
    "zsh": "zsh/vendor-completions/_nnstudio",
    "fish": "fish/vendor_completions.d/nnstudio.fish",
}
PAGE = "man/man1/nnstudio.1.gz"


def write_terminal_files(share: Path) -> list[Path]:
    """Write them below ``share`` and return them; the same version writes the same bytes."""
    contents = {path: f"{script(shell)}\n".encode() for shell, path in COMPLETIONS.items()}
    contents[PAGE] = gzip.compress(manual().encode(), mtime=0)
    for path, content in contents.items():
        (share / path).parent.mkdir(parents=True, exist_ok=True)
        (share / path).write_bytes(content)
    return [share / path for path in contents]


if __name__ == "__main__":
    for written in write_terminal_files(Path(sys.argv[1])):
        print(written)
