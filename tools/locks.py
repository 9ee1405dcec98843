"""The locks are whole: everything asked for is pinned, by version and by hash, and no index is named."""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requirements"
NAMES = ("tools", "run", "dev")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)")
ASKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")


def plain(name: str) -> str:
    """A package's name as an index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(text: str) -> list[str]:
    """The requirements of a lock, one string each, hashes included, comments dropped."""
    joined = text.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")]


def pins(text: str) -> dict[str, str]:
    """Package → version of a lock; several versions (by platform) are joined."""
    found: dict[str, str] = {}
    for entry in entries(text):
        if pin := PIN.match(entry):
            name = plain(pin.group(1))
            found[name] = " ".join(filter(None, (found.get(name), pin.group(2))))
    return found


def asked(text: str) -> set[str]:
    """The packages an `.in` file asks for."""
    rows = (ASKED.match(line.strip()) for line in text.splitlines())
    return {plain(row.group(1)) for row in rows if row}


def faults() -> list[str]:
    """What is wrong with the locks."""
    found = []
    locked = {name: (FOLDER / f"{name}.txt").read_text("utf-8") for name in NAMES}
    for name, text in locked.items():
        for entry in entries(text):
            if not PIN.match(entry):
                found.append(f"{name}.txt: not pinned: {entry[:80]}")
            elif "--hash=sha256:" not in entry:
                found.append(f"{name}.txt: no hash: {entry[:80]}")
        lost = asked((FOLDER / f"{name}.in").read_text("utf-8")) - pins(text).keys()
        found += [f"{name}.in: {package} is not locked: make lock" for package in sorted(lost)]
        if "://" in text or "--index" in text or "--find-links" in text:
            found.append(f"{name}.txt: names an index")
    dev = pins(locked["dev"])
    for package, version in pins(locked["run"]).items():
        if dev.get(package) != version:
            found.append(f"dev.txt: {package} is {dev.get(package)}, run.txt has {version}: make lock")
    return found


def main() -> int:
    """Print the faults; 1 when there are any."""
    found = faults()
    print("\n".join(found) or "locks: every package pinned by hash")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
