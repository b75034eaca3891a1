// What is looked at: a line a file. `arguments` make it, `says` must be in it, `check` does what a reader does; what is `shown`
// stands in the documents.

const NOW = "2026-12-08T18:00:00Z";
const words = (text) => text.split(" ");
const dogwatch = (text) => ["--now", NOW, ...words(text)];

const ODD = "2026-04-04T12:00:00Z";
const odd = (text) => ["-C", "tests/peers/browser/odd", "--now", ODD, ...words(text)];

export const PAGES = [
  { file: "calendar.html", shown: true, now: NOW, arguments: dogwatch("show --format html"), says: ["Theo Papadakis", "Saoirse Kelly", "Storage Ops", "America/Los_Angeles"], check: calendar },
  { file: "people.html", now: NOW, arguments: dogwatch("show --format html --by person --zone Europe/Dublin"), says: ["Theo Papadakis", "Europe/Dublin"] },
  { file: "kofi.html", now: NOW, arguments: dogwatch("show @kofi --format html"), says: ["On call: Kofi Mensah", "Storage Ops"] },
  { file: "timeline.svg", shown: true, arguments: dogwatch("show search storage-ops calls internal-tools webapp-client --format svg"), says: ["Storage Ops", "Theo Papadakis", "override for Kofi Mensah: Kofi's last evening class of term"] },
  { file: "timeline-people.svg", arguments: dogwatch("show --format svg --by person"), says: ["Kofi Mensah", "Storage Ops, secondary"] },
  { file: "year.svg", arguments: dogwatch("show search --format svg --from 2026-01-01 --until 2027-01-01"), says: ["December 2026", "W50"] },
  { file: "odd.html", now: ODD, arguments: odd("show --format html"), says: ["Zoë 👩‍🚀 🐕", "<img src=x onerror=alert(2)>"], check: clockGoesBack },
  { file: "odd-timeline.svg", arguments: odd("show --format svg"), says: ["רות כהן", "</script><script>alert(1)</script>", "gap: promised, and held by nobody"] },
  { file: "escalation.svg", arguments: dogwatch("graph --format svg"), says: ["Storage Ops", "Incident Command", "Vera Lindqvist"] },
  { file: "escalation-people.svg", arguments: dogwatch("graph --people --format svg"), says: ["Storage Ops", "Kofi Mensah"] },
  { file: "web-client.svg", arguments: dogwatch("graph web-client cause=api severity=critical --format svg"), says: ["Webapp Client"] },
  { file: "hostile.svg", arguments: ["-C", "tests/cases/graph/hostile", ...dogwatch("graph --people --format svg")], says: ["<script>"] },
  { file: "split.html", shown: { height: 1180 }, arguments: dogwatch("-C examples/the-2017-split split examples/the-2017-split/episodes.jsonl.gz --effort 5000 --format html"), says: ["Split into 11"] },
  { file: "fit.html", shown: { height: 1180 }, arguments: dogwatch("-C examples/the-2017-split fit examples/the-2017-split/episodes.jsonl.gz --format html"), says: ["touched more than one team"] },
  { file: "fit-few.html", arguments: dogwatch("fit tests/cases/episodes.jsonl --format html"), says: ["episodes"] },
];

// Zooms by keyboard, turns the rows, finds a person, opens a shift, switches to dark.
async function calendar(tab, must, size) {
  const pressed = () => tab.evaluate(() => [...document.querySelectorAll("[aria-pressed=true]")].map((it) => it.textContent).join(" "));
  const elements = () => tab.evaluate(() => document.querySelectorAll("*").length);
  must("it begins with a week by rotation", (await pressed()) === "Week Rotations Auto");
  must(`the week is ${await tab.textContent(".when")}`, (await tab.textContent(".when")) === "7 Dec – 13 Dec 2026");
  must("the clock is not Los Angeles's", (await tab.textContent(".now")).includes("until Mon 07:00"));
  for (const [zoom, when] of [["Day", "Tue 8 Dec 2026"], ["Month", "December 2026"], ["All", "30 Nov 2026 – 28 Feb 2027"], ["Week", "7 Dec – 13 Dec 2026"]]) {
    await tab.getByRole("button", { name: zoom, exact: true }).focus();
    await tab.keyboard.press("Enter");
    must(`Enter on ${zoom} shows ${await tab.textContent(".when")}`, (await tab.textContent(".when")) === when);
    must(`${zoom} is not marked`, (await pressed()).startsWith(zoom));
    await tab.screenshot({ path: `target/pictures/calendar-${size}-${zoom.toLowerCase()}.png` });
    must(`${zoom} has ${await elements()} elements`, (await elements()) < 6000);
  }
  for (const [key, when] of [["ArrowRight", "14 Dec – 20 Dec 2026"], ["m", "December 2026"], ["d", "Mon 14 Dec 2026"], ["t", "Tue 8 Dec 2026"], ["w", "7 Dec – 13 Dec 2026"]]) {
    await tab.evaluate(() => document.activeElement.blur());
    await tab.keyboard.press(key);
    must(`the key ${key} shows ${await tab.textContent(".when")}`, (await tab.textContent(".when")) === when);
  }
  await tab.keyboard.press("/");
  await tab.keyboard.type("saoirse");
  const rows = await tab.locator(".row .title b").allTextContents();
  must(`Saoirse is found in ${rows}`, rows.join() === "Search,Search");
  must("who is not sought is not dimmed", (await tab.locator(".lane .dim").count()) > 0);
  await tab.locator(".lane button:not(.dim)").first().focus();
  const card = await tab.textContent(".card");
  must(`the card says ${card}`, card.includes("Saoirse Kelly") && card.includes("rotations/search.toml:") && card.includes("PST"));
  await tab.screenshot({ path: `target/pictures/calendar-${size}-card.png` });
  await tab.keyboard.press("Escape");
  must("Escape does not close the card", await tab.locator(".card").isHidden());
  await tab.fill("input[type=search]", "");
  await tab.getByRole("button", { name: "People" }).click();
  const people = await tab.locator(".row .title b").allTextContents();
  must(`the rows of people are ${people}`, people[0] === "Olivia Grant" || people.includes("Keiko Arai"));
  await tab.screenshot({ path: `target/pictures/calendar-${size}-people.png` });
  await tab.getByRole("button", { name: "Dark" }).click();
  const paper = await tab.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  must(`dark paper is ${paper}`, paper === "rgb(20, 23, 28)");
}

// Sunday has 24 hours and a half there: the second half past one stands half an hour on, and no bar is lost or doubled.
async function clockGoesBack(tab, must) {
  await tab.keyboard.press("d");
  await tab.keyboard.press("ArrowRight");
  must(`the day is ${await tab.textContent(".when")}`, (await tab.textContent(".when")) === "Sun 5 Apr 2026");
  const hours = await tab.locator(".ticks .lower").evaluateAll((list) => list.map((it) => [it.textContent, parseFloat(it.style.left)]));
  const place = (hour) => hours.find(([text]) => text === hour)?.[1];
  const expected = (seconds) => 100 * seconds / (24.5 * 3600);
  const near = (hour, seconds) => must(`${hour} stands at ${place(hour)}, not ${expected(seconds)}`, Math.abs(place(hour) - expected(seconds)) < 0.01);
  near("06:00", 6.5 * 3600);
  near("12:00", 12.5 * 3600);
  await tab.keyboard.press("w");
  // From Tuesday to Saturday, 06:00 to 09:00; Sunday's is under the override.
  must("a gap is not marked", (await tab.locator(".body .lane .gap").count()) === 5);
  must("a name became a tag", (await tab.locator("img, #app b b, #app script").count()) === 0);
  must("three at once are not on three lines", new Set(await tab.locator(".row").last().locator(".lane button").evaluateAll((list) => list.map((it) => it.style.top))).size === 3);
  await tab.screenshot({ path: "target/pictures/odd-week.png" });
}
