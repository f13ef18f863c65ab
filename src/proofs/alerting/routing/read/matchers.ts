import type { Cursor } from '../../../../model/cursor.ts';
import { parseClassic, type ReadMatchers } from '../matcher-classic.ts';
import { parseUtf8 } from '../matcher-utf8.ts';
import { isPattern, type Matcher } from '../matcher.ts';
import { patternOf } from '../../regex/automaton.ts';
import { RegexProblem } from '../../regex/syntax.ts';
import type { MatcherSyntax } from '../types.ts';
import { Refused, text } from '../../shapes/refused.ts';

/** The three ways to state matchers, the two old mappings and the list of texts; all must hold. */
export function readMatchers(at: Cursor, keys: readonly [string, string, string], syntax: MatcherSyntax): Matcher[] {
  const [equal, pattern, list] = keys;
  return [
    ...fromMapping(at.get(equal), '='),
    ...fromMapping(at.get(pattern), '=~'),
    ...at
      .get(list)
      .items()
      .flatMap((item) => parseMatchers(item, syntax)),
  ].map((matcher) => checked(matcher, at));
}

function fromMapping(at: Cursor, operator: '=' | '=~'): Matcher[] {
  return at.entries().map(([name, value]) => {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw new Refused(`invalid label name "${name}"`, value.origin);
    if (operator === '=~' && !value.exists)
      throw new Refused(`invalid regexp value for ${JSON.stringify(name)}`, value.origin);
    return { name, operator, value: text(value) ?? '' };
  });
}

function parseMatchers(at: Cursor, syntax: MatcherSyntax): readonly Matcher[] {
  const read = parseAs(text(at) ?? '', syntax);
  if ('refused' in read) throw new Refused(read.refused, at.origin);
  return read.matchers.map((matcher) => checked(matcher, at));
}

/** Where both parsers understand a text differently, the old meaning counts. Source: Alertmanager `matcher/compat/parse.go`. */
function parseAs(input: string, syntax: MatcherSyntax): ReadMatchers {
  if (syntax === 'classic') return parseClassic(input);
  const modern = parseUtf8(input);
  if (syntax === 'utf8') return modern;
  const classic = parseClassic(input);
  if ('refused' in classic) return modern;
  return classic;
}

/** The matcher, unless its pattern is none. */
export function checked(matcher: Matcher, at: Cursor): Matcher {
  if (!isPattern(matcher)) return matcher;
  const pattern = patternOf(matcher.value);
  if (pattern instanceof RegexProblem && pattern.kind === 'invalid')
    throw new Refused(`error parsing regexp ${JSON.stringify(matcher.value)}: ${pattern.message}`, at.origin);
  return matcher;
}
