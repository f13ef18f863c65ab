/** `npm run new:control ID`: makes the folder of a control with a check that says nothing yet and tests that fail until it does. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const id = process.argv[2] ?? '';
const controls = fileURLToPath(new URL('../src/controls', import.meta.url));
const folder = join(controls, id);

if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id)) fail('Give the control an id such as "disruption-budget".');
if (existsSync(folder)) fail(`${folder} exists already.`);

for (const [file, content] of Object.entries(files())) {
  const path = join(folder, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
}
console.log(`Made ${folder}.
1. Write the statement, the query and the judgement.
2. Fill the three fixtures; add one for each edge case.
3. Delete the row of "${id}" under src/controls/planned, if it has one.
4. npm run generate && npx vitest run test/contract.test.ts -t "control ${id}"`);

function files(): Record<string, string> {
  return {
    'index.ts': `import { z } from 'zod';
import { defineControl } from '../../model/control.ts';
import { runningServices } from '../../model/subjects.ts';
import { check, facts } from './check.ts';

export const control = defineControl({
  meta: {
    id: '${id}',
    title: '${id.replaceAll('-', ' ')}',
    statement: 'One sentence that can be false.',
    area: 'workloads',
    stage: 'day-0',
    launch: false,
    sources: [],
    halves: ['check'],
    reads: ['kubernetes'],
    severity: 'medium',
    about: 'platform',
    waivable: true,
    version: 1,
  },
  params: z.object({}),
  subjects: runningServices,
  inputs: facts,
  check,
});
`,
    'check.ts': `import type { Query, Subject } from '../../model/control.ts';
import { inconclusive, type Result } from '../../model/result.ts';
import { workloadsOf } from '../../model/subjects.ts';

interface Facts {
  readonly workloads: readonly string[];
}

/** Only what decides: evidence is bound to the digest of this answer. */
export function facts(subject: Subject): Query<Facts> {
  return (view) => ({ workloads: workloadsOf(view, subject).map(({ name }) => name) });
}

export function check(_subject: Subject, input: Facts): Result {
  return inconclusive(\`nothing is judged of \${input.workloads.length} workloads yet\`);
}
`,
    'readme.md':
      'Why it matters, in the words of somebody who was paged for it.\n\n## Limits\n\n## Known false positives\n',
    'fixtures/pass-holds.yaml': '# A manifest for which the statement holds.\n',
    'fixtures/fail-does-not-hold.yaml': '# A manifest for which it does not.\n',
    'fixtures/inconclusive-unknown.yaml': '# A manifest from which it cannot be told.\n',
  };
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
