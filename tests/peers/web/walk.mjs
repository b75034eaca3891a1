// Walks every page of a running server on a desk and on a phone, in light and in dark, lets axe look at each, and does by
// keyboard alone what a tired person does.
//
//   node walk.mjs BASE FOLDER [DOCUMENTS]       pictures go to FOLDER, those that the documents show to DOCUMENTS
//   ONLY=fit,check node walk.mjs …               only these pages
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const [base, folder, documents] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((it) => existsSync(it));
if (!executablePath) { console.error("no chromium: install it"); process.exit(2); }
const SIZES = { desk: { width: 1400, height: 900 }, phone: { width: 390, height: 844 } };
const SHOWN = { width: 1240, height: 780 };

// A line a page: its address, what must be said on it, the name of its picture, whether the documents show it.
const PAGES = [
  { name: "now", path: "/", says: ["Theo Papadakis", "+1 212 555 0149", "Incident Command", "Keiko Arai", "Tue 2026-12-08 10:00 PST"], shown: true },
  { name: "ask-empty", path: "/ask", says: ["Whom do I page?", "mysql-main"] },
  { name: "ask", path: "/ask?q=search-api", says: ["Theo Papadakis", "Saoirse Kelly", "0 min", "Vera Lindqvist", "rotations/search.toml:"], shown: true },
  { name: "ask-empty-seat", path: "/ask?q=build-farm&at=2017-08-15T03:00:00Z", says: ["Nobody: outside of its hours", "Xiomara Reyes"] },
  { name: "ask-tags", path: "/ask?q=service%3Dmysql-main+severity%3Dcritical&zone=Europe%2FDublin", says: ["Cleo Marchetti", "18:00 GMT"] },
  { name: "ask-nobody", path: "/ask?q=service%3Dnewsletter", says: ["Nobody is paged for this."] },
  { name: "ask-unknown", path: "/ask?q=serch-api", says: ["Did you mean", "search-api"] },
  { name: "calendar", path: "/calendar", says: ["Storage Ops", "7 Dec – 13 Dec 2026, week 50", "Cleo Marchetti", "Overrides and vacancies"], shown: true },
  { name: "calendar-day", path: "/calendar?zoom=day", says: ["Tue 8 December 2026"] },
  { name: "calendar-people", path: "/calendar?zoom=month&by=person&zone=Asia%2FTokyo", says: ["Kofi Mensah", "December 2026"] },
  { name: "calendar-quarter", path: "/calendar?zoom=quarter&of=search+storage-ops", says: ["Oct – Dec 2026", "Search"] },
  { name: "calendar-year", path: "/calendar?zoom=year&of=%40kofi", says: ["Storage Ops"] },
  { name: "graph", path: "/graph", says: ["Storage Ops", "Incident Command", "Vera Lindqvist"] },
  { name: "graph-lit", path: "/graph?q=web-client&only=1", says: ["Webapp Client", "Hiro Tanaka"] },
  { name: "rotation", path: "/rotations/storage-ops", says: ["Cleo Marchetti", "Who takes turns", "What it is paged for"] },
  { name: "people", path: "/people", says: ["Kofi Mensah", "There"] },
  { name: "person", path: "/people/kofi", says: ["Kofi Mensah", "Evening class", "the next 12 weeks", "/people/kofi.ics"], shown: true },
  { name: "fit", path: "/fit", says: ["What it says", "hand-offs"] },
  { name: "check", path: "/check", says: ["Routing tests"] },
  { name: "missing", path: "/people/nobody-there", says: ["Not found"], status: 404 },
];

const only = process.env.ONLY?.split(",");
const failures = [];
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-gpu"],
});

async function visit(page, reader, look) {
  const context = await browser.newContext({
    viewport: reader.viewport || SIZES[reader.size], colorScheme: reader.scheme, javaScriptEnabled: reader.scripts !== false,
    hasTouch: reader.size === "phone",
    // Not UTC, and not the zone of any file: whose clock shows through would be seen. axe is put into the page, which the
    // policy of the page would not let anybody do.
    timezoneId: "Asia/Kathmandu", locale: "de-DE", reducedMotion: "reduce", bypassCSP: Boolean(reader.axe),
  });
  const tab = await context.newPage();
  const wrong = (what) => {
    failures.push(what);
    console.error(`${page.name} (${reader.size}, ${reader.scheme}): ${what}`);
  };
  tab.on("console", (it) => {
    const expected = page.status && it.text().includes(`status of ${page.status}`);
    if (["error", "warning"].includes(it.type()) && !expected) wrong(`${it.type()}: ${it.text()}`);
  });
  tab.on("pageerror", (it) => wrong(`an exception: ${it.message}`));
  tab.on("request", (it) => { if (!it.url().startsWith(`${base}/`)) wrong(`it asks for ${it.url()}`); });
  try {
    const answer = await tab.goto(base + page.path);
    if (answer.status() !== (page.status || 200)) wrong(`it is answered with ${answer.status()}`);
    await look(tab, (what, holds) => { if (!holds) wrong(what); });
  } catch (error) {
    wrong(error.message.split("\n")[0]);
  }
  await context.close();
}

const words = (tab) => tab.evaluate(() =>
  [document.documentElement.textContent, ...[...document.querySelectorAll("[aria-label]")].map((it) => it.getAttribute("aria-label"))].join("\n"));
const started = Date.now();
for (const page of PAGES.filter((it) => !only || only.includes(it.name))) {
  const sound = async (tab, must) => {
    const text = await words(tab);
    for (const it of page.says) must(`it does not say ${it}`, text.includes(it));
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    must(`it is ${over} px wider than the screen`, over <= 0);
  };
  await Promise.all(Object.keys(SIZES).flatMap((size) => ["light", "dark"].map((scheme) =>
    visit(page, { size, scheme }, async (tab, must) => {
      await sound(tab, must);
      await tab.screenshot({ path: join(folder, `web-${page.name}-${size}-${scheme}.png`) });
    }))));
  // axe as a reader of its own; what it finds names the element.
  await Promise.all([["desk", "light"], ["phone", "dark"], ["phone", "light"], ["desk", "dark"]].map(([size, scheme]) =>
    visit(page, { size, scheme, axe: true }, async (tab, must) => {
      await tab.evaluate(axe);
      const found = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      for (const it of found.violations) must(`axe: ${it.id}: ${it.help}: ${it.nodes.slice(0, 3).map((it) => it.html.slice(0, 160)).join(" | ")}`, false);
      must("axe looked at nothing", found.testEngine.version.length > 0);
    })));
  await visit(page, { size: "desk", scheme: "light", scripts: false }, sound);
  if (documents && page.shown) {
    for (const scheme of ["light", "dark"]) {
      await visit(page, { size: "desk", scheme, viewport: SHOWN }, async (tab) => {
        await tab.screenshot({ path: join(documents, `web-${page.name}${scheme === "dark" ? "-dark" : ""}.png`) });
      });
    }
  }
  console.log(`walked ${page.path}`);
}
if (documents) {
  await visit(PAGES[0], { size: "phone", scheme: "dark" }, (tab) => tab.screenshot({ path: join(documents, "web-now-phone.png") }));
}

// By keyboard alone: skip to the content, ask, read whom to page, call; then the calendar.
for (const size of Object.keys(SIZES)) {
  await visit({ name: "keyboard", path: "/" }, { size, scheme: "light" }, async (tab, must) => {
    const focused = () => tab.evaluate(() => (document.activeElement.textContent || document.activeElement.name || "").trim());
    await tab.keyboard.press("Tab");
    must(`the first thing is ${await focused()}`, (await focused()) === "Skip to the content");
    const seen = await tab.evaluate(() => document.activeElement.getBoundingClientRect().left >= 0);
    must("what is focused is not to be seen", seen);
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    must("the content does not begin with the field", await tab.evaluate(() => document.activeElement.id === "q"));
    await tab.keyboard.type("search-api");
    await tab.keyboard.press("Enter");
    await tab.waitForURL("**/ask?q=search-api*");
    // Whoever is paged first is called with a few presses.
    let presses = 0;
    while (presses < 40 && !(await tab.evaluate(() => document.activeElement.matches("a[href^='tel:']")))) {
      await tab.keyboard.press("Tab");
      presses += 1;
    }
    must(`the number is ${presses} presses away`, presses < 20);
    must("it is not Theo's", await tab.evaluate(() => document.activeElement.getAttribute("href") === "tel:+12125550149"));
    const ring = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    must("what is focused has no ring", ring === "solid");
  });
  await visit({ name: "calendar by keyboard", path: "/calendar" }, { size, scheme: "dark" }, async (tab, must) => {
    const title = () => tab.textContent("h1");
    for (const [key, expected] of [
      ["ArrowRight", "14 Dec – 20 Dec 2026, week 51"], ["m", "December 2026"], ["ArrowLeft", "November 2026"], ["y", "2026"],
      ["t", "2026"], ["q", "Oct – Dec 2026"], ["d", "Tue 8 December 2026"], ["w", "7 Dec – 13 Dec 2026, week 50"],
    ]) {
      await Promise.all([tab.waitForNavigation(), tab.keyboard.press(key)]);
      must(`the key ${key} shows ${await title()}`, (await title()) === expected);
    }
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press("p")]);
    must("p does not show people", (await words(tab)).includes("Desmond Clarke"));
    await tab.keyboard.press("/");
    must("/ does not go to the field", await tab.evaluate(() => document.activeElement.name === "of"));
    await tab.keyboard.type("@kofi");
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press("Enter")]);
    const rows = await tab.locator(".row .title a").allTextContents();
    must(`of @kofi there are ${rows}`, rows.join() === "Kofi Mensah");
    // The table is opened by keyboard as well.
    await tab.locator("details.list summary").focus();
    await tab.keyboard.press("Enter");
    must("the table does not open", (await tab.locator("details.list[open] tbody tr").count()) > 0);
  });
}

// By touch: a bar says what it is; a swipe goes on.
await visit({ name: "touch", path: "/calendar" }, { size: "phone", scheme: "light" }, async (tab, must) => {
  await tab.locator("svg.bar").first().tap();
  must("a bar that is tapped says nothing", (await tab.textContent(".said")).includes("App Ops"));
  const box = await tab.locator(".chart").boundingBox();
  await Promise.all([tab.waitForNavigation(), tab.evaluate(({ x, y }) => {
    const chart = document.querySelector(".chart");
    const touch = (clientX) => new Touch({ identifier: 1, target: chart, clientX, clientY: y });
    chart.dispatchEvent(new TouchEvent("touchstart", { bubbles: true, touches: [touch(x)], changedTouches: [touch(x)] }));
    chart.dispatchEvent(new TouchEvent("touchend", { bubbles: true, touches: [], changedTouches: [touch(x - 150)] }));
  }, { x: box.x + 250, y: box.y + 60 })]);
  must(`a swipe shows ${await tab.textContent("h1")}`, (await tab.textContent("h1")) === "14 Dec – 20 Dec 2026, week 51");
});

// On paper there are the answers and not the tools.
await visit({ name: "print", path: "/ask?q=search-api" }, { size: "desk", scheme: "dark" }, async (tab, must) => {
  await tab.emulateMedia({ media: "print" });
  must("tools are printed", await tab.locator(".top, .bottom, .ask").evaluateAll((all) => all.every((it) => getComputedStyle(it).display === "none")));
  must("dark paper is printed", (await tab.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)) === "rgb(255, 255, 255)");
});

// A wall keeps fresh what passes.
await visit({ name: "wall", path: "/" }, { size: "desk", scheme: "light" }, async (tab, must) => {
  await tab.evaluate(() => { document.querySelector("main h1").textContent = "old"; });
  await Promise.all([tab.waitForResponse((it) => it.url() === `${base}/`), tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))]);
  await tab.waitForFunction(() => document.querySelector("main h1").textContent.startsWith("On call"), null, { timeout: 5000 }).catch(() => must("it stays old", false));
});

// And says so when it cannot, by whoever's fault; typed words stay, an empty field does not hold it up.
await visit({ name: "wall alone", path: "/" }, { size: "desk", scheme: "light" }, async (tab, must) => {
  const again = () => tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const says = async (text) => {
    await again();
    await tab.waitForFunction((it) => (document.getElementById("away")?.textContent ?? "").startsWith(it), text, { timeout: 5000 })
      .catch(() => must(`it does not say “${text}”`, false));
  };
  await tab.evaluate(() => { globalThis.real = globalThis.fetch; globalThis.fetch = async () => { throw new TypeError("gone"); }; });
  await says("The server does not answer. What you see is of Tue 2026-12-08");
  await tab.evaluate(() => { globalThis.fetch = async () => new Response("", { status: 401 }); });
  await says("The server asks who you are: load the page again. What you see is of ");
  await tab.evaluate(() => { globalThis.fetch = async () => new Response("", { status: 503 }); });
  await says("The server answers 503. What you see is of ");
  await tab.focus("#q");
  await tab.evaluate(() => { globalThis.fetch = globalThis.real; });
  await again();
  await tab.waitForFunction(() => !document.getElementById("away"), null, { timeout: 5000 }).catch(() => must("it stays away", false));
  must("the field has lost the focus", await tab.evaluate(() => document.activeElement.id === "q"));
  await tab.keyboard.type("sear");
  await tab.evaluate(() => { document.querySelector("main h1").textContent = "old"; });
  await Promise.all([tab.waitForResponse((it) => it.url() === `${base}/`), again()]);
  must("what was typed is gone", (await tab.inputValue("#q")) === "sear");
});

await browser.close();
console.log(`${PAGES.length} pages in ${((Date.now() - started) / 1000).toFixed(1)} s, ${failures.length} complaints; pictures in ${folder}`);
process.exit(failures.length ? 1 : 0);
