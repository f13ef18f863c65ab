/** A program that starts one part which does its work once, in the folder that its argument names, and waits for nothing else. */
import { join } from 'node:path';
import type { Lab, Part } from '../part.ts';
import { startOne, type Starting } from './start.ts';

const [folder = ''] = process.argv.slice(2);
const lab = {
  id: '00000000',
  folder: () => folder,
  log: () => join(folder, 'log'),
  enter: () => [],
} as Partial<Lab> as Lab;
const work: Part = {
  name: 'work',
  needs: [],
  once: true,
  command: () => ({ file: process.execPath, args: ['-e', 'setTimeout(() => {}, 300)'] }),
};
const starting = { lab, signal: new AbortController().signal, note: () => undefined } as Partial<Starting> as Starting;
await startOne(work, starting, () => undefined);
process.stdout.write('done\n');
