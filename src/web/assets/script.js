"use strict";
// What a page is better for: it keeps fresh what passes, turns keys and swipes into links, and says what a bar is.
(() => {
const EVERY = 30000, SWIPE = 60;

// --- Fresh ------------------------------------------------------------------------------------------------------------

// A page of this moment is fetched again, and takes the old one's place where nobody is typing or has opened anything.
async function refresh() {
  const main = document.querySelector("main[data-live]");
  if (!main || document.hidden || main.contains(document.activeElement) || main.querySelector("details[open]")) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main");
    if (!fresh || main.contains(document.activeElement)) return;
    main.replaceWith(fresh);
    const foot = page.querySelector("footer"), old = document.querySelector("footer");
    if (foot && old && !old.contains(document.activeElement)) old.replaceWith(foot);
  } catch {
    // The network is away: what is shown says of when it is.
  }
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
