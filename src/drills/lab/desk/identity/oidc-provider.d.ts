/** What is used of oidc-provider 9, which comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Client {
    readonly clientId: string;
  }

  export interface Token {
    readonly accountId?: string;
    readonly clientId?: string;
    readonly sessionUid?: string;
    readonly client?: Client;
  }

  export interface Context {
    readonly oidc: {
      readonly client: Client;
      readonly params: Readonly<Record<string, string | undefined>>;
      readonly session?: { readonly accountId?: string; grantIdFor(client: string): string | undefined };
      entity(name: string, value: unknown): void;
    };
    body: unknown;
  }

  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, string | undefined>>;
    readonly session?: { readonly accountId: string };
    readonly grantId?: string;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly Grant: {
      new (of: { clientId: string; accountId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    readonly AccessToken: new (of: object) => {
      resourceServer: unknown;
      readonly expiration: number;
      save(): Promise<string>;
    };
    readonly ResourceServer: new (identifier: string, data: object) => unknown;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    registerGrantType(name: string, handler: (context: Context) => Promise<void>, params: readonly string[]): void;
  }

  export const errors: {
    readonly InvalidGrant: new (detail: string) => Error;
    readonly InvalidTarget: new (detail: string) => Error;
  };
}
