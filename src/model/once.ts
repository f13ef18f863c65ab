/**
 * Remembers an answer for as long as what it was asked of lives. For questions about a whole platform that every subject asks again:
 * answered anew each time, they cost the square of its size.
 */
export function oncePer<K extends object, T>(answer: (of: K) => T): (of: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (of) => {
    const found = known.get(of);
    if (found !== undefined) return found.value;
    const value = answer(of);
    known.set(of, { value });
    return value;
  };
}

/** As {@link oncePer}, for what is the same in every view of a platform that may ask. */
export function oncePerPlatform<V extends { readonly platform: object }, T>(answer: (view: V) => T): (view: V) => T {
  const known = new WeakMap<object, { readonly value: T }>();
  return (view) => {
    const found = known.get(view.platform);
    if (found !== undefined) return found.value;
    const value = answer(view);
    known.set(view.platform, { value });
    return value;
  };
}

/** As {@link oncePer}, of texts, for as long as the process lives: at most `most` answers are kept. */
export function oncePerText<T>(answer: (text: string) => T, most = 1024): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.value;
    const value = answer(text);
    if (known.size >= most) known.clear();
    known.set(text, { value });
    return value;
  };
}
