import type { Credential } from '../../../../../model/drill/credential.ts';
export function labCredential(_open: unknown, _use: unknown, name: string): Credential | string {
  return `${name}: not yet`;
}
