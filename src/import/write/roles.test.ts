import { expect, test } from 'vitest';
import { importText } from '../test-support.ts';

test.each([
  ['Platform + DBA', ['Platform', 'DBA']],
  ['Bo / Ana', ['Bo', 'Ana']],
  ['SRE/DevOps Lead', ['SRE/DevOps Lead']],
  ['@bo and Ana', ['bo', 'Ana']],
  ['TBD', []],
])('the owners %j', (text, roles) => {
  const result = importText(`# L\n\n- [ ] Lamp\n  - Owner: ${text}\n`);
  expect(result.roles.map(({ title }) => title)).toEqual(roles);
});
