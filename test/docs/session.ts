import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Block } from './blocks.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const RELEASE = `'${repository}bin/launchgate.js'`;
const SOURCES = `--conditions=launchgate-source -e "import('${repository}src/cli/main.ts').then(async ({ main }) => { process.exitCode = await main(process.argv.slice(1)); })" --`;

/** Whether `dist/` holds what the sources say; it starts twice as fast. */
function releaseIsFresh(): boolean {
  const built = statSync(join(repository, 'dist/built'), { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) return false;
  const sources = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.every((path) => !path.endsWith('.ts') || statSync(join(repository, 'src', path)).mtimeMs <= built);
}

/** What a block did. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

/**
 * Machines on which the blocks of one document run in order: a folder, a home and a git identity for each person (`as=bo`), and a
 * git server `git@git.example` with the repositories `shop` and `shop-launch`. Exported variables and the working folder last from block to block.
 */
export class Session {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'launchgate-docs-')));

  constructor() {
    mkdirSync(join(this.root, 'bin'));
    const command = releaseIsFresh() ? RELEASE : SOURCES;
    writeFileSync(join(this.root, 'bin/launchgate'), `#!/bin/sh\nexec '${process.execPath}' ${command} "$@"\n`, {
      mode: 0o755,
    });
    for (const name of ['shop', 'shop-launch'])
      execFileSync('git', ['init', '-q', '--bare', '-b', 'main', join(this.root, 'git', `${name}.git`)]);
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Writes a block that names its `file`; runs any other in bash, where its first failing command ends it. */
  run({ content, options, line }: Block): Promise<Ran> {
    const machine = join(this.root, options['as'] ?? 'you');
    mkdirSync(join(machine, 'home'), { recursive: true });
    const state = join(machine, 'state');
    const script = join(machine, `block-${line}.sh`);
    const file = options['file'];
    const commands =
      file === undefined
        ? content
        : `mkdir -p "$(dirname '${file}')"\ncat > '${file}' <<'END OF FILE'\n${content}END OF FILE\n`;
    const resume = existsSync(state) ? `. '${state}'` : `cd '${machine}'`;
    const keep = `trap '{ declare -px | grep -v "^declare -x \\(SHLVL\\|OLDPWD\\)"; printf "cd %q\\n" "$PWD"; } > ${state}' EXIT`;
    writeFileSync(script, `${resume}\n${keep}\nset -ea -o pipefail\n${commands}`);
    return this.#bash(script, machine, options['as'] ?? 'you');
  }

  #bash(script: string, machine: string, person: string): Promise<Ran> {
    return new Promise((done) => {
      execFile('bash', [script], { cwd: machine, env: this.#environment(machine, person) }, (error, stdout, stderr) =>
        done({
          status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
          output: stdout + stderr,
        }),
      );
    });
  }

  #environment(machine: string, person: string): Record<string, string> {
    return {
      PATH: [join(this.root, 'bin'), process.env['PATH']].join(delimiter),
      HOME: join(machine, 'home'),
      TMPDIR: this.root,
      SESSION: this.root,
      REPOSITORY: repository,
      LAUNCHGATE_HOME: join(machine, 'home/launchgate'),
      NODE_COMPILE_CACHE: join(tmpdir(), 'launchgate-docs-compile-cache'),
      COLUMNS: '100',
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '4',
      GIT_CONFIG_KEY_0: `url.${join(this.root, 'git')}/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'git@git.example:',
      GIT_CONFIG_KEY_1: 'user.name',
      GIT_CONFIG_VALUE_1: person,
      GIT_CONFIG_KEY_2: 'user.email',
      GIT_CONFIG_VALUE_2: `${person}@shop.example`,
      GIT_CONFIG_KEY_3: 'init.defaultBranch',
      GIT_CONFIG_VALUE_3: 'main',
    };
  }
}
