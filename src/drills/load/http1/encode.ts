/** A request as bytes. */
import { LaunchgateError } from '../../../model/errors.ts';
import type { PlannedRequest } from '../plan.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9112, section 3.2.1: no space, no control character. */
const TARGET = /^\/[\x21-\x7e]*$/;
/** RFC 9110, section 5.5. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Refuses what would end a line or begin a second request. */
export function encodeRequest({ authority, path, method, headers, body }: PlannedRequest): Buffer {
  if (!TOKEN.test(method)) throw refusal(`"${method}" is no method`);
  if (!TARGET.test(path)) throw refusal(`"${path}" is no path; it must begin with "/" and be percent-encoded`);
  const content = body === undefined ? undefined : Buffer.from(body);
  const length = content === undefined ? {} : { 'content-length': String(content.length) };
  const lines = Object.entries({ host: authority, ...headers, ...length }).map(([name, value]) => {
    if (!TOKEN.test(name)) throw refusal(`"${name}" is no name of a header`);
    if (!VALUE.test(value)) throw refusal(`the header "${name}" holds a character that no header may`);
    return `${name}: ${value}\r\n`;
  });
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return content === undefined ? head : Buffer.concat([head, content]);
}

function refusal(message: string): LaunchgateError {
  return new LaunchgateError('usage', message, { next: 'Correct the request of the load.' });
}
