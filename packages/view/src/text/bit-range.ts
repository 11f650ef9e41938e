// SPDX-License-Identifier: GPL-2.0-or-later
/** `51..12`, or several runs. */
export function bitRange(mask: bigint): string {
  const runs: string[] = [];
  for (let bit = 0; mask >> BigInt(bit); bit++) {
    if (!((mask >> BigInt(bit)) & 1n)) continue;
    const from = bit;
    while ((mask >> BigInt(bit + 1)) & 1n) bit++;
    runs.unshift(from === bit ? String(bit) : `${bit}..${from}`);
  }
  return runs.join(',');
}
