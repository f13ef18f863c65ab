import { oncePerPlatform } from '../../../../model/once.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { rulesOfAll } from '../../all-rules.ts';
import type { RuleText } from '../../rules.ts';
import { bookOf, rulesAbout } from '../judge/index.ts';
import { slothRules } from './sloth-rules.ts';
import { declaredSlos } from './sources.ts';

/** The rules of the platform, with those that Sloth's controller makes in the cluster of what no rule of the repository is about. */
export const rulesInCluster = oncePerPlatform((view: PlatformView): readonly RuleText[] => {
  const rules = rulesOfAll(view);
  const book = bookOf(rules);
  const made = declaredSlos(view).flatMap(({ source, slo }) =>
    source !== 'sloth-crd' || 'because' in slo || rulesAbout(book, slo).length > 0 ? [] : slothRules(slo),
  );
  return made.length === 0 ? rules : [...rules, ...made];
});
