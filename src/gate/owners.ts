import type { ControlMeta } from '../model/control.ts';
import type { Spec } from '../model/spec.ts';
import { NO_SUBJECT } from './input.ts';

/** Finds who has to act on a requirement: the subject's owner, else the control's, else the owner of the track that names it. */
export class Owners {
  readonly #subjects = new Map<string, string>();
  readonly #controls = new Map<string, string>();
  readonly #sources = new Map<string, string>();
  readonly #tracks = new Map<string, string>();

  constructor(spec: Spec) {
    const put = (index: Map<string, string>, key: string, owner: string | undefined) => {
      if (owner !== undefined && !index.has(key)) index.set(key, owner);
    };
    for (const { name, owner } of spec.services) put(this.#subjects, `service/${name}`, owner);
    for (const { name, owner } of spec.stores) put(this.#subjects, `store/${name}`, owner);
    for (const { name, owner } of spec.credentials) put(this.#subjects, `credential/${name}`, owner);
    for (const [name, owner] of Object.entries(spec.onCall?.ownership ?? {})) {
      put(this.#subjects, name.includes('/') ? name : `service/${name}`, owner);
    }
    for (const { id, owner } of spec.controls) put(this.#controls, id, owner);
    for (const { drill, owner } of spec.drills) put(this.#controls, drill, owner);
    for (const track of spec.tracks) {
      for (const control of track.controls) {
        put(this.#controls, control, track.owner);
        put(this.#tracks, control, track.id);
      }
    }
  }

  /** Lets the owner of a track answer for all controls that cite its source, such as `OT5`. */
  addSource(source: string, track: string, owner: string | undefined): void {
    this.#tracks.set(source, track);
    if (owner !== undefined) this.#sources.set(source, owner);
  }

  of(meta: ControlMeta, subject: string): string | undefined {
    const own = subject === NO_SUBJECT ? undefined : this.#subjects.get(subject);
    const source = meta.sources.find((one) => this.#sources.has(one));
    return own ?? this.#controls.get(meta.id) ?? (source === undefined ? undefined : this.#sources.get(source));
  }

  /** The track a control belongs to, by name or by source. */
  trackOf(meta: ControlMeta): string | undefined {
    const source = meta.sources.find((one) => this.#tracks.has(one));
    return this.#tracks.get(meta.id) ?? (source === undefined ? undefined : this.#tracks.get(source));
  }
}
