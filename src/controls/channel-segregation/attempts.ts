/** Every way to get something on a channel or off it, and what a user who is declared to may do of it. */

export type Right = 'publish' | 'subscribe';

export interface Attempt {
  /** As the server would be told it, without its values: `EVAL … PUBLISH`. */
  readonly name: string;
  readonly right: Right;
  /** The channel or pattern that it is about. */
  readonly channel: string;
  /** Commands one after the other on one connection; what the last is answered decides, unless an earlier one is refused. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** Whether somebody who is declared to may: `must` be let, `may` be, or `never`. */
  readonly declared: 'must' | 'may' | 'never';
}

const PUBLISH_SCRIPT = "return redis.call('PUBLISH', ARGV[1], ARGV[2])";
/** Subscribers take what is no message of theirs for damaged, and go on. */
const PAYLOAD = '{"launchgate":"drill"}';

/**
 * What is tried for one declared pattern. A subscription to a pattern must be to the very one that is granted, so wider and narrower ones are
 * refused to everybody; a channel that nobody declared is nobody's.
 */
export function attemptsOn(pattern: string, mark: string): Attempt[] {
  const inside = pattern.replaceAll('*', mark).replaceAll('?', 'x');
  const outside = `${mark}.outside`;
  return [
    ...publishing(inside, 'must'),
    ...publishing(outside, 'never'),
    attempt('SUBSCRIBE', 'subscribe', inside, 'may', [['SUBSCRIBE', inside]]),
    attempt('SSUBSCRIBE', 'subscribe', inside, 'may', [['SSUBSCRIBE', inside]]),
    attempt('PSUBSCRIBE', 'subscribe', pattern, 'must', [['PSUBSCRIBE', pattern]]),
    ...otherPatterns(pattern, mark).map((other) =>
      attempt('PSUBSCRIBE', 'subscribe', other, 'never', [['PSUBSCRIBE', other]]),
    ),
    attempt('SUBSCRIBE', 'subscribe', outside, 'never', [['SUBSCRIBE', outside]]),
  ];
}

function publishing(channel: string, declared: 'must' | 'never'): Attempt[] {
  const otherWays = declared === 'must' ? 'may' : 'never';
  return [
    attempt('PUBLISH', 'publish', channel, declared, [['PUBLISH', channel, PAYLOAD]]),
    attempt('SPUBLISH', 'publish', channel, otherWays, [['SPUBLISH', channel, PAYLOAD]]),
    attempt('EVAL … PUBLISH', 'publish', channel, otherWays, [['EVAL', PUBLISH_SCRIPT, '0', channel, PAYLOAD]]),
    attempt('MULTI … PUBLISH', 'publish', channel, otherWays, [['MULTI'], ['PUBLISH', channel, PAYLOAD], ['EXEC']]),
  ];
}

/** Wider, narrower, and other words for the same. */
function otherPatterns(pattern: string, mark: string): string[] {
  const stem = pattern.split(/[*?[]/)[0] ?? '';
  const candidates = ['*', `${stem.slice(0, Math.max(1, stem.lastIndexOf('.', stem.length - 2) + 1))}*`];
  return [...new Set([...candidates, `${stem}${mark}*`, `${stem}?*`, `${pattern}*`])].filter((one) => one !== pattern);
}

function attempt(
  name: string,
  right: Right,
  channel: string,
  declared: Attempt['declared'],
  commands: Attempt['commands'],
): Attempt {
  return { name, right, channel, declared, commands };
}

/** Commands by which a user would give itself what it lacks, or hear everything without a subscription. */
export const WAYS_AROUND: readonly (readonly [string, ...string[]])[] = [
  ['MONITOR'],
  ['ACL', 'SETUSER', 'launchgate-drill'],
  ['CONFIG', 'SET', 'acl-pubsub-default', 'allchannels'],
  ['MODULE', 'LOAD', '/nonexistent'],
  ['REPLICAOF', '127.0.0.1', '1'],
  ['DEBUG', 'SLEEP', '0'],
];
