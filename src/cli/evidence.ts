import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { FORMATS, type EvidenceFormat } from '../app/evidence-format.ts';
import { findProject } from '../app/project.ts';
import { planFacts, type EvidenceScope, type LedgerEntry, type Statement } from '../model/evidence.ts';
import { jsonText } from '../report/text/json.ts';
import { visible } from '../report/text/visible.ts';
import { whereabouts } from './recorded.ts';
import type { DefineVerb } from './verbs.ts';

interface AddFlags {
  readonly control: string;
  readonly subject?: string;
  readonly environment: string;
  readonly type?: EvidenceFormat;
  readonly about?: string[];
  readonly title?: string;
  readonly shard?: string;
  readonly scanned?: boolean;
  readonly finishedAt?: string;
  readonly platform?: string;
  readonly key: string;
}

interface ListFlags {
  readonly control?: string;
  readonly platform?: string;
  readonly format: string;
}

const EXAMPLES = `
Examples
  launchgate evidence add trivy.sarif -c vulnerability-policy -s service/api -e staging
  launchgate evidence add junit.xml -c integration-fidelity -e staging --about 3f1c…
  launchgate evidence add junit-2.xml --shard 2/4 -c integration-fidelity -e staging
  launchgate evidence add plan.json -c infrastructure-plan -e production
  launchgate evidence list -c restore
  launchgate evidence show 4f2a9c1be0d3a7c5

Exit status of add: 0 it was recorded, 1 it was, and no gate takes it or it looked at nothing: why is said, 2 it was not recorded.`;

/** `launchgate evidence add | list | show`. */
export const evidence: DefineVerb = (command, io, done): Command => {
  command.addHelpText('after', EXAMPLES);
  command
    .command('add')
    .description('take in a report or a document, signed and logged')
    .argument('<file>', 'SARIF, JUnit XML, CycloneDX JSON, a Terraform plan in JSON, or any document')
    .requiredOption('-c, --control <id>', 'the control it is for')
    .requiredOption('-e, --environment <name>', 'the environment it is about')
    .option('-s, --subject <subject>', 'the subject it is about; default: all of the control')
    .addOption(new Option('--type <type>', 'what the file is; default: told from its content').choices([...FORMATS]))
    .option('--about <digest...>', 'image digests or commits it is about, where the report does not say')
    .option('--title <text>', 'title of an attachment')
    .option(
      '--shard <i/n>',
      'which part of a split run a JUnit report is; default: told from a name such as shard_2_of_4',
    )
    .option(
      '--scanned',
      'its tool looked for vulnerabilities: for a CycloneDX document whose empty list may be of a mere inventory',
    )
    .option(
      '--finished-at <time>',
      'when the tool finished, where the report does not say; default: when the file was written, unless git did',
    )
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('-k, --key <name>', 'key that signs it: a key file, or ssh-agent', 'default')
    .action(async (file: string, flags: AddFlags) => {
      const [{ evidenceStatement }, { record, signerFor }, { demandKnownHere }, { askedBy, demandSubject }, worth] =
        await Promise.all([
          import('../app/evidence.ts'),
          import('../app/acts.ts'),
          import('../app/known-controls.ts'),
          import('../app/asked.ts'),
          import('../app/evidence-worth.ts'),
        ]);
      const { trustHere } = await import('../app/trust.ts');
      const project = findProject(io.cwd, undefined, flags.platform);
      await demandKnownHere(flags.control, flags.environment, project);
      const { statement, isOfFile } = await evidenceStatement(project, {
        file: resolve(io.cwd, file),
        control: flags.control,
        environment: flags.environment,
        now: io.now(),
        about: flags.about ?? [],
        ...(flags.type === undefined ? {} : { format: flags.type }),
        ...(flags.subject === undefined ? {} : { subject: flags.subject }),
        ...(flags.title === undefined ? {} : { title: flags.title }),
        ...(flags.shard === undefined ? {} : { shard: flags.shard }),
        ...(flags.scanned === undefined ? {} : { scanned: flags.scanned }),
        ...(flags.finishedAt === undefined ? {} : { finishedAt: flags.finishedAt }),
      });
      const asked = await askedBy(project, flags.control, flags.environment);
      const untold = flags.subject === undefined ? undefined : demandSubject(flags.subject, asked);
      const signer = await signerFor(io.env, flags.key);
      const recorded = await record(project, io.env, statement, [signer]);
      io.out(recorded.digest);
      io.note(readAs(statement, flags.type));
      if (isOfFile) io.note(datedByFile(statement));
      io.note(whereabouts(recorded));
      if (untold !== undefined) io.note(visible(untold));
      const trust = await trustHere(project, io.env);
      const { refused, empty, says } = worth.worthOf(asked, statement, { recorded, signer, trust, now: io.now() });
      for (const line of says) io.note(visible(line));
      if (refused !== undefined) io.note(visible(`No gate takes it as evidence: ${refused}.`));
      if (empty !== undefined) io.note(`It proves nothing: ${empty}.`);
      done(refused === undefined && empty === undefined ? 0 : 1);
    });
  command
    .command('list')
    .description('what the ledger holds, newest last')
    .option('-c, --control <id>', 'only for this control')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['human', 'json']).default('human'))
    .action(async (flags: ListFlags) => {
      const { readLedger } = await import('../app/ledger.ts');
      const project = findProject(io.cwd, undefined, flags.platform);
      const { entries } = await readLedger(project, io.env);
      const rows = entries.map(rowOf).filter(({ control }) => flags.control === undefined || control === flags.control);
      if (rows.length === 0 && flags.control !== undefined) {
        const { demandControlHere } = await import('../app/known-controls.ts');
        await demandControlHere(flags.control, project);
      }
      if (flags.format === 'json')
        io.out(jsonText({ apiVersion: 'launchgate/v1', kind: 'EvidenceList', entries: rows }));
      else if (rows.length === 0) io.note(`The ledger holds nothing for ${flags.control ?? 'anything'}.`);
      else
        io.out(
          rows
            .map(({ index, digest, at, kind, control, subject, environment }) =>
              [
                String(index).padStart(5),
                digest.slice(7, 23),
                at.slice(0, 19),
                ...[kind, control ?? '', subject ?? '', environment ?? ''].map(visible),
              ]
                .join('  ')
                .trimEnd(),
            )
            .join('\n'),
        );
      done(0);
    });
  command
    .command('show')
    .description('one statement, as it was signed')
    .argument('<digest>', 'digest of the envelope, or an unmistakable beginning of it')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .action(async (digest: string, flags: ListFlags) => {
      const [{ readLedger }, { findEntry }] = await Promise.all([
        import('../app/ledger.ts'),
        import('../app/find-entry.ts'),
      ]);
      const { entries } = await readLedger(findProject(io.cwd, undefined, flags.platform), io.env);
      const entry = findEntry(entries, digest);
      const shown = { ...rowOf(entry), statement: entry.statement, envelope: entry.envelope };
      io.out(jsonText(shown));
      done(0);
    });
  return command;
};

/** What the file was taken for: a report that was not recognised would be a document, which nobody reads. */
function datedByFile({ predicate }: Statement): string {
  const { finishedAt } = predicate as EvidenceScope;
  return `it does not say when it was made: taken is when its file was written, ${finishedAt}; for a copy, name the true time with --finished-at`;
}

function readAs({ predicate }: Statement, asked: EvidenceFormat | undefined): string {
  const { format, shard } = predicate as { format?: string; shard?: { index: number; of: number } };
  if (format !== undefined)
    return `read as ${format}${shard === undefined ? '' : `, shard ${shard.index} of ${shard.of}`}`;
  if (planFacts(predicate) !== undefined) return 'read as plan';
  return asked === undefined
    ? 'read as attachment: a document, of which the digest is kept; name what it is with --type if it is a report'
    : 'read as attachment';
}

interface Row {
  readonly index: number;
  readonly digest: string;
  readonly at: string;
  readonly kind: string;
  readonly control?: string;
  readonly subject?: string;
  readonly environment?: string;
}

function rowOf({ index, digest, sequencedAt, statement }: LedgerEntry): Row {
  const scope = statement.predicate as { control?: string; subject?: string; environment?: string } | null;
  return {
    index,
    digest,
    at: sequencedAt,
    kind: statement.predicateType.split('/').at(-2) ?? statement.predicateType,
    ...(typeof scope?.control === 'string' ? { control: scope.control } : {}),
    ...(typeof scope?.subject === 'string' ? { subject: scope.subject } : {}),
    ...(typeof scope?.environment === 'string' ? { environment: scope.environment } : {}),
  };
}
