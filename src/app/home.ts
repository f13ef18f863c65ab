import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { isMissing } from '../adapters/file-ops.ts';
import { replaceFile } from '../adapters/replace-file.ts';
import { parseBoundedJson } from '../ledger/bounded-json.ts';
import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';

/** What this machine pins of a ledger, outside of the repository: a candidate can then not bring its own policy or log. */
export interface Pinned {
  readonly policyRoot: Digest;
  /** Verifier keys of the log's sequencer, in the form of signed notes. */
  readonly logKeys: readonly string[];
}

const MAX_PIN_BYTES = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  'expected sha256: and 64 hex digits',
);
const pinnedSchema = z.strictObject({ ledger: z.string(), policyRoot: digest, logKeys: z.array(z.string()).min(1) });

/**
 * `$LAUNCHGATE_HOME`, or `~/.config/launchgate`: keys and pins live there, 0700. A `$XDG_CONFIG_HOME` that is empty or relative counts as not set,
 * as its specification wants it: keys would lie in the repository otherwise.
 */
export function homeFolder(env: Environment): string {
  const own = env['LAUNCHGATE_HOME'];
  if (own !== undefined && own !== '') return resolve(own);
  const config = env['XDG_CONFIG_HOME'] ?? '';
  return join(isAbsolute(config) ? config : join(homedir(), '.config'), 'launchgate');
}

export function keyFolder(env: Environment): string {
  return join(homeFolder(env), 'keys');
}

/**
 * What is pinned for a ledger folder: by the environment (`LAUNCHGATE_POLICY_ROOT`, `LAUNCHGATE_LOG_KEYS`, for CI), else by this
 * machine's pin file. Throws `not-found` where nothing is: an unpinned policy root proves nothing.
 */
export function readPin(env: Environment, ledger: string): Pinned {
  const root = env['LAUNCHGATE_POLICY_ROOT'];
  const keys = env['LAUNCHGATE_LOG_KEYS'];
  if ((root === undefined) !== (keys === undefined)) {
    const [given, other] = root === undefined ? ['LOG_KEYS', 'POLICY_ROOT'] : ['POLICY_ROOT', 'LOG_KEYS'];
    throw new LaunchgateError('usage', `LAUNCHGATE_${given} is set, and LAUNCHGATE_${other} is not`, {
      next: 'Set both, or neither to go by what this machine pins.',
    });
  }
  if (root !== undefined && keys !== undefined) {
    const parsed = pinnedSchema.safeParse({ ledger, policyRoot: root, logKeys: keys.split(/[\s,]+/).filter(Boolean) });
    if (!parsed.success)
      throw new LaunchgateError(
        'usage',
        `LAUNCHGATE_POLICY_ROOT or LAUNCHGATE_LOG_KEYS: ${z.prettifyError(parsed.error)}`,
      );
    return parsed.data;
  }
  const file = pinFile(env, ledger);
  const bytes = readIfThere(file);
  if (bytes === undefined) {
    throw new LaunchgateError('not-found', `no policy root is pinned for ${ledger}`, {
      next: 'Run "launchgate init" to start one, or "launchgate policy pin --root sha256:… --log-key …" with what the owners gave you.',
    });
  }
  const json = parseBoundedJson(bytes, { bytes: MAX_PIN_BYTES, depth: 4 });
  if (!json.ok) throw invalidPin(file, json.reason);
  const parsed = pinnedSchema.safeParse(json.value);
  if (!parsed.success) throw invalidPin(file, z.prettifyError(parsed.error));
  return parsed.data;
}

/** What cannot be read is not missing: whoever holds it for that goes on without what it pins. */
function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether anything is pinned for a ledger folder, by the environment or by this machine. */
export function isPinned(env: Environment, ledger: string): boolean {
  return env['LAUNCHGATE_POLICY_ROOT'] !== undefined || existsSync(pinFile(env, ledger));
}

function invalidPin(file: string, reason: string): LaunchgateError {
  return new LaunchgateError('policy-invalid', `${file}: ${reason}`, {
    next: 'Pin the policy root again: "launchgate policy pin --replace".',
  });
}

/** Pins a policy root and log keys for a ledger on this machine. An existing pin is never replaced silently. */
export function writePin(env: Environment, ledger: string, pinned: Pinned, replace = false): void {
  const file = pinFile(env, ledger);
  if (existsSync(file) && !replace) {
    throw new LaunchgateError('refused', `${file} pins a policy root for this ledger already`, {
      next: `Restore the ledger of that policy. Where its owners really started a new one, run "launchgate policy pin --replace" with what they gave you; to give it up and found another, delete ${file.replace(/\.json$/, '*')} first.`,
    });
  }
  mkdirSync(join(homeFolder(env), 'pins'), { recursive: true, mode: 0o700 });
  replaceFile(file, `${JSON.stringify({ ledger, ...pinned }, undefined, 2)}\n`, 0o600);
}

function pinFile(env: Environment, ledger: string): string {
  return join(homeFolder(env), 'pins', `${idOf(ledger)}.json`);
}

/**
 * The name of the key that sequences a ledger on this machine: `LAUNCHGATE_SEQUENCER_KEY`, for CI, else one after the ledger's folder,
 * because one home may hold several.
 */
export function sequencerKeyName(env: Environment, ledger: string): string {
  const named = env['LAUNCHGATE_SEQUENCER_KEY'];
  return named !== undefined && named !== '' ? named : `sequencer-${idOf(ledger)}`;
}

/** Pins follow the folder: another checkout of the same platform is another ledger until somebody pins it. */
function idOf(ledger: string): string {
  const real = existsSync(ledger) ? realpathSync(ledger) : resolve(ledger);
  return createHash('sha256').update(real).digest('hex').slice(0, 24);
}
