import { Option, type Command } from 'commander';
import { LaunchgateError } from '../model/errors.ts';
import type { Digest } from '../model/digest.ts';
import { parseDuration } from '../model/duration.ts';
import type { LedgerView } from '../app/ledger.ts';
import { findProject } from '../app/project.ts';
import type { EvidenceVerification } from '../app/verify-evidence.ts';
import type { Verification } from '../gate/verify-decision.ts';
import type { Envelope } from '../model/evidence.ts';
import { jsonText } from '../report/text/json.ts';
import { visible } from '../report/text/visible.ts';
import type { Io } from './io.ts';
import { readFile } from './read-file.ts';
import type { DefineVerb } from './verbs.ts';
import {
  expectedLog,
  expectedSigners,
  expectedWitnesses,
  pinnedExpectation,
  type ExpectationFlags,
} from './verify-expected.ts';

interface VerifyFlags extends ExpectationFlags {
  readonly gate?: string;
  readonly environment?: string;
  readonly candidate?: string;
  readonly image?: string[];
  readonly maxAge?: string;
  readonly from?: string;
  readonly acceptPins?: boolean;
  readonly acceptBreakGlass?: boolean;
  readonly format: string;
}

const EXAMPLES = `
Examples
  launchgate verify decision.dsse.json -g public-launch -e production --image sha256:… --signer release.pub
  launchgate verify decision.dsse.json -g public-launch -e staging --candidate sha256:… --max-age 2h
  launchgate verify evidence.dsse.json --signer ci.pub --proof evidence.tlog-proof

What is expected is never read from the file. --policy-root defaults to what this machine pins. Where the ledger is at hand the
decision must rest on that log and on all it held when it was decided, and no later NO-GO may speak against it. Where the ledger was
at hand and is gone nobody can tell, unless --min-ledger-size says what the decision must rest on.
Without --gate the file is a piece of evidence: who signed it, and with --proof that the log of --log-key holds it.
Exit status: 0 it holds, 1 it is refused (each reason is named), 2 it could not be read, or what is expected is no digest, duration or size.`;

/** `launchgate verify FILE`. */
export const verify: DefineVerb = (command, io, done): Command =>
  command
    .argument('<file>', 'a signed decision or a piece of evidence (DSSE envelope)')
    .option('-g, --gate <name>', 'the gate that must have decided')
    .option('-e, --environment <name>', 'the environment it must hold for')
    .option('--candidate <digest>', 'the candidate that is about to be deployed')
    .option('--image <digest...>', 'the images that are about to be deployed')
    .option('--policy-root <digest>', 'digest of the first policy version; default: what is pinned here')
    .option('--signer <file...>', 'public keys (PEM or ssh-ed25519), one of which must have signed; default: your own')
    .option('--max-age <duration>', 'oldest decision that is taken; default: 24h')
    .option('--min-ledger-size <n>', 'smallest ledger it may rest on, in entries; default: any')
    .option('--proof <file>', 'of evidence: the inclusion proof that "ledger prove" wrote')
    .option('--log-key <vkey...>', 'of evidence: keys of the log; default: what is pinned here')
    .option('--witness <vkey...>', 'of evidence: keys of witnesses (cosignature/v1), each of which must have cosigned')
    .option('--from <name>', 'of a promotion: the environment it started from, as "gate --from" named it')
    .option('--accept-pins', 'take a decision that believed pinned renders ("gate --trust-pins")')
    .option('--accept-break-glass', 'take a NO-GO whose recorded break-glass is in force')
    .option('--platform <file>', 'a launchgate.yaml elsewhere, for what is pinned')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['human', 'json']).default('human'))
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: VerifyFlags) => {
      const { decodeEnvelope } = await import('../ledger/envelope.ts');
      const envelope = decodeEnvelope(
        readFile(file, io, 'Name a decision that "launchgate gate --output" wrote.'),
        file,
      );
      const verification =
        flags.gate === undefined
          ? await ofEvidence(envelope, file, flags, io)
          : await ofDecision(envelope, flags.gate, flags, io);
      if (flags.format === 'json')
        io.out(jsonText({ apiVersion: 'launchgate/v1', kind: 'Verification', ...verification }));
      else if (verification.holds) io.out(`holds: ${visible(verification.summary)}`);
      else io.out(['refused', ...verification.reasons.map((reason) => `  - ${visible(reason)}`)].join('\n'));
      done(verification.holds ? 0 : 1);
    });

async function ofDecision(envelope: Envelope, gate: string, flags: VerifyFlags, io: Io): Promise<Verification> {
  if (flags.environment === undefined)
    throw new LaunchgateError('usage', 'a decision holds for one environment', { next: 'Name it with -e.' });
  if ((flags.proof ?? flags.logKey ?? flags.witness) !== undefined)
    throw new LaunchgateError('usage', 'a decision is held against the log beside it, not against a proof', {
      next: 'Leave --proof, --log-key and --witness out, or verify evidence without --gate.',
    });
  demandMeant(flags);
  const [{ verifyWith }, { verifyDecision }, { logHere }] = await Promise.all([
    import('../ledger/envelope.ts'),
    import('../gate/verify-decision.ts'),
    import('../app/decision-log.ts'),
  ]);
  const log = await logHere(findProject(io.cwd, undefined, flags.platform), io.env, flags.minLedgerSize !== undefined);
  const pinned = await pinnedExpectation(flags, io);
  const decided = verifyDecision(
    envelope,
    {
      gate,
      environment: flags.environment,
      ...(flags.candidate === undefined ? {} : { candidate: flags.candidate as Digest }),
      ...(flags.image === undefined ? {} : { images: flags.image as Digest[] }),
      ...pinned,
      ...(flags.from === undefined ? {} : { from: flags.from }),
      ...(flags.acceptPins === undefined ? {} : { acceptPins: flags.acceptPins }),
      maxAge: flags.maxAge ?? '24h',
      now: io.now(),
      ...(flags.acceptBreakGlass === undefined ? {} : { acceptBreakGlass: flags.acceptBreakGlass }),
    },
    verifyWith,
  );
  return againstLog(decided, envelope, pinned.signers, log);
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** An expectation that nothing can meet, or anything, is a slip of whoever asks: an unset variable, say. It says nothing of the decision. */
function demandMeant({ candidate, image, policyRoot, maxAge }: VerifyFlags): void {
  const digests = [candidate ?? [], ...(image ?? []), policyRoot ?? []].flat();
  const wrong = digests.find((one) => !DIGEST.test(one));
  if (wrong !== undefined)
    throw new LaunchgateError('usage', `${JSON.stringify(wrong)} is no digest`, {
      next: 'Write sha256: and 64 hex digits in lower case; of an image the digest alone, without its name.',
    });
  if (maxAge !== undefined && parseDuration(maxAge) === undefined)
    throw new LaunchgateError('usage', `--max-age ${maxAge} is not a duration`, { next: 'Write 24h or 90m.' });
}

async function ofEvidence(envelope: Envelope, file: string, flags: VerifyFlags, io: Io): Promise<EvidenceVerification> {
  const [{ verifyEvidence }, { statementOf }, { PREDICATE }] = await Promise.all([
    import('../app/verify-evidence.ts'),
    import('../ledger/envelope.ts'),
    import('../model/evidence.ts'),
  ]);
  if (statementOf(envelope, file).predicateType === PREDICATE.verificationSummary)
    throw new LaunchgateError('usage', 'it is a decision, and a decision is verified for a gate', {
      next: 'Say what you expect with --gate and -e.',
    });
  refuseOfDecision(flags);
  const signers = await expectedSigners(flags, io);
  const witnesses = await expectedWitnesses(flags);
  if (flags.proof === undefined) return verifyEvidence(envelope, file, { signers });
  const bytes = readFile(flags.proof, io, 'Write it with "launchgate ledger prove DIGEST -o FILE".');
  return verifyEvidence(envelope, file, {
    signers,
    proof: { bytes, name: flags.proof, logKeys: await expectedLog(flags, io), witnesses },
  });
}

const OF_DECISION = [
  'environment',
  'candidate',
  'image',
  'policyRoot',
  'maxAge',
  'minLedgerSize',
  'from',
  'acceptPins',
  'acceptBreakGlass',
] as const;

/** What is expected of a decision says nothing of a piece of evidence: taken and not looked at, it would seem to hold. */
function refuseOfDecision(flags: VerifyFlags): void {
  const given = OF_DECISION.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const option = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new LaunchgateError(
    'usage',
    `--${option} is for a decision, and without --gate the file is a piece of evidence`,
    {
      next: 'Name the gate with --gate, or leave it out.',
    },
  );
}

/** What the log beside the project says against a decision that holds otherwise. */
async function againstLog(
  verification: Verification,
  envelope: Envelope,
  signers: readonly Uint8Array[],
  log: LedgerView | undefined,
): Promise<Verification> {
  if (!verification.holds || log === undefined) return verification;
  const { faultsByLog } = await import('../app/decision-log.ts');
  const [first, ...rest] = await faultsByLog(envelope, signers, log);
  return first === undefined ? verification : { holds: false, reasons: [first, ...rest] };
}
