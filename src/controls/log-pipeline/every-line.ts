/** Whether a regular expression of a filter, which need not match the whole, surely matches every line that says anything. */
export function matchesEveryLine(regex: string): boolean {
  return /^\^?(?:\.[*+]|\(\.[*+]\))\$?$|^\.$/.test(regex);
}
