import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { durableFiles } from '../adapters/durable-files.ts';
import { fileSigner } from '../adapters/keys.ts';
import { firstPolicy } from '../gate/first-policy.ts';
import { policyStatement } from '../gate/statements.ts';
import { logKey } from '../ledger/checkpoint.ts';
import { signStatement } from '../ledger/envelope.ts';
import { formatVkey, parseVkey } from '../ledger/vkey.ts';
import { LaunchgateError } from '../model/errors.ts';
import { policyDigest, policyPersonSchema } from '../model/policy.ts';
import { isSequencer, openSequencer, signerFor } from './acts.ts';
import { lastSeenSize } from './decision-log.ts';
import { isPinned, keyFolder, readPin, sequencerKeyName, writePin } from './home.ts';
import { ledgerFolder, readLedger } from './ledger.ts';
import { openProject } from './check.ts';
import type { Project } from './project.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who founds a policy; what is not given comes from git's configuration. */
export interface FounderChoice {
  readonly person?: string;
  readonly name?: string;
  readonly email?: string;
  readonly key: string;
}

const { id: personId, name: personName, email: personEmail } = policyPersonSchema.shape;

/** Throws `usage` for what no policy would take of its founder, before anything is written. */
export function demandFounder({ person, name, email }: FounderChoice): void {
  const given = [
    { option: '--person', value: person, schema: personId.optional() },
    { option: '--name', value: name, schema: personName.optional() },
    { option: '--email', value: email, schema: personEmail },
  ];
  for (const { option, value, schema } of given) {
    const [issue] = schema.safeParse(value).error?.issues ?? [];
    if (issue === undefined) continue;
    throw new LaunchgateError(
      'usage',
      `${option} ${JSON.stringify(value)} cannot stand in a policy: ${issue.message}`,
      {
        next: `Correct ${option}, or leave it away: it is taken from git then.`,
      },
    );
  }
}

/** Whether a ledger was started here, by whomever. */
export function hasLedger(project: Project): boolean {
  return existsSync(join(ledgerFolder(project), 'ledger', 'checkpoint'));
}

/**
 * Starts a policy and its ledger: a key for the founder, one for the sequencer, version 1 of the policy as the first entry, and both
 * roots pinned on this machine. Answers what was made, for the person to read.
 */
export async function found(project: Project, env: Environment, choice: FounderChoice): Promise<string[]> {
  const folder = ledgerFolder(project);
  const begun = await originOfBegun(project, env);
  if (begun === undefined && hasLedger(project)) return kept(env, folder);
  await durableFiles(folder).create([
    { path: '.gitignore', bytes: Buffer.from(IGNORED) },
    { path: '.gitattributes', bytes: Buffer.from(ATTRIBUTES) },
  ]);
  const founder = await founderOf(project, env, choice);
  const statement = policyStatement(firstPolicy(founder, `https://launchgate.dev/verifier/${platformName(project)}`));
  const signer = await signerFor(env, choice.key);
  const envelope = await signStatement(statement, [signer]);
  const origin = begun ?? `launchgate.local/${platformName(project)}/${randomBytes(4).toString('hex')}`;
  const sequencerKey = await fileSigner(keyFolder(env), sequencerKeyName(env, folder));
  const policyRoot = policyDigest((statement.predicate as { policy: unknown }).policy);
  const vkey = formatVkey(logKey(origin, sequencerKey.publicKey));
  writePin(env, folder, { policyRoot, logKeys: [vkey] }, begun !== undefined);
  const sequencer = await openSequencer(project, env, origin);
  try {
    await sequencer.appendAll([envelope]);
  } finally {
    await sequencer.close();
  }
  return [
    `policy version 1: owner ${founder.id}, key ${signer.keyId}`,
    `policy root ${policyRoot}`,
    `log key ${vkey}`,
    'Give the last two to whoever verifies: CI takes them as LAUNCHGATE_POLICY_ROOT and LAUNCHGATE_LOG_KEYS.',
  ];
}

/** The log's origin where a founding broke off before its first entry: pinned by this machine, which holds its key and never saw anything in it. */
async function originOfBegun(project: Project, env: Environment): Promise<string | undefined> {
  const folder = ledgerFolder(project);
  if (!isSequencer(env, folder) || !isPinned(env, folder) || (await lastSeenSize(project, env)) > 0) return undefined;
  if (hasLedger(project) && (await readLedger(project, env)).size > 0) return undefined;
  return readPin(env, folder).logKeys.map(parseVkey)[0]?.name;
}

function kept(env: Environment, folder: string): string[] {
  const there = 'the ledger is there already and stays as it is';
  if (isPinned(env, folder)) return [there];
  return [there, 'this machine pins nothing of it: run "launchgate policy pin" with what its owners gave you'];
}

/** Tiles and checkpoints never live in a branch; evidence files may. */
const IGNORED = `ledger/
tmp/
`;

/** What is signed are bytes: no checkout may write other line ends. */
const ATTRIBUTES = `* -text
`;

async function founderOf(
  project: Project,
  env: Environment,
  choice: FounderChoice,
): Promise<{ id: string; name: string; email?: string; publicKey: Uint8Array }> {
  const name = choice.name ?? gitConfig(project, 'user.name') ?? env['USER'] ?? 'founder';
  const email = choice.email ?? gitConfig(project, 'user.email');
  const id = choice.person ?? slug(email?.split('@')[0] ?? name);
  if (id === '')
    throw new LaunchgateError('usage', 'nobody to found the policy', { next: 'Give --person, --name and --email.' });
  const { publicKey } = await signerFor(env, choice.key);
  return { id, name, ...(email !== undefined && personEmail.safeParse(email).success ? { email } : {}), publicKey };
}

function gitConfig(project: Project, key: string): string | undefined {
  try {
    return (
      execFileSync('git', ['config', '--get', key], {
        cwd: project.root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}

/** The spec's name, read without judging the rest of it. */
function platformName(project: Project): string {
  const tree = openProject(project);
  const text =
    project.spec !== undefined && tree.has(project.spec)
      ? tree.text(project.spec)
      : existsSync(join(project.root, 'launchgate.yaml'))
        ? readFileSync(join(project.root, 'launchgate.yaml'), 'utf8')
        : '';
  return slug(/^name:\s*(\S+)/m.exec(text)?.[1] ?? 'platform');
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
