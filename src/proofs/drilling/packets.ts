/** What the drills of network policies have in common: real packets are sent, and held against the proof. */
import { CannotTell, type Rehearsal, type StepContext } from '../../model/drill/drill.ts';
import type { PacketNetwork, Passage } from '../../model/drill/segments.ts';

/** A passage that was tried. */
export interface Tried extends Passage {
  readonly reached: boolean;
}

/** One count of tried passages that ought to be zero, and those it counts among. */
export interface Wanted {
  readonly name: string;
  readonly among: (passage: Tried) => boolean;
  readonly wrong: (passage: Tried) => boolean;
}

const BUILD_MS = 120_000;
const SHOWN = 3;

/** A rehearsal that tries the passages of these ways and counts what is not as it should be. */
export function packetRehearsal(
  name: string,
  subjects: readonly string[],
  ways: readonly Passage['way'][],
  wanted: readonly Wanted[],
): Rehearsal<'segments'> {
  return {
    name,
    subjects,
    hypothesis: [],
    method: [
      {
        name: 'send real packets between all workloads',
        kind: 'measure',
        timeoutMs: BUILD_MS,
        run: (context) => sendPackets(context, ways, wanted),
      },
    ],
  };
}

async function sendPackets(
  context: StepContext<'segments'>,
  ways: readonly Passage['way'][],
  wanted: readonly Wanted[],
): Promise<void> {
  const network = await context.target.segments.open();
  try {
    const passages = network.passages.filter(({ way }) => ways.includes(way));
    demandKnown(passages, network.unsupported);
    context.say(`${passages.length} connections between ${network.workloads} workloads`);
    const tried = await tryAll(network, passages);
    context.keep('passages', tried);
    context.observe({ name: 'connections tried', value: tried.length, unit: 'connections', atLeast: 1 });
    for (const one of wanted) observeWanted(context, tried, one);
  } finally {
    await network.close();
  }
}

/** What the network cannot show matters where the proof could not tell either; any other connection is the same whatever it is. */
function demandKnown(passages: readonly Passage[], unsupported: readonly string[]): void {
  const unknown = passages.filter(({ proven }) => proven === 'unknown');
  const [first] = unknown;
  if (first === undefined) return;
  throw new CannotTell(
    `of ${unknown.length} connections nobody can tell whether they pass, ${inWords(first)} for one; packets cannot show ${unsupported.slice(0, SHOWN).join('; ') || 'it either'}`,
  );
}

/** On a busy machine an answer may come too late: silence where the proof lets pass is asked for once more. */
async function tryAll(network: PacketNetwork, passages: readonly Passage[]): Promise<Tried[]> {
  const first = await network.measure(passages);
  const again = passages.filter((passage, index) => passage.proven !== 'denied' && first[index] !== 'reached');
  const second = new Map(again.map((passage, index) => [passage, index]));
  const answers = again.length === 0 ? [] : await network.measure(again);
  return passages.map((passage, index) => {
    const asked = second.get(passage);
    const answer = asked === undefined ? first[index] : answers[asked];
    return { ...passage, reached: answer === 'reached' };
  });
}

/** A count of zero among none says nothing: the run must have something to count among. */
function observeWanted(
  context: StepContext<'segments'>,
  tried: readonly Tried[],
  { name, among, wrong }: Wanted,
): void {
  const all = tried.filter(among);
  const found = all.filter(wrong);
  context.observe({
    name,
    value: all.length === 0 ? Number.NaN : found.length,
    unit: 'connections',
    is: 0,
    detail:
      found.length === 0
        ? `of ${all.length}`
        : `of ${all.length}: ${found.slice(0, SHOWN).map(inWords).join(', ')}${found.length > SHOWN ? ', …' : ''}`,
  });
}

function inWords({ from, to, protocol, port }: Passage): string {
  return `${from} to ${to} ${protocol} ${port}`;
}
