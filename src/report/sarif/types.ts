/** The parts of SARIF 2.1.0 (OASIS, with errata 01) that Launchgate writes. Section numbers are the standard's. */
export type Level = 'error' | 'warning' | 'note';

interface Message {
  readonly text: string;
  readonly markdown?: string;
}

/** §3.28. Lines and columns are one-based; columns count UTF-16 code units, as `columnKind` says. */
export interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId: '%SRCROOT%' };
    readonly region: { readonly startLine: number; readonly startColumn: number };
  };
  readonly message?: Message;
}

/** §3.49 reportingDescriptor. */
export interface Rule {
  readonly id: string;
  readonly name?: string;
  readonly shortDescription: Message;
  readonly fullDescription: Message;
  readonly help: Message;
  readonly helpUri?: string;
  readonly defaultConfiguration: { readonly level: Level };
  readonly properties: Readonly<Record<string, unknown>>;
}

/** §3.27. */
export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: Level;
  readonly message: Message;
  readonly locations: readonly [SarifLocation];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly codeFlows?: readonly {
    readonly threadFlows: readonly { readonly locations: readonly { readonly location: SarifLocation }[] }[];
  }[];
  readonly baselineState?: 'new';
  readonly properties: Readonly<Record<string, unknown>>;
}

/** §3.58. */
export interface Notification {
  readonly level: Level;
  readonly message: Message;
  readonly descriptor: { readonly id: string };
  readonly associatedRule?: { readonly id: string };
  readonly locations?: readonly SarifLocation[];
}

export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly [SarifRun];
}

/** §3.14. */
export interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version: string;
      readonly semanticVersion: string;
      readonly informationUri: string;
      readonly rules: readonly Rule[];
      readonly notifications: readonly Omit<Rule, 'defaultConfiguration' | 'properties'>[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly originalUriBaseIds: { readonly '%SRCROOT%': { readonly description: Message } };
  readonly columnKind: 'utf16CodeUnits';
  readonly invocations: readonly [
    { readonly executionSuccessful: boolean; readonly toolExecutionNotifications: readonly Notification[] },
  ];
  readonly results: readonly SarifResult[];
  readonly properties: Readonly<Record<string, unknown>>;
}
