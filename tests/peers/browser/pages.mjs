// What is looked at: a line a file. `arguments` make it, `says` must be in it, `check` does what a reader does.

const NOW = "2026-12-08T18:00:00Z";
const words = (text) => text.split(" ");
const dogwatch = (text) => ["--now", NOW, ...words(text)];

export const PAGES = [
  { file: "calendar.html", now: NOW, arguments: dogwatch("show --format html"), says: ["Theo Papadakis", "Saoirse Kelly", "Storage Ops", "America/Los_Angeles"], check: calendar },
  { file: "people.html", now: NOW, arguments: dogwatch("show --format html --by person --zone Europe/Dublin"), says: ["Theo Papadakis", "Europe/Dublin"] },
  { file: "kofi.html", now: NOW, arguments: dogwatch("show @kofi --format html"), says: ["On call: Kofi Mensah", "Storage Ops"] },
  { file: "timeline.svg", arguments: dogwatch("show --format svg"), says: ["Storage Ops", "Theo Papadakis", "override for Kofi Mensah: Kofi's last evening class of term"] },
  { file: "timeline-people.svg", arguments: dogwatch("show --format svg --by person"), says: ["Kofi Mensah", "Storage Ops, secondary"] },
  { file: "year.svg", arguments: dogwatch("show search --format svg --from 2026-01-01 --until 2027-01-01"), says: ["December 2026", "W50"] },
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
