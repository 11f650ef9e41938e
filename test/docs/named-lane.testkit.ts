// SPDX-License-Identifier: GPL-2.0-or-later
import { findProfile, laneOf, type NamedLane } from '@specialbit/core';
import type { LogHeader } from '@specialbit/events';
import { registry } from '../arch/configurations.js';

/** The lane that documents call `arm`, on the newest proven kernel, or `arm@6.1`. */
export function namedLane(name: string, header: LogHeader): NamedLane {
  const [of, kernel = '7.3'] = name.split('@') as [string, string?];
  return { name, options: laneOf(header, registry.get(of), findProfile(kernel)) };
}
