// SPDX-License-Identifier: GPL-2.0-or-later
/** What lanes can be made of: everything that is built in. */
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';
import { DEFAULT_PROFILE, PROFILES } from '@specialbit/core';
import type { Known } from '@specialbit/decode';
import { CELL_KINDS, LaneNames } from '@specialbit/view';
import type { Choices } from '../protocol.js';

export const ARCHITECTURES = [...x86, ...nospecial, ...special];

export const LANES = new LaneNames(() => ARCHITECTURES);

/** For who is told which architectures there are. */
export const KNOWN: Known = {
  architectures: ARCHITECTURES,
  architectureNamed: (name) => LANES.architectureNamed(name),
};

export function choices(): Choices {
  const short = (name: string): string => name.replace(/^linux-/, '');
  const kernels = PROFILES.map(({ name }) => short(name));
  const first = short(DEFAULT_PROFILE.name);
  return {
    architectures: ARCHITECTURES.map(({ name, title, aliases, special }) => ({
      name,
      title,
      aliases,
      special: special.pte,
    })),
    kernels: [first, ...kernels.filter((name) => name !== first).reverse()],
    kinds: CELL_KINDS,
  };
}
