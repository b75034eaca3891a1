"""Asks Chromium how wide each text of a picture really is, and whether it stays within its box.

    fits.py PICTURE.svg...
"""

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile

# Every text is held to the innermost box that it begins or ends in; labels have none, and must not reach one.
SCRIPT = """
const found = [];
document.querySelectorAll('svg').forEach((svg, picture) => {
  const boxes = [...svg.querySelectorAll('rect.card')].map((it) => it.getBBox());
  svg.querySelectorAll('text').forEach((text) => {
    const area = text.getBBox();
    const within = (box) => area.x >= box.x && area.x + area.width <= box.x + box.width
      && area.y >= box.y - 1 && area.y + area.height <= box.y + box.height + 1;
    const meets = (box) => area.x < box.x + box.width && box.x < area.x + area.width
      && area.y + 3 < box.y + box.height && box.y < area.y + area.height - 3;
    const label = text.classList.contains('label');
    const mine = text.closest('g[transform]') === null;
    const wrong = mine ? area.x + area.width > svg.viewBox.baseVal.width
      : label ? boxes.some(meets) : !boxes.some(within);
    found.push([picture, text.textContent, wrong]);
  });
});
document.body.textContent = 'FOUND' + JSON.stringify(found) + 'END';
"""

pictures = [open(path, encoding="utf-8").read() for path in sys.argv[1:]]
with tempfile.TemporaryDirectory() as work:
    page = f"{work}/page.html"
    with open(page, "w", encoding="utf-8") as file:
        file.write(f"<!doctype html><meta charset=utf-8><body>{''.join(pictures)}<script>{SCRIPT}</script></body>")
    chromium = shutil.which("chromium") or sys.exit("this needs chromium")
    result = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={work}/profile", "--dump-dom", f"file://{page}"],
        capture_output=True, text=True, timeout=100,
    )
match = re.search(r"FOUND(.*)END", result.stdout, re.S)
if not match:
    sys.exit(f"chromium said nothing: {result.stderr[-500:]}")
found = json.loads(html.unescape(match.group(1)))
wrong = [f"{sys.argv[1 + picture]}: {text!r}" for picture, text, bad in found if bad]
if wrong or not found:
    sys.exit("these texts leave their boxes:\n" + "\n".join(wrong))
print(f"Chromium finds all {len(found)} texts of {len(pictures)} pictures within their boxes")
