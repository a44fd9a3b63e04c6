#include "engine/report/html_style.hpp"

namespace dbrollback::report {

const char* const html_style = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --paper: #fff; --text: #1b1f24; --soft: #59636e; --line: #d9dee4; --well: #f3f5f7;
  --good: #1a7f37; --bad: #b3261e; --undecided: #8a6100;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --paper: #161b22; --text: #e6e9ed; --soft: #9aa4af; --line: #30363d; --well: #0e1116;
    --good: #57c46f; --bad: #ff8a80; --undecided: #e3b341;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
main {
  max-width: 56rem; margin: 0 auto; padding: 2rem 2.5rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 8px; border-top: 6px solid var(--tone);
}
.good { --tone: var(--good); }
.bad { --tone: var(--bad); }
.undecided { --tone: var(--undecided); }
.kind { margin: 0; color: var(--tone); font-size: .8rem; font-weight: 600; letter-spacing: .06em; text-transform: uppercase; }
h1 { margin: .25rem 0 1rem; font-size: 1.5rem; line-height: 1.3; }
h2 { margin: 2.25rem 0 .75rem; padding-bottom: .3rem; font-size: 1.1rem; border-bottom: 1px solid var(--line); }
p { margin: 0 0 .75rem; }
dl { display: grid; grid-template-columns: fit-content(14rem) minmax(0, 1fr); gap: .35rem 1.5rem; margin: 0; }
dt { min-width: 9rem; color: var(--soft); }
dd { margin: 0; }
dd + dd { grid-column: 2; }
.error { padding: .9rem 1rem; background: var(--well); border-left: 4px solid var(--tone); border-radius: 0 6px 6px 0; }
.soft, footer { color: var(--soft); }
footer { margin-top: 2.5rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .85rem; }
ol.timeline { margin: 0; padding: 0; list-style: none; }
.timeline > li {
  display: grid; grid-template-columns: 9.5rem minmax(0, 1fr) auto; gap: 0 1rem; padding: .55rem 0; border-bottom: 1px solid var(--line);
  break-inside: avoid;
}
.timeline > li:last-child { border-bottom: 0; }
.when, .took, .number { font-variant-numeric: tabular-nums; }
.when span { display: block; color: var(--soft); font-size: .85rem; }
.title { font-weight: 600; }
.timeline ul { margin: .2rem 0 0; padding-left: 1.1rem; color: var(--soft); font-size: .92rem; }
.took { text-align: right; color: var(--soft); white-space: nowrap; }
.state { display: block; font-weight: 600; }
.state.done { color: var(--good); }
.state.failed, .state.running { color: var(--bad); }
.state.skipped { color: var(--undecided); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem 1rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
th { color: var(--soft); font-weight: 600; font-size: .85rem; }
.known { white-space: nowrap; color: var(--soft); }
th.number, td.number { text-align: right; white-space: nowrap; }
tr { break-inside: avoid; }
.verified { margin: 0; padding-left: 1.2rem; }
details { margin: 0 0 .6rem; border: 1px solid var(--line); border-radius: 6px; }
summary { padding: .6rem .8rem; cursor: pointer; }
summary code { font-size: .9rem; }
summary span { color: var(--soft); font-size: .85rem; margin-left: .5rem; }
details p { margin: 0; padding: 0 .8rem .6rem; }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre {
  margin: 0; padding: .8rem; background: var(--well); border-top: 1px solid var(--line); border-radius: 0 0 6px 6px;
  font-size: .82rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4;
}
.blank {
  min-height: 4.5rem; padding: .5rem .7rem; border: 1px dashed var(--soft); border-radius: 6px; white-space: pre-wrap;
}
.follow-ups td { height: 2.6rem; padding: .4rem .5rem; border: 1px dashed var(--soft); }
.follow-ups th { padding-left: .5rem; }
.follow-ups th:first-child { width: 60%; }
@media screen and (max-width: 40rem) {
  body { padding: 0; }
  main { padding: 1.25rem 1rem; border-width: 6px 0 0; border-radius: 0; }
  h1 { font-size: 1.25rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd, dd + dd { grid-column: 1; }
  dt { margin-top: .6rem; font-size: .85rem; }
  dt:first-child { margin-top: 0; }
  .timeline > li { grid-template-columns: minmax(0, 1fr) auto; }
  .timeline .when { grid-column: 1 / -1; font-size: .85rem; color: var(--soft); }
  .when span { display: inline; margin-left: .4rem; }
  .losses thead { display: none; }
  .losses tr { display: block; padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .losses td { display: block; padding: 0; border: 0; }
  .losses td:first-child { font-weight: 600; }
  .losses td.number { text-align: left; white-space: normal; }
  .losses td.rows::after { content: " rows"; }
  summary span { display: block; margin-left: 0; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --paper: #fff; --text: #000; --soft: #444; --line: #bbb; --well: #fff;
    --good: #1a7f37; --bad: #b3261e; --undecided: #8a6100;
  }
  @page { margin: 16mm 14mm; }
  body { padding: 0; font-size: 10.5pt; }
  main { max-width: none; padding: 0; border: 0; border-radius: 0; }
  h1 { font-size: 17pt; }
  h2 { font-size: 12pt; break-after: avoid; }
  .hint { display: none; }
  .blank-section, .error { break-inside: avoid; }
  .blank { min-height: 24mm; }
  .error { border: 1px solid var(--line); border-left: 4px solid var(--tone); }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { break-after: avoid; list-style: none; }
  summary::-webkit-details-marker { display: none; }
  pre { font-size: 8.5pt; }
}
)css";

}  // namespace dbrollback::report
