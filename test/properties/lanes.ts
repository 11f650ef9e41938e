// SPDX-License-Identifier: GPL-2.0-or-later
/** The lanes that properties are checked on: with and without special bit, 32 and 64 bits, other page sizes. */
import { defaultContent, defaultMachine, type LaneOptions } from '@specialbit/core';
import type { LogHeader } from '@specialbit/events';
import { registry } from '../arch/configurations.js';

export const LANES = ['x86_64', 'arm', 'riscv64', 'm68k', 'x86_64-swap'] as const;

export function laneOf(arch: string, header: LogHeader, more: Partial<LaneOptions> = {}): LaneOptions {
  const architecture = registry.get(arch);
  const machine = header.machine?.[arch] ?? header.machine?.default ?? defaultMachine(architecture);
  return {
    arch: architecture,
    machine,
    content: defaultContent(machine),
    // the kernel of the laboratory's machines that have swap space
    ...(arch.endsWith('-swap') ? { swapPages: 64 } : {}),
    ...(header.files === undefined ? {} : { files: header.files }),
    ...more,
  };
}
