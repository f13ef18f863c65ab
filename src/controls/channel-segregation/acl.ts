import { intersects } from './glob.ts';

/** What a user may do with publish/subscribe, after all rules of its line. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
export interface ChannelRights {
  readonly enabled: boolean;
  readonly publish: boolean;
  readonly subscribe: boolean;
  readonly psubscribe: boolean;
  /** Glob patterns; `*` stands for all channels. */
  readonly channels: readonly string[];
}

interface State {
  enabled: boolean;
  commands: { publish: boolean; subscribe: boolean; psubscribe: boolean };
  channels: string[];
}

const COMMANDS = ['publish', 'subscribe', 'psubscribe'] as const;
/** Categories that the three commands belong to. */
const CATEGORIES: Readonly<Record<string, readonly (typeof COMMANDS)[number][]>> = {
  all: COMMANDS,
  pubsub: COMMANDS,
  fast: ['publish'],
  slow: ['subscribe', 'psubscribe'],
};

/**
 * Applies the rules of one user in order: the root permissions, then each `(selector)`, any of which may allow.
 * `pubsubDefault` is what the server's `acl-pubsub-default` gives a new user; Redis 7 gives nothing.
 */
export function channelRights(
  rules: readonly string[],
  pubsubDefault: 'allchannels' | 'resetchannels' = 'resetchannels',
): ChannelRights[] {
  const [root, ...selectors] = grouped(rules);
  const base = apply(root ?? [], {
    enabled: false,
    commands: { publish: false, subscribe: false, psubscribe: false },
    channels: pubsubDefault === 'allchannels' ? ['*'] : [],
  });
  const extra = selectors.map((selector) =>
    apply(selector, {
      enabled: base.enabled,
      commands: { publish: false, subscribe: false, psubscribe: false },
      channels: [],
    }),
  );
  return [base, ...extra].map(({ enabled, commands, channels }) => ({ enabled, ...commands, channels }));
}

export function mayPublish(rights: readonly ChannelRights[], pattern: string): boolean {
  return rights.some(
    (right) => right.enabled && right.publish && right.channels.some((channel) => intersects(channel, pattern)),
  );
}

/** SUBSCRIBE is allowed where a granted pattern matches the channel; PSUBSCRIBE only where the pattern is granted literally. */
export function maySubscribe(rights: readonly ChannelRights[], pattern: string): boolean {
  return rights.some(
    (right) =>
      right.enabled &&
      ((right.subscribe && right.channels.some((channel) => intersects(channel, pattern))) ||
        (right.psubscribe && right.channels.some((channel) => channel === '*' || channel === pattern))),
  );
}

function grouped(rules: readonly string[]): string[][] {
  const groups: string[][] = [[]];
  let inside = false;
  for (const rule of rules) {
    const opens = rule.startsWith('(');
    if (opens) {
      groups.push([]);
      inside = true;
    }
    const bare = rule.replace(/^\(/, '').replace(/\)$/, '');
    (inside ? groups.at(-1) : groups[0])?.push(bare);
    if (rule.endsWith(')')) inside = false;
  }
  return groups;
}

function apply(rules: readonly string[], state: State): State {
  for (const raw of rules) {
    const rule = raw.startsWith('&') || raw.startsWith('~') || raw.startsWith('%') ? raw : raw.toLowerCase();
    if (rule === 'on' || rule === 'off') state.enabled = rule === 'on';
    else if (rule === 'reset')
      Object.assign(state, {
        enabled: false,
        channels: [],
        commands: { publish: false, subscribe: false, psubscribe: false },
      });
    else if (rule === 'allchannels') state.channels = ['*'];
    else if (rule === 'resetchannels') state.channels = [];
    else if (rule.startsWith('&')) state.channels.push(rule.slice(1));
    else if (rule === 'allcommands') grant(state, COMMANDS, true);
    else if (rule === 'nocommands') grant(state, COMMANDS, false);
    else if (rule.startsWith('+@') || rule.startsWith('-@'))
      grant(state, CATEGORIES[rule.slice(2)] ?? [], rule.startsWith('+'));
    else if (rule.startsWith('+') || rule.startsWith('-'))
      grant(
        state,
        COMMANDS.filter((command) => command === rule.slice(1)),
        rule.startsWith('+'),
      );
  }
  return state;
}

function grant(state: State, commands: readonly (typeof COMMANDS)[number][], value: boolean): void {
  for (const command of commands) state.commands[command] = value;
}
