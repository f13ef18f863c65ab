/** What `evidence add` can read; anything else is an attachment. */
export const FORMATS = ['sarif', 'junit', 'cyclonedx', 'plan', 'attachment'] as const;
export type EvidenceFormat = (typeof FORMATS)[number];
