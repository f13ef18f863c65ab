export interface Webhooks {}
