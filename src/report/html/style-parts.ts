/** Signs, cells, cards, lists: what the sections are made of. */
export const PARTS_STYLE = `
.sign { display: inline-grid; place-items: center; width: 1.25rem; height: 1.25rem; border-radius: 4px; font: 700 .8125rem/1 var(--mono); font-style: normal; }
.sign.bad, .cell.bad { color: var(--bad); background: var(--bad-soft); }
.sign.weak, .cell.weak { color: var(--weak); background: var(--weak-soft); }
.sign.unknown, .cell.unknown { color: var(--unknown); background: var(--unknown-soft); }
.sign.aside, .cell.aside { color: var(--aside); background: var(--aside-soft); }
.sign.none, .cell.none { color: var(--none); background: none; }
.sign.good, .cell.good { color: var(--good); background: var(--good-soft); }

.legend { display: flex; flex-wrap: wrap; gap: .375rem 1.25rem; margin: -.375rem 0 1rem; color: var(--quiet); font-size: .875rem; }
.legend li { display: flex; align-items: center; gap: .4rem; }
.board > div { display: grid; grid-template-columns: 11rem 1fr; gap: .5rem 1.5rem; padding: .875rem 0; border-top: 1px solid var(--line); }
.board > div:last-child { border-bottom: 1px solid var(--line); }
.board dt { font-weight: 600; }
.board dt span { display: block; color: var(--quiet); font-size: .875rem; font-weight: 400; }
.share { display: block; width: 100%; max-width: 9rem; height: .375rem; margin-top: .5rem; border-radius: 2px; background: var(--sunken); }
.share .bad { fill: var(--bad); } .share .weak { fill: var(--weak); } .share .unknown { fill: var(--unknown); }
.share .aside { fill: var(--strong-line); } .share .good { fill: var(--good); } .share .none { fill: none; }
.cells { display: flex; flex-wrap: wrap; gap: .375rem; }
.cell { display: inline-flex; align-items: center; gap: .4rem; padding: .1875rem .5625rem .1875rem .4375rem; border: 1px solid transparent; border-radius: 4px; font-size: .875rem; line-height: 1.35; text-decoration: none; }
.cell b { font: 700 .8125rem/1 var(--mono); }
.cell span { color: var(--text); }
.cell.none { border-color: var(--line); }
.cell:hover { border-color: currentColor; }

.break { padding: 1.125rem 1.25rem 1.25rem; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
.break + .break { margin-top: .75rem; }
.break header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; }
.break h3 a { color: inherit; text-decoration-color: var(--strong-line); }
.severity { font-size: .875rem; font-weight: 600; color: var(--weak); }
.severity.critical, .severity.high { color: var(--bad); }
.severity.critical { padding: 0 .5rem; border-radius: 3px; background: var(--bad); color: var(--surface); }
.subject { color: var(--quiet); }
.message { margin-top: .5rem; font-size: 1.0625rem; max-width: 60rem; text-wrap: pretty; }
p.place { margin-top: .25rem; }
.place { color: var(--accent); overflow-wrap: anywhere; }
.steps { counter-reset: step; margin: .875rem 0 0; max-width: 56rem; border-left: 2px solid var(--line); }
.steps li { counter-increment: step; display: grid; grid-template-columns: 1.5rem minmax(0, 1.15fr) minmax(0, 1fr); gap: 0 .75rem; padding: .25rem 0 .25rem .75rem; font-size: .9375rem; }
.steps li::before { content: counter(step); color: var(--quiet); font-variant-numeric: tabular-nums; }
.steps .state { color: var(--quiet); }
.steps .state::before { content: "→ "; }
.fix { margin-top: .875rem; }
.fix b { margin-right: .375rem; color: var(--good); font-weight: 600; }
.more { margin-top: 1rem; }

.notice { padding: 1.125rem 1.25rem 1.25rem; border: 1px solid var(--bad); border-radius: 6px; background: var(--surface); }
.notice h2 { margin-bottom: .5rem; }
.notice .fix, .item .fix { margin-top: .25rem; }
.owner { display: inline-block; margin-left: .5rem; padding: 0 .5rem; border-radius: 3px; background: var(--aside-soft); color: var(--text); font-size: .875rem; }
.plain > li + li { margin-top: 1rem; }
.plain ul { margin-top: .25rem; }
.lines li { padding-left: 1rem; text-indent: -1rem; }
.lines li::before { content: "– "; color: var(--quiet); }
.lines + h3, h3 + .lines { margin-top: .375rem; }
#basis h3:not(:first-of-type) { margin-top: 1.25rem; }

.evidence li { display: grid; grid-template-columns: minmax(0, 2.4fr) minmax(0, 1.2fr) minmax(0, .8fr) 7rem minmax(0, 1.1fr); gap: 0 1.25rem; align-items: center; padding: .5rem 0; border-top: 1px solid var(--line); font-size: .9375rem; }
.evidence li:last-child { border-bottom: 1px solid var(--line); }
.evidence .share { margin: 0; }
.until { color: var(--quiet); } .expired { color: var(--bad); font-weight: 600; }

#actions h3 { margin: 1.25rem 0 .5rem; color: var(--quiet); font-weight: 500; }
.actions { counter-reset: action; border-top: 1px solid var(--line); }
.actions li { counter-increment: action; position: relative; padding: .75rem 0 .75rem 2.25rem; border-bottom: 1px solid var(--line); }
.actions li::before { content: counter(action); position: absolute; left: .25rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.actions b { font-weight: 600; }
.moves { color: var(--quiet); font-size: .875rem; }
.moves span { display: block; }
.moves code:first-child { color: var(--text); }

.tracks > li { padding: .875rem 0 1rem; border-top: 1px solid var(--line); }
.tracks > li:last-child { border-bottom: 1px solid var(--line); }
.tracks .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem .75rem; }
.tracks p { color: var(--quiet); }
.tracks .cells { margin-top: .625rem; }
.status { padding: 0 .5rem; border-radius: 3px; font-size: .875rem; color: var(--aside); background: var(--aside-soft); }
.status.in_progress { color: var(--weak); background: var(--weak-soft); }
.status.done { color: var(--good); background: var(--good-soft); }
.contradiction { font-size: .875rem; color: var(--bad); }

.filter { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin-bottom: 1rem; }
.filter > label { flex: 1 1 18rem; max-width: 26rem; }
.filter input[type=search] { width: 100%; padding: .5rem .75rem; border: 1px solid var(--strong-line); border-radius: 5px; background: var(--surface); color: var(--text); font: inherit; }
.filter ::placeholder { color: var(--quiet); opacity: 1; }
.filter fieldset { display: flex; flex-wrap: wrap; gap: .375rem; margin: 0; padding: 0; border: 0; }
.chip { display: inline-flex; align-items: center; gap: .375rem; padding: .25rem .5rem; border: 1px solid var(--line); border-radius: 5px; font-size: .875rem; cursor: pointer; }
.chip input { margin: 0; accent-color: var(--accent); }
.filter output { flex-basis: 100%; color: var(--quiet); font-size: .875rem; }
.filter output:empty { display: none; }
.stage + .stage { margin-top: 1.5rem; }
.stage > h3 { margin-bottom: .375rem; }
.stage > h3 span { margin-left: .5rem; color: var(--quiet); font-weight: 400; font-size: .875rem; }
.control { border: 1px solid var(--line); background: var(--surface); margin-top: -1px; }
.control:first-of-type { border-radius: 6px 6px 0 0; }
.control:last-of-type { border-radius: 0 0 6px 6px; }
.control:only-of-type { border-radius: 6px; }
.control summary { display: flex; align-items: baseline; gap: .625rem; padding: .5625rem 1rem; cursor: pointer; list-style: none; }
.control summary::-webkit-details-marker { display: none; }
.control summary::after { content: "+"; color: var(--quiet); font-family: var(--mono); }
.control[open] summary::after { content: "−"; }
.control summary:hover .title { text-decoration: underline; text-underline-offset: .15em; }
.control .title { font-weight: 500; }
.control summary code { color: var(--quiet); }
.control .sign { flex: none; align-self: flex-start; margin-top: .125rem; }
.tally { flex: none; margin-left: auto; color: var(--quiet); font-size: .875rem; }
.statement { padding: 0 1rem .75rem 2.875rem; color: var(--quiet); max-width: 64rem; text-wrap: pretty; }
.items { padding: 0 1rem .25rem 2.875rem; }
.rest { border-top: 1px solid var(--line); } .rest .items { padding-bottom: .75rem; }
.control .rest summary, .rest summary { display: list-item; list-style: disclosure-closed inside; padding: .5rem 1rem .5rem 2.875rem; cursor: pointer; color: var(--quiet); }
.control .rest[open] > summary, .rest[open] > summary { list-style-type: disclosure-open; }
.rest .item { padding: .375rem 0; font-size: .9375rem; overflow-wrap: anywhere; } .rest .label { margin-right: .5rem; }
.actions .rest { border: 0; } .actions .rest summary, .actions .rest .items { padding-left: 0; }
.item { padding: .75rem 0; border-top: 1px solid var(--line); }
.item p { max-width: 64rem; text-wrap: pretty; }
.item .head { display: flex; flex-wrap: wrap; align-items: center; gap: .125rem .75rem; }
.item .head .subject { color: var(--text); }
.label { display: inline-flex; align-items: center; gap: .375rem; font-size: .875rem; font-weight: 600; }
.label.bad { color: var(--bad); } .label.weak { color: var(--weak); } .label.unknown { color: var(--unknown); }
.label.good { color: var(--good); } .label.aside { color: var(--aside); }

@media (max-width: 40rem) {
  .board > div { grid-template-columns: 1fr; }
  .board dt span { display: inline; margin-left: .5rem; }
  .evidence li { grid-template-columns: 1fr 1fr; }
  .evidence .what { grid-column: 1 / -1; }
  .evidence .share { grid-column: 1; }
  .steps li { grid-template-columns: 1.25rem 1fr; }
  .steps .state { grid-column: 2; }
  .statement, .items { padding-left: 1rem; }
  .control summary code { display: none; }
  .tally { flex: 0 1 auto; text-align: right; }
}
`;
