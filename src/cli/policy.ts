import type { Command } from 'commander';
import type { Acted } from '../app/human-acts.ts';
import { findProject } from '../app/project.ts';
import type { Digest } from '../model/digest.ts';
import { LaunchgateError } from '../model/errors.ts';
import { PREDICATE } from '../model/evidence.ts';
import { visible } from '../report/text/visible.ts';
import { deskOf } from './desk.ts';
import { withProgress, type ExitCode, type Io } from './io.ts';
import { readFile } from './read-file.ts';
import { whereabouts } from './recorded.ts';
import type { DefineVerb } from './verbs.ts';

interface PolicyFlags {
  readonly platform?: string;
  readonly key: string;
  readonly root?: string;
  readonly logKey?: string[];
  readonly replace?: boolean;
  readonly reason?: string;
}

interface AcceptFlags extends PolicyFlags {
  readonly environment?: string;
  readonly render: boolean;
}

const EXAMPLES = `
Examples
  launchgate policy show > policy.yaml              the version in force, to edit
  launchgate policy propose policy.yaml             signs it as the next version; counts once enough owners signed
  launchgate evidence show 4f2a9c1be0d3a7c5         look at a proposal before you sign it
  launchgate policy sign 4f2a9c1be0d3a7c5           adds your signature to a proposal, or to what another owner accepted
  launchgate policy accept public-launch            accepts that the commit demands less than at the last GO
  launchgate policy key                             your public key, for an owner to enrol
  launchgate policy revoke sha256:… -r "lost laptop"  by an owner or the key's holder, at once
  launchgate policy pin --root sha256:… --log-key launchgate.local/shop/1a2b3c4d+…

The policy is the trust root: who may sign what, and what each gate requires. Each version is signed by a quorum of the one before.`;

/** `launchgate policy show | propose | sign | accept | revoke | key | pin`. */
export const policy: DefineVerb = (command, io, done): Command => {
  command.addHelpText('after', EXAMPLES);
  const sub = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .option('--platform <file>', 'a launchgate.yaml elsewhere')
      .option('-k, --key <name>', 'your key: a key file, or ssh-agent', 'default');
  sub('show', 'the version in force, as YAML').action(async (flags: PolicyFlags) => {
    const [{ readTrust }, { stringify }] = await Promise.all([import('../app/trust.ts'), import('yaml')]);
    const { trust } = await readTrust(findProject(io.cwd, undefined, flags.platform), io.env);
    io.out(stringify(trust.policy.policy));
    for (const { index, because } of trust.pending) io.note(`entry ${index} waits: ${because}`);
    done(0);
  });
  sub('propose', 'sign a document as the next version')
    .argument('<file>', 'the policy, as "show" prints it, edited')
    .action(async (file: string, flags: PolicyFlags) => {
      done(await propose(file, flags, io));
    });
  sub('sign', 'add your signature to a proposal, or to what another owner accepted')
    .argument('<digest>', 'digest of the proposal')
    .action(async (digest: string, flags: PolicyFlags) => {
      const { act, offered } = await import('../app/human-acts.ts');
      const desk = await deskOf(findProject(io.cwd, undefined, flags.platform), flags.key, io);
      const acted = await act(desk, offered(desk, digest, PREDICATE.policy, PREDICATE.baseline));
      io.out(`${desk.person} signed ${acted.digest}`);
      done(toldOf(acted, io));
    });
  sub('accept', 'as an owner, accept that the commit that is checked out demands less than at the last GO')
    .argument('<gate>', 'a gate whose decision calls it weakened')
    .option('-e, --environment <name>', 'environment the gate decides for')
    .option('--no-render', 'do not start kustomize or helm')
    .action(async (gate: string, flags: AcceptFlags) => {
      await accept(gate, flags, io);
      done(0);
    });
  sub('revoke', 'end a key: what it signs from now on counts for nothing')
    .argument('<key>', 'id of the key, sha256:…')
    .requiredOption('-r, --reason <text>', 'why, in a sentence')
    .action(async (id: string, flags: PolicyFlags) => {
      const [{ act }, { keyStatement }, { demandEnrolled }] = await Promise.all([
        import('../app/human-acts.ts'),
        import('../gate/statements.ts'),
        import('../app/signing-right.ts'),
      ]);
      if (!/^sha256:[0-9a-f]{64}$/.test(id))
        throw new LaunchgateError('usage', `${id} is no key id`, { next: 'Take it from "launchgate policy show".' });
      const desk = await deskOf(findProject(io.cwd, undefined, flags.platform), flags.key, io);
      demandEnrolled(desk.trust, id as Digest);
      const acted = await act(desk, keyStatement({ action: 'revoke', key: id as Digest, reason: flags.reason ?? '' }));
      io.out(`${desk.person} ${acted.refused === undefined ? 'revoked' : 'signed the end of'} ${id}: ${acted.digest}`);
      done(toldOf(acted, io));
    });
  sub('key', 'your public key, as the policy enrols it').action(async (flags: PolicyFlags) => {
    const { signerFor } = await import('../app/acts.ts');
    const { keyId, publicKey } = await signerFor(io.env, flags.key);
    io.out(`- id: ${keyId}\n  publicKey: ${Buffer.from(publicKey).toString('base64')}\n  owner: person/YOU`);
    done(0);
  });
  sub('pin', 'pin the policy root and log key that the owners gave you')
    .requiredOption('--root <digest>', 'digest of policy version 1')
    .requiredOption('--log-key <vkey...>', 'verifier keys of the log')
    .option('--replace', 'replace what is pinned')
    .action(async (flags: PolicyFlags) => {
      const [{ writePin }, { ledgerFolder }, { parseVkey }] = await Promise.all([
        import('../app/home.ts'),
        import('../app/ledger.ts'),
        import('../ledger/vkey.ts'),
      ]);
      if (!/^sha256:[0-9a-f]{64}$/.test(flags.root ?? ''))
        throw new LaunchgateError('usage', `${flags.root} is no digest`, { next: 'Write sha256: and 64 hex digits.' });
      for (const key of flags.logKey ?? []) parseVkey(key);
      writePin(
        io.env,
        ledgerFolder(findProject(io.cwd, undefined, flags.platform)),
        { policyRoot: flags.root as Digest, logKeys: flags.logKey ?? [] },
        flags.replace === true,
      );
      io.out('pinned');
      done(0);
    });
  return command;
};

async function accept(gate: string, flags: AcceptFlags, io: Io): Promise<void> {
  const { acceptLess } = await import('../app/accept-less.ts');
  const desk = await deskOf(findProject(io.cwd, undefined, flags.platform), flags.key, io);
  const { recorded, less, environment } = await withProgress(io, 'Checking the commit', () =>
    acceptLess(desk, {
      gate,
      now: io.now(),
      render: flags.render,
      ...(flags.environment === undefined ? {} : { environment: flags.environment }),
    }),
  );
  io.out(`${desk.person} accepted for ${environment}: ${recorded.digest}`);
  for (const [because, same] of Map.groupBy(less, (one) => one.because)) {
    const controls = same.flatMap(({ control }) => control ?? []);
    io.out(`  ${visible(because)}${controls.length === 0 ? '' : `: ${controls.join(', ')}`}`);
  }
  io.note(whereabouts(recorded));
  const { quorum } = desk.trust.policy.policy.owners;
  if (quorum > 1)
    io.note(`It stands once ${quorum} owners signed: launchgate policy sign ${recorded.digest.slice(7, 23)}`);
}

/** Says where an act lies, and with 1 why the log takes it for nothing. */
function toldOf(acted: Acted, io: Io): ExitCode {
  io.note(whereabouts(acted));
  if (acted.refused !== undefined) io.note(visible(`It counts for nothing: ${acted.refused}.`));
  return acted.refused === undefined ? 0 : 1;
}

async function propose(path: string, flags: PolicyFlags, io: Io): Promise<ExitCode> {
  const [
    { act },
    { policyMistakes },
    { nextPolicy, policyStatement },
    { mistaken, parseWithSchema },
    { policySchema },
    { isMapping },
    { demandMadeFrom },
  ] = await Promise.all([
    import('../app/human-acts.ts'),
    import('../app/policy-mistakes.ts'),
    import('../gate/statements.ts'),
    import('../engine/load-spec.ts'),
    import('../model/policy.ts'),
    import('../model/cursor.ts'),
    import('../app/made-from.ts'),
  ]);
  const desk = await deskOf(findProject(io.cwd, undefined, flags.platform), flags.key, io);
  const next = 'Start from "launchgate policy show".';
  const text = Buffer.from(readFile(path, io, next)).toString('utf8');
  // What the file leaves out stays as it is in force.
  let given: Readonly<Record<string, unknown>> = {};
  const document = parseWithSchema(policySchema, text, path, 'policy-invalid', (change) => {
    if (!isMapping(change) || Object.keys(change).length === 0)
      throw new LaunchgateError('policy-invalid', `${path} holds no policy`, { next });
    given = change;
    return nextPolicy(desk.trust.policy, change);
  });
  demandMadeFrom(desk.trust.policy, given, path);
  const mistakes = await policyMistakes(document, desk.trust.policy.policy, desk.project);
  if (mistakes.length > 0) throw mistaken(mistakes, text, path, 'policy-invalid');
  const acted = await act(desk, policyStatement(document));
  const { version, owners } = desk.trust.policy.policy;
  io.out(`proposed version ${version + 1}: ${acted.digest}`);
  const isOwner = owners.persons.includes(desk.person);
  if (isOwner && owners.quorum === 1) return toldOf(acted, io);
  const needed = `${owners.quorum} ${owners.quorum === 1 ? 'owner' : 'owners'}`;
  io.note(`It is in force once ${needed} signed: launchgate policy sign ${acted.digest.slice(7, 23)}`);
  return isOwner ? toldOf(acted, io) : 0;
}
