// Reads flowcharts with Mermaid's own parser, and holds what it understood to `graph --format json`.
//
//   mermaid.mjs CASE...      each CASE is the path of CASE.mmd and CASE.json
//
// Mermaid wants a browser's document, which jsdom plays.
import fs from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const modules = createRequire(path.join(process.env.MODULES, "package.json"));
const { JSDOM } = modules("jsdom");
const dom = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = dom.window;
globalThis.document = dom.window.document;
globalThis.Element = dom.window.Element;
const entry = path.join(process.env.MODULES, "node_modules/mermaid/dist/mermaid.core.mjs");
const mermaid = (await import(pathToFileURL(entry))).default;
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

// What mermaid's `decodeEntities` does before it draws, then what a browser does with the numbers.
const decoded = (text) =>
  text
    .replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

const steers = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;
const harmless = (text) => text.replace(steers, "\ufffd");
const wait = (edge) => {
  if (edge.after_seconds === null) return "";
  const [minutes, rest] = [Math.floor(edge.after_seconds / 60), edge.after_seconds % 60];
  const when = edge.when.length ? ` if ${edge.when.join(", ")}` : "";
  return harmless(`+${minutes} min${rest ? ` ${rest} s` : ""}${when}`);
};

let wrong = 0;
const fail = (name, what) => { wrong += 1; console.error(`${name}: ${what}`); };
let nodes = 0, edges = 0;
for (const name of process.argv.slice(2)) {
  const expected = JSON.parse(fs.readFileSync(`${name}.json`));
  let db;
  try {
    db = (await mermaid.mermaidAPI.getDiagramFromText(fs.readFileSync(`${name}.mmd`, "utf8"))).db;
  } catch (error) {
    fail(name, error.message);
    continue;
  }
  const drawn = [...db.getVertices().values()].map((it) => decoded(it.text.split(/<br\/?>/)[0]));
  const titles = expected.nodes.map((it) => harmless(it.title));
  if (JSON.stringify(drawn) !== JSON.stringify(titles)) fail(name, `nodes are\n  ${drawn}\nnot\n  ${titles}`);
  const place = new Map(expected.nodes.map((it, index) => [it.id, `n${index}`]));
  const lines = db.getEdges().map((it) => `${it.start} ${it.end} ${decoded(it.text)}`);
  const wanted = expected.edges.map((it) => `${place.get(it.from)} ${place.get(it.to)} ${wait(it)}`);
  if (JSON.stringify(lines) !== JSON.stringify(wanted)) fail(name, `edges are\n  ${lines.join("\n  ")}\nnot\n  ${wanted.join("\n  ")}`);
  nodes += drawn.length;
  edges += lines.length;
}
if (!wrong) console.log(`mermaid reads ${process.argv.length - 2} flowcharts as meant: ${nodes} nodes, ${edges} edges`);
process.exit(wrong ? 1 : 0);
