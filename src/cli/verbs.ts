import type { Command } from 'commander';
import type { ExitCode, Io } from './io.ts';

/** Adds a verb's arguments, options and action to its command; `done` takes the exit status. */
export type DefineVerb = (command: Command, io: Io, done: (status: ExitCode) => void) => Command;

export interface Verb {
  readonly name: string;
  readonly group: 'prove' | 'describe' | 'decide' | 'evidence' | 'learn';
  readonly summary: string;
  /** Loaded only when the verb is used, so that a short command starts fast. */
  load(): Promise<DefineVerb>;
}

/** Every verb, in the order the overview shows them. */
export const verbs: readonly Verb[] = [
  {
    name: 'check',
    group: 'prove',
    summary: 'prove the static half of the controls on a repository',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'reach',
    group: 'prove',
    summary: 'what may talk to what under the network policies, and why',
    load: async () => (await import('./reach.ts')).reach,
  },
  {
    name: 'lab',
    group: 'prove',
    summary: 'the reference platform as real local processes: up, status, logs, restart, down',
    load: async () => (await import('./lab.ts')).lab,
  },
  {
    name: 'drill',
    group: 'prove',
    summary: 'drill the controls on the lab or an environment: list, run, approve, cleanup',
    load: async () => (await import('./drill.ts')).drill,
  },
  {
    name: 'synth',
    group: 'prove',
    summary: 'write the missing artifacts, as patches to the sources that own them',
    load: async () => (await import('./synth.ts')).synth,
  },
  {
    name: 'init',
    group: 'describe',
    summary: 'write launchgate.yaml and a first policy from what is found',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'import',
    group: 'describe',
    summary: 'read existing checklists and trackers into the spec',
    load: async () => (await import('./import.ts')).importVerb,
  },
  {
    name: 'gate',
    group: 'decide',
    summary: 'decide a gate for a candidate: GO or NO-GO, with every reason',
    load: async () => (await import('./gate.ts')).gate,
  },
  {
    name: 'verify',
    group: 'decide',
    summary: 'verify a decision or an envelope, offline',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'sign-off',
    group: 'decide',
    summary: 'sign the sealed inputs of a gate as a person',
    load: async () => (await import('./sign-off.ts')).signOff,
  },
  {
    name: 'waive',
    group: 'decide',
    summary: 'permit missing a control: dated, reasoned, approved by another',
    load: async () => (await import('./waive.ts')).waive,
  },
  {
    name: 'exclude',
    group: 'decide',
    summary: 'sign that a control does not apply: dated and reasoned',
    load: async () => (await import('./exclude.ts')).exclude,
  },
  {
    name: 'break-glass',
    group: 'decide',
    summary: 'pass a closed gate in an emergency: quorum, expiry, on record',
    load: async () => (await import('./break-glass.ts')).breakGlass,
  },
  {
    name: 'revoke',
    group: 'decide',
    summary: 'refuse tokens, persons, sessions or keys at once, on every service',
    load: async () => (await import('./revoke.ts')).revoke,
  },
  {
    name: 'policy',
    group: 'decide',
    summary: 'show, propose and sign versions of the policy',
    load: async () => (await import('./policy.ts')).policy,
  },
  {
    name: 'evidence',
    group: 'evidence',
    summary: 'take in, list and show evidence: SARIF, JUnit, CycloneDX, attachments',
    load: async () => (await import('./evidence.ts')).evidence,
  },
  {
    name: 'ledger',
    group: 'evidence',
    summary: 'integrity of the log: fsck, prove, checkpoint, sequence',
    load: async () => (await import('./ledger.ts')).ledger,
  },
  {
    name: 'controls',
    group: 'learn',
    summary: 'the catalog, or one control explained',
    load: async () => (await import('./controls.ts')).controls,
  },
  {
    name: 'demo',
    group: 'learn',
    summary: 'all of it on the bundled example',
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'completion',
    group: 'learn',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion,
  },
];
