import type { Cursor } from '../../../model/cursor.ts';
import type { DrainInput, PreStop } from '../types.ts';

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

/** `sleep 15`, `sh -c "sleep 15 && nginx -s quit"`: what sleeps is counted, the rest is taken to be short. */
function commandStop(at: Cursor): PreStop {
  const words = at.strings();
  const text = words.join(' ');
  const naps = [...text.matchAll(/(?:^|[\s;&|(])(?:\/(?:usr\/)?bin\/)?sleep\s+(\d+(?:\.\d+)?)(s|m|h)?(?=$|[\s;&|)])/g)];
  if (naps.length === 0)
    return { kind: 'other', what: `preStop ${JSON.stringify(text.slice(0, 60))}`, origin: at.origin };
  const factor = { s: 1, m: 60, h: 3600 } as const;
  const seconds = naps.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * factor[(unit ?? 's') as keyof typeof factor],
    0,
  );
  return { kind: 'sleep', seconds, native: false, origin: at.origin };
}

/**
 * A shell that runs several commands stays process 1 and passes no signal on, unless it traps it or its last command is
 * an `exec`. A single simple command is left alone: most shells replace themselves by it.
 */
export function swallowedBy(container: Cursor): DrainInput['swallowed'] {
  const command = container.get('command');
  const args = container.get('args');
  const words = [...command.strings(), ...args.strings()];
  const shell = words.findIndex((word) => /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh$/.test(word));
  const flag = words.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(word));
  // A wrapper such as tini or dumb-init in front passes signals to the whole group.
  if (shell !== 0 || flag === -1) return undefined;
  const script = words[flag + 1] ?? '';
  const parts = script
    .split(/\n|;|&&|\|\|/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('#'));
  const last = parts.at(-1) ?? '';
  if (parts.length < 2 || /^exec\s/.test(last) || /\btrap\b/.test(script) || /\bexec\s/.test(script)) return undefined;
  const at = command.exists ? command : args;
  return { command: script.length > 60 ? `${script.slice(0, 60)}…` : script, origin: at.origin };
}
