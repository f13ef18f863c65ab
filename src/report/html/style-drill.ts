/** The time line of a drill and its tables. Faults, marks and bounds differ by shape and word, not by colour alone. */
export const DRILL_STYLE = `
svg.timeline { display: block; max-width: none; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; font-size: 12px; }
.timeline .grid { stroke: var(--line); } .timeline .base { stroke: var(--strong-line); }
.timeline .tick { fill: var(--quiet); text-anchor: middle; font-size: 11px; }
.timeline .fault-band { fill: var(--bad); opacity: .07; }
.timeline .mark { stroke: var(--accent); stroke-dasharray: 4 3; }
.timeline .mark-text { fill: var(--accent); font-weight: 600; } .timeline .mark-text.flipped { text-anchor: end; }
.timeline .bar-name, .timeline .lane-name { fill: var(--text); text-anchor: end; }
.timeline .lane-scale { fill: var(--quiet); text-anchor: end; font-size: 11px; }
.timeline .bar { fill: var(--strong-line); } .timeline .bar.measure { fill: var(--accent); }
.timeline .bar.fault { fill: var(--bad); } .timeline .bar.missed { fill: var(--unknown); stroke: var(--text); stroke-dasharray: 3 2; }
.timeline .curve { fill: none; stroke: var(--accent); stroke-width: 1.5; } .timeline .point { fill: var(--accent); }
.timeline .bound { stroke: var(--weak); stroke-dasharray: 6 4; }
.timeline .none { stroke: var(--bad); stroke-width: 1.75; fill: none; }
.keys { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .5rem 0 1rem; color: var(--quiet); font-size: .875rem; }
.run { margin-top: 1.5rem; } .run + h3 { margin-top: 1.5rem; } .run > p { max-width: 60rem; }
.run .because { margin: .25rem 0 .5rem; }
.scroll { overflow-x: auto; margin-top: 1rem; }
.figures { width: 100%; border-collapse: collapse; font-size: .9375rem; }
.figures caption { text-align: left; color: var(--quiet); font-size: .875rem; padding-bottom: .25rem; }
.figures th, .figures td { padding: .375rem .75rem .375rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
.figures thead th { border: 0; color: var(--quiet); font-size: .875rem; }
.figures th a { white-space: nowrap; }
.figures .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures .missed { color: var(--bad); font-weight: 600; }
.bullet { display: block; width: 10rem; height: 1rem; }
.bullet .track { fill: var(--sunken); } .bullet .value { fill: var(--good); } .bullet .value.missed { fill: var(--bad); }
.bullet .bound { stroke: var(--text); stroke-width: 1.5; } .bullet .predicted { stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 2 2; }
.run details { margin-top: .75rem; } .run summary { cursor: pointer; color: var(--quiet); }
`;
