#pragma once

namespace twinset {

/// The rating page without its data, which takes the place of the mark in the second script
/// element.
inline constexpr const char* kRatingPage = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Rate collections</title>
<style>
:root { --ink: #1f2428; --soft: #5c6670; --line: #d9dde1; --yes: #0b6e4f; --no: #b3361f; --here: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1.25rem 5.5rem; max-width: 68rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; align-items: baseline; color: var(--soft); font-size: .9rem; }
#progress { flex: 1 1 10rem; height: .4rem; border-radius: 1rem; background: var(--line); overflow: hidden; align-self: center; }
#progress div { height: 100%; background: var(--here); }
h1 { margin: 1.2rem 0 .2rem; font-size: 1.7rem; line-height: 1.2; font-weight: 650; }
#question { margin: 0 0 1rem; color: var(--soft); }
#pictures { display: grid; grid-template-columns: repeat(5, 1fr); gap: .8rem; }
@media (max-width: 46rem) { #pictures { grid-template-columns: repeat(2, 1fr); } h1 { font-size: 1.35rem; } .keys { display: none; } }
.picture { position: relative; padding: 0; border: 3px solid var(--line); border-radius: 8px; background: #fff; cursor: pointer; overflow: hidden; font: inherit; color: inherit; }
.picture img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; }
.picture .digit { position: absolute; left: .4rem; top: .25rem; padding: 0 .4rem; border-radius: 4px; background: #fffd; color: var(--soft); font-size: .8rem; }
.picture .verdict { display: block; padding: .25rem; font-size: .9rem; font-weight: 600; border-top: 1px solid var(--line); color: var(--soft); }
.picture.yes { border-color: var(--yes); } .picture.yes .verdict { background: var(--yes); color: #fff; }
.picture.no { border-color: var(--no); } .picture.no .verdict { background: var(--no); color: #fff; }
.picture.here { outline: 3px solid var(--here); outline-offset: 2px; }
footer { position: fixed; left: 0; right: 0; bottom: 0; padding: .7rem 1.25rem; background: #fff; border-top: 1px solid var(--line); }
footer > div { max-width: 65.5rem; margin: 0 auto; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
.button { padding: .4rem .9rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; font: inherit; font-size: .92rem; color: var(--ink); cursor: pointer; }
.button.main { background: var(--ink); border-color: var(--ink); color: #fff; }
.button:disabled { opacity: .4; cursor: default; }
.button:focus-visible, .picture:focus-visible { outline: 3px solid var(--here); outline-offset: 2px; }
kbd { padding: 0 .35rem; border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; font: inherit; font-size: .82em; color: var(--soft); }
.keys { flex: 1; text-align: right; color: var(--soft); font-size: .85rem; }
.start { max-width: 36rem; margin: 3rem auto; } .start input { font: inherit; padding: .4rem .6rem; border: 1px solid var(--soft); border-radius: 6px; margin-right: .5rem; }
.start li { margin: .3rem 0; }
[hidden] { display: none !important; }
</style>
</head>
<body>
<main id="start" class="start">
<h1>Rate collections</h1>
<p>Each collection has a title and up to ten products. Say of each product whether it satisfies <strong>everything</strong> that the title
asks for. A red dress under &ldquo;black dress&rdquo; does not.</p>
<ul>
<li><kbd>Y</kbd> it does &nbsp; <kbd>N</kbd> it does not &nbsp; <kbd>U</kbd> cannot tell</li>
<li><kbd>1</kbd> to <kbd>9</kbd>, <kbd>0</kbd>, or the arrow keys, choose a picture; <kbd>Backspace</kbd> goes back</li>
<li><kbd>Enter</kbd> next collection &nbsp; <kbd>P</kbd> the one before &nbsp; <kbd>E</kbd> export</li>
</ul>
<p>What you say is saved in this browser at once. Export it at the end, and send the file back.</p>
<form id="who"><input id="rater" autocomplete="off" required maxlength="60" placeholder="your name" aria-label="your name"><button class="button main">Start</button></form>
</main>
<main id="rating" hidden>
<header><span id="place"></span><div id="progress"><div></div></div><span id="saved" role="status"></span></header>
<h1 id="title"></h1>
<p id="question">Does it satisfy everything in the title?</p>
<div id="pictures"></div>
</main>
<footer id="controls" hidden><div>
<button class="button" id="previous">Previous</button><button class="button main" id="next">Next</button>
<button class="button" id="export">Export</button>
<span class="keys"><kbd>Y</kbd> yes <kbd>N</kbd> no <kbd>U</kbd> cannot tell <kbd>Enter</kbd> next</span>
</div></footer>
<script id="data" type="application/json">/*DATA*/</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const at = id => document.getElementById(id);
const words = {true: "yes", false: "no", unsure: "cannot tell"};
let state = null;  // {rater, item, picture, verdicts: {ITEM: [true | false | "unsure" | null]}}

const storageKey = rater => `twinset.ratings.${data.page}.${rater}`;
function save() {
  try {
    localStorage.setItem(storageKey(state.rater), JSON.stringify(state));
    at("saved").textContent = `saved, ${state.rater}`;
  } catch (error) {
    at("saved").textContent = "NOT saved: this browser refuses; export before you close the page";
  }
}
function load(rater) {
  let text = null;
  try { text = localStorage.getItem(storageKey(rater)); } catch (error) { /* save() says so */ }
  state = text ? JSON.parse(text) : {rater, item: 0, picture: 0, verdicts: {}};
  for (const item of data.items) state.verdicts[item.id] ??= item.products.map(() => null);
}
const item = () => data.items[state.item];
const verdicts = () => state.verdicts[item().id];
const isRated = id => state.verdicts[id].every(v => v !== null);

function show() {
  const rated = data.items.filter(i => isRated(i.id)).length;
  at("place").textContent = `collection ${state.item + 1} of ${data.items.length}, ${rated} rated`;
  at("progress").firstElementChild.style.width = `${100 * rated / data.items.length}%`;
  at("title").textContent = item().title;
  at("pictures").replaceChildren(...item().products.map((product, i) => {
    const picture = document.createElement("button"), image = document.createElement("img");
    const digit = document.createElement("span"), verdict = document.createElement("span"), said = verdicts()[i];
    picture.className = "picture" + (said === true ? " yes" : said === false ? " no" : "") + (i === state.picture ? " here" : "");
    image.src = data.images[product];
    image.alt = `product ${i + 1}`;
    digit.className = "digit"; digit.textContent = (i + 1) % 10;
    verdict.className = "verdict"; verdict.textContent = said === null ? "\u2013" : words[said];
    picture.append(image, digit, verdict);
    // A click goes through the answers; keys are faster.
    picture.onclick = () => { state.picture = i; say(said === null ? true : said === true ? false : said === false ? "unsure" : null, false); };
    return picture;
  }));
  at("previous").disabled = state.item === 0;
  at("next").disabled = state.item === data.items.length - 1;
  at("export").classList.toggle("main", rated === data.items.length);
  save();
}
function say(value, moves) {
  verdicts()[state.picture] = value;
  if (moves && state.picture < item().products.length - 1) ++state.picture;
  show();
}
function go(step) {
  const target = state.item + step;
  if (target < 0 || target >= data.items.length) return;
  state.item = target;
  state.picture = Math.max(0, verdicts().indexOf(null));
  show();
  scrollTo(0, 0);
}
function move(step) {
  state.picture = Math.min(Math.max(state.picture + step, 0), item().products.length - 1);
  show();
}
function exported() {
  const plain = {};
  for (const {id} of data.items) plain[id] = state.verdicts[id].map(v => v === "unsure" ? null : v);
  return JSON.stringify({format: "twinset.ratings", version: 1, page: data.page, rater: state.rater, saved: new Date().toISOString(), verdicts: plain}, null, 1);
}
function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([exported()], {type: "application/json"}));
  link.download = `ratings-${state.rater.replace(/[^\w-]+/g, "_")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
at("who").onsubmit = event => {
  event.preventDefault();
  load(at("rater").value.trim() || "anonymous");
  at("start").hidden = true;
  at("rating").hidden = at("controls").hidden = false;
  show();
};
at("previous").onclick = () => go(-1);
at("next").onclick = () => go(1);
at("export").onclick = download;
document.addEventListener("keydown", event => {
  if (state === null || event.ctrlKey || event.metaKey || event.altKey) return;
  const columns = getComputedStyle(at("pictures")).gridTemplateColumns.split(" ").length;
  const actions = {y: () => say(true, true), n: () => say(false, true), u: () => say("unsure", true), e: download, p: () => go(-1),
    Enter: () => go(1), Backspace: () => move(-1), ArrowLeft: () => move(-1), ArrowRight: () => move(1),
    ArrowUp: () => move(-columns), ArrowDown: () => move(columns)};
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (/^[0-9]$/.test(key)) { event.preventDefault(); state.picture = Math.min((Number(key) + 9) % 10, item().products.length - 1); show(); return; }
  if (!(key in actions)) return;
  event.preventDefault();
  actions[key]();
});
</script>
</body>
</html>
)html";

}  // namespace twinset
