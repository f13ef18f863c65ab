/** The tables of the published services hold what their code holds: variables and defaults, message types, close codes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { END_REASONS, FRAME, REFUSALS } from '../services/node-agent/src/protocol.ts';
import { CLOSE } from '../services/terminal-gateway/src/protocol.ts';

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../services/${path}`, import.meta.url)), 'utf8');

/** Rows `| \`NAME\` | default |` of a README. */
function documented(service: string): Map<string, string> {
  const rows = read(`${service}/README.md`).matchAll(/^\| `([A-Z][A-Z0-9_]+)` \| ([^|]+) \|/gm);
  return new Map(Array.from(rows, ([, name = '', value = '']) => [name, value.trim()]));
}

/** Variables of the schema in `config.ts`, one a line, with their defaults as the table shows them. */
function declared(service: string): Map<string, string> {
  const lines = read(`${service}/src/config.ts`).matchAll(/^ {2,4}([A-Z][A-Z0-9_]+): (.+),$/gm);
  // Beside the schema: the kit reads it for every service that has parts.
  return new Map(Array.from(lines, ([, name = '', schema = '']) => [name, defaultOf(schema)])).set('PARTS_OFF', 'none');
}

function defaultOf(schema: string): string {
  if (schema.includes('hostname()')) return "the host's name";
  const value = /\.(?:default|prefault)\('([^']*)'\)/.exec(schema)?.[1];
  if (value !== undefined) return value === '' ? 'none' : `\`${value}\``;
  return schema.includes('.optional()') ? '–' : 'required';
}

describe.each(['terminal-gateway', 'node-agent'])('%s', (service) => {
  it('documents every variable with its default, and no other', () => {
    const expected = declared(service);
    expect(expected.size).toBeGreaterThan(20);
    expect(Object.fromEntries([...documented(service)].sort())).toEqual(Object.fromEntries([...expected].sort()));
  });
});

describe('PROTOCOL.md', () => {
  const text = read('terminal-gateway/PROTOCOL.md');

  it('has every close code of the gateway', () => {
    const rows = [...text.matchAll(/^\| ([0-9, ]+) \| .* \|$/gm)].flatMap(([, codes = '']) =>
      codes.split(', ').map(Number),
    );
    for (const code of Object.values(CLOSE)) expect(rows).toContain(code);
  });

  it('has every message of the agent under its number', () => {
    const rows = [...text.matchAll(/^\| `(0x\d\d)` \| (\w+) \|/gm)].map(([, type, name]) => [name, Number(type)]);
    expect(Object.fromEntries(rows)).toEqual(FRAME);
  });

  it('has every message of page and gateway', () => {
    const messages = [...text.matchAll(/^\| `([a-zA-Z]+)` \| /gm)].map(([, name]) => name);
    const code = read('terminal-gateway/src/protocol.ts') + read('terminal-gateway/client/protocol.ts');
    const types = [...code.matchAll(/type: (?:z\.literal\()?'(\w+)'/g)].map(([, name]) => name);
    expect(new Set(types).size).toBeGreaterThan(8);
    for (const type of types) expect(messages).toContain(type);
  });

  it('has every reason of an end and of a refusal', () => {
    for (const word of [...END_REASONS, ...REFUSALS]) expect(text).toContain(`\`${word}\``);
  });
});
