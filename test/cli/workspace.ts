import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { main } from '../../src/cli/main.ts';
import type { PolicyInput } from '../../src/model/policy.ts';

/** What one command line answered. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly now?: Date;
  /** Relative to the repository; default: its top. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
  readonly columns?: number;
}

type Tree = Readonly<Record<string, string>>;

/** A real git repository with a home for keys and pins beside it, and the command line run in it. Goes away with `remove`. */
export class Workspace {
  readonly base: string;
  readonly root: string;
  readonly home: string;

  constructor(files: Tree = {}) {
    this.base = realpathSync(mkdtempSync(join(tmpdir(), 'launchgate-cli-')));
    this.root = join(this.base, 'repository');
    this.home = join(this.base, 'home');
    mkdirSync(this.root);
    this.write(files);
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }

  write(files: Tree): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Commits everything, as Dev, who holds no role in any policy. */
  commit(subject = 'Change'): string {
    if (this.#fresh) {
      this.git('init', '-q', '-b', 'main');
      this.#fresh = false;
    }
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', subject);
    return this.git('rev-parse', 'HEAD').trim();
  }
  #fresh = true;

  git(...args: string[]): string {
    const settings = ['user.name=Dev', 'user.email=dev@example.com', 'commit.gpgsign=false'];
    return execFileSync('git', [...settings.flatMap((one) => ['-c', one]), ...args], {
      cwd: this.root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs a command line in process, with its output caught. */
  async run(argv: readonly string[], around: Surroundings = {}): Promise<Answer> {
    let out = '';
    let err = '';
    const code = await main(argv, {
      cwd: join(this.root, around.cwd ?? '.'),
      env: { PATH: process.env['PATH'], HOME: this.base, LAUNCHGATE_HOME: this.home, ...around.env },
      out: (text) => (out += text.endsWith('\n') ? text : `${text}\n`),
      note: (text) => (err += `${text}\n`),
      outIsTerminal: around.terminal === true,
      noteIsTerminal: false,
      columns: around.columns ?? 100,
      now: () => around.now ?? new Date(),
    });
    return { code, out, err };
  }

  /** The command line as a person types it, without quotes. */
  launchgate(line: string, around: Surroundings = {}): Promise<Answer> {
    return this.run(line.split(' ').filter(Boolean), around);
  }

  /** Founds a policy owned by Ana and puts a second version into force: her change of the first. */
  async foundPolicy(change: (policy: PolicyInput) => PolicyInput): Promise<void> {
    expectCode(await this.launchgate('init --person ana --name Ana --email ana@example.com'), 0);
    await this.propose(change);
  }

  async propose(change: (policy: PolicyInput) => PolicyInput): Promise<Answer> {
    const { out } = expectCode(await this.launchgate('policy show'), 0);
    const file = join(this.base, 'policy.yaml');
    writeFileSync(file, stringify(change(parse(out) as PolicyInput)));
    return expectCode(await this.run(['policy', 'propose', file]), 0);
  }

  /** Makes a key in this home and answers how a policy enrols it. */
  async enrolled(owner: string, name = owner): Promise<PolicyInput['keys'][number]> {
    const { out } = expectCode(await this.launchgate(`policy key -k ${name}`), 0);
    const [key] = parse(out) as PolicyInput['keys'];
    if (key === undefined) throw new Error(`no key in ${out}`);
    return { ...key, owner: `person/${owner}` };
  }
}

/** A workspace for one test. */
export function workspace(files: Tree = {}): Workspace {
  const made = new Workspace(files);
  onTestFinished(() => made.remove());
  return made;
}

/** Answers what it was given, or throws with all that was said: a set-up step that fails must not look like a finding. */
export function expectCode(answer: Answer, code: number): Answer {
  if (answer.code !== code) throw new Error(`exit ${answer.code} instead of ${code}\n${answer.out}\n${answer.err}`);
  return answer;
}

/** A Deployment with its disruption budget: two replicas, one of which may go. */
export function service(name: string, change: { readonly replicas?: number; readonly image?: string } = {}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: {app: ${name}}
spec:
  replicas: ${change.replicas ?? 3}
  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
      containers:
        - name: ${name}
          image: ${change.image ?? IMAGE}
`;
}

export const DIGEST = `sha256:${'a1'.repeat(32)}`;
export const IMAGE = `registry.example.com/shop/api@${DIGEST}`;

export function budget(name: string, spec = 'maxUnavailable: 1', of = name): string {
  return `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
spec:
  ${spec}
  selector:
    matchLabels: {app: ${of}}
`;
}

/** A spec of one service in production. */
export const SPEC = `apiVersion: launchgate/v1
kind: Platform
name: shop
environments:
  - name: production
    kind: production
  - name: staging
    kind: staging
services:
  - name: api
    owner: team-api
    quorum: 1
`;
