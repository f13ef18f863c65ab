import type { Load } from '../../../model/drill/load.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Use } from '../../target.ts';
import { edgeLoad } from '../load.ts';
import { labEdge } from './edge.ts';

/** Through the edge of the lab, as customers come. */
export function labLoad(open: OpenLab, use: Use): Load {
  return edgeLoad(labEdge(open, use).place, use);
}
