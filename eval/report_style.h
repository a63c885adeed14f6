#pragma once

namespace twinset {

/// The report's style sheet: system fonts, dark on white, the same on paper.
inline constexpr const char* kReportStyle = R"css(
:root { color-scheme: light; --ink: #1f2428; --soft: #5c6670; --line: #d9dde1; --hit: #0b6e4f; --miss: #a8321c; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 80rem; background: #fff; color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .5rem; font-weight: 650; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); font-weight: 650; }
h3 { font-size: 1rem; margin: 1.5rem 0 .6rem; font-weight: 600; }
p { margin: .4rem 0; max-width: 46rem; }
.question { font-size: 1.08rem; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .45rem; text-align: right; white-space: nowrap; vertical-align: top; }
th:first-child, td:first-child { padding-left: .2rem; }
th { font-weight: 600; border-bottom: 1.5px solid var(--ink); vertical-align: bottom; white-space: normal; }
thead th { border-top: 2px solid var(--ink); }
tbody:last-child tr:last-child td { border-bottom: 2px solid var(--ink); }
tbody + tbody tr:first-child td { border-top: 1px solid var(--ink); }
.label { text-align: left; }
.baseline td { color: var(--soft); }
.best { font-weight: 700; color: var(--ink); }
.second > span:first-child { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
sup { font-size: .75em; line-height: 0; }
caption .note { display: block; max-width: calc(100vw - 3rem); }
.deviation { display: block; color: var(--soft); font-size: .82em; font-weight: 400; line-height: 1.2; }
.failed { color: var(--miss); }
.runs .failed { white-space: normal; min-width: 13rem; }
caption { caption-side: bottom; text-align: left; color: var(--soft); padding-top: .5rem; font-size: .85rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: .5rem 0 1rem; font-size: .85rem; padding: 0; list-style: none; }
.legend svg { width: 26px; height: 8px; margin-right: .45rem; vertical-align: middle; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(21rem, 1fr)); gap: 1.2rem; }
.charts svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; fill: #5c6670; }
.charts .chart-title { font-weight: 600; font-size: 13px; fill: #1f2428; }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem 2rem; align-items: flex-start; }
figure { margin: 0; max-width: 100%; break-inside: avoid; } figure img { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .85rem; max-width: 46rem; margin-top: .3rem; }
.count { color: var(--soft); }
details { margin: 1rem 0; } summary { cursor: pointer; } pre { overflow-x: auto; font-size: .8rem; line-height: 1.45; padding: .8rem; border: 1px solid var(--line); border-radius: 6px; }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); gap: 1.1rem; }
.example { border: 1px solid var(--line); border-radius: 6px; padding: .8rem; font-size: .82rem; line-height: 1.4; break-inside: avoid; }
.example img { display: block; width: 100%; height: 9.5rem; object-fit: contain; margin-bottom: .6rem; }
.example .name { font-weight: 600; }
.example .note { color: var(--soft); }
.example dl { margin: .5rem 0 0; }
.example dt { color: var(--soft); margin-top: .45rem; font-size: .75rem; text-transform: uppercase; letter-spacing: .04em; }
.example dd { margin: .1rem 0 0; }
.example ol { margin: .1rem 0 0; padding: 0; list-style: none; }
.example li { display: flex; justify-content: space-between; gap: .6rem; }
.hit { color: var(--hit); } .hit::before { content: "\2713\00a0"; }
.miss { color: var(--miss); } .miss::before { content: "\2717\00a0"; }
.score { color: var(--soft); font-variant-numeric: tabular-nums; }
.facts { font-size: .88rem; }
.facts th, .facts td, .runs td { border-bottom: 1px solid var(--line); }
.facts th, .facts thead th { border-top: 0; text-align: left; font-weight: 600; white-space: nowrap; vertical-align: top; }
.facts td { text-align: left; white-space: normal; overflow-wrap: anywhere; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .85em; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } .scroll { overflow: visible; } table { font-size: 7.5pt; }
  th, td { padding: .2rem .35rem; } h2, h3 { break-after: avoid; }
  .charts svg, tr { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

}  // namespace twinset
