/** The native half of node-pty, as far as it is used: its own types know the other half only. */
declare module '@lydell/node-pty/requireBinary.js' {
  interface Native {
    /** Starts `file` in a new terminal and a kernel session of its own. A `uid` or `gid` of -1 is the caller's; `helper` is for macOS. */
    fork(
      file: string,
      args: readonly string[],
      environment: readonly string[],
      cwd: string,
      cols: number,
      rows: number,
      uid: number,
      gid: number,
      utf8: boolean,
      helper: string,
      exited: (code: number, signal: number) => void,
    ): { readonly fd: number; readonly pid: number };
    resize(fd: number, cols: number, rows: number): void;
  }
  export function requireBinary(file: 'pty.node'): Native;
}
