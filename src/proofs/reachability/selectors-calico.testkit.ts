/** Random selectors in Calico's language, each with what it means: the oracle looks that up by the text, and so parses nothing. */
import fc from 'fast-check';

type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

interface Written {
  readonly text: string;
  readonly test: Test;
}

const meanings = new Map<string, Test>([['', () => true]]);

/** What a text that was made here means. */
export function meaningOf(text: string): Test {
  const test = meanings.get(text);
  if (test === undefined) throw new Error(`no selector ${text} was made`);
  return test;
}

function write(text: string, test: Test): Written {
  meanings.set(text, test);
  return { text, test };
}

function term(keys: readonly string[]): fc.Arbitrary<Written> {
  const key = fc.constantFrom(...keys);
  const value = fc.constantFrom<string>('x', 'y', 'one');
  const compared = fc.tuple(key, value, fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'));
  return fc.oneof(
    compared.map(([name, text, operator]) =>
      write(`${name} ${operator} '${text}'`, (labels) => {
        const found = labels[name];
        if (operator === '!=') return found !== text;
        if (found === undefined) return false;
        if (operator === '==') return found === text;
        if (operator === 'contains') return found.includes(text);
        return operator === 'starts with' ? found.startsWith(text) : found.endsWith(text);
      }),
    ),
    key.map((name) => write(`has(${name})`, (labels) => name in labels)),
    fc.tuple(key, fc.uniqueArray(value, { maxLength: 2 }), fc.boolean()).map(([name, values, negated]) =>
      write(`${name}${negated ? ' not' : ''} in {${values.map((one) => `"${one}"`).join(', ')}}`, (labels) => {
        const found = labels[name];
        return (found !== undefined && values.includes(found)) !== negated;
      }),
    ),
    fc.constant(write('all()', () => true)),
  );
}

function expression(keys: readonly string[]): fc.Arbitrary<string> {
  const { whole } = fc.letrec<{ whole: Written; part: Written }>((tie) => ({
    part: fc.oneof({ weight: 5, arbitrary: term(keys) }, { weight: 1, arbitrary: tie('whole').map(wrapped) }),
    whole: fc.oneof(
      { maxDepth: 2, depthIdentifier: 'calico' },
      { weight: 4, arbitrary: term(keys) },
      { weight: 1, arbitrary: tie('part').map(({ text, test }) => write(`!${text}`, (labels) => !test(labels))) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(tie('part'), tie('part'))
          .map(([a, b]) => write(`${a.text} && ${b.text}`, (labels) => a.test(labels) && b.test(labels))),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(tie('whole'), tie('part'))
          .map(([a, b]) => write(`(${a.text}) || ${b.text}`, (labels) => a.test(labels) || b.test(labels))),
      },
    ),
  }));
  return whole.map(({ text }) => text);
}

function wrapped({ text, test }: Written): Written {
  return write(`(${text})`, test);
}

export const endpointText = fc.oneof(
  { weight: 4, arbitrary: expression(['app', 'tier']) },
  {
    weight: 1,
    arbitrary: expression(['app', 'projectcalico.org/namespace', 'projectcalico.org/orchestrator', 'pcns.tier']),
  },
);
/** Of namespaces `all()` leaves out what is in none. */
export const namespaceText = expression([
  'app',
  'tier',
  'kubernetes.io/metadata.name',
  'projectcalico.org/name',
]).filter((text) => !text.includes('all()'));
