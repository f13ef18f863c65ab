/** The picture. Sizes match what its layout reckons with. */
export const TOPOLOGY_STYLE = `
/* A wide picture may use the window beyond the page's column. */
.picture { position: relative; left: 50%; transform: translateX(-50%); width: max-content; min-width: 100%; max-width: max(100%, min(calc(100vw - 3rem), 96rem)); overflow-x: auto; padding: .5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
svg.topology { display: block; margin: 0 auto; max-width: none; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; }
svg.topology marker path { fill: var(--link); }
.link { fill: none; stroke: var(--link); stroke-width: 1.25; }
.link.plaintext { stroke: var(--weak); stroke-dasharray: 5 4; }
.node { cursor: pointer; text-decoration: none; }
.node rect { fill: var(--surface); stroke: var(--strong-line); stroke-width: 1.25; }
.node.internet rect, .node.edge rect { fill: var(--sunken); }
.node.store rect { fill: var(--sunken); }
.node.external rect, .node.subnet rect { fill: var(--page); stroke-dasharray: 3 3; }
.node .name { font-size: 12.5px; font-weight: 600; fill: var(--text); }
.node .detail { font-size: 11px; fill: var(--quiet); }
.node .mark { font-size: 13px; font-weight: 700; text-anchor: middle; }
.node.bad rect { stroke: var(--bad); stroke-width: 2; } .node.bad .mark { fill: var(--bad); }
.node.weak rect { stroke: var(--weak); stroke-width: 2; } .node.weak .mark { fill: var(--weak); }
.node.unknown rect { stroke: var(--unknown); stroke-width: 2; } .node.unknown .mark { fill: var(--unknown); }
.node.good .mark { fill: var(--good); } .node.aside .mark { fill: var(--aside); }
.node:focus-visible { outline: none; } .node:focus-visible rect, .node:hover rect { stroke: var(--accent); stroke-width: 2; }
.focused .node:not(.on) { opacity: .35; }
.focused .link:not(.on) { opacity: .15; }
.focused .link.on { stroke: var(--accent); stroke-width: 1.75; }
.flows { margin-top: .75rem; font-size: .875rem; }
.flows summary { cursor: pointer; color: var(--quiet); }
.flows ul { margin-top: .5rem; columns: 24rem; }
.flows li { break-inside: avoid; padding: .0625rem 0; }
`;
