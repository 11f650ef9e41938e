// SPDX-License-Identifier: GPL-2.0-or-later
/** Lanes by name, over the files that a search has. */
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as x86 } from '@specialbit/arch-x86';
import { findProfile, laneOf, type NamedLane } from '@specialbit/core';
import { type LogEvent, parseLog } from '@specialbit/events';
import { SEARCH_FILES } from './alphabet.js';

const architectures = [...x86, ...nospecial];

/** `x86_64`, `arm@6.1` */
export function lanes(...names: readonly string[]): NamedLane[] {
  return names.map((name) => {
    const [of, kernel] = name.split('@');
    const arch = architectures.find((one) => one.name === of)!;
    const profile = kernel === undefined ? undefined : findProfile(kernel);
    return { name, options: laneOf({ specialbit: 1, files: SEARCH_FILES }, arch, profile) };
  });
}

export const events = (lines: string): readonly LogEvent[] =>
  parseLog(`{"specialbit":1,"files":{"dev":"device"}}\n${lines}\n`).events;
