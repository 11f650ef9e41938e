// SPDX-License-Identifier: GPL-2.0-or-later
/** Two small architectures, equal but for the special bit, and a machine for both. */
import type { LogHeader } from '@specialbit/events';
import { type Architecture, type ArchitectureSpec, defineArchitecture } from './arch/architecture.js';
import { toy, toyBits } from './arch/toy.testkit.js';
import { defaultContent, defaultMachine } from './machine/default-machine.js';
import type { LaneOptions } from './world/create.js';

const { pageShift: _, ...layout } = toy;
const { special: _special, ...flags } = layout.flags!;

/** What `withBit` is made of, for tests that need one more fact. */
export const toySpec: ArchitectureSpec = {
  name: 'toy',
  family: 'toy',
  title: 'A toy',
  kconfig: 'TOY',
  source: ['nowhere'],
  bits: 32,
  levels: { pgd: [22, 1024], pte: [12, 1024] },
  TASK_SIZE: 0xc0000000n,
  layout,
  facts: {},
  mmu: { young: 'hardware', dirty: 'hardware' },
};

export const withBit: Architecture = defineArchitecture(toySpec);
/** The same without the special bit. */
export const bareSpec: ArchitectureSpec = {
  ...toySpec,
  name: 'toy-bare',
  layout: { ...layout, flags, bits: layout.bits!.filter(({ mask }) => mask !== toyBits.SPECIAL) },
};
export const withoutBit: Architecture = defineArchitecture(bareSpec);

export const HEADER: LogHeader = {
  specialbit: 1,
  files: { dev: { kind: 'device', pages: 0 }, tmp: { kind: 'shmem', pages: 8, content: [1, 2] } },
};

export function laneOf(arch: Architecture): LaneOptions {
  const machine = defaultMachine(arch);
  return { arch, machine, content: defaultContent(machine), files: HEADER.files! };
}
