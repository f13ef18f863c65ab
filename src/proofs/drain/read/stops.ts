import type { Cursor } from '../../../model/cursor.ts';
import type { PreStop } from '../types.ts';

/** What a container does before SIGTERM. */
export function preStopOf(container: Cursor): PreStop {
  const at = container.get('lifecycle', 'preStop');
  const sleep = at.get('sleep', 'seconds');
  if (sleep.exists) return { kind: 'sleep', seconds: sleep.number() ?? 0, native: true, origin: sleep.origin };
  const exec = at.get('exec', 'command');
  if (exec.exists) return commandStop(exec);
  const http = at.get('httpGet');
  if (http.exists)
    return { kind: 'other', what: `preStop asking ${http.get('path').string() ?? '/'}`, origin: http.origin };
  return { kind: 'none' };
}

/**
 * `sleep 15`, `sh -c "sleep 15 && nginx -s quit"`: what sleeps is counted, the rest is taken to be short. How often a loop goes round
 * cannot be told.
 */
function commandStop(at: Cursor): PreStop {
  const words = at.strings();
  const text = words.join(' ');
  const naps = [...text.matchAll(/(?:^|[\s;&|(])(?:\/(?:usr\/)?bin\/)?sleep\s+(\d+(?:\.\d+)?)(s|m|h)?(?=$|[\s;&|)])/g)];
  if (naps.length === 0 || isLoop(text))
    return { kind: 'other', what: `preStop ${JSON.stringify(text.slice(0, 60))}`, origin: at.origin };
  const factor = { s: 1, m: 60, h: 3600 } as const;
  const seconds = naps.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * factor[(unit ?? 's') as keyof typeof factor],
    0,
  );
  return { kind: 'sleep', seconds, native: false, origin: at.origin };
}

function isLoop(text: string): boolean {
  return /(?:^|[\s;&|(])(?:for|while|until)\s/.test(text) && /[;\n][ \t]*do\s/.test(text);
}
