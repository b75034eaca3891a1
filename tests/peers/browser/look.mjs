// Makes each file of pages.mjs, opens it on a desk and on a phone, in light and in dark, and with scripts switched off.
//
//   node look.mjs DOGWATCH FOLDER [DOCUMENTS]       the pictures that the documents show go to DOCUMENTS
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { PAGES } from "./pages.mjs";

const [dogwatch, folder, documents] = process.argv.slice(2);
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((it) => existsSync(it));
if (!executablePath) { console.error("no chromium: install it"); process.exit(2); }

// What the documents show: a screen of this size, or as high as a page says, light and dark.
const SHOWN = { width: 1240, height: 780 };
const SIZES = { desk: { width: 1400, height: 900 }, phone: { width: 390, height: 844 } };
const failures = [];

function make(page) {
  const run = spawnSync(dogwatch, page.arguments, { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: "1" } });
  if (run.status > 1 || !run.stdout) throw new Error(`dogwatch ${page.arguments.join(" ")} ended with ${run.status}: ${run.stderr}`);
  const path = join(folder, page.file);
  writeFileSync(path, run.stdout);
  return pathToFileURL(path).href;
}

// Opens a page as one reader does, and hears everything that it complains about.
async function visit(browser, page, url, reader, look) {
  const context = await browser.newContext({
    viewport: SIZES[reader.size], colorScheme: reader.scheme, javaScriptEnabled: reader.scripts !== false,
    // Not UTC, and not the zone of any file: whose clock shows through would be seen.
    timezoneId: "Asia/Kathmandu", locale: "de-DE", reducedMotion: "reduce",
  });
  const tab = await context.newPage();
  const wrong = (what) => failures.push(`${page.file} (${reader.size}, ${reader.scheme}): ${what}`);
  tab.on("console", (it) => { if (["error", "warning"].includes(it.type())) wrong(`${it.type()}: ${it.text()}`); });
  tab.on("pageerror", (it) => wrong(`an exception: ${it.message}`));
  tab.on("request", (it) => { if (it.url().split("#")[0] !== url) wrong(`it asks for ${it.url()}`); });
  if (page.now) await tab.clock.setFixedTime(new Date(page.now));
  try {
    await tab.goto(url);
    await look(tab, (what, holds) => { if (!holds) wrong(what); });
  } catch (error) {
    wrong(error.message.split("\n")[0]);
  }
  await context.close();
}

// All that is said to eyes and ears.
const text = (tab) => tab.evaluate(() =>
  [document.documentElement.textContent, ...[...document.querySelectorAll("[aria-label]")].map((it) => it.getAttribute("aria-label"))].join("\n"));
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-gpu"],
});
const started = Date.now();
for (const page of PAGES) {
  let url;
  try { url = make(page); } catch (error) { failures.push(error.message); continue; }
  const says = async (tab, must) => {
    const words = await text(tab);
    for (const it of page.says || []) must(`it does not say ${it}`, words.includes(it));
  };
  const wide = async (tab, must) => {
    if (!page.file.endsWith(".html")) return;
    const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    must(`it is ${over} px wider than the screen`, over <= 0);
  };
  const name = page.file.replace(/\.\w+$/, "");
  const visits = Object.keys(SIZES).flatMap((size) => ["light", "dark"].map((scheme) =>
    visit(browser, page, url, { size, scheme }, async (tab, must) => {
      await says(tab, must);
      await wide(tab, must);
      await tab.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`) });
      if (page.check && scheme === "light") await page.check(tab, must, size);
    })));
  if (page.file.endsWith(".html")) {
    visits.push(visit(browser, page, url, { size: "desk", scheme: "light", scripts: false }, async (tab, must) => {
      await says(tab, must);
      await wide(tab, must);
      await tab.screenshot({ path: join(folder, `${name}-without-scripts.png`) });
    }));
  }
  await Promise.all(visits);
  if (documents && page.shown) {
    if (page.file.endsWith(".svg")) copyFileSync(join(folder, page.file), join(documents, page.file));
    else for (const scheme of ["light", "dark"]) {
      await visit(browser, page, url, { size: "desk", scheme }, async (tab) => {
        await tab.setViewportSize({ ...SHOWN, ...page.shown });
        await tab.screenshot({ path: join(documents, `${name}${scheme === "dark" ? "-dark" : ""}.png`) });
      });
    }
  }
  console.log(`looked at ${page.file}`);
}
await browser.close();
for (const it of failures) console.error(it);
console.log(`${PAGES.length} files in ${((Date.now() - started) / 1000).toFixed(1)} s, ${failures.length} complaints; pictures in ${folder}`);
process.exit(failures.length ? 1 : 0);
