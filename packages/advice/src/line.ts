// SPDX-License-Identifier: GPL-2.0-or-later
/** What a suite is made of: events, and what is wanted of them. */
import type { Json } from './scene.js';

/** What cannot be written as an expectation of a log: it is so whatever the numbers are. */
export type Must = 'refuse' | 'notify' | 'rss' | 'flags-kept' | 'undumped' | 'uncounted' | 'empty';

export type Line =
  | { readonly kind: 'event'; readonly json: Json }
  /** An `expect` without its type. `wanted`: what it means. */
  | { readonly kind: 'expect'; readonly json: Json; readonly wanted: string }
  | { readonly kind: 'must'; readonly must: Must; readonly at: string; readonly wanted: string };

export const event = (json: Json): Line => ({ kind: 'event', json });
export const events = (list: readonly Json[]): Line[] => list.map(event);
export const want = (wanted: string, json: Json): Line => ({ kind: 'expect', json, wanted });
export const must = (what: Must, wanted: string, at = 'm'): Line => ({ kind: 'must', must: what, at, wanted });
