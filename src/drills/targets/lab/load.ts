import { CannotTell } from '../../../model/drill/drill.ts';
import type { Load } from '../../../model/drill/load.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { edgeLoad } from '../load.ts';
import { labEdge } from './edge.ts';

/** Through the edge of the lab, as customers come. */
export function labLoad(open: OpenLab, use: Use): Load {
  return edgeLoad(labEdge(open, use).place, use, loopback);
}

/** Of one network, the whole of which is loopback. */
const MOST_ADDRESSES = 250;

function loopback(count: number): string[] {
  if (count > MOST_ADDRESSES) throw new CannotTell(`load comes from ${MOST_ADDRESSES} addresses at most here`);
  return Array.from({ length: count }, (_, index) => `127.0.9.${index + 1}`);
}
