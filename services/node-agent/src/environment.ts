/** What a shell is given: built from nothing, so that no secret of the agent's own environment can get in. */
import { userInfo } from 'node:os';

export interface ShellAccount {
  readonly shell: string;
  readonly args: readonly string[];
  readonly home: string;
  readonly name: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** The lab marks what it has started, to find it again. */
const PASSED_ON = ['LAUNCHGATE_LAB', 'TZ'];

export function shellEnvironment(
  account: ShellAccount,
  session: string,
  own: NodeJS.ProcessEnv,
): Record<string, string> {
  const environment: Record<string, string> = {
    PATH,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: account.shell,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERMINAL_SESSION: session,
  };
  for (const name of PASSED_ON) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** The account the agent itself runs under, with bash as login shell. */
export function ownAccount(): ShellAccount {
  const { homedir, username } = userInfo();
  return { shell: '/bin/bash', args: ['-l'], home: homedir, name: username };
}
