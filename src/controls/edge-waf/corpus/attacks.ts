/** Attacks as requests: each payload in every place that an application takes input from, plain and with one evasion. */
import type { WafRequest } from '../../../model/drill/edge-control.ts';
import { ENTITIES, PAYLOADS, SCANNERS } from './payloads.ts';

/** A way to write a payload that the application undoes and a careless filter does not. */
type Evasion = (payload: string) => string;

const EVASIONS: readonly (readonly [name: string, evade: Evasion])[] = [
  ['plain', (payload) => payload],
  [
    'mixed case',
    (payload) => [...payload].map((char, at) => (at % 2 === 0 ? char.toUpperCase() : char.toLowerCase())).join(''),
  ],
];

type Place = (payload: string, path: string) => Omit<WafRequest, 'class' | 'name' | 'want'>;

const PLACES: readonly (readonly [name: string, put: Place])[] = [
  ['query', (payload, path) => ({ method: 'GET', path: `${path}?q=${encodeURIComponent(payload)}` })],
  [
    'form',
    (payload, path) => ({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `label=${encodeURIComponent(payload)}`,
    }),
  ],
  [
    'JSON',
    (payload, path) => ({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ label: payload }),
    }),
  ],
];

/** Several hundred, the same ones in the same order every time. */
export function attacks(path: string): WafRequest[] {
  const injected = Object.entries(PAYLOADS).flatMap(([kind, payloads]) =>
    payloads.flatMap((payload, number) =>
      PLACES.map(([place, put], at) => {
        // Every payload is tried plain in each place; one of the places has the evasion instead where it changes anything.
        const [evasion, evade] = EVASIONS[(number + at) % PLACES.length === 0 ? 1 : 0]!;
        return attack(
          kind,
          `${kind} ${number + 1}, ${evasion}, in ${place}`,
          put(caseKept(kind) ? payload : evade(payload), path),
        );
      }),
    ),
  );
  const scanners = SCANNERS.map((agent) =>
    attack('scanner', agent, { method: 'GET', path, headers: { 'user-agent': agent } }),
  );
  const entities = ENTITIES.map((body, index) =>
    attack('XML entities', `XML entities ${index + 1}`, {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/xml' },
      body,
    }),
  );
  return [...injected, ...scanners, ...entities];
}

/** Paths, shells and code are what they are in their own case only: in another they do no harm. */
function caseKept(kind: string): boolean {
  return !['SQL injection', 'cross-site scripting'].includes(kind);
}

function attack(kind: string, name: string, request: Omit<WafRequest, 'class' | 'name' | 'want'>): WafRequest {
  return { class: kind, name, want: { attack: true }, ...request };
}
