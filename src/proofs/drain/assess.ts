/**
 * The arithmetic of a pod's last minutes. Kubelet starts the grace period, runs preStop inside of it, sends SIGTERM, and
 * sends SIGKILL at its end (kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go: `killContainer`). At the same
 * moment the pod leaves the endpoints, and proxies and load balancers learn of it some time later.
 */
import { moot, no, unknown, yes, type Verdict } from '../disruption/verdict.ts';
import type { Delays, DrainInput, Span } from './types.ts';

export interface DrainAnswer {
  /** Does the pod answer until nobody opens new connections to it? */
  readonly accepting: Verdict;
  /** Is the grace period as long as all of it takes? */
  readonly grace: Verdict;
  /** Do load balancers let open work go on as long as the pod would? */
  readonly balancers: Verdict;
  /** Does the proxy beside it live as long? */
  readonly sidecar: Verdict;
  /** Does SIGTERM reach the program? */
  readonly signal: Verdict;
  /** What the grace period must cover, term by term; absent where one is not known. */
  readonly terms?: readonly Span[];
  /** The shortest grace period that does, in seconds. */
  readonly needed?: number;
}

export function assessDrain(input: DrainInput, delays: Delays): DrainAnswer {
  const terms = termsOf(input, delays);
  const needed = terms?.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    accepting: acceptingVerdict(input, delays),
    grace: graceVerdict(input, terms, needed),
    balancers: balancerVerdict(input),
    sidecar: sidecarVerdict(input, needed),
    signal: signalVerdict(input),
    ...(terms !== undefined && { terms }),
    ...(needed !== undefined && { needed }),
  };
}

/** How long new connections may still arrive. */
function arrivals({ balancers }: DrainInput, { propagation, balancer }: Delays): number {
  return balancers.length > 0 ? Math.max(propagation, balancer) : propagation;
}

function acceptingVerdict(input: DrainInput, delays: Delays): Verdict {
  const { id, receives, container, own } = input;
  if (!receives) return moot(`no Service selects the pods of ${id}`);
  const asked = arrivals(input, delays);
  const { preStop } = container;
  const held =
    own?.accepting ??
    (preStop.kind === 'other' ? undefined : { seconds: preStop.kind === 'none' ? 0 : preStop.seconds });
  if (held === undefined)
    return unknown(
      `how long ${preStop.kind === 'other' ? preStop.what : 'preStop'} keeps container ${container.name} of ${id} answering cannot be told`,
    );
  if (held.seconds >= asked)
    return yes(`it answers for ${held.seconds} s more, and ${asked} s are needed`, { answers: held.seconds, asked });
  const what =
    own === undefined
      ? held.seconds === 0
        ? 'no preStop'
        : `a preStop of ${held.seconds} s`
      : `${own.program} accepts for ${held.seconds} s more (${own.accepting.from})`;
  const origin = own?.accepting.origin ?? (preStop.kind === 'none' ? container.origin : preStop.origin);
  return no(
    'cut',
    `container ${container.name} of ${id} has ${what}, and new connections arrive for up to ${asked} s after its pod was told to go`,
    [
      { action: 'the pod is deleted at 0 s', state: `it leaves the endpoints; proxies learn of it within ${asked} s` },
      { action: `the container gets SIGTERM at ${held.seconds} s`, state: 'it stops listening' },
      { action: `a proxy that does not know yet connects before ${asked} s`, state: 'connection refused' },
    ],
    origin,
  );
}

/** What runs one after another inside of the grace period. */
function termsOf(input: DrainInput, delays: Delays): Span[] | undefined {
  const { own, container, receives, window, balancers } = input;
  if (own !== undefined) return [own.accepting, own.closing];
  const { preStop } = container;
  if (preStop.kind === 'other') return undefined;
  const before: Span[] = preStop.kind === 'none' ? [] : [{ seconds: preStop.seconds, from: 'preStop' }];
  if (!receives) return [...before, window];
  if (balancers.some(({ delay }) => delay === undefined)) return undefined;
  const deregistration = Math.max(0, ...balancers.map(({ delay = 0 }) => delay));
  return [
    ...before,
    { seconds: delays.propagation, from: 'propagation' },
    window,
    ...(balancers.length > 0 ? [{ seconds: deregistration, from: 'load-balancer deregistration' }] : []),
  ];
}

function graceVerdict(input: DrainInput, terms: readonly Span[] | undefined, needed: number | undefined): Verdict {
  const { id, grace, container, balancers } = input;
  const { preStop } = container;
  if (preStop.kind === 'sleep' && preStop.native && preStop.seconds > grace.seconds)
    return no(
      'rejected',
      `the API server refuses ${id}: preStop sleeps ${preStop.seconds} s, more than the grace period of ${grace.seconds} s (${grace.from})`,
      [{ action: 'the manifest is applied', state: 'refused: the sleep must not be longer than the grace period' }],
      preStop.origin,
    );
  if (grace.seconds === 0)
    return no(
      'cut',
      `${id} gives its containers no time (${grace.from}): they are killed at once, and neither preStop nor SIGTERM reaches them`,
      [{ action: 'the pod is deleted at 0 s', state: 'SIGKILL: all that is open is cut' }],
      grace.origin ?? input.origin,
    );
  if (terms === undefined || needed === undefined) {
    const open = balancers.find(({ delay }) => delay === undefined);
    const why =
      open === undefined
        ? `how long preStop of container ${container.name} takes cannot be told`
        : `the deregistration delay of ${open.what} is not known${open.because === undefined ? '' : `: ${open.because}`}`;
    return unknown(`whether the grace period of ${id} is long enough: ${why}`);
  }
  const counted = terms.filter(({ seconds }) => seconds > 0);
  const sum = counted.map(({ seconds, from }) => `${seconds} s ${from}`).join(' + ');
  if (counted.length === 0)
    return yes(`nothing is open that ${grace.seconds} s of grace would have to cover`, { grace: grace.seconds });
  if (needed <= grace.seconds)
    return yes(`${sum} = ${needed} s of ${grace.seconds} s grace`, { needed, grace: grace.seconds });
  const left = Math.max(0, grace.seconds - (terms[0]?.from === 'preStop' ? terms[0].seconds : 0));
  return no(
    'cut',
    `${id} needs ${sum} = ${needed} s, and is killed after ${grace.seconds} s (${grace.from})`,
    [
      { action: 'the pod is deleted at 0 s', state: `${grace.seconds} s of grace begin, preStop included` },
      ...(terms[0]?.from === 'preStop'
        ? [{ action: `preStop ends at ${terms[0].seconds} s`, state: `SIGTERM; ${left} s are left` }]
        : []),
      { action: `SIGKILL at ${grace.seconds} s`, state: `${needed - grace.seconds} s too early: open work is cut` },
    ],
    grace.origin ?? input.origin,
  );
}

/** A load balancer that gives up sooner than the pod cuts what the pod would still finish. */
function balancerVerdict({ id, balancers, window, receives, own }: DrainInput): Verdict {
  if (own !== undefined) return moot(`${own.program} drains by its own settings`);
  if (!receives || balancers.length === 0) return moot(`no load balancer targets the pods of ${id}`);
  const open = balancers.find(({ delay }) => delay === undefined);
  if (open !== undefined)
    return unknown(
      `the deregistration delay of ${open.what} is not known${open.because === undefined ? '' : `: ${open.because}`}`,
    );
  const short = balancers.find(({ delay = 0 }) => delay < window.seconds);
  if (short === undefined)
    return yes('load balancers wait for open work', {
      deregistration: Math.min(...balancers.map(({ delay = 0 }) => delay)),
    });
  return no(
    'cut',
    `${short.what} cuts open connections ${short.delay ?? 0} s after a pod of ${id} left, and its open work may take ${window.seconds} s (${window.from})`,
    [
      { action: 'a pod leaves the targets', state: 'its open connections go on' },
      { action: `the deregistration delay ends at ${short.delay ?? 0} s`, state: 'they are cut by the load balancer' },
    ],
    short.origin,
  );
}

/** The application talks through it until its own last moment. */
function sidecarVerdict({ id, sidecar, window, container, receives }: DrainInput, needed: number | undefined): Verdict {
  if (sidecar === undefined) return moot(`no proxy runs beside ${id}`);
  const asked = needed ?? window.seconds;
  if (sidecar.drain.seconds >= asked)
    return yes(`${sidecar.name} lives for ${sidecar.drain.seconds} s more`, { sidecar: sidecar.drain.seconds });
  if (!receives && container.preStop.kind === 'none' && window.seconds === 0) return moot('nothing is open');
  return unknown(
    `${sidecar.name} of ${id} ends ${sidecar.drain.seconds} s after SIGTERM (${sidecar.drain.from}) and ${asked} s are needed, unless it runs as a native sidecar, which is not known`,
  );
}

function signalVerdict({ id, swallowed, killed, container }: DrainInput): Verdict {
  if (killed !== undefined)
    return no(
      'cut',
      `a container of ${id} is stopped by SIGKILL (stopSignal), which no program can catch`,
      [{ action: 'its preStop is through', state: 'SIGKILL: nothing was drained' }],
      killed.origin,
    );
  if (swallowed === undefined) return yes('SIGTERM reaches the program', {}, ['the program stops on SIGTERM']);
  const { command, behind, origin } = swallowed;
  const runs = `container ${container.name} of ${id} runs ${JSON.stringify(command)} in a shell`;
  if (behind !== undefined)
    return no(
      'cut',
      `${runs} behind ${behind}, which passes SIGTERM to the shell alone`,
      [
        { action: `${behind} gets SIGTERM and passes it on`, state: 'the shell ends, and the program does not know' },
        { action: `${behind} ends with the shell`, state: 'SIGKILL: nothing was drained' },
      ],
      origin,
    );
  return no(
    'cut',
    `${runs}, which does not pass SIGTERM on`,
    [
      { action: 'the container gets SIGTERM', state: 'the shell is process 1 and waits for its child' },
      { action: 'the grace period ends', state: 'SIGKILL: nothing was drained' },
    ],
    origin,
  );
}
