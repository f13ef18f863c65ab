import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryTree } from '../../../test/temporary-tree.ts';
import { missingSubmodules } from './submodules.ts';

const MODULES = `[submodule "deploy"]
	path = k8s/deploy
	url = https://git.example/deploy.git
[submodule "there"]
	path = "k8s/there"
	url = ../there.git
[submodule "gone"]
	path = k8s/gone
`;

describe('missingSubmodules', () => {
  it('names those whose folder is empty, from any folder of the work tree', () => {
    const { root } = temporaryTree({ '.gitmodules': MODULES, 'k8s/there/a.yaml': 'a: b\n', '.git/HEAD': '' });
    mkdirSync(join(root, 'k8s/deploy'));
    expect(['', 'k8s', 'k8s/there'].map((folder) => missingSubmodules(join(root, folder)))).toEqual([
      ['k8s/deploy'],
      ['deploy'],
      [],
    ]);
  });
});
