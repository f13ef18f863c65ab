/** Secret of the lab that its backups are sealed with, those that no tool encrypts. */
export const SEALING_SECRET = 'backup-sealing';
