/**
 * Revokes an admin token and waits for every replica to refuse it; then takes the list's store away, after which no admin may come in, and whoever was
 * revoked may not when it is back.
 */
import { z } from 'zod';
import { parseDuration, seconds } from '../../model/duration.ts';
import { defineDrill, type Rehearsal } from '../../model/drill/drill.ts';
import { isLetIn, type Needs, type State, type Subject } from './drill-asks.ts';
import { down, hang, revoke } from './drill-steps.ts';

interface Parameters {
  readonly inARow: number;
}

const MINUTE = 60_000;
export const drill = defineDrill({
  summary:
    'Revokes an admin token and measures until each replica refuses it, then lets the store of the deny-list hang, starts a replica without it, and kills it: the token must stay refused.',
  blastRadius:
    'Everything that needs the store of the deny-list stands still for its bound and some seconds, twice; one replica is restarted, twice.',
  needs: ['access', 'parts', 'people'] satisfies Needs[],
  parameters: z.object({
    inARow: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe('Refusals in a row of each replica before a revocation counts.'),
  }),
  plan: ({ subjects, parameters }: { readonly subjects: readonly Subject[]; readonly parameters: Parameters }) => ({
    runs: subjects.map((subject) => rehearsal(subject, parameters)),
  }),
});

function rehearsal(subject: Subject, { inARow }: Parameters): Rehearsal<Needs> {
  const { id, name } = subject;
  const bound = boundOf(subject);
  const state: State = {};
  return {
    name: `the revocation of admin tokens of ${name}`,
    subjects: [id],
    hypothesis: [
      {
        name: 'replicas that admit an admin',
        unit: 'share',
        timeoutMs: MINUTE,
        tolerance: { atLeast: 1 },
        settleMs: MINUTE,
        async measure({ target }) {
          const replicas = target.parts.replicas(name);
          const token = await target.people.token(target.people.names.admin);
          const statuses = await Promise.all(replicas.map((part) => target.access.asAdmin(part, token)));
          return statuses.filter(isLetIn).length / Math.max(1, replicas.length);
        },
      },
    ],
    method: [
      {
        name: 'revoke a token',
        kind: 'measure',
        timeoutMs: 5 * MINUTE,
        run: (context) => revoke(subject, inARow, context, state),
      },
      {
        name: 'let the store hang',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        run: (context) => hang(subject, bound, context, state),
      },
      {
        name: 'kill the store',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        run: (context) => down(subject, bound, context, state),
      },
    ],
    predictions: [
      {
        name: 'revoked to refused',
        value: Math.min(bound, seconds(subject.params.maxStaleness)),
        unit: 's',
        because: `at the latest when the list is ${bound} s old; pushes bring it sooner`,
      },
    ],
  };
}

/** Seconds that the list may be old, as every workload is told; the longest of them. */
function boundOf({ input, params }: Subject): number {
  const told = input.staleness.flatMap(({ source }) =>
    source.from === 'literal' || source.from === 'configMap' ? (parseDuration(source.value ?? '') ?? []) : [],
  );
  return told.length === 0 ? seconds(params.maxStaleness) : Math.max(...told);
}
