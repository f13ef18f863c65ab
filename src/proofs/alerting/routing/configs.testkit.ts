import fc from 'fast-check';
import { INTEGRATIONS } from './integrations.testkit.ts';

/** Generated configurations of Alertmanager, for tests: few labels and values, so that routes match, shadow and contradict each other. */
const NAMES = ['severity', 'team', 'service'] as const;
const VALUES = ['P0', 'P1', 'sre', 'billing', 'api', 'a b', 'x"y', 'Ärger'] as const;
const PATTERNS = [
  'P0|P1',
  'P[0-9]',
  '.*',
  '.+',
  '',
  'sre|',
  '(?i)p0',
  '(?i:SRE)|bill.*',
  'P\\d',
  '^P0$',
  '[^P].*',
  'a\\sb',
  '(api|sre){1,2}',
  'bill(?:ing)?',
  '\\w+',
  '\\Qa b\\E',
  '[[:alpha:]]+',
  'x"y',
  '(?P<who>sre|api)',
  '.{2}',
  '\\x50[01]',
  'P0|',
  '(?s).*',
  'Ä.*',
  '\\bP0',
] as const;

const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom('', ...VALUES);
const understood = fc.constantFrom(...PATTERNS.slice(0, -1));

const matcherText = fc
  .tuple(name, fc.constantFrom('=', '!=', '=~', '!~'), value, understood, fc.boolean(), fc.constantFrom('', ' ', '  '))
  .map(([label, operator, literal, pattern, quoted, space]) => {
    const text = operator.endsWith('~') ? pattern : literal;
    const bare = !quoted && !/[",{}\\]/.test(text);
    const written = bare ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    return `${label}${space}${operator}${space}${written}`;
  });

const several = fc.array(matcherText, { minLength: 1, maxLength: 2 }).map((texts) => texts.join(', '));
const braced = fc.oneof(
  { weight: 4, arbitrary: several },
  { weight: 1, arbitrary: several.map((text) => `{${text}}`) },
);

const all = fc.record(
  {
    match: fc.dictionary(name, value, { maxKeys: 2 }),
    match_re: fc.dictionary(name, understood, { maxKeys: 1 }),
    matchers: fc.array(braced, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const single = matcherText.map((text) => ({ matchers: [text] }));
const conditions = fc.oneof({ weight: 1, arbitrary: all }, { weight: 2, arbitrary: single });

const receiver = fc.constantFrom('root', 'one', 'two', 'three', 'four');

const { route } = fc.letrec<{ route: object }>((tie) => ({
  route: fc
    .tuple(
      conditions,
      fc.record(
        {
          receiver,
          continue: fc.boolean(),
          group_by: fc.constantFrom(['...'], ['team'], ['team', 'severity'], []),
          group_wait: fc.constantFrom('0s', '30s', '1m30s'),
          repeat_interval: fc.constantFrom('1h', '1d12h'),
          mute_time_intervals: fc.constantFrom([], ['nights']),
          routes: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('route'), { maxLength: 3 })),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([condition, rest]) => ({ ...condition, ...rest })),
}));

const inhibitRule = fc.record(
  {
    source_matchers: fc.array(braced, { maxLength: 2 }),
    target_matchers: fc.array(braced, { maxLength: 2 }),
    source_match: fc.dictionary(name, value, { maxKeys: 1 }),
    target_match_re: fc.dictionary(name, understood, { maxKeys: 1 }),
    equal: fc.array(name, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const NIGHTS = { name: 'nights', time_intervals: [{ times: [{ start_time: '22:00', end_time: '24:00' }] }] };

/** A configuration that Alertmanager accepts. */
export const anyConfig = fc
  .tuple(fc.array(route, { minLength: 1, maxLength: 4 }), fc.array(inhibitRule, { maxLength: 2 }))
  .map(([routes, inhibit_rules]) => ({
    route: { receiver: 'root', group_by: ['alertname'], routes },
    receivers: ['root', 'one', 'two', 'three', 'four'].map((one) => ({ name: one })),
    inhibit_rules,
    time_intervals: [NIGHTS],
  }));

/** Labels of an alert, each perhaps missing. */
export const anyLabels = fc.dictionary(name, fc.constantFrom(...VALUES), { minKeys: 1, maxKeys: 3 });

type Config = Record<string, unknown> & { route: Record<string, unknown> };

const interval = (given: object): ((config: Config) => object) => {
  return (config) => ({ ...config, time_intervals: [NIGHTS, { name: 'other', time_intervals: [given] }] });
};
const onRoot = (given: object): ((config: Config) => object) => {
  return (config) => ({ ...config, route: { ...config.route, ...given } });
};
const onChild = (given: object): ((config: Config) => object) => onRoot({ routes: [given] });
const receiving = (given: object): ((config: Config) => object) => {
  return (config) => ({ ...config, receivers: [...(config['receivers'] as object[]), given] });
};

const CHANGES: readonly ((config: Config) => object)[] = [
  (config) => config,
  onRoot({ matchers: ['a=b'] }),
  onRoot({ continue: true }),
  onRoot({ receiver: '' }),
  onRoot({ receiver: 'nobody' }),
  onRoot({ mute_time_intervals: ['nights'] }),
  onRoot({ group_interval: '0s' }),
  onRoot({ group_by: ['...', 'team'] }),
  onRoot({ group_by: ['team', 'team'] }),
  onChild({ receiver: 'nobody' }),
  onChild({ reciever: 'one' }),
  onChild({ mute_time_intervals: ['days'] }),
  onChild({ active_time_intervals: ['nights'] }),
  onChild({ group_wait: '1.5s' }),
  onChild({ group_wait: '1h30m' }),
  onChild({ group_wait: '30m1h' }),
  onChild({ repeat_interval: '' }),
  onChild({ match: { 'a-b': 'c' } }),
  onChild({ match: { code: 500, page: true } }),
  onChild({ matchers: ['a'] }),
  onChild({ matchers: ['a="b'] }),
  onChild({ matchers: ['a=b"c'] }),
  onChild({ matchers: ['a= b c ', '', 'd="e,f",g!=h,'] }),
  onChild({ matchers: ['a=b,,c=d'] }),
  onChild({ matchers: ['a==b'] }),
  onChild({ matchers: ['1a=b'] }),
  onChild({ matchers: 'a=b' }),
  onChild({ match_re: { a: '[' } }),
  ...[
    '(',
    ')',
    '*a',
    'a**',
    'a{2}{3}',
    'a{1001}',
    'a{2,1}',
    'a{,2}',
    '(?=a)',
    '(?<!a)',
    '\\1',
    '\\8',
    '\\p{Greek}',
    '\\bx',
    '(?i)a',
    '(?',
    '(?:',
    '(?m)^a$',
    '[z-a]',
    '[[:nope:]]',
    '[a',
    '\\',
    'a|*',
    '(?P<a>x)',
    '(?P<a-b>x)',
    '[]a]',
    '[^]a]',
    'a??',
    'a+?+',
    '\\x{110000}',
    '\\x4',
    '\\Qa',
    '[\\w-z]',
    '{',
    'a{',
    '(?i',
    '(?-i)a',
    '(?i-)a',
    '\\C',
    '\\_',
    '\\é',
  ].map((pattern) => onChild({ match_re: { a: pattern } })),
  interval({ weekdays: ['monday:friday', 'Sunday'], months: ['march:5', '1'], years: [2020, '2020:2022'] }),
  interval({ weekdays: ['friday:monday'] }),
  interval({ weekdays: ['1'] }),
  interval({ weekdays: ['monday : friday'] }),
  interval({ months: ['may:march'] }),
  interval({ months: ['0:13'] }),
  interval({ days_of_month: ['1:5', '-3:-1', '31', '5:-2'] }),
  interval({ days_of_month: ['-1:5'] }),
  interval({ days_of_month: ['0'] }),
  interval({ days_of_month: ['-1:-3'] }),
  interval({ days_of_month: ['32'] }),
  interval({ years: ['2022:2020'] }),
  interval({ times: [{ start_time: '22:00', end_time: '06:00' }] }),
  interval({ times: [{ start_time: '9:00', end_time: '10:00' }] }),
  interval({ times: [{ start_time: '09:00', end_time: '24:00' }], location: 'Europe/Berlin' }),
  interval({ location: 'Mars/Base' }),
  interval({ weekday: ['monday'] }),
  (config) => ({ ...config, time_intervals: [NIGHTS, NIGHTS] }),
  (config) => ({ ...config, time_intervals: [NIGHTS], mute_time_intervals: [NIGHTS] }),
  (config) => ({ ...config, time_intervals: [NIGHTS, { time_intervals: [] }] }),
  (config) => ({ ...config, inhibit_rule: [] }),
  (config) => ({ ...config, inhibit_rules: [{ source_matchers: ['a'] }] }),
  (config) => ({ ...config, inhibit_rules: [{ sourcematch: {} }] }),
  (config) => Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'route')),
  receiving({ name: 'root' }),
  receiving({}),
  ...INTEGRATIONS.map((given) => receiving({ name: 'five', ...given })),
  onChild({ group_by: ['app.kubernetes.io/name'] }),
  ...[
    { slack_api_url: '' },
    { smtp_port: 25 },
    { smtp_smarthost: 'mail.example' },
    { resolve_timeout: '5 minutes' },
  ].map((global) => (config: Config): object => ({ ...config, global })),
];

/** Configurations with one change each, which may or may not make them invalid. */
export function changedConfigs(seed: number): object[] {
  const configs = fc.sample(anyConfig, { numRuns: CHANGES.length, seed });
  return configs.map((config, index) => CHANGES[index]?.(config as Config) ?? config);
}

/** Every set of labels over the generated names and values, a missing label included. */
export function everyLabels(): Record<string, string>[] {
  let sets: Record<string, string>[] = [{}];
  for (const label of NAMES) sets = sets.flatMap((set) => [set, ...VALUES.map((one) => ({ ...set, [label]: one }))]);
  return sets;
}
