/**
 * The page's style sheet: two palettes with a contrast of at least 4.5 for text (WCAG 2.2, 1.4.3), one column that holds
 * from 320 pixels up, system fonts. Nothing is told by colour alone.
 */
import { DRILL_STYLE } from './style-drill.ts';
import { PARTS_STYLE } from './style-parts.ts';
import { TOPOLOGY_STYLE } from './style-topology.ts';

const BASE = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --surface: #ffffff; --sunken: #f0f0ed; --line: #dcdcd7; --strong-line: #b9b9b2; --link: #868a92;
  --text: #1d1f23; --quiet: #595e68; --accent: #1d5a9e;
  --bad: #ad2018; --bad-soft: #fbe9e7; --weak: #7d4a00; --weak-soft: #fbf0dc;
  --unknown: #5d3aa6; --unknown-soft: #f0ebfa; --aside: #47525f; --aside-soft: #e8ebee;
  --good: #17653a; --good-soft: #e4f3ea; --none: #6a6e76;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15171b; --surface: #1c1f25; --sunken: #23272e; --line: #31363f; --strong-line: #4a515d; --link: #737c8a;
    --text: #e6e8ec; --quiet: #a3a9b5; --accent: #8fbcf2;
    --bad: #ff9086; --bad-soft: #3a1f1e; --weak: #eeb95b; --weak-soft: #352a16;
    --unknown: #bda9f7; --unknown-soft: #2b2540; --aside: #b4bcc8; --aside-soft: #2a2f37;
    --good: #76d19c; --good-soft: #17301f; --none: #9097a3;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 3rem; max-width: 72rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  overflow-wrap: break-word;
}
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code { font: .8125rem/1.4 var(--mono); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--surface); }
.skip:focus { top: 1rem; }

.top { margin-bottom: 2.5rem; }
.kicker { color: var(--quiet); font-size: .875rem; }
h1 { margin: .125rem 0 1.25rem; font-size: 2rem; line-height: 1.15; font-weight: 650; letter-spacing: -.015em; }
h1 span { color: var(--quiet); font-weight: 400; }
.verdict {
  display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding: .875rem 1.125rem;
  border-left: 4px solid; border-radius: 4px; background: var(--sunken);
}
.verdict strong { font-size: 1.375rem; line-height: 1.3; letter-spacing: -.01em; }
.verdict span { color: var(--text); text-wrap: balance; }
.verdict.bad { color: var(--bad); background: var(--bad-soft); }
.verdict.unknown { color: var(--unknown); background: var(--unknown-soft); }
.verdict.good { color: var(--good); background: var(--good-soft); }
.facts { display: flex; flex-wrap: wrap; gap: 0 1.25rem; color: var(--quiet); font-size: .875rem; }
.top .facts { margin-top: .75rem; }

section { margin-top: 3rem; }
h2 { margin-bottom: 1rem; font-size: 1.25rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
h3 { font-size: 1rem; line-height: 1.4; font-weight: 600; }
.count { margin-left: .25rem; color: var(--quiet); font-weight: 400; }
.lead { margin: -.5rem 0 1rem; color: var(--quiet); }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font: .75rem/1.6 var(--mono); overflow-wrap: anywhere; }

@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 2rem; }
  h1 { font-size: 1.625rem; }
  section { margin-top: 2.25rem; }
}
@media print {
  body { max-width: none; background: none; }
  .filter, .skip { display: none; }
  .break, .control { break-inside: avoid; }
}
`;

export const STYLE = `${BASE}${PARTS_STYLE}${TOPOLOGY_STYLE}${DRILL_STYLE}`;
