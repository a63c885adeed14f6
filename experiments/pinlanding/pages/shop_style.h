#pragma once

namespace twinset::pinlanding {

/// style.css of the site: system fonts, pictures first, one column on a phone.
inline constexpr const char* kShopStyle =
    R"css(:root { --ink: #1d1b1a; --soft: #6a6461; --line: #e7e2de; --paper: #fffdfb; --tint: #f5f0eb; --accent: #8a3b2a; }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 5rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: inherit; text-decoration: none; }
a:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 4px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem 1rem; z-index: 9; }
.bar { position: sticky; top: 0; z-index: 5; background: #fffdfbee; backdrop-filter: blur(8px); border-bottom: 1px solid var(--line); }
.bar > div, main, .foot > div { max-width: 80rem; margin: 0 auto; padding: 0 1.5rem; }
.bar > div { display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: center; padding-top: .8rem; padding-bottom: .8rem; }
.brand { font: 600 1.35rem/1.2 Georgia, "Times New Roman", serif; letter-spacing: -.01em; }
.search { flex: 1 1 16rem; max-width: 30rem; margin-left: auto; }
.search input { width: 100%; padding: .55rem 1rem; border: 1px solid var(--line); border-radius: 99rem; background: #fff; font: inherit; color: inherit; }
.hero { padding: 3.2rem 0 1.6rem; }
h1 { max-width: 48rem; font: 600 clamp(1.9rem, 4vw, 3rem)/1.12 Georgia, "Times New Roman", serif; letter-spacing: -.02em; margin: 0 0 .6rem; }
h2 { font: 600 1.45rem/1.25 Georgia, "Times New Roman", serif; margin: 3rem 0 1.1rem; display: flex; align-items: baseline; gap: .7rem; }
h2 small { font: 400 .9rem/1 system-ui, sans-serif; color: var(--soft); }
h3 { font-size: 1rem; line-height: 1.35; font-weight: 600; margin: .7rem 0 .1rem; }
.lead { color: var(--soft); font-size: 1.1rem; max-width: 40rem; margin: 0; }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; margin: 1.3rem 0 0; list-style: none; }
.chips a, .chips span { display: inline-block; padding: .3rem .85rem; border: 1px solid var(--line); border-radius: 99rem; background: #fff; font-size: .9rem; }
.chips a:hover { border-color: var(--ink); }
.chips b { font-weight: 400; color: var(--soft); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); gap: 2rem 1.4rem; padding: 0; margin: 0; list-style: none; }
.grid[hidden], .grid > [hidden], section[hidden] { display: none; }
.card a { display: block; }
.card p { margin: 0; color: var(--soft); font-size: .9rem; }
.mosaic { display: grid; grid-template-columns: 1fr 1fr; gap: 3px; aspect-ratio: 1; border-radius: 12px; overflow: hidden; background: var(--tint); }
.mosaic img { width: 100%; height: 100%; object-fit: cover; display: block; min-height: 0; }
.mosaic.one { grid-template-columns: 1fr; }
.card a:hover .mosaic img, .product:hover img { filter: brightness(.96); }
.card a:hover h3 { text-decoration: underline; text-underline-offset: 3px; }
details { margin-top: 1.6rem; } details > .grid { margin-top: 1.6rem; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; width: fit-content; }
.crumbs { font-size: .9rem; color: var(--soft); padding: 1.4rem 0 0; } .crumbs a:hover { text-decoration: underline; }
.crumbs ol { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; padding: 0; margin: 0; } .crumbs li + li::before { content: "/"; margin-right: .4rem; }
.products { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
.product figure { margin: 0; } .product img { width: 100%; height: auto; aspect-ratio: 4 / 5; object-fit: cover; display: block; border-radius: 12px; background: var(--tint); }
.product figcaption { padding-top: .6rem; line-height: 1.35; }
.none { color: var(--soft); padding: 3rem 0; }
.foot { border-top: 1px solid var(--line); margin-top: 4.5rem; color: var(--soft); font-size: .9rem; } .foot > div { padding-top: 1.5rem; padding-bottom: 2.5rem; }
@media (max-width: 34rem) { .grid { grid-template-columns: 1fr 1fr; gap: 1.2rem .8rem; } .bar > div, main, .foot > div { padding-left: 1rem; padding-right: 1rem; } .search { margin-left: 0; } }
)css";

/// search.js: shows the cards whose words all occur in what was typed.
inline constexpr const char* kShopScript = R"js("use strict";
(() => {
  const box = document.getElementById("q"), none = document.getElementById("none");
  const cards = [...document.querySelectorAll(".card")], groups = [...document.querySelectorAll("section.group")];
  const details = [...document.querySelectorAll("details")];
  const words = cards.map(card => card.dataset.words);
  function show() {
    const asked = box.value.toLowerCase().split(/\s+/).filter(word => word);
    let found = 0;
    cards.forEach((card, i) => {
      card.hidden = !asked.every(word => words[i].includes(word));
      if (!card.hidden) ++found;
    });
    for (const detail of details) {
      if (asked.length) detail.open = true;
      else detail.open = false;
      detail.hidden = asked.length > 0 && !detail.querySelector(".card:not([hidden])");
    }
    for (const group of groups) group.hidden = !group.querySelector(".card:not([hidden])");
    none.hidden = found > 0;
    none.textContent = found > 0 ? "" : `Nothing is called “${box.value}”.`;
  }
  box.addEventListener("input", show);
  document.getElementById("search").addEventListener("submit", event => event.preventDefault());
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) { box.value = asked; show(); }
})();
)js";

}  // namespace twinset::pinlanding
