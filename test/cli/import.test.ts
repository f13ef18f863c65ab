import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SPEC, workspace } from './workspace.ts';

describe('import', () => {
  const CHECKLIST = `# Launch checklist

## Day 0

1. **Restore drill**
   - [ ] Restore the orders database from backup
   - Done when: a restore took less than two hours

| Track | Status | Owner | Target |
|---|---|---|---|
| Runbooks and on-call | in progress | Noor | 2026-12-01 |
`;

  it('shows what it reads and where it could not place something', async () => {
    const tree = workspace({ 'launchgate.yaml': SPEC, 'docs/launch.md': CHECKLIST });
    const { code, out } = await tree.launchgate('import docs/launch.md');
    expect(code).toBe(0);
    expect(out).toContain('Restore');
    expect(tree.read('launchgate.yaml')).toBe(SPEC);
    const json = await tree.launchgate('import docs/launch.md -f json');
    expect(JSON.parse(json.out)).toMatchObject({ kind: 'ImportResult' });
  });

  it('--write adds to the spec, which stays valid and keeps what is there', async () => {
    const tree = workspace({ 'launchgate.yaml': `# ours\n${SPEC}`, 'docs/launch.md': CHECKLIST });
    expect((await tree.launchgate('import docs/launch.md --write')).code).toBe(0);
    const after = tree.read('launchgate.yaml');
    expect(after).toContain('# ours');
    expect(after).toContain('Runbooks and on-call');
    expect((await tree.launchgate('check -f json')).code).not.toBe(0);
    expect(JSON.parse((await tree.launchgate('check -f json')).out)).toMatchObject({ kind: 'CheckReport' });
    expect((await tree.launchgate('import docs/launch.md --write')).code).toBe(0);
    expect(tree.read('launchgate.yaml')).toBe(after);
  });

  it('a file that is not there, or no text: exit 2', async () => {
    const tree = workspace();
    expect(await tree.launchgate('import no.md')).toMatchObject({ code: 2, out: '' });
    tree.write({ 'prose.md': '# Notes\n\nNothing to do.\n' });
    const nothing = await tree.launchgate('import prose.md --write');
    expect(nothing).toMatchObject({ code: 2, err: expect.stringContaining('nothing to import') as string });
    expect(nothing.err).not.toContain('wrote');
    writeFileSync(join(tree.root, 'binary.md'), Uint8Array.from([0xff, 0xfe, 0x00]));
    expect(await tree.launchgate('import binary.md')).toMatchObject({ code: 2, out: '' });
  });
});
