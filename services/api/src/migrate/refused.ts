/** The migrations on disk and the database do not fit, or the request makes no sense; nothing was changed. */
export class MigrationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MigrationRefused';
  }
}
