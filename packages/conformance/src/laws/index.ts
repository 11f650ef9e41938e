// SPDX-License-Identifier: GPL-2.0-or-later
import type { Architecture } from '@specialbit/core/arch';
import { accessLaws } from './access.js';
import { kindLaws } from './kinds.js';
import type { Law } from './law.js';
import { modifyLaws } from './modify.js';
import { pfnLaws } from './pfn.js';
import { propertyLaws } from './properties.js';

/** Every law of the kit, about this architecture. */
export const lawsOf = (arch: Architecture): Law[] => [
  ...pfnLaws(arch),
  ...kindLaws(arch),
  ...propertyLaws(arch),
  ...modifyLaws(arch),
  ...accessLaws(arch),
];
export type { Law } from './law.js';
