// SPDX-License-Identifier: GPL-2.0-or-later
import { basename, dirname } from 'node:path';

/** `examples/gallery/s12-x/events.jsonl` is called s12-x. */
export function nameOf(file: string): string {
  const name = basename(file).replace(/\.jsonl(\.gz|\.zst)?$/, '');
  return (name === 'events' ? `${basename(dirname(file))}.events` : name).replace(/[^\w.-]/g, '-');
}
