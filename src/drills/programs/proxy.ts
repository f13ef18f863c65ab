/** Stands between parts of a platform and one of its servers, and makes the way there bad. */
import { serveParent } from '../faults/proxy/main.ts';

serveParent();
