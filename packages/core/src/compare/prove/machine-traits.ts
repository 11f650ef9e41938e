// SPDX-License-Identifier: GPL-2.0-or-later
/** What two machines differ in: which frames have a struct page, zero pages, swap space. */
import type { MachineSpec } from '@specialbit/events';
import { architectureOf, type LanePair, type Trait } from './trait.js';

export function machineTraits({ left, right }: LanePair): Trait[] {
  const traits: Trait[] = [];
  if ((left.swapPages ?? 0) !== (right.swapPages ?? 0)) {
    const text = (pages: number): string => `${pages} pages`;
    traits.push({
      id: 'swap_space',
      kind: 'machine',
      side: 'left',
      left: text(left.swapPages ?? 0),
      right: text(right.swapPages ?? 0),
      midway: false,
      exchanged: (now) => ({ ...now.left, swapPages: right.swapPages ?? 0 }),
    });
  }
  if (JSON.stringify(left.machine) === JSON.stringify(right.machine)) return traits;
  const pages = structPages(left.machine, right.machine);
  if (pages !== undefined) traits.push(pages);
  if (left.machine.zero_pages !== right.machine.zero_pages) {
    traits.push({
      id: 'zero_pages',
      kind: 'machine',
      side: 'left',
      left: String(left.machine.zero_pages),
      right: String(right.machine.zero_pages),
      midway: false,
      exchanged: (now) => ({
        ...now.left,
        machine: { ...now.left.machine, zero_pages: right.machine.zero_pages },
      }),
    });
  }
  if (architectureOf(left).page.size === architectureOf(right).page.size) {
    traits.push({
      id: 'machine',
      kind: 'machine',
      side: 'left',
      left: 'its own memory map',
      right: 'its own memory map',
      midway: false,
      exchanged: (now) => {
        const { content: _, ...lane } = now.left;
        return { ...lane, machine: right.machine, ...(right.content === undefined ? {} : { content: right.content }) };
      },
    });
  }
  return traits;
}

const isRam = ({ ram }: MachineSpec, pfn: number): boolean => ram.some(([start, end]) => pfn >= start && pfn < end);

/** pfn_valid() of the labelled frames that only one machine has a struct page for. */
function structPages(here: MachineSpec, there: MachineSpec): Trait | undefined {
  const labels = Object.keys(here.frames).filter((label) => {
    const other = there.frames[label];
    return other !== undefined && isRam(here, here.frames[label]!) !== isRam(there, other);
  });
  if (labels.length === 0) return undefined;
  const text = (machine: MachineSpec): string => {
    const has = labels.filter((label) => isRam(machine, machine.frames[label]!));
    return has.length === 0 ? 'no struct page' : has.length === labels.length ? 'a struct page' : `only ${has.join()}`;
  };
  return {
    id: `pfn_valid(${labels.length > 4 ? `${labels[0]} ... ${labels[labels.length - 1]}` : labels.join(', ')})`,
    kind: 'machine',
    side: 'left',
    left: text(here),
    right: text(there),
    midway: false,
    exchanged: (now) => {
      const { machine } = now.left;
      let { ram } = machine;
      for (const label of labels) {
        const pfn = machine.frames[label]!;
        ram = isRam(there, there.frames[label]!) ? withFrame(ram, pfn) : withoutFrame(ram, pfn);
      }
      return { ...now.left, machine: { ...machine, ram } };
    },
  };
}

type Ram = MachineSpec['ram'];

function withFrame(ram: Ram, pfn: number): Ram {
  return ram.some(([start, end]) => pfn >= start && pfn < end) ? ram : [...ram, [pfn, pfn + 1] as const];
}

function withoutFrame(ram: Ram, pfn: number): Ram {
  return ram.flatMap(([start, end]) =>
    pfn < start || pfn >= end
      ? [[start, end] as const]
      : (
          [
            [start, pfn],
            [pfn + 1, end],
          ] as const
        ).filter(([from, to]) => from < to),
  );
}
