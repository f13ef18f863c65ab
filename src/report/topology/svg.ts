import { counted } from '../order.ts';
import { gravest, SIGNS, type Mark } from '../html/board-model.ts';
import { html, type Markup } from '../html/html.ts';
import { cut } from '../text/width.ts';
import { layoutTopology, NODE, type PlacedNode, type Point, type RoutedLink } from './layout.ts';
import type { Topology, TopologyNode } from './model.ts';

/** Characters of a name that fit a box at the size the style sheet gives them. */
const NAME_COLUMNS = 18;
const DETAIL_COLUMNS = 24;

/** Above this many nodes a picture shows nothing any more. */
const NODE_LIMIT = 200;

/** How a subject stands: the mark its box carries. */
export type MarkOf = (id: string) => Mark | undefined;

/** The picture of a platform, and below it the same as text. */
export function topologySection(topology: Topology | undefined, markOf: MarkOf): Markup {
  if (topology === undefined || topology.nodes.length === 0) return html``;
  return html`<section id="topology" aria-labelledby="topology-title">
    <h2 id="topology-title">Topology</h2>
    <p class="lead">${summary(topology)}</p>
    ${topology.nodes.length <= NODE_LIMIT && picture(topology, markOf)}
    <details class="flows">
      <summary>As text</summary>
      <ul>
        ${topology.links.map(
          (link) =>
            html`<li>
              <code>${link.from}</code> →
              <code>${link.to}</code> ${link.detail}${link.plaintext && html` <b>in clear</b>`}
            </li>`,
        )}
        ${topology.nodes.filter((node) => !isLinked(topology, node.id)).map((node) => html`<li><code>${node.id}</code> ${node.detail}</li>`)}
      </ul>
    </details>
  </section>`;
}

function picture(topology: Topology, markOf: MarkOf): Markup {
  return html`<div class="picture" tabindex="0" role="region" aria-label="Topology, scrolls sideways">
    ${drawing(topology, markOf)}
  </div>`;
}

function summary(topology: Topology): string {
  const kinds = (['service', 'store', 'external', 'subnet'] as const)
    .map((kind) => counted(topology.nodes.filter((node) => node.kind === kind).length, kind))
    .filter((text) => !text.startsWith('0 '));
  const plain = topology.links.filter((link) => link.plaintext).length;
  const flows = counted(topology.links.length, 'flow');
  return [
    [...kinds, plain === 0 ? flows : `${flows}, ${plain} of them in clear (dashed)`].join(', '),
    topology.nodes.length > NODE_LIMIT ? ', too many for a picture' : '',
    topology.flowsDeclared ? '.' : '. No flows are declared: the picture shows what there is, not all that talks.',
  ].join('');
}

/** The gravest mark of a node's subjects. */
function nodeMark(node: TopologyNode, markOf: MarkOf): Mark | undefined {
  const marks = [node.id, ...(node.runsAs ?? [])].flatMap((id) => markOf(id) ?? []);
  return marks.length === 0 ? undefined : gravest(marks);
}

function drawing(topology: Topology, markOf: MarkOf): Markup {
  const layout = layoutTopology(topology);
  const box = `0 0 ${layout.width} ${layout.height}`;
  return html`<svg
    class="topology"
    viewBox="${box}"
    width="${layout.width}"
    height="${layout.height}"
    role="group"
    aria-label="Edge, services, stores and externals with the flows between them"
  >
    <defs>
      <marker
        id="arrow"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto-start-reverse"
      >
        <path d="M0 .5 7.5 4 0 7.5z" />
      </marker>
    </defs>
    <g>${layout.links.toSorted((a, b) => Number(a.link.plaintext) - Number(b.link.plaintext)).map(linkPath)}</g>
    <g>${layout.nodes.map((placed) => nodeBox(placed, nodeMark(placed.node, markOf)))}</g>
  </svg>`;
}

function linkPath({ link, points }: RoutedLink): Markup {
  const kind = link.plaintext ? 'link plaintext' : 'link';
  return html`<path
    class="${kind}"
    data-from="${link.from}"
    data-to="${link.to}"
    d="${pathData(points)}"
    marker-end="url(#arrow)"
  >
    <title>${link.from} → ${link.to}: ${link.detail}</title>
  </path>`;
}

function nodeBox({ node, x, y }: PlacedNode, mark: Mark | undefined): Markup {
  const state = mark === undefined ? '' : ` ${mark}`;
  return html`<a
    class="node ${node.kind}${state}"
    href="#controls"
    data-id="${node.id}"
    transform="translate(${x} ${y})"
  >
    <title>${node.id}: ${node.detail}</title>
    <rect
      width="${NODE.width}"
      height="${NODE.height}"
      rx="${node.kind === 'store' ? 14 : node.kind === 'internet' ? 21 : 5}"
    />
    <text class="name" x="${mark === undefined ? 14 : 30}" y="18"
      >${cut(node.name, mark === undefined ? NAME_COLUMNS : NAME_COLUMNS - 2)}</text
    >
    <text class="detail" x="${mark === undefined ? 14 : 30}" y="33"
      >${cut(node.detail, mark === undefined ? DETAIL_COLUMNS : DETAIL_COLUMNS - 2)}</text
    >
    ${mark !== undefined && html`<text class="mark" x="17" y="18">${SIGNS[mark]}</text>`}
  </a>`;
}

/** Curves that leave and reach boxes level, so that a direction is seen at both ends. Within a column, a bow on its right. */
function pathData(points: readonly Point[]): string {
  const [start, ...rest] = points;
  const end = rest.at(-1);
  if (start === undefined || end === undefined) return '';
  if (start.x === end.x) {
    const bow = Math.min(48, 22 + Math.abs(end.y - start.y) / 8);
    return `M${start.x} ${start.y}C${start.x + bow} ${start.y} ${end.x + bow} ${end.y} ${end.x} ${end.y}`;
  }
  const curves = rest.map((point, index) => {
    const before = points[index] ?? start;
    const bend = (point.x - before.x) / 2;
    return before.y === point.y
      ? `H${point.x}`
      : `C${before.x + bend} ${before.y} ${point.x - bend} ${point.y} ${point.x} ${point.y}`;
  });
  return `M${start.x} ${start.y}${curves.join('')}`;
}

function isLinked(topology: Topology, id: string): boolean {
  return topology.links.some((link) => link.from === id || link.to === id);
}
