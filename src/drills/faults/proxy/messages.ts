/** What the proxy's process is told, and what it tells. */
import type { WireFault } from '../../../model/drill/faults.ts';
import type { Traffic } from './server.ts';

export type ToProxy =
  | { readonly kind: 'start'; readonly host: string; readonly port: number }
  | { readonly kind: 'set'; readonly fault: WireFault }
  | { readonly kind: 'traffic' };

export type FromProxy =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done'; readonly traffic: Traffic }
  | { readonly kind: 'broken'; readonly because: string };
