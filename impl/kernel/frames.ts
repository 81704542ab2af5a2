/** Frames: pieces of memory that are mapped into address spaces, each counted as often as it is mapped. */
import type { Allocator, Page } from '#impl/machine/allocator.ts';
import { type Address, allocate, free, load, type Routine, store, type Word } from '#impl/machine/ops.ts';
import { acquire, layoutLock, release } from '#impl/sync/spinlock.ts';
import type { RemapParameters } from '#spec/abi/kernel/remap.ts';

/** A frame, and how often it is mapped; guarded by the pool's lock. */
interface Frame {
  readonly page: Page;
  readonly references: Address;
}

export interface Frames {
  readonly lock: Address;
  readonly frames: readonly Frame[];
}

/** How often a frame is mapped at boot. */
const timesMapped = ({ spaces }: RemapParameters, frame: number): number =>
  spaces.flat().filter((mapping) => mapping?.frame === frame).length;

/** Lays the frames out, with their words at boot. One that is mapped nowhere is free. */
export const layoutFrames = (memory: Allocator, parameters: RemapParameters): Frames => ({
  lock: layoutLock(memory, 'frames.lock'),
  frames: Array.from({ length: parameters.frames }, (_, frame) => {
    const references = timesMapped(parameters, frame);
    return {
      references: memory.word(`frame${frame}.references`, references),
      page: memory.page(references > 0, (page) => {
        for (let offset = 0; offset < parameters.pageWords; offset++) {
          page.word(`frame${frame}[${offset}]`, 10 * (frame + 1) + offset);
        }
        return {};
      }),
    };
  }),
});

const frameAt = ({ frames }: Frames, address: Address): Frame =>
  frames.find(({ page }) => page.address === address) as Frame;

/** Takes a free frame, all zero, to be mapped once. Its address; 0: there is none. */
export function* takeFrame(pool: Frames): Routine<Address> {
  yield* acquire(pool.lock);
  const address = yield* takeLocked(pool);
  yield* release(pool.lock);
  return address;
}

function* takeLocked({ frames }: Frames): Routine<Address> {
  for (const { page, references } of frames) {
    if ((yield load(references, 'plain')) !== 0) continue;
    yield store(references, 1, 'plain');
    yield allocate(page.address, page.words, 'frames.allocate');
    return page.address;
  }
  return 0;
}

/** A frame is mapped in one place less; it is free if that was the last. No core may still translate to it. */
export function* dropFrame(pool: Frames, address: Address): Routine {
  const { page, references } = frameAt(pool, address);
  yield* acquire(pool.lock);
  const left: Word = (yield load(references, 'plain')) - 1;
  yield store(references, left, 'plain');
  if (left === 0) yield free(page.address, page.words, 'frames.free');
  yield* release(pool.lock);
}

/** Whether a frame is mapped in more than one place. */
export function* isShared(pool: Frames, address: Address): Routine<boolean> {
  yield* acquire(pool.lock);
  const references = yield load(frameAt(pool, address).references, 'plain');
  yield* release(pool.lock);
  return references > 1;
}
