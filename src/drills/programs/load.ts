/** Sends the load of a drill, in a process of its own so that neither disturbs the other's clock. */
import { serveParent } from '../load/main.ts';

serveParent();
