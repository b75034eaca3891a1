"use strict";
// What a page is better for: it keeps fresh what passes, turns keys and swipes into links, and says what a bar is.
(() => {
const EVERY = 30000, SWIPE = 60;

// --- Fresh ------------------------------------------------------------------------------------------------------------

// A page of this moment is fetched again, and takes the old one's place unless somebody is typing or has opened something;
// whoever came there by keyboard is left alone for a while.
const PATIENCE = 10;
let waited = 0;

function busy(main) {
  const held = main.contains(document.activeElement) && document.activeElement !== main ? document.activeElement : null;
  if (main.querySelector("details[open]")) return true;
  if (!held || held.matches("input[id]") && held.value === held.defaultValue) return false;
  return held.matches("input") || ++waited <= PATIENCE;
}

// What is shown is not of now: nobody must take it for that.
function away(main, why) {
  let told = document.getElementById("away");
  if (!told) {
    told = document.createElement("div");
    told.id = "away";
    told.className = "alarm";
    told.setAttribute("role", "alert");
    main.prepend(told);
  }
  const text = `${why} What you see is of ${main.dataset.live}.`;
  if (told.textContent !== text) told.textContent = text;
}

async function refresh() {
  const main = document.querySelector("main[data-live]");
  if (!main || document.hidden) return;
  let answer, text;
  try {
    answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
    text = await answer.text();
  } catch {
    return away(main, "The server does not answer.");
  }
  if (answer.status === 401 || answer.status === 403) return away(main, "The server asks who you are: load the page again.");
  if (!answer.ok) return away(main, `The server answers ${answer.status}.`);
  if (busy(main)) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("main");
  if (!fresh) return;
  const field = main.contains(document.activeElement) && document.activeElement.id;
  waited = 0;
  main.replaceWith(fresh);
  if (field) document.getElementById(field)?.focus();
  const foot = page.querySelector("footer"), old = document.querySelector("footer");
  if (foot && old && !old.contains(document.activeElement)) old.replaceWith(foot);
}
setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);

// --- Keys and swipes --------------------------------------------------------------------------------------------------

const follow = (key) => {
  const link = document.querySelector(`a[data-key="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
  return Boolean(link);
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [tabindex='0']")) return;
  if (event.key === "Escape") { say(""); return; }
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (field) { event.preventDefault(); field.focus(); field.select(); }
    return;
  }
  if (follow(event.key)) event.preventDefault();
});
let from = null;
document.addEventListener("touchstart", (event) => {
  const touch = event.touches.length === 1 && event.target.closest(".chart") ? event.touches[0] : null;
  from = touch && { x: touch.clientX, y: touch.clientY };
}, { passive: true });
document.addEventListener("touchend", (event) => {
  if (!from) return;
  const touch = event.changedTouches[0], x = touch.clientX - from.x, y = touch.clientY - from.y;
  from = null;
  if (Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) follow(x > 0 ? "ArrowLeft" : "ArrowRight");
}, { passive: true });

// --- What a bar is ----------------------------------------------------------------------------------------------------

const said = document.createElement("p");
said.className = "said";
said.setAttribute("role", "status");
said.hidden = true;
document.body.append(said);
function say(text) {
  said.textContent = text;
  said.hidden = !text;
}
document.addEventListener("click", (event) => {
  const bar = event.target.closest("svg.bar");
  say(bar ? bar.querySelector("title").textContent : "");
});
})();
