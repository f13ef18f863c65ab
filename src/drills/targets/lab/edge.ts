import { readFileSync } from 'node:fs';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Edge } from '../../../model/drill/edge.ts';
import type { OpenLab } from '../../lab/open.ts';
import { labHost } from '../../lab/parts/edge/routes.ts';
import type { Use } from '../../target.ts';
import { askOver } from '../ask.ts';
import { writeRaw } from '../raw.ts';
import { handshake } from './edge/handshake.ts';

const ADDRESS = '127.0.0.1';

export function labEdge({ lab }: OpenLab, { signal }: Use): Edge {
  if (!lab.has('edge')) throw new CannotTell('the lab runs no edge: nginx with ModSecurity is not installed');
  const ca = readFileSync(lab.client.ca, 'utf8');
  const httpsPort = lab.port('edge', 'https');
  const httpPort = lab.port('edge', 'http');
  const place = { address: ADDRESS, httpsPort, httpPort, ca };
  return {
    tellsClientsApart: true,
    place,
    host(service) {
      const found = lab.plan.spec.services.find(({ name }) => name === service);
      const route = found?.routes.find((one) => one.public && one.protocol !== 'grpc');
      if (route === undefined) throw new CannotTell(`service ${service} has no public route`);
      return labHost(route.host ?? lab.plan.spec.edge?.host ?? service);
    },
    hostFor: labHost,
    ask: (host, path, call = {}) => askOver({ address: ADDRESS, port: httpsPort, host, ca }, path, call, signal),
    raw: (host, bytes, { plain = false, from, ...options } = {}) =>
      writeRaw(
        plain
          ? { address: ADDRESS, port: httpPort, host, plain: true, ...local(from) }
          : { address: ADDRESS, port: httpsPort, host, ca, plain: false, ...local(from) },
        bytes,
        options,
        signal,
      ),
    handshake: (host, version, ciphers) => handshake(place, host, version, ciphers),
  };
}

function local(from: string | undefined): { readonly from?: string } {
  return from === undefined ? {} : { from };
}
