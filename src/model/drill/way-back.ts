/** For drills in files, which know themselves how what they do is taken back. */
export interface WayBack {
  /**
   * Notes on disk that the activity takes back what is called `what`; it happens at the end of the run in any case. `folder`: what its programs
   * run in and its relative paths are of, whoever does it.
   */
  note(what: string, activity: unknown, folder: string): Promise<void>;
}
