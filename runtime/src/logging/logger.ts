/**
 * JSON lines through pino. Everything a caller passes goes through the redactor before pino sees it, so serializers, children and prefixes
 * cannot go around it, and pino's own reading of foreign objects never meets one.
 */
import { format } from 'node:util';
import pino, { type Bindings, type ChildLoggerOptions, type LogFn } from 'pino';
import { contextOf } from './context.ts';
import { descriptor, type Destination } from './destination.ts';
import { createRedactor, openRedactor, type RedactionOptions, type Redactor } from './redact/index.ts';
import { fieldsOf, type Fields } from './record.ts';

export type Logger = pino.Logger;
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LoggerOptions {
  /** `service` of every line. */
  readonly service: string;
  readonly level?: Level;
  /** Fields of the context that a line is written in, such as request and trace id; a caller's fields do not replace them. */
  readonly context?: () => object | undefined;
  /** `false` writes secrets as they are: for drills that prove the redaction is noticed when it is off. */
  readonly redaction?: RedactionOptions | false;
  readonly destination?: Destination | { readonly fd: number };
  /** Further fields of every line, such as version and environment. */
  readonly base?: Readonly<Record<string, string>>;
}

const { chindingsSym, streamSym } = pino.symbols as unknown as {
  readonly chindingsSym: symbol;
  readonly streamSym: symbol;
};
type Serializers = Readonly<Record<string, (value: unknown) => unknown>>;
/** What a logger and its children redact with; children inherit it through their prototype. */
const WITH = Symbol('launchgate.logging');

interface Inner {
  readonly redactor: Redactor;
  readonly redacts: boolean;
  readonly serializers: Serializers;
  readonly context: () => Fields;
}
type InnerLogger = Logger & { [WITH]: Inner };

export function createLogger(options: LoggerOptions): Logger {
  const redactor = options.redaction === false ? openRedactor() : createRedactor(options.redaction);
  const context = contextOf(options.context, redactor);
  const log = pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service, ...options.base },
      timestamp,
      serializers: { err: (error: unknown) => error },
      formatters: { level: (level) => ({ level }) },
      hooks: { logMethod: write },
      ...(options.context === undefined ? {} : { mixin: context, mixinMergeStrategy: contextWins }),
    },
    destinationOf(options.destination),
  ) as InnerLogger;
  log[WITH] = { redactor, redacts: options.redaction !== false, serializers: {}, context };
  return Object.assign(log, { child: childOf(log.child), setBindings: bindingsOf(log.setBindings) });
}

/** False for a logger whose redaction is off, so that what is written beside it is not cleaner than it. */
export function isRedacting(log: Logger): boolean {
  return (log as InnerLogger)[WITH].redacts;
}

/** Writes out what is gathered. Resolves after `deadlineMs` at the latest, whatever the reader does. */
export function flushLogger(log: Logger, deadlineMs = 1000): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    log.flush(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function destinationOf(destination: LoggerOptions['destination']): Destination {
  if (destination === undefined) return descriptor(1);
  return 'write' in destination ? destination : descriptor(destination.fd);
}

/** pino's hook before a line: `this` is the logger, `log` writes the line. */
function write(this: Logger, args: Parameters<LogFn>, log: LogFn): void {
  const [first, ...rest] = args as unknown[];
  const { redactor, serializers } = (this as InnerLogger)[WITH];
  if (typeof first !== 'object' || first === null) {
    const parts = first === undefined || first === null ? rest : args;
    return log.call(this, redactor.text(message(parts, redactor)));
  }
  const { fields, text } = fieldsOf(first, redactor, serializers);
  const line = rest.length === 0 ? text : message(rest, redactor);
  if (line === undefined) return log.call(this, fields);
  log.call(this, fields, redactor.text(line));
}

/** A format and what is put into it: objects go in as redacted JSON. */
function message(parts: readonly unknown[], redactor: Redactor): string {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return only;
  const shown = parts.map((part) =>
    typeof part === 'object' && part !== null ? JSON.stringify(redactor.value(part)) : part,
  );
  try {
    return format(...shown);
  } catch {
    return '[unreadable]';
  }
}

function childOf(child: Logger['child']): Logger['child'] {
  return function redactedChild(this: InnerLogger, bindings: Bindings, options?: ChildLoggerOptions) {
    const { redactor, redacts, serializers: inherited, context } = this[WITH];
    const { serializers, formatters: _formatters, redact: _redact, msgPrefix, ...rest } = options ?? {};
    const own = serializers === undefined ? inherited : { ...inherited, ...(serializers as Serializers) };
    const plain = fieldsOf(bindings, redactor, own).fields;
    const prefix = msgPrefix === undefined ? {} : { msgPrefix: redactor.text(msgPrefix) };
    const made = Reflect.apply(child, this, [plain, { ...rest, ...prefix }]) as unknown as InnerLogger;
    made[WITH] = { redactor, redacts, serializers: own, context };
    return made;
  } as unknown as Logger['child'];
}

function bindingsOf(setBindings: Logger['setBindings']): Logger['setBindings'] {
  return function redactedBindings(this: InnerLogger, bindings: Bindings) {
    setBindings.call(this, fieldsOf(bindings, this[WITH].redactor, this[WITH].serializers).fields);
  };
}

/**
 * Writes a line whose fields, `msg` among them, are JSON already, without pino's way through merging and formatting: for lines that come with
 * every request. `fields` and `ids` begin with a comma; `ids` stand for the context where the caller has them at hand.
 */
export function writeReady(log: Logger, level: 'info' | 'error', fields: string, ids?: string): void {
  if (log.levelVal > LEVELS[level]) return;
  const inner = log as unknown as { [WITH]: Inner } & Readonly<Record<symbol, string & Destination>>;
  const context = ids ?? json(inner[WITH].context());
  inner[streamSym]?.write(`${beginning(level, timestamp(), inner[chindingsSym] ?? '')}${fields}${context}}\n`);
}

const LEVELS = { info: 30, error: 50 } as const;
let begun = { level: '', time: '', bindings: '', text: '' };

/** What lines of one millisecond begin with: in one piece, where a sum of strings would be read piece by piece with every line. */
function beginning(level: 'info' | 'error', time: string, bindings: string): string {
  if (begun.time !== time || begun.level !== level || begun.bindings !== bindings)
    begun = { level, time, bindings, text: ['{"level":"', level, '"', time, bindings].join('') };
  return begun.text;
}

function json(fields: Fields): string {
  let text = '';
  for (const key in fields) text += `,${JSON.stringify(key)}:${JSON.stringify(fields[key])}`;
  return text;
}

function contextWins(fields: object, context: object): object {
  const out = fields as Fields;
  for (const key in context) {
    const mine = (context as Fields)[key];
    if (out[key] !== undefined && out[key] !== mine) out[`field_${key}`] = out[key];
    out[key] = mine;
  }
  return out;
}

let instant = -1;
let field = '';
let second = -1;
let prefix = '';

/** RFC 3339 in UTC with milliseconds; all but the last three digits are made once a second. */
function timestamp(): string {
  const now = Date.now();
  if (now === instant) return field;
  const whole = Math.floor(now / 1000);
  if (whole !== second) {
    second = whole;
    prefix = `,"time":"${new Date(whole * 1000).toISOString().slice(0, 20)}`;
  }
  instant = now;
  field = `${prefix}${String(now - whole * 1000).padStart(3, '0')}Z"`;
  return field;
}
