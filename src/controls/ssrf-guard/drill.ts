/** Words addresses for the service's probe as an attacker does, and sees whether anything inside is reached. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Probes, Trap } from '../../model/drill/probes.ts';
import { BYPASSES } from './corpus.ts';

type Subject = DrillSubject<unknown, unknown>;
type Context = StepContext<'probes'>;

const MINUTE = 60_000;
const LOOPBACK = '127.0.0.1';

export const drill = defineDrill({
  summary:
    'Has the service probe addresses in every spelling by which guards have been passed, names that change their mind between two lookups, and redirects to the inside.',
  blastRadius:
    'One replica is restarted twice; some hundred probes, of which none may leave the service, stand in its log.',
  needs: ['probes'],
  parameters: z.object({}),
  plan: ({ subjects }: { readonly subjects: readonly Subject[] }) => ({ runs: subjects.map(rehearsal) }),
});

function rehearsal({ id, name }: Subject): Rehearsal<'probes'> {
  return {
    name: `where the probes of ${name} are led`,
    subjects: [id],
    hypothesis: [
      {
        name: 'probes of an allowed node that reach it',
        unit: 'probes',
        timeoutMs: MINUTE,
        tolerance: { atLeast: 1 },
        async measure({ target: { probes } }) {
          const { address, port } = probes.allowed(name);
          return (await probes.send(name, `https://${address}:${port}/`)) === 'reached' ? 1 : 0;
        },
      },
    ],
    method: [
      {
        name: 'set a trap and lead it there',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        run: (context) => lead(name, context),
      },
    ],
  };
}

async function lead(service: string, context: Context): Promise<void> {
  const trap = await context.target.probes.trap(service);
  try {
    await leadInto(trap, service, context);
  } finally {
    trap.end();
  }
}

async function leadInto(trap: Trap, service: string, context: Context): Promise<void> {
  const { probes } = context.target;
  const { address, port } = probes.allowed(service);
  const control = await trap.send(`https://${address}:${port}/`);
  if (control !== 'reached')
    throw new CannotTell(
      `a probe of ${address}:${port}, which is allowed, reaches nothing: refusals would prove nothing`,
    );
  context.mark('an allowed node is reached');
  await spellings(service, probes, trap, context);
  await names(trap, address, context);
  await redirects(trap, `https://${address}:${port}/`, context);
}

async function spellings(service: string, probes: Probes, trap: Trap, context: Context): Promise<void> {
  const { address } = probes.allowed(service);
  const through: string[] = [];
  for (const bypass of BYPASSES) {
    context.signal.throwIfAborted();
    const url = bypass.replaceAll('{port}', String(trap.port)).replaceAll('{allowed}', address);
    const before = trap.visits();
    const outcome = await probes.send(service, url);
    if (outcome === 'reached' || trap.visits() > before) through.push(bypass);
  }
  context.observe({ name: 'bypasses tried', value: BYPASSES.length, unit: 'addresses' });
  observe(context, 'bypasses that went through', 'addresses', through);
}

/** A name is looked up once, and what was judged is what is connected to. */
async function names(trap: Trap, good: string, context: Context): Promise<void> {
  const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['loopback', [[LOOPBACK]]],
    ['allowed first, loopback then', [[good], [LOOPBACK]]],
    ['allowed twice, loopback then', [[good], [good], [LOOPBACK]]],
    ['allowed and loopback in one answer', [[good, LOOPBACK]]],
    ['loopback and allowed in one answer', [[LOOPBACK, good]]],
    ['loopback as an IPv4-mapped address', [['::ffff:127.0.0.1']]],
    ['loopback by NAT64', [['64:ff9b::7f00:1']]],
    ['loopback of IPv6', [['::1']]],
  ];
  const through: string[] = [];
  let lookups = 0;
  for (const [what, answers] of cases) {
    const name = trap.name(answers);
    // Twice, since a name that is remembered might be judged by its first answer.
    for (let time = 0; time < 2; time += 1) {
      const before = trap.visits();
      await trap.send(`https://${name}:${trap.port}/`);
      if (trap.visits() > before) through.push(what);
    }
    lookups += trap.lookups(name);
  }
  if (lookups === 0)
    throw new CannotTell('none of the names of the trap was ever looked up, so none could lead anywhere');
  observe(context, 'names that led inside', 'names', through);
}

/** One that leads where probes may go is reached, whether the service follows it or takes it for an answer: so the others came as far as that. */
async function redirects(trap: Trap, allowed: string, context: Context): Promise<void> {
  if ((await trap.send(trap.redirectTo(allowed))) !== 'reached')
    throw new CannotTell('the server that redirects is not reached: that nothing follows it would prove nothing');
  const inside = [
    `https://${LOOPBACK}:${trap.port}/`,
    `https://localhost:${trap.port}/`,
    `https://[::1]:${trap.port}/`,
    `http://169.254.169.254/latest/meta-data/`,
    `//${LOOPBACK}:${trap.port}/`,
    `https://${trap.name([[LOOPBACK]])}:${trap.port}/`,
    trap.redirectTo(`https://${LOOPBACK}:${trap.port}/`),
  ];
  const through: string[] = [];
  for (const to of inside) {
    const before = trap.visits();
    await trap.send(trap.redirectTo(to));
    if (trap.visits() > before) through.push(to);
  }
  observe(context, 'redirects that led inside', 'redirects', through);
}

function observe(context: Context, name: string, unit: string, through: readonly string[]): void {
  const detail =
    through.length === 0
      ? {}
      : {
          detail: [...new Set(through)]
            .map((one) => JSON.stringify(one))
            .join(', ')
            .slice(0, 1000),
        };
  context.observe({ name, value: through.length, unit, is: 0, ...detail });
}
