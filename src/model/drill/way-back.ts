/** For drills in files, which know themselves how what they do is taken back. */
export interface WayBack {
  /** Notes on disk that the activity takes back what is called `what`; it happens at the end of the run in any case. */
  note(what: string, activity: unknown): Promise<void>;
}
