/** JSON with secrets among other members, as it is and as a string in JSON, once and twice: no secret survives, and all else does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text } = createRedactor();
const S = 'CANARY7x';
const wrap = (value: unknown): string => JSON.stringify({ body: value });

const marks = fc.constantFrom(
  '',
  '"',
  "'",
  '\\',
  '\\\\',
  ',',
  '}',
  ']',
  ' ',
  ':',
  '{',
  '[',
  '\n',
  '\\"',
  '","',
  '": "',
  'é',
  '$',
);
const secret = fc.tuple(marks, marks, marks, marks).map(([a, b, c, d]) => `${a}${b}${S}${c}${d}`);
const told = fc.oneof(secret, fc.constantFrom(null, true, false, 123456, -1.5, ''), fc.array(secret, { maxLength: 2 }));
const plain = fc.constantFrom(
  null,
  true,
  12,
  -1.5,
  'ok',
  'a b',
  'say "hi"',
  "it's",
  'a,b',
  '{x}',
  'c:\\dir\\',
  'back\\',
  '',
  '1',
);
const SECRET_NAMES = [
  'password',
  'token',
  'client_secret',
  'apiKey',
  'refresh_token',
  'private_key',
  'otp',
  'hasPassword',
];
const PLAIN_NAMES = ['user', 'count', 'note', 'x', 'kind'];
const { document } = fc.letrec<{ document: Record<string, unknown> }>((tie) => ({
  document: fc
    .tuple(
      fc.dictionary(fc.constantFrom(...SECRET_NAMES), told, { maxKeys: 3, noNullPrototype: true }),
      fc.dictionary(fc.constantFrom(...PLAIN_NAMES), fc.oneof({ maxDepth: 2 }, plain, tie('document')), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      fc.boolean(),
    )
    .map(([secrets, others, first]) => (first ? { ...secrets, ...others } : { ...others, ...secrets })),
}));

test('no secret of a document survives, and its other members do', () => {
  fc.assert(
    fc.property(document, (made) => {
      const one = JSON.stringify(made);
      for (const line of [one, JSON.stringify(made, null, 2), wrap(one), wrap(wrap(one)), `failed: ${one} at x`])
        expect(text(line), line).not.toContain(S);
      // A number goes without quotes, so what is left of it is given some.
      const left: unknown = JSON.parse(text(one).replace(/:\[redacted\]/g, ':"[redacted]"'));
      expect(others(left), one).toEqual(others(made));
    }),
    { seed: 20261129, numRuns: 300 },
  );
});

/** What is left without the members of secret names. */
function others(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRET_NAMES.includes(key))
      .map(([key, inner]) => [key, others(inner)]),
  );
}
