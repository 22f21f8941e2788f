"""Where a Chromium is, and how to get one: `python -m tests.browser.chromium` prints its path.

Looked for in this order: names on the PATH, the one playwright has installed. If there is none it is
installed: as root on Debian by apt-get, else by `playwright install chromium`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_APT = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")


def find() -> str | None:
    """The path of a Chromium that is here now, or None."""
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    return on_path or _playwrights_own()


def install() -> str:
    """The path of a Chromium, installed if there is none.

    Raises:
        SystemExit: it could not be installed; the words say what to do by hand.
    """
    found = find()
    if found:
        return found
    is_debian = Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None
    if is_debian and os.geteuid() == 0:
        _say("No Chromium here; installing Debian's with apt-get.")
        if not (_run("apt-get", "update") and _run(*_APT)):
            _say("apt-get could not install it; trying playwright's own.")
    if find() is None:
        _say("Downloading playwright's own Chromium into your cache folder.")
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    found = find()
    if not found:
        raise SystemExit(
            "The browser tests need Chromium and I could not install it. "
            "Install it by hand (Debian: apt-get install chromium), then run `make test` again."
        )
    return found


def _playwrights_own() -> str | None:
    asked = "from playwright.sync_api import sync_playwright as p\nwith p() as x: print(x.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def _run(*command: str) -> bool:
    # What installers print goes to stderr: stdout holds the path alone.
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.stdout.write(install() + "\n")
