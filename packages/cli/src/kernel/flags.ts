// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit kernel flags`: what each bit of vm_flags is, in a kernel, on an architecture. */
import type { Profile } from '@specialbit/core';
import { hasVmaBits, vmaBitName, vmFlagsOf } from '@specialbit/events';
import { table } from '@specialbit/view';
import { architectureNamed } from '../architectures.js';
import { EXIT, UsageError } from '../failure.js';
import { kernelNamed } from '../log/lane.js';
import type { Terminal } from '../terminal.js';

/** Prints them, or two kernels' beside each other where `to` is given. */
export async function flags(
  kernel: string,
  to: string | undefined,
  options: { readonly arch: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const arch = architectureNamed(options.arch);
  const kernels = [kernel, ...(to === undefined ? [] : [to])].map(kernelNamed);
  if (kernels.length === 2 && kernels[0]!.name === kernels[1]!.name)
    throw new UsageError('usage.kernel', `expected two different kernels, found ${kernels[0]!.name} twice`);
  const known = kernels.map(({ version }) => new Map(vmFlagsOf(version, arch).map((row) => [row.bit, row])));
  if (options.json === true) {
    const result = kernels.map(({ name, version }, i) => ({
      kernel: name,
      arch: arch.name,
      flags: [...known[i]!.values()].map((row) => ({
        bit: row.bit,
        name: row.name,
        vma_flags_t: hasVmaBits(version) ? vmaBitName(row.name) : null,
        letters: row.letters ?? null,
      })),
    }));
    await terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    return EXIT.fine;
  }
  const { color } = terminal;
  const cell = ({ version }: Profile, i: number, bit: number): string[] => {
    const row = known[i]!.get(bit);
    return [row?.name ?? '-', ...(hasVmaBits(version) ? [row === undefined ? '-' : vmaBitName(row.name)] : [])];
  };
  // letters are of one kernel
  const alone = kernels.length === 1;
  const head = ['bit', 'value', ...kernels.flatMap(heading), ...(alone ? ['smaps'] : [])];
  const rows = Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => known.some((rowsOf) => rowsOf.has(bit)))
    .filter((bit) => alone || known[0]!.get(bit)?.name !== known[1]!.get(bit)?.name)
    .map((bit) => [
      String(bit),
      (1n << BigInt(bit)).toString(16),
      ...kernels.flatMap((profile, i) => cell(profile, i, bit)),
      ...(alone ? [known[0]!.get(bit)?.letters ?? ''] : []),
    ]);
  const lines = [`vm_flags on ${arch.name}, include/linux/mm.h`, ''];
  if (rows.length === 0) lines.push(`${kernels.map(({ name }) => name).join(' and ')}: every bit is the same`);
  else lines.push(...table([head.map(color.dim), ...rows], { align: 'rr' }));
  await terminal.out(`${lines.join('\n')}\n`);
  return EXIT.fine;
}

const heading = ({ name, version }: Profile): string[] => [name, ...(hasVmaBits(version) ? ['vma_flags_t'] : [])];
