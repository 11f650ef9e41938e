// SPDX-License-Identifier: GPL-2.0-or-later
import type { FileSpec, LogEvent } from '@specialbit/events';
import { access, MAP_ANONYMOUS, MAP_PRIVATE, MAP_SHARED, page, READ_WRITE } from './events.js';
import type { Random } from './random.js';

const HEAP = 128;
const SHARED = 16;
/** Generations that live at the same time. */
const ALIVE = 12;
/** Numbers of address spaces are used again; more of them than live. */
const NUMBERS = 32;

export const deepForkFiles: Readonly<Record<string, FileSpec>> = { shm: { kind: 'shmem', pages: SHARED } };

/** Every process forks the next one and dies some generations later; all of them write to what they share. */
export function* deepFork(random: Random): Generator<LogEvent, never> {
  yield {
    type: 'mmap',
    mm: 0,
    label: 'heap',
    pages: HEAP,
    prot: READ_WRITE,
    flags: MAP_PRIVATE | MAP_ANONYMOUS,
    pgoff: 0,
  };
  yield {
    type: 'mmap',
    mm: 0,
    label: 'shm',
    pages: SHARED,
    prot: READ_WRITE,
    flags: MAP_SHARED,
    file: 'shm',
    pgoff: 0,
  };
  for (let i = 0; i < HEAP; i++) yield access(0, page('heap', i), 'write', i);
  const alive = [0];
  for (let generation = 1; ; generation++) {
    const child = generation % NUMBERS;
    yield { type: 'fork', mm: alive[alive.length - 1]!, child };
    alive.push(child);
    if (alive.length > ALIVE) yield { type: 'exit', mm: alive.shift()! };
    for (let i = 0; i < 96; i++) {
      // the young ones write most
      const mm = alive[alive.length - 1 - Math.min(random.below(alive.length), random.below(alive.length))]!;
      const at = random.oneIn(8) ? page('shm', random.below(SHARED)) : page('heap', random.below(HEAP));
      yield access(mm, at, random.below(3) === 0 ? 'read' : 'write', random.below(256));
    }
  }
}
