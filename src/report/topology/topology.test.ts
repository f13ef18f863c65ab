import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../model/platform.ts';
import { specSchema } from '../../model/spec.ts';
import { largeTopology, sampleTopology } from '../testing/topology.ts';
import { layoutTopology, NODE, type TopologyLayout } from './layout.ts';
import { topologyOf, type Topology } from './model.ts';
import { topologySection } from './svg.ts';

const specOf = (members: Record<string, unknown>) =>
  specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'shop',
    environments: [{ name: 'production', kind: 'production' }],
    ...members,
  });
const servicesOf = (spec: ReturnType<typeof specOf>, declared = true): Service[] =>
  spec.services.map((service) => ({ name: service.name, declared, spec: service, workloads: [] }));

function overlaps({ nodes }: TopologyLayout): string[] {
  return nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter((b) => Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height)
      .map((b) => `${a.node.id} over ${b.node.id}`),
  );
}

describe('topologyOf', () => {
  test('public routes go by the edge, private ones do not', () => {
    const spec = specOf({
      services: [
        { name: 'api', kind: 'api', routes: [{ path: '/v1/*' }, { path: '/admin', public: false }] },
        { name: 'worker', routes: [{ path: '/health', public: false }] },
      ],
    });
    const { nodes, links } = topologyOf({ spec, services: servicesOf(spec) });
    expect(links.map((link) => `${link.from} ${link.to}`)).toEqual(['internet edge', 'edge service/api']);
    expect(nodes.find((node) => node.id === 'service/api')?.detail).toBe('api, 1 route');
    expect(nodes.map((node) => node.kind)).toContain('internet');
  });

  test('several flows between two are one link, in clear if one of them is', () => {
    const spec = specOf({
      services: [{ name: 'api' }],
      stores: [{ name: 'cache', kind: 'redis' }],
      flows: [
        { from: 'service/api', to: 'store/cache', port: 6379, encryption: 'tls' },
        { from: 'service/api', to: 'store/cache', port: 6380, encryption: 'none' },
      ],
    });
    const { links, flowsDeclared } = topologyOf({ spec, services: servicesOf(spec) });
    expect(links).toEqual([
      { from: 'service/api', to: 'store/cache', detail: '6379/TCP, tls; 6380/TCP, none', plaintext: true },
    ]);
    expect(flowsDeclared).toBe(true);
  });

  test('what is only referred to has a node too', () => {
    const spec = specOf({ flows: [{ from: 'internet', to: 'subnet/gpu' }] });
    expect(topologyOf({ spec, services: [] }).nodes.map((node) => node.kind)).toEqual(['internet', 'subnet']);
  });

  test('the discovered workload of a store is shown as the store', () => {
    const spec = specOf({
      services: [{ name: 'redis-cart' }, { name: 'api' }],
      stores: [{ name: 'cart', kind: 'redis', workloads: [{ name: 'redis-cart' }] }],
    });
    const { nodes } = topologyOf({ spec, services: servicesOf(spec, false) });
    expect(nodes.map((node) => node.id)).toEqual(['service/api', 'store/cart']);
    expect(nodes[1]?.runsAs).toEqual(['service/redis-cart']);
  });
});

describe('layoutTopology', () => {
  test.each([
    ['the sample', sampleTopology],
    ['40 services', largeTopology(40)],
    ['200 services', largeTopology(200)],
    ['no links', { ...largeTopology(30), links: [] }],
    ['nothing', { nodes: [], links: [], flowsDeclared: false }],
  ] satisfies [string, Topology][])('%s: every node once, none over another, all inside', (_name, topology) => {
    const layout = layoutTopology(topology);
    expect(layout.nodes.map(({ node }) => node.id).sort()).toEqual(topology.nodes.map((node) => node.id).sort());
    expect(overlaps(layout)).toEqual([]);
    for (const { x, y } of layout.nodes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + NODE.width).toBeLessThanOrEqual(layout.width);
      expect(y + NODE.height).toBeLessThanOrEqual(layout.height);
    }
  });

  test('any graph: links start and end at the sides of their boxes and cross none on the way', () => {
    const kinds = ['service', 'store', 'external'] as const;
    const graph = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 30 }).map((pairs): Topology => {
        const nodes = Array.from({ length: size }, (_, index) => {
          const kind = kinds[index % 3] ?? 'service';
          return { id: `${kind}/${index}`, kind, name: `${index}`, detail: '' };
        });
        const links = pairs.map(([from, to]) => ({
          from: nodes[from]?.id ?? '',
          to: nodes[to]?.id ?? '',
          detail: '',
          plaintext: false,
        }));
        return { nodes, links, flowsDeclared: true };
      }),
    );
    fc.assert(
      fc.property(graph, (topology) => {
        const layout = layoutTopology(topology);
        const place = new Map(layout.nodes.map((placed) => [placed.node.id, placed]));
        for (const { link, points } of layout.links) {
          for (const [end, id] of [
            [points[0], link.from],
            [points.at(-1), link.to],
          ] as const) {
            const box = place.get(id);
            if (box === undefined || end === undefined) throw new Error(`${id} has no place`);
            expect([box.x, box.x + NODE.width]).toContain(end.x);
            expect(end.y).toBe(box.y + NODE.height / 2);
          }
          for (const point of points.slice(1, -1)) {
            const inside = layout.nodes.filter(
              ({ x, y }) => point.x > x && point.x < x + NODE.width && point.y > y && point.y < y + NODE.height,
            );
            expect(inside).toEqual([]);
          }
        }
      }),
    );
  });

  test('is the same when made twice', () => {
    expect(layoutTopology(largeTopology(40))).toEqual(layoutTopology(largeTopology(40)));
  });
});

describe('topologySection', () => {
  test('the picture carries marks, and the text below says all of it again', () => {
    const page = topologySection(sampleTopology, (id) => (id === 'service/api' ? 'bad' : undefined)).text.replaceAll(
      /\s+/g,
      ' ',
    );
    expect(page).toMatch(/class="node service bad"[^>]*data-id="service\/api"/);
    for (const link of sampleTopology.links)
      expect(page).toContain(`<code>${link.from}</code> → <code>${link.to}</code>`);
    expect(page).toContain('1 of them in clear');
  });

  test('too many nodes are listed and not drawn', () => {
    const page = topologySection(largeTopology(400), () => undefined).text;
    expect(page).not.toContain('<svg');
    expect(page).toContain('too many for a picture');
    expect(page).toContain('service/svc-399');
  });

  test('without nodes there is no picture', () => {
    expect(topologySection({ nodes: [], links: [], flowsDeclared: false }, () => undefined).text).toBe('');
  });
});
