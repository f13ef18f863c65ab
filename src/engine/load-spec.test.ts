import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LaunchgateError } from '../model/errors.ts';
import { loadSpec, parseWithSchema } from './load-spec.ts';

const HEAD = 'apiVersion: launchgate/v1\nkind: Platform\nname: shop\n';
const PRODUCTION = 'environments:\n  - name: production\n    kind: production\n';

/** The mistakes of a text, a line each; the error's own first line left out. */
function mistakesOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (!(error instanceof LaunchgateError)) throw error;
    expect(error.code).toBe('spec-invalid');
    expect(error.next).toBe('Correct launchgate.yaml and run the command again.');
    return error.message.split('\n  ').slice(1);
  }
  return [];
}

const mistakes = (text: string, known?: readonly string[]): string[] =>
  mistakesOf(() => loadSpec(text, 'launchgate.yaml', known));

describe('the schema', () => {
  it('accepts the least there can be, with defaults filled in', () => {
    expect(loadSpec(HEAD + PRODUCTION, 'launchgate.yaml')).toMatchObject({ name: 'shop', services: [], params: {} });
  });

  it('lists every mistake with its place, in the order of the file', () => {
    const text = `${HEAD}environments:
  - name: production
    kind: produktion
services:
  - name: api
    routes:
      - path: x
        protocol: htp
    rotues: []
stores:
  - {name: db, kind: postgres, rpo: 5 minutes, quorum: "3"}
people: {}
`;
    expect(mistakes(text)).toEqual([
      'launchgate.yaml:6:5: at environments[0].kind: expected one of lab, development, ci, staging, production, found "produktion"; did you mean "production"?',
      'launchgate.yaml:10:9: at services[0].routes[0].path: expected a text that starts with "/", found "x"',
      'launchgate.yaml:11:9: at services[0].routes[0].protocol: expected one of http, websocket, sse, webhook, grpc, found "htp"; did you mean "http"?',
      'launchgate.yaml:12:5: at services[0].rotues: unknown key "rotues"; did you mean "routes"?',
      'launchgate.yaml:14:32: at stores[0].rpo: expected a duration such as 90s, 15m, 2h or 90d, found "5 minutes"',
      'launchgate.yaml:14:48: at stores[0].quorum: expected a number, found "3"',
      'launchgate.yaml:15:1: at people: expected a list, found a mapping',
    ]);
  });

  it('lists the known keys where none is near', () => {
    expect(mistakes(`${HEAD}${PRODUCTION}channels:\n  - {zzz: 1}\n`)).toContain(
      'launchgate.yaml:8:6: at channels[0].zzz: unknown key "zzz"; expected one of pattern, publishers, store, subscribers',
    );
  });

  it('names both alternatives of a union, and says what is missing', () => {
    expect(mistakes(`${HEAD}${PRODUCTION}subnets:\n  - {name: a, cidrs: [10.0.0/8]}\n`)).toEqual([
      'launchgate.yaml:8:23: at subnets[0].cidrs[0]: expected an IPv4 range such as 10.0.0.0/8 or an IPv6 range such as fd00::/8, found "10.0.0/8"',
    ]);
    expect(mistakes(HEAD)).toEqual(['launchgate.yaml:1:1: at environments: missing, expected a list']);
  });

  it.each([
    ['a: 1\na: 2\n', 'launchgate.yaml:2:1: the key "a" is given twice, first on line 1'],
    ['{', 'launchgate.yaml:1:1: unexpected end of the stream within a flow collection'],
    ['[]', 'launchgate.yaml:1:1: at the top: expected a mapping, found a list'],
    ['a: 1\n---\nb: 1\n', 'launchgate.yaml:3:1: a second document, expected one'],
  ])('answers %j', (text, expected) => {
    expect(mistakes(text)).toEqual([expected]);
  });

  it('asks for everything in an empty file', () => {
    expect(mistakes('')).toHaveLength(4);
  });

  it('lists a hundred mistakes and counts the rest', () => {
    const text = `${HEAD}${PRODUCTION}${Array.from({ length: 150 }, (_, index) => `k${index}: 1\n`).join('')}`;
    const lines = mistakes(text);
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('and 50 more');
  });

  it('serves other files of ours, with their own code', () => {
    const schema = z.strictObject({ roles: z.record(z.string(), z.strictObject({ quorum: z.int() })) });
    try {
      parseWithSchema(schema, 'roles:\n  owners: {quorm: 2}\n', 'policy.yaml', 'policy-invalid');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'policy-invalid' });
      expect((error as Error).message).toContain(
        'policy.yaml:2:12: at roles.owners.quorm: unknown key "quorm"; did you mean "quorum"?',
      );
    }
  });

  it('never throws anything but its own error', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (source) => {
        expect(mistakes(source).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('references', () => {
  const spec = (rest: string, known?: readonly string[]): string[] => mistakes(HEAD + PRODUCTION + rest, known);

  it('names a promotion that goes in a circle once', () => {
    const text = `${HEAD}environments:
  - { name: lab, kind: lab, promotesTo: staging }
  - { name: staging, kind: staging, promotesTo: production }
  - { name: production, kind: production, promotesTo: staging }
  - { name: other, kind: production, promotesTo: other }
`;
    expect(mistakes(text)).toEqual([
      'launchgate.yaml:6:37: at environments[1].promotesTo: promotion goes in a circle: staging -> production -> staging',
      'launchgate.yaml:8:38: at environments[3].promotesTo: promotion goes in a circle: other -> other',
    ]);
  });

  it.each([
    ['services: [{name: api, drainWindow: 30}]', 'expected a duration such as 90s, 15m, 2h or 90d, found 30'],
    [
      'tracks: [{id: a, title: A, target: 2026-02-30}]',
      '"2026-02-30" is not a declared milestone (nor a date such as 2026-01-31)',
    ],
    [
      'onCall: {rotations: [{name: main, severities: [x], members: []}, {name: main, severities: [y], members: []}]}',
      '"main" is taken by onCall.rotations[0]',
    ],
    ['stores: [{name: db, kind: elastic}]', 'did you mean "elasticsearch"?'],
  ])('%s', (text, message) => {
    expect(spec(`${text}\n`)).toEqual([expect.stringContaining(message)]);
  });

  it('refuses an objective that is a share where percent are meant', () => {
    expect(spec('services: [{name: api}]\nslos: [{name: up, service: api, objective: 0.999}]\n')).toEqual([
      'launchgate.yaml:8:33: at slos[0].objective: expected percent such as 99.9, not a share of 1, found 0.999',
    ]);
  });

  it('accepts what is declared', () => {
    const text = `services: [{name: api, credentials: [pg], probes: {subnets: [nodes]}, criticalDependencies: [store/db]}]
stores: [{name: db, kind: postgres}, {name: bus, kind: redis}]
credentials: [{name: pg}]
subnets: [{name: nodes, cidrs: [10.0.0.0/8]}]
externals: [{name: stripe}]
flows: [{from: internet, to: service/api}, {from: service/api, to: external/stripe}]
channels: [{store: bus, pattern: "n:*", publishers: [api], subscribers: [api]}]
slos: [{name: api-up, service: api, objective: 99.9}]
people: [{id: ann, name: Ann}, {id: bo, name: Bo}]
severities: [{name: page, respondWithin: 5m, page: true}]
onCall:
  rotations: [{name: main, severities: [page], members: [ann], escalation: [{after: 10m, to: [bo, main]}]}]
  ownership: {api: main}
milestones: [{name: launch, title: Launch}]
tracks: [{id: a, title: A, target: launch, controls: [drain, own]}, {id: b, title: B, target: 2026-12-01}]
controls: [{id: own, title: Own, statement: It holds., accept: {predicate: sign-off}}]
params: {drain: {}}
notApplicable: [{control: drain, reason: none}]
`;
    expect(spec(text, ['drain'])).toEqual([]);
  });

  it.each([
    [
      'services: [{name: api, credentials: [pgg]}]\ncredentials: [{name: pg}]',
      '"pgg" is not a declared credential; did you mean "pg"?',
    ],
    [
      'services: [{name: api}]\nflows: [{from: service/api, to: store/db}]',
      '"store/db" is not a declared reference; declared: internet, service/api',
    ],
    ['services: [{name: api, criticalDependencies: [store/x]}]', '"store/x" is not a declared reference'],
    ['services: [{name: api, probes: {subnets: [gpu]}}]', '"gpu" is not a declared subnet'],
    [
      'stores: [{name: db, kind: postgres}]\nservices: [{name: api}]\nchannels: [{store: db, pattern: x, publishers: [api], subscribers: [ap]}]',
      '"db" is not a declared store of kind redis',
    ],
    [
      'services: [{name: api}]\nslos: [{name: x, service: web, objective: 99}]',
      '"web" is not a declared service; declared: api',
    ],
    ['onCall: {rotations: [{name: main, severities: [x], members: [ann]}]}', '"ann" is not a declared person'],
    [
      'onCall: {rotations: [{name: main, severities: [x], members: []}], ownership: {api: mian}}',
      '"mian" is not a declared rotation; did you mean "main"?',
    ],
    ['tracks: [{id: a, title: A, target: soon}]', '"soon" is not a declared milestone (nor a date such as 2026-01-31)'],
    ['services: [{name: api}, {name: api}]', '"api" is taken by services[0]'],
    ['people: [{id: a, name: A}, {id: a, name: B}]', '"a" is taken by people[0]'],
  ])('%s', (text, expected) => {
    expect(spec(text)[0]).toContain(expected);
  });

  it('judges control ids only when the catalog is at hand', () => {
    const text =
      'tracks: [{id: a, title: A, controls: [drian]}]\nparams: {drian: {}}\nnotApplicable: [{control: drian, reason: x}]\n';
    expect(spec(text)).toEqual([]);
    expect(spec(text, ['drain'])).toHaveLength(3);
    expect(spec(text, ['drain'])[0]).toContain('"drian" is not a declared control; did you mean "drain"?');
  });

  it('refuses a control of your own with the name of one of the catalog', () => {
    const text = 'controls: [{id: drain, title: D, statement: It holds., accept: {predicate: scan}}]\n';
    expect(spec(text, ['drain'])[0]).toContain('"drain" is a control of the catalog');
  });
});

describe('what an environment names and the spec excludes', () => {
  const spec = (entry: string, excluded: string): string =>
    `${HEAD}${PRODUCTION}    deployables: [${entry}]\nexclude: [old, ${excluded}]\n`;

  it.each([
    ['deploy/prod', 'deploy/prod/'],
    ['./deploy/prod', './deploy'],
    ['plain:deploy/prod@production', 'deploy/prod'],
    ['helm:deploy/chart@shop', 'deploy'],
  ])('contradict each other: %s and %s', (entry, excluded) => {
    expect(mistakes(spec(entry, excluded))).toEqual([
      `launchgate.yaml:7:19: at environments[0].deployables[0]: "${entry}" is left out by exclude[1], "${excluded}": take it out of one of the two`,
    ]);
  });

  it.each([
    ['deploy', 'deploy/old'],
    ['deploy/prod', 'deploy/prod-old'],
    ['argocd:deploy', 'deploy'],
  ])('go together: %s and %s', (entry, excluded) => {
    expect(mistakes(spec(entry, excluded))).toEqual([]);
  });
});
