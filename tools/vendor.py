"""Other people's scripts we serve or test with: fetched by `npm pack` at pinned versions, checked by sha512.

    python -m tools.vendor            write the files named below at their pinned versions
    python -m tools.vendor --renew    pin the newest version that each range allows, then write

`opora/ui/static/vendor/VERSIONS.json` holds package, version, the package's integrity and each file's sha512.
npm knows where packages come from; no address stands in this tree. Needs npm; the product itself does not.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "opora/ui/static/vendor/VERSIONS.json"

WANTED: dict[str, dict[str, Any]] = {
    "htmx.org": {
        "range": "2",
        "files": {
            "dist/htmx.min.js": "opora/ui/static/vendor/htmx.min.js",
            "LICENSE": "opora/ui/static/vendor/htmx.LICENSE.txt",
        },
    },
    "sortablejs": {
        "range": "1",
        "files": {
            "Sortable.min.js": "opora/ui/static/vendor/Sortable.min.js",
        },
    },
    "axe-core": {
        "range": "4",
        "files": {"axe.min.js": "tests/vendor/axe.min.js", "LICENSE": "tests/vendor/axe.LICENSE.txt"},
    },
}


def npm(*words: str, folder: Path | None = None) -> Any:
    """What npm answers, as JSON. Raises `SystemExit` with its words when it fails."""
    done = subprocess.run(["npm", *words, "--json"], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"npm {' '.join(words)} failed:\n{done.stderr.strip()}")
    return json.loads(done.stdout)


def newest(package: str, wanted: str) -> str:
    """The newest version of the package inside the range."""
    found = npm("view", f"{package}@{wanted}", "version")
    every = [found] if isinstance(found, str) else found
    return max((v for v in every if "-" not in v), key=lambda v: [int(part) for part in v.split(".")])


def sha512(content: bytes) -> str:
    """The checksum as npm and browsers write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def packed(package: str, version: str, folder: Path) -> tuple[bytes, str]:
    """The package's archive and the integrity that npm states for it, compared with the archive."""
    told = npm("pack", f"{package}@{version}", "--pack-destination", str(folder))[0]
    archive = (folder / told["filename"].replace("@", "").replace("/", "-")).read_bytes()
    if sha512(archive) != told["integrity"]:
        sys.exit(f"{package} {version}: the archive does not match its integrity")
    return archive, told["integrity"]


def members(folder: Path, archive: bytes, names: list[str]) -> dict[str, bytes]:
    """The named files of a package's archive."""
    place = folder / "package.tgz"
    place.write_bytes(archive)
    with tarfile.open(place) as tar:
        found = {}
        for name in names:
            file = tar.extractfile(f"package/{name}")
            if file is None:
                sys.exit(f"{name} is not in the package")
            found[name] = file.read()
    return found


def renew(package: str, version: str, pinned: dict[str, Any] | None) -> dict[str, Any]:
    """Writes the package's files and answers with its pin; stops when the content differs from an equal pin."""
    with tempfile.TemporaryDirectory() as name:
        archive, integrity = packed(package, version, Path(name))
        if pinned and pinned["version"] == version and pinned["integrity"] != integrity:
            sys.exit(f"{package} {version} is not what was pinned")
        files = members(Path(name), archive, list(WANTED[package]["files"]))
    for inner, place in WANTED[package]["files"].items():
        (ROOT / place).write_bytes(files[inner])
    sums = {WANTED[package]["files"][inner]: sha512(content) for inner, content in files.items()}
    return {"version": version, "integrity": integrity, "files": sums}


def main() -> None:
    """Writes the files and the pins."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--renew", action="store_true", help="take the newest versions the ranges allow")
    arguments = parser.parse_args()
    pins = json.loads(PINS.read_text()) if PINS.exists() else {}
    for package, wanted in WANTED.items():
        pinned = pins.get(package)
        version = newest(package, wanted["range"]) if arguments.renew or not pinned else pinned["version"]
        pins[package] = renew(package, version, pinned)
        print(package, version)
    PINS.write_text(json.dumps(pins, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
