import { isMapping, type Cursor } from '../../model/cursor.ts';
import type { Directive, DirectiveDocument } from '../../model/document.ts';
import { inCommand, inText, text, wordsIn, type Leak, type Placed } from './found.ts';
import { loginFileIn } from './logins.ts';
import { commandsIn } from './shell-words.ts';

const ASSIGNMENTS = new Set(['ENV', 'ARG']);
const COMMANDS = new Set(['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK']);

/** What an image is built with and started by. */
export function inDockerfile({ path, directives }: DirectiveDocument): Leak[] {
  return directives.flatMap((directive) => inInstruction(path, directive));
}

/** The body of a heredoc may be a file of logins, by what its instruction writes. */
function inInstruction(path: string, { name, args, children, origin }: Directive, file = ''): Leak[] {
  const target = loginFileIn(args.join(' '));
  const inner = (children ?? []).flatMap((child) => inInstruction(path, child, target));
  if (ASSIGNMENTS.has(name)) return inPairs(path, args, { origin });
  if (name === 'heredoc') return args.flatMap((value) => inText(path, { name: '', value }, { origin }, { file }));
  if (!COMMANDS.has(name)) return inner;
  return [
    ...inCommand(
      path,
      args.map((word) => ({ text: word, origin })),
    ),
    ...inner,
  ];
}

export function inEnvironmentFile({ path, directives }: DirectiveDocument): Leak[] {
  return directives.flatMap(({ name, args, origin }) => inText(path, { name, value: args.join(' ') }, { origin }));
}

/** What a compose file gives to its services and their images, and the files it writes itself. */
export function inCompose(path: string, root: Cursor): Leak[] {
  const services = root.get('services').entries();
  const files = [...root.get('configs').entries(), ...root.get('secrets').entries()];
  return [
    ...services.flatMap(([name, service]) => inService(`service ${name} of ${path}`, service)),
    ...files.flatMap(([name, file]) => {
      const content = isMapping(file.value) ? file.get('content') : undefined;
      return content === undefined ? [] : inText(path, { name, value: text(content) }, content);
    }),
  ];
}

function inService(where: string, service: Cursor): Leak[] {
  const build = service.get('build');
  const commands = [service.get('command'), service.get('entrypoint'), service.get('healthcheck', 'test')];
  return [
    ...inEnvironment(where, service.get('environment')),
    ...(isMapping(build.value) ? inEnvironment(where, build.get('args')) : []),
    ...commands.flatMap((command) => inWords(where, command)),
  ];
}

/** A list of `NAME=value`, or a mapping. */
function inEnvironment(where: string, at: Cursor): Leak[] {
  if (Array.isArray(at.value)) return at.items().flatMap((item) => inPairs(where, [text(item)], item));
  return at.entries().flatMap(([name, value]) => inText(where, { name, value: text(value) }, value));
}

/** A list of words, or one line as a shell takes it. */
function inWords(where: string, at: Cursor): Leak[] {
  if (Array.isArray(at.value)) return inCommand(where, wordsIn(at));
  return commandsIn(text(at)).flatMap((words) =>
    inCommand(
      where,
      words.map((word) => ({ text: word, origin: at.origin })),
    ),
  );
}

function inPairs(where: string, pairs: readonly string[], place: Placed): Leak[] {
  return pairs.flatMap((pair) => {
    const split = pair.indexOf('=');
    if (split === -1) return [];
    const value = pair.slice(split + 1).replace(/^"(.*)"$/, '$1');
    return inText(where, { name: pair.slice(0, split), value }, place);
  });
}

/** What PostgreSQL and Redis are configured by: `requirepass …`, `user app on >…`, `primary_conninfo = '… password=…'`. */
export function inServerSettings({ path, directives }: DirectiveDocument): Leak[] {
  return directives.flatMap(({ name, args, origin }) =>
    name === 'user' ? inRedisUser(path, args, { origin }) : inText(path, { name, value: args.join(' ') }, { origin }),
  );
}

function inRedisUser(path: string, [user = '', ...rules]: readonly string[], place: Placed): Leak[] {
  const passwords = rules.filter((rule) => rule.startsWith('>')).map((rule) => rule.slice(1));
  return passwords.flatMap((value) => inText(path, { name: `user ${user}`, value, strength: 'sure' }, place));
}

/** Directives of nginx that give a value to a name. */
const GIVES_VALUE = /^(?:set|\w+_set_header|add_header|(?:fastcgi|uwsgi|scgi)_param)$/;

export function inNginx({ path, directives }: DirectiveDocument): Leak[] {
  return directives.flatMap((directive) => inNginxDirective(path, directive));
}

function inNginxDirective(path: string, { name, args, children, origin }: Directive): Leak[] {
  const inner = (children ?? []).flatMap((child) => inNginxDirective(path, child));
  const [first = '', ...rest] = args;
  if (name === 'env') return inPairs(path, args, { origin });
  const named = GIVES_VALUE.test(name) ? { name: first, value: rest.join(' ') } : { name: '', value: args.join(' ') };
  return [...inText(path, named, { origin }), ...inner];
}
