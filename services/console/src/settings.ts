/** What differs between environments; the server of the page hands it out beside it. */
export interface Settings {
  /** Origin of the API, `https://api.gpucloud.example`. */
  readonly api: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Audience of the API's tokens. */
  readonly audience: string;
}

export async function readSettings(): Promise<Settings> {
  const answer = await fetch('/config.json');
  if (!answer.ok) throw new Error(`the page has no configuration: ${answer.status}`);
  return (await answer.json()) as Settings;
}
