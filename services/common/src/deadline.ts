/** What hangs is worse than what fails: nothing is waited for without an end. */

/** What `work` answers; rejects with what `late` makes when it has not settled after `ms`. What it still does is left to itself, and its failure is nobody's. */
export async function before<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
