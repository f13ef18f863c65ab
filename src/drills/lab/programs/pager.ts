/** Records who would have been paged, and when. */
import { durationOf, escalationOf, required, runProgram, secretOf } from '../desk/environment.ts';
import { startPager } from '../desk/pager/server.ts';

await runProgram('pager', () =>
  startPager({
    address: required('HTTP_ADDR'),
    token: secretOf('PAGER_TOKEN_FILE'),
    folder: process.cwd(),
    escalation: escalationOf('ESCALATION'),
    deadManAfter: durationOf('DEAD_MAN_AFTER', '3m'),
  }),
);
