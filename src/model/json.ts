/** The value of a JSON text; `undefined` for what is no JSON, which no JSON text can be. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
