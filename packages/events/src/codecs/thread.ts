// SPDX-License-Identifier: GPL-2.0-or-later
import type { ThreadBegin, ThreadEnd } from '../types.js';
import { type EventCodecs, events } from './event-codec.js';
import { mappingLabel } from './primitives.js';
import { required } from './record.js';

/** Which thread does what stands between. */
export const threadEvents: EventCodecs = new Map([
  ...events<ThreadBegin>(['thread.begin'], { name: required(mappingLabel) }),
  ...events<ThreadEnd>(['thread.end'], {}),
]);
