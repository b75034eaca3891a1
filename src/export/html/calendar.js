"use strict";
// Draws the data of this page. All instants are seconds since 1970; what a clock shows comes with the data, so nothing here
// asks the browser for a zone. Only rows on the screen, and only what lies in the view, become elements.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const ZOOMS = [["day", "Day"], ["week", "Week"], ["month", "Month"], ["all", "All"]];
const ROWS = [["rotation", "Rotations"], ["person", "People"]];
const THEMES = [["", "Auto"], ["light", "Light"], ["dark", "Dark"]];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const LANE = 28, PAD = 4, NARROW = 640, MOST_BARS = 600, MOST_CARDS = 24, MOST_LISTED = 60;

// --- Elements ---------------------------------------------------------------------------------------------------------

function make(tag, attributes, ...children) {
  const it = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) it.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) it.setAttribute(name, value === true ? "" : value);
  }
  it.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return it;
}

// Names in any script stand for themselves and turn nothing around them.
const bdi = (text) => make("bdi", {}, text);

// --- Clock and calendar -----------------------------------------------------------------------------------------------

// The last index at which `key` is at most `value`; -1 if none.
function last(list, value, key) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}
const shown = (at) => data.clock[Math.max(0, last(data.clock, at, (it) => it[0]))];
const civil = (at) => new Date((at + shown(at)[1]) * 1000);
const two = (number) => String(number).padStart(2, "0");
const time = (at) => `${two(civil(at).getUTCHours())}:${two(civil(at).getUTCMinutes())}`;
const dayName = (date) => `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()].slice(0, 3)}`;
const moment = (at) => `${dayName(civil(at))} ${time(at)}`;
// As short as is clear beside now: `15:00`, `Mon 07:00`, `Mon 14 Dec 07:00`.
function momentFromNow(at) {
  const days = dayAt(at) - dayAt(now());
  if (days === 0) return time(at);
  return days > 0 && days < 7 ? `${WEEKDAYS[civil(at).getUTCDay()]} ${time(at)}` : moment(at);
}
const momentInFull = (at) => `${dayName(civil(at))} ${civil(at).getUTCFullYear()} ${time(at)} ${shown(at)[2]}`;
const length = (seconds) => {
  const hours = Math.floor(seconds / 3600), minutes = Math.round((seconds % 3600) / 60);
  return [hours ? `${hours} h` : "", minutes ? `${minutes} min` : ""].join(" ").trim() || `${seconds} s`;
};

const dayAt = (at) => Math.max(0, last(data.days, at, (it) => it[0]));
const date = (day) => new Date(data.days[day][1] * 864e5);
const dayStart = (day) => data.days[Math.min(day, data.days.length - 1)][0];
function week(day) {
  const monday = new Date(date(day));
  monday.setUTCDate(monday.getUTCDate() + 3 - (monday.getUTCDay() + 6) % 7);
  return 1 + Math.floor((monday - Date.UTC(monday.getUTCFullYear(), 0, 1)) / 6048e5);
}
// From a day backwards or forwards to the first that is `wanted`.
function seek(day, step, wanted) {
  while (day > 0 && day < data.days.length - 1 && !wanted(date(day))) day += step;
  return day;
}
const isMonday = (it) => it.getUTCDay() === 1;
const isFirst = (it) => it.getUTCDate() === 1;

function now() {
  const at = Math.floor(Date.now() / 1000);
  return data.from <= at && at < data.until ? at : data.now;
}
const nowIsHere = () => data.from <= now() && now() < data.until;

// --- What there is ----------------------------------------------------------------------------------------------------

const shifts = data.shifts.map(([seat, person, start, end, reason, turn, plannedStart, plannedEnd]) =>
  ({ seat, person: data.people[person], start, end, reason: data.reasons[reason], turn, plannedStart, plannedEnd }));
const gaps = data.gaps.map(([seat, start, end]) => ({ seat, start, end, gap: true }));
const bySeat = data.seats.map(() => []);
for (const it of [...shifts, ...gaps]) bySeat[it.seat].push(it);
for (const list of bySeat) list.sort((a, b) => a.start - b.start);

const seatTitle = (it) => data.seats[it.seat].title + (data.seats[it.seat].seat === "secondary" ? ", secondary" : "");
const holder = (it) => it.gap ? "gap" : it.person ? it.person.name : "vacant";
const kind = (it) => it.gap ? "gap" : !it.person ? "vacant" : it.reason.exception ? "override" : "turn";
const color = (it) => it.person ? `p${it.person.color}` : "";
const why = (it) => it.gap ? "promised, and held by nobody" : it.turn ? `turn ${it.turn}, ${it.reason.text}` : it.reason.text;
function next(it) {
  if (data.only || it.gap) return "";
  const later = bySeat[it.seat].find((other) => other.start >= it.end);
  if (!later) return "";
  return later.start === it.end ? `then ${holder(later)}` : `next is ${holder(later)}, ${moment(later.start)}`;
}
const words = (it) => (it.gap ? "gap" : it.person ? `${it.person.name} ${it.person.key}` : "vacant").toLowerCase();

// Rows, each with all its bars.
function rowsBy(by) {
  const rows = by === "person"
    ? data.people.map((person) => ({ title: person.name, words: `${person.name} ${person.key}`.toLowerCase(), bars: [], person }))
    : data.seats.map((seat, index) => ({ title: seat.title, note: seat.seat, words: `${seat.title} ${seat.key}`.toLowerCase(), bars: bySeat[index] }));
  if (by === "person") {
    const places = new Map(data.people.map((person, index) => [person, rows[index]]));
    for (const it of shifts) if (it.person) places.get(it.person).bars.push(it);
    for (const row of rows) row.bars.sort((a, b) => a.start - b.start);
  }
  for (const row of rows) {
    row.within = new Set(row.bars.map(by === "person" ? (it) => seatTitle(it).toLowerCase() : words));
  }
  return rows;
}
const cache = {};
const allRows = (by) => cache[by] ||= rowsBy(by);

// --- State ------------------------------------------------------------------------------------------------------------

const state = { zoom: "week", by: data.by, day: dayAt(nowIsHere() ? now() : data.from), query: "" };
if (data.until - data.from <= 90000) state.zoom = "day";
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
  if (name === "zoom" && ZOOMS.some(([it]) => it === value)) state.zoom = value;
  if (name === "by" && ROWS.some(([it]) => it === value)) state.by = value;
  if (name === "find") state.query = value;
  if (name === "day") {
    const wanted = data.days.findIndex((_, day) => date(day).toISOString().slice(0, 10) === value);
    if (wanted >= 0) state.day = wanted;
  }
}
function remember() {
  const parts = [["zoom", state.zoom], ["by", state.by], ["day", date(state.day).toISOString().slice(0, 10)], ["find", state.query]];
  const hash = new URLSearchParams(parts.filter(([, value]) => value)).toString();
  try { history.replaceState(null, "", `#${hash}`); } catch { /* a page without an address remembers nothing */ }
}

// The days of the view, from the first up to and without the second.
function viewDays() {
  if (state.zoom === "day") return [state.day, state.day + 1];
  if (state.zoom === "week") {
    const monday = seek(state.day, -1, isMonday);
    return [monday, seek(monday + 1, 1, isMonday)];
  }
  const first = seek(state.day, -1, isFirst);
  return [first, seek(first + 1, 1, isFirst)];
}
function view() {
  if (state.zoom === "all") return { start: data.from, end: data.until };
  const [first, end] = viewDays();
  return { start: dayStart(first), end: dayStart(end) };
}
const firstDay = dayAt(data.from), lastDay = dayAt(data.until - 1);
function go(step) {
  if (state.zoom === "all") return;
  const [first, end] = viewDays();
  const day = step < 0 ? first - 1 : end;
  if (canGo(step)) { state.day = Math.min(Math.max(day, firstDay), lastDay); draw(); }
}
function canGo(step) {
  if (state.zoom === "all") return false;
  const [first, end] = viewDays();
  return step < 0 ? first > firstDay : end <= lastDay;
}
function set(change) { Object.assign(state, change); draw(); }
function today() { if (nowIsHere()) set({ day: dayAt(now()) }); }

function viewTitle() {
  const { start, end } = view();
  const [from, to] = [civil(start), civil(end - 1)];
  const full = (it) => `${it.getUTCDate()} ${MONTHS[it.getUTCMonth()].slice(0, 3)} ${it.getUTCFullYear()}`;
  if (state.zoom === "day") return `${WEEKDAYS[from.getUTCDay()]} ${full(from)}`;
  if (state.zoom === "month") return `${MONTHS[from.getUTCMonth()]} ${from.getUTCFullYear()}`;
  const begin = from.getUTCFullYear() === to.getUTCFullYear() ? full(from).slice(0, -5) : full(from);
  return `${begin} – ${full(to)}`;
}

// --- The page ---------------------------------------------------------------------------------------------------------

const app = make("div", { id: "app" });
const strip = make("ul", { class: "now", "aria-label": "On call now" });
const when = make("div", { class: "when", "aria-live": "polite" });
const search = make("input", { type: "search", placeholder: "Find a person or rotation", "aria-label": "Find a person or rotation", list: "names", value: state.query, oninput: () => set({ query: search.value }) });
const names = make("datalist", { id: "names" }, ...[...data.people.map((it) => it.name), ...new Set(data.seats.map((it) => it.title))].slice(0, 500).map((it) => make("option", { value: it })));
const button = (label, run, more) => make("button", { type: "button", onclick: run, ...more }, label);
function choice(label, options, chosen, choose) {
  const buttons = options.map(([value, text]) => button(text, () => choose(value), { "data-value": value }));
  const group = make("div", { class: "tools", role: "group", "aria-label": label }, ...buttons);
  return { group, update: () => buttons.forEach((it) => it.setAttribute("aria-pressed", it.dataset.value === chosen())) };
}
const zoom = choice("Zoom", ZOOMS, () => state.zoom, (value) => set({ zoom: value }));
const by = choice("Rows", ROWS, () => state.by, (value) => set({ by: value }));
const themes = choice("Theme", THEMES, () => document.documentElement.dataset.theme || "", (value) => { theme(value); draw(); });
const back = button("‹", () => go(-1), { "aria-label": "Earlier" });
const forth = button("›", () => go(1), { "aria-label": "Later" });
const here = button("Today", today, {});
const tools = make("div", { class: "bar-of-tools" },
  make("div", { class: "tools" }, back, here, forth), when, make("span", { class: "grow" }), search, names, zoom.group, by.group, themes.group);
const ticks = make("div", { class: "ticks", "aria-hidden": "true" });
const corner = make("div", { class: "corner" });
const grid = make("div", { class: "grid", "aria-hidden": "true" });
const body = make("div", { class: "body" });
const chart = make("section", { class: "chart", "aria-label": "Calendar" }, make("div", { class: "axis" }, corner, ticks), body);
const sample = (name, label) => make("li", {}, make("span", { class: "lane" }, make("button", { class: `${name} p0`, tabindex: -1, "aria-hidden": "true" })), label);
const legend = make("ul", { class: "legend" }, sample("turn", "turn"), sample("override", "override"), sample("vacant", "vacant on purpose"), sample("gap", "gap: promised, held by nobody"));
const exceptions = make("div", { class: "exceptions" });
const card = make("div", { class: "card", role: "status", hidden: true });
const keys = make("p", { class: "keys" });
[["d w m a", "zoom"], ["← →", "earlier, later"], ["t", "today"], ["r p", "rotations, people"], ["/", "find"], ["Esc", "close"]]
  .forEach(([key, what]) => keys.append(...key.split(" ").flatMap((it) => [make("kbd", {}, it), " "]), `${what}   `));
app.append(strip, tools, chart, legend, exceptions, keys, card);

function theme(value) {
  if (value) document.documentElement.dataset.theme = value; else delete document.documentElement.dataset.theme;
  try { localStorage.setItem("dogwatch-theme", value); } catch { /* then it holds until the page is closed */ }
}
try { const kept = localStorage.getItem("dogwatch-theme"); if (kept === "light" || kept === "dark") theme(kept); } catch { /* none is kept */ }

// --- Drawing ----------------------------------------------------------------------------------------------------------

const narrow = () => innerWidth <= NARROW;
// The bars of a row that are in the view, on lines such that none covers another.
function arrange(row) {
  const ends = [];
  row.lanes = new Map();
  for (const it of row.bars) {
    if (it.start >= scale.end || it.end <= scale.start) continue;
    let lane = ends.findIndex((end) => end <= it.start);
    if (lane < 0) lane = ends.length;
    ends[lane] = it.end;
    row.lanes.set(it, lane);
  }
  row.lines = Math.max(1, ends.length);
}
let rows = [], scale = { start: 0, end: 1 }, printing = false;
const percent = (at) => 100 * (Math.min(Math.max(at, scale.start), scale.end) - scale.start) / (scale.end - scale.start);
const matchedRow = (row, query) => !query || row.words.includes(query) || [...row.within].some((it) => it.includes(query));

function draw() {
  remember();
  close();
  scale = view();
  const query = state.query.trim().toLowerCase();
  let top = 0;
  rows = allRows(state.by).filter((row) => matchedRow(row, query));
  rows.forEach(arrange);
  // A seat that nobody holds is worth a row; of a hundred people, those who hold something are.
  if (state.by === "person") rows = rows.filter((row) => row.lanes.size);
  for (const row of rows) {
    row.top = top;
    row.height = row.lines * LANE + 2 * PAD + (narrow() ? 22 : 0);
    row.dim = query && !row.words.includes(query) ? query : "";
    top += row.height;
  }
  when.textContent = viewTitle();
  for (const it of [zoom, by, themes]) it.update();
  back.disabled = !canGo(-1);
  forth.disabled = !canGo(1);
  here.disabled = !nowIsHere() || state.zoom === "all";
  body.replaceChildren(grid);
  if (!rows.length) body.append(make("div", { class: "nothing" }, query ? "nobody and nothing of that name" : "nobody holds anything then"));
  body.style.height = rows.length ? `${top}px` : "";
  drawGrid();
  drawRows();
  drawStrip();
  drawExceptions();
}

function drawGrid() {
  const width = ticks.clientWidth || 800, seconds = scale.end - scale.start;
  const labels = [], lines = [];
  const line = (at, until, name) => {
    const it = make("i", { class: name });
    it.style.left = `${percent(at)}%`;
    if (until !== undefined) it.style.width = `${percent(until) - percent(at)}%`;
    lines.push(it);
  };
  let free = { upper: -1e9, lower: -1e9 };
  const label = (at, level, text, more) => {
    const x = percent(at) / 100 * width;
    if (x < free[level] || x + 6 * text.length > width + 12) return;
    free[level] = x + 7 * text.length + 8;
    const it = make("span", { class: `${level} ${more || ""}` }, text);
    it.style.left = `${percent(at)}%`;
    labels.push(it);
  };
  const perDay = width * 86400 / seconds;
  const first = dayAt(scale.start);
  for (let day = first; day < data.days.length && dayStart(day) < scale.end; day++) {
    const it = date(day), start = Math.max(dayStart(day), scale.start), end = Math.min(dayStart(day + 1), scale.end);
    const begins = day === first || isFirst(it), isToday = nowIsHere() && dayStart(day) <= now() && now() < dayStart(day + 1);
    const weekend = it.getUTCDay() % 6 === 0;
    if (perDay >= 12) line(start, end, weekend ? "weekend" : "");
    else if (isFirst(it) || (isMonday(it) && perDay >= 2)) line(start, undefined, isFirst(it) ? "" : "minor");
    const month = `${MONTHS[it.getUTCMonth()]} ${it.getUTCFullYear()}`;
    if (state.zoom === "day") label(start, "upper", `${dayName(it)}, week ${week(day)}`);
    else if (perDay >= 12 && begins) label(start, "upper", isMonday(it) && perDay >= 30 ? `${month}, week ${week(day)}` : month);
    else if (perDay >= 12 && isMonday(it)) label(start, "upper", `W${week(day)}`);
    else if (begins) label(start, "upper", perDay * 30 >= 110 ? month : MONTHS[it.getUTCMonth()].slice(0, 3));
    if (state.zoom === "day") continue;
    const today = isToday ? "today" : "";
    if (perDay >= 60) label(start, "lower", `${WEEKDAYS[it.getUTCDay()]} ${it.getUTCDate()}`, today);
    else if (perDay >= 44) label(start, "lower", `${WEEKDAYS[it.getUTCDay()].slice(0, 2)} ${it.getUTCDate()}`, today);
    else if (perDay >= 18) label(start, "lower", String(it.getUTCDate()), today);
    else if (isMonday(it) && perDay * 7 >= 28) label(start, "lower", String(it.getUTCDate()), today);
  }
  if (state.zoom === "day") {
    const step = width >= 900 ? 1 : width >= 420 ? 3 : 6;
    for (let at = scale.start; at < scale.end; at += 900) {
      if (civil(at).getUTCMinutes() || civil(at).getUTCHours() % step) continue;
      line(at, undefined, "minor");
      label(at, "lower", time(at));
    }
  }
  if (scale.start < data.from) line(scale.start, data.from, "beyond");
  if (scale.end > data.until) line(data.until, scale.end, "beyond");
  grid.replaceChildren(...lines);
  ticks.replaceChildren(...labels);
  corner.textContent = data.zone;
  corner.title = `times on the clock of ${data.zone}`;
  drawNow();
}

function drawNow() {
  grid.querySelector(".nowline")?.remove();
  if (!nowIsHere() || now() < scale.start || now() >= scale.end) return;
  const it = make("div", { class: "nowline", title: momentInFull(now()) });
  it.style.left = `${percent(now())}%`;
  grid.append(it);
}

// The rows on the screen, and some above and below; those that left are taken away.
function drawRows() {
  const box = body.getBoundingClientRect();
  const from = printing ? -Infinity : -box.top - 400, until = printing ? Infinity : innerHeight - box.top + 400;
  const wanted = new Set(rows.filter((row) => row.top + row.height > from && row.top < until));
  for (const it of [...body.querySelectorAll(".row")]) if (!wanted.delete(it.of)) it.remove();
  for (const row of [...wanted].sort((a, b) => a.top - b.top)) body.append(drawRow(row));
}

function drawRow(row) {
  const lane = make("div", { class: "lane" });
  const width = ticks.clientWidth || 800;
  const pixels = (it) => (percent(it.end) - percent(it.start)) / 100 * width;
  let bars = [...row.lanes.keys()];
  // What is narrower than a hair is left out where there is too much of it; gaps never are.
  if (bars.length > MOST_BARS) bars = bars.filter((it, index) => it.gap || pixels(it) >= 1 || index % Math.ceil(bars.length / MOST_BARS) === 0);
  bars.forEach((it, index) => lane.append(drawBar(row, it, pixels(it), index)));
  const held = bars.reduce((sum, it) => sum + (it.person && !it.gap ? Math.min(it.end, scale.end) - Math.max(it.start, scale.start) : 0), 0);
  const note = state.by === "person" ? (held ? `${Math.round(held / 3600)} h` : "") : row.note;
  const it = make("div", { class: "row", role: "group", "aria-label": `${row.title} ${note}` }, make("div", { class: "title" }, make("b", { title: row.title }, bdi(row.title)), make("small", {}, note)), lane);
  it.style.top = `${row.top}px`;
  it.style.height = `${row.height}px`;
  it.of = row;
  return it;
}

function drawBar(row, it, pixels, index) {
  const label = state.by === "person" ? seatTitle(it) : holder(it);
  const size = pixels < 12 ? "thin" : pixels < 60 ? "tight" : "";
  const dim = row.dim && !(state.by === "person" ? seatTitle(it).toLowerCase() : words(it)).includes(row.dim) ? "dim" : "";
  const bar = make("button", {
    type: "button", class: [kind(it), color(it), size, dim].join(" "), tabindex: index ? -1 : 0,
    "aria-label": [holder(it), seatTitle(it), `${momentInFull(it.start)} to ${momentInFull(it.end)}`, why(it)].join(", "),
    onclick: () => open(it, bar, true), onfocus: () => open(it, bar, false), onblur: () => close(),
    onpointerenter: (event) => { if (event.pointerType === "mouse") open(it, bar, false); },
    onpointerleave: (event) => { if (event.pointerType === "mouse" && !pinned) close(); },
  });
  if (pixels >= 22) bar.append(make("span", {}, bdi(pixels < 60 ? label.split(" ")[0] : label)));
  bar.style.left = `${percent(it.start)}%`;
  bar.style.width = `${percent(it.end) - percent(it.start)}%`;
  bar.style.top = `${PAD + 2 + row.lanes.get(it) * LANE}px`;
  return bar;
}

function drawStrip() {
  const at = now(), items = [];
  if (nowIsHere()) for (const list of bySeat) {
    const held = list.filter((it) => it.start <= at && at < it.end);
    if (!held.length || data.seats[held[0].seat].seat !== "primary") continue;
    const until = Math.min(...held.map((it) => it.end));
    items.push(make("li", { class: `${color(held[0])} ${held[0].gap ? "isgap" : ""}` },
      make("span", {}, bdi(data.seats[held[0].seat].title)), make("b", {}, bdi(held.map(holder).join(", "))), make("small", {}, `until ${momentFromNow(until)}`)));
  }
  const more = items.length - MOST_CARDS;
  strip.replaceChildren(...items.slice(0, MOST_CARDS), ...(more > 0 ? [make("li", {}, make("span", {}, "and"), make("b", {}, `${more} more`))] : []));
  strip.hidden = !items.length;
}

function drawExceptions() {
  const query = state.query.trim().toLowerCase();
  const near = (it) => it.start < scale.end && it.end > scale.start && (!query || words(it).includes(query) || seatTitle(it).toLowerCase().includes(query));
  const list = (title, items, bad) => items.length ? make("section", {}, make("h2", { class: bad ? "bad" : "" }, `${title} (${items.length})`),
    make("ul", {}, ...items.slice(0, MOST_LISTED).map((it) => make("li", {},
      make("b", {}, bdi(bad ? seatTitle(it) : `${seatTitle(it)}: ${holder(it)}`)), ` ${moment(it.start)} to ${moment(it.end)}`, make("small", {}, bdi(why(it)))))),
    items.length > MOST_LISTED ? `and ${items.length - MOST_LISTED} more` : "") : "";
  const parts = [list("Gaps", gaps.filter(near), true), list("Overrides and vacancies", shifts.filter((it) => (!it.person || it.reason.exception) && near(it)), false)];
  exceptions.replaceChildren(...parts.filter(Boolean));
}

// --- One shift --------------------------------------------------------------------------------------------------------

let pinned = false;
function open(it, bar, pin) {
  for (const other of body.querySelectorAll(".open")) other.classList.remove("open");
  pinned = pin;
  bar.classList.add("open");
  card.className = `card ${color(it)}`;
  const line = (text, name) => text ? make("p", { class: name || "" }, bdi(text)) : "";
  const planned = it.plannedStart === undefined ? "" : `part of ${moment(it.plannedStart)} to ${moment(it.plannedEnd)}`;
  card.replaceChildren(...[make("h3", {}, bdi(holder(it))), line(seatTitle(it)),
    line(`${momentInFull(it.start)} to`), line(`${momentInFull(it.end)}, ${length(it.end - it.start)}`), line(planned, "faint"),
    line(why(it)), line(it.reason && it.reason.source, "faint"), line(next(it)), line(it.person && it.person.reach, "faint")].filter(Boolean));
  card.hidden = false;
  const box = bar.getBoundingClientRect(), size = card.getBoundingClientRect();
  const below = box.bottom + 8 + size.height < innerHeight;
  card.style.top = `${Math.max(8, below ? box.bottom + 8 : box.top - size.height - 8)}px`;
  card.style.left = `${Math.max(8, Math.min(Math.max(box.left, 8), innerWidth - size.width - 12))}px`;
}
function close() {
  pinned = false;
  card.hidden = true;
  for (const other of body.querySelectorAll(".open")) other.classList.remove("open");
}

// --- Keys -------------------------------------------------------------------------------------------------------------

function step(bar, key) {
  if (key === "ArrowLeft") return bar.previousElementSibling;
  if (key === "ArrowRight") return bar.nextElementSibling;
  const row = rows[rows.indexOf(bar.closest(".row").of) + (key === "ArrowDown" ? 1 : -1)];
  const there = row && [...body.querySelectorAll(".row")].find((it) => it.of === row);
  if (!there) return null;
  const x = bar.getBoundingClientRect().left;
  const away = (it) => Math.abs(it.getBoundingClientRect().left - x);
  return [...there.querySelectorAll(".lane button")].sort((a, b) => away(a) - away(b))[0];
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { close(); return; }
  if (event.target === search) return;
  const bar = event.target.closest?.(".body .lane button");
  if (bar && event.key.startsWith("Arrow")) { event.preventDefault(); step(bar, event.key)?.focus(); return; }
  const run = {
    d: () => set({ zoom: "day" }), w: () => set({ zoom: "week" }), m: () => set({ zoom: "month" }), a: () => set({ zoom: "all" }),
    r: () => set({ by: "rotation" }), p: () => set({ by: "person" }), t: today, "/": () => search.focus(),
    ArrowLeft: () => go(-1), ArrowRight: () => go(1),
  }[event.key];
  if (run) { event.preventDefault(); run(); }
});
document.addEventListener("pointerdown", (event) => { if (pinned && !event.target.closest(".card, .lane button")) close(); });

// --- Begin ------------------------------------------------------------------------------------------------------------

document.getElementById("still").remove();
document.querySelector("main").append(app);
draw();
let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; drawRows(); });
}, { passive: true });
let wide = innerWidth;
addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; draw(); } else drawRows(); });
addEventListener("beforeprint", () => { printing = true; draw(); });
addEventListener("afterprint", () => { printing = false; draw(); });
setInterval(() => { drawNow(); drawStrip(); }, 60000);
})();
