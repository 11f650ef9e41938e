// SPDX-License-Identifier: GPL-2.0-or-later
import { FRAMES } from './frames.js';
import { LIFETIME } from './lifetime.js';
import { LOOKUP } from './lookup.js';
import { PAGES } from './pages.js';
import type { Scenario } from './scenario.js';

export type { Scenario } from './scenario.js';
/** Every scenario of the kit. */
export const scenarios: readonly Scenario[] = [...PAGES, ...FRAMES, ...LIFETIME, ...LOOKUP];
