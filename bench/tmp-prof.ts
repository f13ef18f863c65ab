import { mkdtempSync, rmSync } from 'node:fs';
import { signedLeaves } from './ledger-runs.ts';
const d = mkdtempSync('/work/main/.bench-p-');
for (let i = 0; i < 3; i++) console.log(await signedLeaves(d + '/' + i, 80 * 256));
rmSync(d, { recursive: true });
