/** The data of Secrets of Kubernetes in text, as YAML and as JSON, whatever the names in it are. */
import { structureEnd } from './blocks.ts';
import { REDACTED } from './shapes.ts';

const SECRET = /\bkind\\{0,8}["']?\s{0,4}:\s{0,4}\\{0,8}["']?[Ss]ecret(?:List)?\b/;
/** In YAML: the line, and those below it that are indented more. */
const BLOCK = /^([ \t]*(?:- )?)((?:data|stringData):)[ \t]*\r?\n((?:(?:\1[ \t]+[^\r\n]*|[ \t]*)(?:\r?\n|$))+)/gm;
/** The name of a member of it, at the least indentation of its lines. */
const MEMBER = /^([ \t]*(?:"[^"]{1,253}"|'[^']{1,253}'|[\w.-]{1,253}):)[ \t]*\S/;
const OBJECT = /(?<![\w.-])(?:data|stringData)\\{0,8}["']?\s{0,4}:\s{0,4}(?=\{)/g;
const STRING = /(:\s{0,4}\\{0,8}")[^"\\]*|(:\s{1,4})[^\s"'{},\\][^,}\r\n]*/g;

export function redactManifests(text: string): string {
  if (!SECRET.test(text)) return text;
  return text
    .split(/(?<=\n)(?=---)/)
    .map((document) => (SECRET.test(document) ? documentRedacted(document) : document))
    .join('');
}

function documentRedacted(text: string): string {
  const lines = text.replace(
    BLOCK,
    (_, indent: string, name: string, members: string) => `${indent}${name}\n${membersRedacted(members)}`,
  );
  return objectsRedacted(lines);
}

/** Each member keeps its name; lines that go on with its value are gone. */
function membersRedacted(members: string): string {
  const lines = members.split('\n');
  const least = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines
    .filter((line) => line.trim() === '' || line.search(/\S/) === least)
    .map((line) => {
      const head = MEMBER.exec(line)?.[1];
      return head === undefined ? line : `${head} ${REDACTED}`;
    })
    .join('\n');
}

function objectsRedacted(text: string): string {
  let out = '';
  let done = 0;
  OBJECT.lastIndex = 0;
  for (let match = OBJECT.exec(text); match !== null; match = OBJECT.exec(text)) {
    const start = OBJECT.lastIndex;
    const end = structureEnd(text, start);
    out += `${text.slice(done, start)}${text.slice(start, end).replace(STRING, `$1$2${REDACTED}`)}`;
    done = end;
    OBJECT.lastIndex = end;
  }
  return done === 0 ? text : out + text.slice(done);
}
