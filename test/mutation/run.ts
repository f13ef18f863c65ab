/** Breaks everything in turn. */
import { failing, judge, mendedExample, type Verdict } from './judge.ts';
import { fileMutations, objectMutations } from './make.ts';
import { fileOperators, objectOperators } from './operators/index.ts';

/** The verdict on every mutation. Throws where the platform does not hold before anything is broken, or an operator breaks nothing. */
export async function mutateExample(): Promise<Verdict[]> {
  const subject = await mendedExample();
  const before = await failing(subject);
  if (before.length > 0) throw new Error(`the mended example fails already: ${before.join(', ')}`);
  const mutations = [
    ...objectMutations(objectOperators, subject.objects),
    ...fileMutations(fileOperators, subject.files),
  ];
  const used = new Set(mutations.map(({ operator }) => operator));
  const idle = [...objectOperators, ...fileOperators].filter(({ name }) => !used.has(name));
  if (idle.length > 0) throw new Error(`these operators break nothing: ${idle.map(({ name }) => name).join(', ')}`);
  const verdicts: Verdict[] = [];
  for (const mutation of mutations) verdicts.push(await judge(subject, mutation));
  return verdicts;
}
