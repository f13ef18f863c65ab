/** The proxy as a process of its own: bytes of a server's clients do not go through the engine. */
import { fork } from 'node:child_process';
import { LaunchgateError } from '../../../model/errors.ts';
import type { WireFault } from '../../../model/drill/faults.ts';
import { nodeProgram } from '../../lab/run/programs.ts';
import type { FromProxy, ToProxy } from './messages.ts';
import type { Traffic } from './server.ts';

export interface ProxyProcess {
  readonly pid: number;
  readonly port: number;
  /** Resolves once every open connection is under the fault. */
  set(fault: WireFault): Promise<void>;
  traffic(): Promise<Traffic>;
  end(): void;
}

/** Starts it in front of a server; `mark`: its environment, by which it is found again. */
export async function startProxyProcess(
  server: { readonly host: string; readonly port: number },
  mark: Readonly<Record<string, string>>,
): Promise<ProxyProcess> {
  const { file, args = [] } = nodeProgram('drill', 'proxy');
  const child = fork(args.at(-1)!, [], {
    execPath: file,
    execArgv: args.slice(0, -1),
    // A signal to the group of whoever started it does not reach it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: mark,
  });
  child.unref();
  child.channel?.unref();
  /** One question at a time: answers carry no number. */
  let last: Promise<unknown> = Promise.resolve();

  function ask(message: ToProxy): Promise<FromProxy> {
    const answer = last.then(() => askNow(message));
    last = answer.catch(() => undefined);
    return answer;
  }

  async function askNow(message: ToProxy): Promise<FromProxy> {
    child.channel?.ref();
    const answer = Promise.withResolvers<FromProxy>();
    const gone = (): void => answer.reject(new LaunchgateError('internal', 'the fault proxy is gone'));
    child.once('message', answer.resolve).once('error', answer.reject).once('exit', gone);
    try {
      if (child.connected) child.send(message, (error) => error !== null && answer.reject(error));
      else gone();
      const said = await answer.promise;
      if (said.kind === 'broken') throw new LaunchgateError('internal', `the fault proxy says: ${said.because}`);
      return said;
    } finally {
      child.off('message', answer.resolve).off('error', answer.reject).off('exit', gone);
      child.channel?.unref();
    }
  }

  const listening = await ask({ kind: 'start', ...server });
  if (listening.kind !== 'listening')
    throw new LaunchgateError('internal', `the fault proxy answers "${listening.kind}"`);
  const traffic = async (message: ToProxy): Promise<Traffic> => {
    const done = await ask(message);
    if (done.kind === 'done') return done.traffic;
    throw new LaunchgateError('internal', `the fault proxy answers "${done.kind}"`);
  };
  return {
    pid: child.pid!,
    port: listening.port,
    set: async (fault) => void (await traffic({ kind: 'set', fault })),
    traffic: () => traffic({ kind: 'traffic' }),
    end: () => void child.kill('SIGKILL'),
  };
}
