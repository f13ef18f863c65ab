import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { Cursor } from '../../../../model/cursor.ts';
import { routeLabels, Patterns } from '../../routing/index.ts';
import { orRefusal } from '../../shapes/refused.ts';
import { readPolicies } from './policies.ts';
import { FilledInLater } from './variables.ts';

const read = (text: string): ReturnType<typeof orRefusal<ReturnType<typeof readPolicies>>> =>
  orRefusal(() => readPolicies(new Cursor(parse(text), { path: 'policies.yaml' })));

/** Who is told of an alert with these labels, or why Grafana does not take the policies. */
function told(text: string, labels: Readonly<Record<string, string>>): readonly string[] | string {
  const answer = read(text);
  if ('refused' in answer) return answer.refused.because;
  return routeLabels(answer.value, labels, new Patterns()).map(({ receiver }) => receiver);
}

describe('notification policies of Grafana', () => {
  it.each([
    ['object_matchers: [[team, "=", a]]', { team: 'a' }, true],
    ['object_matchers: [[team, "=", "\\"a\\""]]', { team: 'a' }, true],
    ['object_matchers: [[team, "=~", "a|b"]]', { team: 'ab' }, false],
    ['object_matchers: [[team, "!=", a]]', {}, true],
    ['object_matchers: [[team, "=", ""]]', {}, true],
    ['object_matchers: [["team name", "=", a]]', { 'team name': 'a' }, true],
    ['object_matchers: [[team, "=~", "^a$"]]', { team: 'a' }, true],
    ['matchers: [team = a, tier != b]', { team: 'a', tier: 'c' }, true],
    ['matchers: [team = a]\n    object_matchers: [[tier, "=", b]]', { team: 'a' }, false],
    ['match_re: { team: a.* }', { team: 'abc' }, true],
  ])('match by %s', (matchers, labels, matches) => {
    const policies = `receiver: default\nroutes:\n  - receiver: own\n    ${matchers}`;
    expect(told(policies, labels)).toEqual([matches ? 'own' : 'default']);
  });

  it('pass over keys that they do not know, and inherit the contact point', () => {
    const policies =
      'receiver: default\norgId: 1\nnonsense: 1\nroutes:\n  - object_matchers: [[a, "=", b]]\n    group_by: ["..."]';
    expect(told(policies, { a: 'b' })).toEqual(['default']);
  });

  it('tell several where one continues', () => {
    const policies =
      'receiver: d\nroutes:\n  - { receiver: a, continue: true }\n  - { receiver: b }\n  - { receiver: c }';
    expect(told(policies, {})).toEqual(['a', 'b']);
  });

  it.each([
    ['routes: []', 'root route must specify a default receiver'],
    ['receiver: a\nmute_time_intervals: [nights]', 'root route must not have any mute time intervals'],
    ['receiver: a\nactive_time_intervals: [nights]', 'root route must not have any active time intervals'],
    ['receiver: a\nobject_matchers: [[a, "=", b]]', expect.stringContaining('the default policy has matchers')],
    ['receiver: a\ncontinue: true', 'cannot have continue in root route'],
    ['receiver: a\nroutes: [{ object_matchers: [[a, "==", b]] }]', 'unsupported match type "==" in matcher'],
    ['receiver: a\nroutes: [{ object_matchers: [[a, "=~", "("]] }]', expect.stringContaining('error parsing regexp')],
    ['receiver: a\ngroup_by: [a, "..."]', expect.stringContaining('cannot have wildcard group_by')],
    ['receiver: a\nroutes: [{ group_interval: 0s }]', 'group_interval cannot be zero'],
    ['receiver: a\nroutes: [{ group_wait: soon }]', 'not a valid duration string: "soon"'],
    ['receiver: a\nroutes: nothing', expect.stringContaining('expected a list')],
  ])('are refused: %s', (policies, because) => {
    expect(told(policies, {})).toEqual(because);
  });

  it.each(['object_matchers: [[a, "=", "${TEAM}"]]', 'object_matchers: [[a, "=~", $TEAM]]'])(
    'cannot be told where a variable decides: %s',
    (matchers) => {
      expect(() => read(`receiver: a\nroutes: [{ ${matchers} }]`)).toThrow(FilledInLater);
    },
  );
});
