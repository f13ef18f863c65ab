export interface Backups {}
