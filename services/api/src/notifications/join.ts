/** A client's way into the hub: it is there before it is asked what was missed, so that nothing falls between the two. */
import type { Principal } from '../identity/token.ts';
import type { Farewell, Hub, HubClient } from './hub.ts';
import { GAP, type Frame } from './message.ts';

type Listener = Omit<HubClient, 'principal'>;

export interface Place {
  /** Offers what was missed, then what came meanwhile, and from now on what comes. */
  begin(listener: Listener): void;
  part(): void;
}

/** Frames that may come while a place is prepared. */
const MOST = 256;

/** Throws 429 or 503 where there is no room, and what `missed` rejects with. */
export async function takePlace(hub: Hub, principal: Principal, missed: () => Promise<Frame[]>): Promise<Place> {
  hub.checkRoom(principal.sub);
  const meanwhile: Frame[] = [];
  let farewell: Farewell | undefined;
  let listener: Listener = {
    offer: (frame) => void (meanwhile.length < MOST ? meanwhile.push(frame) : meanwhile.splice(0, MOST, GAP)),
    leave: (why) => (farewell = why),
    beat: () => undefined,
  };
  const part = hub.join({
    principal,
    offer: (frame) => listener.offer(frame),
    leave: (why) => listener.leave(why),
    beat: () => listener.beat(),
  });
  try {
    const first = await missed();
    return {
      part,
      begin(next) {
        listener = next;
        for (const frame of [...first, ...meanwhile]) next.offer(frame);
        if (farewell !== undefined) next.leave(farewell);
      },
    };
  } catch (error) {
    part();
    throw error;
  }
}
