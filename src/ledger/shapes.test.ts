import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkEnvelope, checkStatement, subjectDigests, type Checked } from './shapes.ts';

const digestSet = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/), z.string().regex(/^[\w+/=:.-]{1,128}$/))
  .refine((set) => Object.keys(set).length > 0)
  .refine((set) => set['sha256'] === undefined || /^[0-9a-f]{64}$/.test(set['sha256']));

const statementSchema = z
  .object({
    _type: z.literal('https://in-toto.io/Statement/v1'),
    subject: z
      .array(z.object({ name: z.string().optional(), uri: z.string().optional(), digest: digestSet }))
      .min(1)
      .max(128),
    predicateType: z.string().regex(/^[!-~]{1,512}$/),
    predicate: z.unknown(),
  })
  .refine(
    ({ subject }) =>
      new Set(subject.flatMap(({ digest }) => Object.entries(digest).map(([name, value]) => `${name}:${value}`)))
        .size <= 256,
  );

const envelopeSchema = z.object({
  payload: z.string(),
  payloadType: z.string().min(1).max(256),
  signatures: z
    .array(z.object({ keyid: z.string().max(512).optional(), sig: z.string() }))
    .min(1)
    .max(32),
});

/** Mostly `likely` values, at times any other that JSON can hold. */
function mostly<T>(...likely: fc.Arbitrary<T>[]): fc.Arbitrary<unknown> {
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>('', null, [], {}, 0, 'a\nb', 'é'));
  return fc.oneof({ weight: 30, arbitrary: fc.oneof(...likely) }, { weight: 1, arbitrary: odd });
}

/** An object as JSON gives it: members may be missing, `__proto__` is a member like any other, others come along. */
function members(shape: Record<string, fc.Arbitrary<unknown>>, required: string[]): fc.Arbitrary<unknown> {
  const present = { ...shape, other: fc.jsonValue({ maxDepth: 1 }), ['__proto__']: fc.constant({ digest: 'x' }) };
  const pairs = Object.entries(present).map(([name, value]) =>
    fc.tuple(fc.nat(required.includes(name) ? 40 : 3), value).map(([keep, one]) => [name, keep > 0, one] as const),
  );
  return fc
    .tuple(...pairs)
    .map((all) => all.filter(([, keep]) => keep).map(([name, , value]) => `${JSON.stringify(name)}:${text(value)}`))
    .map((parts) => JSON.parse(`{${parts.join(',')}}`) as unknown);
}

/** JSON text that keeps own members called `__proto__`. */
function text(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const algorithms = fc.constantFrom('sha256', 'sha512', 'gitCommit', '__proto__', 'constructor', 'a'.repeat(33), 'a b');
const digests = fc
  .array(fc.tuple(mostly(algorithms, fc.constant('sha256')), mostly(hex, fc.stringMatching(/^[\w+/=:.-]{1,130}$/))), {
    maxLength: 4,
  })
  .map((pairs) => JSON.parse(`{${pairs.map(([name, value]) => `${text(String(name))}:${text(value)}`).join(',')}}`));
const subject = members({ name: mostly(fc.string()), uri: mostly(fc.webUrl()), digest: mostly(digests) }, ['digest']);
const manySubjects = fc.integer({ min: 120, max: 135 }).chain((length) =>
  fc.integer({ min: 1, max: 4 }).map((each) =>
    Array.from({ length }, (_, n) => ({
      digest: Object.fromEntries(Array.from({ length: each }, (_unused, at) => [`a${at}`, `${n % 70}`])),
    })),
  ),
);
const statements = members(
  {
    _type: mostly(fc.constant('https://in-toto.io/Statement/v1')),
    subject: mostly<unknown>(fc.array(mostly(subject), { maxLength: 5 }), manySubjects),
    predicateType: mostly(fc.webUrl(), fc.stringMatching(/^[ -~]{505,520}$/)),
    predicate: fc.jsonValue(),
  },
  ['_type', 'subject', 'predicateType', 'predicate'],
);
const signature = members(
  { keyid: mostly(fc.string(), fc.string({ minLength: 505, maxLength: 520 })), sig: mostly(fc.base64String()) },
  ['sig'],
);
const envelopes = members(
  {
    payload: mostly(fc.base64String()),
    payloadType: mostly(fc.constant('application/vnd.in-toto+json'), fc.string({ minLength: 250, maxLength: 260 })),
    signatures: mostly(fc.array(mostly(signature), { maxLength: 35 })),
  },
  ['payload', 'payloadType', 'signatures'],
);

function expectSame(checked: Checked<unknown>, parsed: { success: boolean; data?: unknown }, seen: boolean[]): void {
  seen.push(checked.ok);
  expect(checked.ok, checked.ok ? '' : checked.reason).toBe(parsed.success);
  if (checked.ok) expect(JSON.stringify(checked.value)).toBe(JSON.stringify(parsed.data));
}

/** A property over inputs of which nearly all are refused, or nearly none, would say little. */
function expectBoth(seen: readonly boolean[]): void {
  const accepted = seen.filter(Boolean).length;
  expect(accepted).toBeGreaterThan(seen.length / 20);
  expect(accepted).toBeLessThan((seen.length * 19) / 20);
}

describe('a shape that is checked by hand', () => {
  it('of a statement is that of the schema', () => {
    const seen: boolean[] = [];
    const same = (value: unknown) => expectSame(checkStatement(value), statementSchema.safeParse(value), seen);
    fc.assert(fc.property(mostly(statements), same), { numRuns: 1500 });
    expectBoth(seen);
  });

  it('of an envelope is that of the schema', () => {
    const seen: boolean[] = [];
    const same = (value: unknown) => expectSame(checkEnvelope(value), envelopeSchema.safeParse(value), seen);
    fc.assert(fc.property(mostly(envelopes), same), { numRuns: 1500 });
    expectBoth(seen);
  });

  it('names the member that is wrong', () => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://example.com/x',
      predicate: {},
    };
    const wrong = checkStatement({ ...statement, subject: [{ digest: { sha256: 'ab' } }] });
    expect(wrong).toEqual({ ok: false, reason: 'subject.0.digest.sha256: expected 64 hex digits' });
  });

  it('never lets a member called __proto__ change what an object is', () => {
    const text =
      '{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"__proto__":{"x":"y"},"a":"b"}}],"predicateType":"p","predicate":1}';
    const checked = checkStatement(JSON.parse(text));
    expect(checked.ok && subjectDigests(checked.value)).toEqual(['a:b']);
  });
});
