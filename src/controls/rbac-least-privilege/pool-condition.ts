/** Whom the `attribute_condition` of a workload identity pool lets in: an expression in CEL over the claims of a token. */
import { everybodyOf, everyOneOf, strangersIn, type Issuer, type Strangers } from './trust-patterns.ts';

/** The claim that a path such as `attribute.repository` stands for. */
export type ClaimOf = (path: string) => string;

interface Asked {
  readonly issuer: Issuer;
  readonly claimOf: ClaimOf;
}

const PATH = String.raw`(?<path>(?:assertion|attribute|google)(?:\.\w+|\[["']\w+["']\]))`;
const TEXT = String.raw`(?:"[^"]*"|'[^']*')`;
const EQUALS = new RegExp(String.raw`^${PATH}\s*==\s*(?<text>${TEXT})$|^(?<first>${TEXT})\s*==\s*(?<second>\S+)$`);
const AMONG = new RegExp(String.raw`^${PATH}\s+in\s+\[(?<list>[^\]]*)\]$`);
const CALL = new RegExp(
  String.raw`^${PATH}\.(?<method>startsWith|endsWith|contains|matches)\(\s*(?<text>${TEXT})\s*\)$`,
);

/**
 * Whom a condition lets in besides somebody in particular: of alternatives the widest counts, of what must hold together the narrowest. A
 * form that is not read here is taken for somebody in particular where it names a claim that tells one customer from another.
 */
export function strangersBy(condition: string, asked: Asked): Strangers | undefined {
  const text = condition.trim();
  const inner = /^\(([\s\S]*)\)$/.exec(text)?.[1];
  if (inner !== undefined && isBalanced(inner)) return strangersBy(inner, asked);
  const alternatives = parted(text, '||');
  if (alternatives.length > 1)
    return alternatives.map((one) => strangersBy(one, asked)).reduce((a, b) => (widthOf(a) >= widthOf(b) ? a : b));
  const together = parted(text, '&&');
  if (together.length > 1)
    return together.map((one) => strangersBy(one, asked)).reduce((a, b) => (widthOf(a) <= widthOf(b) ? a : b));
  return strangersOf(text, asked);
}

function widthOf(strangers: Strangers | undefined): number {
  return strangers === undefined ? 0 : strangers.severity === 'medium' ? 1 : 2;
}

function strangersOf(text: string, { issuer, claimOf }: Asked): Strangers | undefined {
  const claimAt = (path: string): string => claimOf(path.replace(/\[["'](\w+)["']\]/, '.$1'));
  const equals = EQUALS.exec(text)?.groups;
  if (equals !== undefined) {
    const { path = equals['second'] ?? '', text: value = equals['first'] ?? '' } = equals;
    return equalTo(claimAt(path), [unquoted(value)], issuer);
  }
  const among = AMONG.exec(text)?.groups;
  if (among !== undefined) {
    const values = (among['list'] ?? '').split(',').map((one) => unquoted(one.trim()));
    return equalTo(claimAt(among['path'] ?? ''), values, issuer);
  }
  const call = CALL.exec(text)?.groups;
  if (call !== undefined)
    return called(claimAt(call['path'] ?? ''), call['method'] ?? '', unquoted(call['text'] ?? ''), issuer);
  const named = [...text.matchAll(/\b(?:assertion|attribute|google)\.\w+/g)].map(([path]) => claimOf(path));
  return !/^!|!=/.test(text) && named.some((claim) => issuer.claims.test(claim)) ? undefined : everybodyOf(issuer);
}

function equalTo(claim: string, values: readonly string[], issuer: Issuer): Strangers | undefined {
  if (!issuer.claims.test(claim)) return everybodyOf(issuer);
  return issuer.owners.test(claim) ? everyOneOf(issuer, values.join(', ')) : undefined;
}

function called(claim: string, method: string, text: string, issuer: Issuer): Strangers | undefined {
  if (!issuer.claims.test(claim)) return everybodyOf(issuer);
  if (text.includes('${')) return undefined;
  if (method === 'startsWith') return beginsWith(claim, text, issuer);
  if (method !== 'matches') return whose(issuer, claim, `${method === 'contains' ? 'contains' : 'ends in'} ${text}`);
  // CEL looks for a match anywhere in the text.
  if (!text.startsWith('^')) return whose(issuer, claim, `contains what is like ${text}`);
  const literal = /^\^((?:[\w:/-]|\\[^\w])*)(?<rest>.*)$/s.exec(text);
  const [prefix, rest] = [literal?.[1]?.replaceAll('\\', '') ?? '', literal?.groups?.['rest'] ?? ''];
  if (rest === '$') return equalTo(claim, [prefix], issuer);
  return prefix === '' || /[|(]/.test(rest) ? undefined : beginsWith(claim, prefix, issuer);
}

/** Names are anybody's to choose: `acme` begins `acme-evil` as well, and only a whole owner is one that nobody else can have. */
function beginsWith(claim: string, text: string, issuer: Issuer): Strangers | undefined {
  if (claim === 'sub') return strangersIn(issuer, `${text}*`);
  const [owner = '', within, ...deeper] = text.split('/');
  if (issuer.owners.test(claim) || within === undefined) return whose(issuer, claim, `begins with ${text}`);
  if (deeper.length > 0) return undefined;
  if (within === '') return everyOneOf(issuer, owner);
  return { who: `every ${issuer.what} that ${owner} owns and whose name begins with ${within}`, severity: 'medium' };
}

function whose({ what }: Issuer, claim: string, how: string): Strangers {
  return { who: `every ${what} whose ${claim} ${how}, whoever owns it`, severity: 'high' };
}

function unquoted(text: string): string {
  return text.replace(/^["']|["']$/g, '');
}

/** Whether parentheses close in the order they open: `a) || (b` has them from two groups. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const char of withoutTexts(text)) {
    if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The parts between an operator that stands in no parentheses and no text. */
function parted(text: string, operator: '||' | '&&'): string[] {
  const bare = withoutTexts(text);
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < bare.length; at += 1) {
    if (bare[at] === '(') depth += 1;
    else if (bare[at] === ')') depth -= 1;
    else if (depth === 0 && bare.startsWith(operator, at)) {
      parts.push(text.slice(start, at));
      at += operator.length - 1;
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** With the texts in it blanked, at the same length. */
function withoutTexts(text: string): string {
  return text.replaceAll(new RegExp(TEXT, 'g'), (whole) => '_'.repeat(whole.length));
}
