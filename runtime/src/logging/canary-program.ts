/** Logs a canary in every way its test knows, and serves requests that carry it everywhere. `off` as argument switches redaction off. */
import fastify from 'fastify';
import { contextFields, correlation } from '../correlation/index.ts';
import { accessLog, createLogger, flushLogger, loggerOptions } from './index.ts';

const S = process.env['CANARY'] ?? '';
const log = createLogger({
  service: 'canary',
  level: 'trace',
  context: contextFields,
  ...(process.argv[2] === 'off' ? { redaction: false } : {}),
});

class Credentials {
  readonly user = 'u';
  readonly token = S;
  toJSON(): object {
    return { user: this.user, password: this.token };
  }
}

const values: (object | string)[] = [
  { password: S },
  { nested: [{ deep: { client_secret: S } }] },
  { sid: S, 'connect.sid': S, psk: S, keyPem: S, pässword: S },
  { headers: { authorization: `Bearer ${S}`, cookie: `sid=${S}`, 'x-api-key': S, referer: `https://x/?token=${S}` } },
  { rawHeaders: ['Authorization', S, 'Location', `https://u:${S}@h/`] },
  new Map([['token', S]]),
  new Set([`password=${S}`]),
  { body: Buffer.from(S) },
  new Credentials(),
  new Error(`connect postgres://app:${S}@db`, { cause: new AggregateError([new Error(`token=${S}`)], `Basic ${S}1=`) }),
  Object.assign(new Error('WRONGPASS'), { command: { name: 'auth', args: ['u', S] } }),
  `?code=${S}`,
  `{"password":"${S}"}`,
  `Bearer "${S}"`,
  `"password":\n  "${S}"`,
  `password: |\n  ${S}`,
];
for (const value of values) {
  if (typeof value === 'string') log.info(value);
  else log.info(value);
  log.warn({ value }, 'field');
  log.info({ a: 1 }, 'object %o and %j', value, value);
  log.child({ value }).debug('child');
  log.child({}, { serializers: { it: () => value } }).info({ it: 1 }, 'serializer');
}
log.error(new Error(`password=${S}`), `token=%s`, S);
log.child({ a: 1 }, { msgPrefix: `token=${S} ` }).info('prefix');
log.info(`first\n{"level":"fatal","msg":"forged"}`);

const app = fastify(loggerOptions(log));
await app.register(correlation, { trust: { cidrs: ['127.0.0.1'] } });
await app.register(accessLog, { log });
app.get('/ok', (request) => {
  request.log.info({ request, headers: request.headers, raw: request.raw }, 'seen');
  return {};
});
app.get('/broken', () => {
  throw new Error(`password=${S}`);
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
const headers = {
  authorization: `Bearer ${S}`,
  'user-agent': `agent token=${S}`,
  'x-request-id': `token=${S}`,
  cookie: `sid=${S}`,
  'sec-websocket-protocol': `ticket.${S}`,
};
for (const path of ['/ok', '/broken', `/missing/${'x'.repeat(8)}`])
  await (await fetch(`${address}${path}?token=${S}&code=${S}`, { headers })).text();
await app.close();
await flushLogger(log);
