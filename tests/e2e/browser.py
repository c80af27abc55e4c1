"""The browser of the end-to-end tests: found, or installed, or a reason why not. Never skipped silently."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from core.bootstrap import locked

GIVEN = "E2E_BROWSER"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
)
INSTALL_SECONDS = 600


class NoBrowser(Exception):
    """No browser can be had; the text says what was tried. The tests fail with it."""


def _is_unsandboxed() -> bool:
    """Chromium's sandbox does not work for root, nor in most containers."""
    is_root = os.name != "nt" and os.geteuid() == 0
    return is_root or any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))


FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if _is_unsandboxed() else []),
]


@functools.cache
def find_browser() -> str:
    """The path of the first browser that starts. Raises NoBrowser."""
    if given := os.environ.get(GIVEN):
        if not starts(given):
            raise NoBrowser(f"{GIVEN} says {given}, but that does not start.")
        return given
    if found := on_the_system():
        return found
    reasons = []
    with locked(Path(tempfile.gettempdir()) / "woodshed-e2e-browser.lock"):
        for install in (from_debian, from_playwright):
            try:
                found = on_the_system() or install()
            except (OSError, subprocess.SubprocessError, NoBrowser) as fault:
                reasons.append(str(fault))
                continue
            if found:
                return found
    tried = "\n  ".join(["no chromium or chrome on this system", *reasons])
    raise NoBrowser(f"No browser for the end-to-end tests:\n  {tried}\nSet {GIVEN}, or give --no-e2e.")


def on_the_system() -> str | None:
    paths = [path for path in map(shutil.which, NAMES) if path]
    return next((path for path in [*paths, *ELSEWHERE] if starts(path)), None)


def starts(path: str) -> bool:
    """Whether the program runs at all: some systems put a stub under the name."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def from_debian() -> str | None:
    if not shutil.which("apt-get") or os.name == "nt" or os.geteuid() != 0:
        raise NoBrowser("apt-get: not Debian, or not root")
    print("Installing Chromium for the end-to-end tests (apt-get)", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True, timeout=INSTALL_SECONDS)
    reason = NoBrowser("apt-get: no such package")
    for package in ("chromium-headless-shell", "chromium"):  # the same engine; the first takes a fifth less CPU
        try:
            command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
            _run(command, f"apt-get install {package}", env=quiet)
            return on_the_system()
        except NoBrowser as fault:
            reason = fault
    raise reason


def from_playwright() -> str | None:
    print("Installing Chromium for the end-to-end tests (playwright)", flush=True)
    _run([sys.executable, "-m", "playwright", "install", "chromium"], "playwright install chromium")
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as b: print(b.chromium.executable_path)"
    path = _run([sys.executable, "-c", ask], "playwright").strip()
    if not starts(path):
        raise NoBrowser(f"playwright install chromium: {path} does not start")
    return path


def _run(command: list[str], name: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=INSTALL_SECONDS)
    if done.returncode:
        raise NoBrowser(f"{name}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
