/** Records who would have been paged, and when. */
import { durationOf, required, runProgram, secretOf } from '../desk/environment.ts';
import { startPager } from '../desk/pager/server.ts';

await runProgram('pager', () =>
  startPager({
    address: required('HTTP_ADDR'),
    token: secretOf('PAGER_TOKEN_FILE'),
    folder: process.cwd(),
    escalateAfter: durationOf('ESCALATE_AFTER', '5m') * 1000,
    levels: 3,
    deadManAfter: durationOf('DEAD_MAN_AFTER', '3m') * 1000,
  }),
);
