/** Breaks each field that matters in the reference platform and publishes what the controls noticed: `npx node tools/mutation.ts`. */
import { writeFileSync } from 'node:fs';
import { caughtShare, pageOf } from '../test/mutation/page.ts';
import { mutateExample } from '../test/mutation/run.ts';

const verdicts = await mutateExample();
writeFileSync(new URL('../docs/mutation.md', import.meta.url), pageOf(verdicts));
console.log(`${verdicts.length} mutations, ${(caughtShare(verdicts) * 100).toFixed(1)} % caught: docs/mutation.md`);
