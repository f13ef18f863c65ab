/** `Connection: close` on an answer (RFC 9112, 9.6), whatever options of its own the application puts there. */
import type { ServerResponse } from 'node:http';

/** Beside what the application says of the connection before or after: a 426 says `upgrade` (RFC 9110, 7.8). */
export function sayClose(response: ServerResponse): void {
  const { setHeader } = response;
  response.setHeader = (name, value) =>
    setHeader.call(
      response,
      name,
      name.toLowerCase() === 'connection' ? [...ownOptions(value), 'close'].join(', ') : value,
    );
  response.setHeader('connection', response.getHeader('connection') ?? '');
}

/** Says no more that it ends; what the application says stays. */
export function takeBack(response: ServerResponse): void {
  delete (response as Partial<ServerResponse>).setHeader;
  const own = ownOptions(response.getHeader('connection'));
  if (own.length === 0) response.removeHeader('connection');
  else response.setHeader('connection', own.join(', '));
}

/** Whether the client was really told: the application may have taken the header away, or put its own there in a way that is not seen. */
export function saysClose(response: ServerResponse): boolean {
  return optionsOf(response.getHeader('connection')).includes('close');
}

function ownOptions(connection: Parameters<ServerResponse['setHeader']>[1] | undefined): string[] {
  return optionsOf(connection).filter((option) => option !== 'close' && option !== 'keep-alive');
}

function optionsOf(connection: Parameters<ServerResponse['setHeader']>[1] | undefined): string[] {
  const options = String(connection ?? '').split(',');
  return options.map((option) => option.trim().toLowerCase()).filter((option) => option !== '');
}
