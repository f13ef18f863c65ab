import type { Directive } from '../../../model/document.ts';
import type { Door } from '../types.ts';

/** Each `listen` of each server block: with `ssl` it demands TLS, and with `ssl_verify_client on` a certificate. */
export function judgeNginx(directives: readonly Directive[]): Door[] {
  return serversIn(directives).flatMap((server) => {
    const inside = server.children ?? [];
    const listens = inside.filter(({ name }) => name === 'listen');
    const verifies = inside.some(({ name, args }) => name === 'ssl_verify_client' && args[0] === 'on');
    return listens.flatMap(({ args, origin }): Door[] => {
      const port = /^(?:.*:)?(\d+)$/.exec(args[0] ?? '')?.[1];
      if (port === undefined || /^(?:127\.|localhost)/.test(args[0] ?? '')) return [];
      const isTls = args.includes('ssl') || args.includes('quic');
      return [
        {
          name: `port ${port} of nginx`,
          role: 'clients',
          port: Number(port),
          plaintext: isTls ? 'refused' : 'accepted',
          certificate: verifies ? 'required' : 'optional',
          because: `"listen ${args.join(' ')}"${isTls && verifies ? ' with ssl_verify_client on' : ''}`,
          origin,
          remedy: isTls
            ? 'Set ssl_verify_client on with ssl_client_certificate.'
            : 'Add ssl to the listen directive, with a certificate.',
        },
      ];
    });
  });
}

function serversIn(directives: readonly Directive[]): Directive[] {
  return directives.flatMap((directive) =>
    directive.name === 'server' && directive.children !== undefined ? [directive] : serversIn(directive.children ?? []),
  );
}
