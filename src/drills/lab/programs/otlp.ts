/** Receives the spans of the lab's services, and answers questions about them. */
import { required, runProgram } from '../desk/environment.ts';
import { startSpans } from '../desk/spans/server.ts';

/** About 100 MB at the most. */
const MOST_SPANS = 100_000;

await runProgram('otlp', () => startSpans({ address: required('HTTP_ADDR'), most: MOST_SPANS }));
