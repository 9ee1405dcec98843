"""axe-core over an open page: accessibility faults as lines, for any test that has a page."""

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent.parent / "vendor/axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

RUN = "rules => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then(found => found.violations)"
"""What axe found well is a hundred times longer than what it blames: sent here, it took two thirds of the time."""


def faults(page: Page) -> list[str]:
    """What axe finds: rule, weight and where; an empty list is what we want."""
    page.evaluate(AXE)
    found = page.evaluate(RUN, RULES)
    return [
        f"{v['impact']} {v['id']}: {node['target'][0]} {(node['any'] or [{'message': ''}])[0]['message']}"
        for v in found
        for node in v["nodes"][:4]
    ]


def sideways(page: Page) -> int:
    """How many pixels the page scrolls sideways; 0 is what we want."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
