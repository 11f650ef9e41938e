// SPDX-License-Identifier: GPL-2.0-or-later
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  addressChoices,
  checkRecording,
  driversTable,
  type RecordingResult,
  recordingsBelow,
  recordingsTable,
} from './tables.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Small ones that are always there. */
const BUNDLED = here('./recordings');
/** All of them, where they are present; SPECIALBIT_TRACES names another place. */
const ALL = process.env.SPECIALBIT_TRACES ?? here('../../../shared/traces');

const recordings = existsSync(ALL) ? recordingsBelow(ALL) : recordingsBelow(BUNDLED);

describe('recordings of a real kernel', () => {
  const results: RecordingResult[] = [];

  it.each(recordings)('%s', async (dir) => {
    const result = await checkRecording(dir);
    results.push(result);
    const first = result.differences.slice(0, 5).join('\n');
    expect(result.imported.problems.flatMap((file) => file.kinds())).toEqual([]);
    expect(result.vmas.equal, first).toBe(result.vmas.compared);
    expect(result.images.equal).toBe(result.images.compared);
    expect(result.flags.equal, first).toBe(result.flags.compared);
    expect(result.replay.failed).toBe(0);
  });

  it('as tables', () => {
    if (process.env.SPECIALBIT_TABLES === '1') {
      process.stdout.write(`\n${recordingsTable(results)}\n\n${driversTable(results)}\n`);
    }
    expect(results.length).toBe(recordings.length);
  });
});

describe('strace alone', () => {
  it('knows most of the VMAs, and nothing of pages', async () => {
    const { vmas, pages } = await checkRecording(here('./recordings/stress2'), { faults: false });
    expect(vmas.equal / vmas.compared).toBeGreaterThan(0.9);
    expect(pages.equal / pages.compared).toBeLessThan(0.5);
  });
});

describe('driver mappings', () => {
  it.each([
    ['packet_rx_blk4k', 'MIXEDMAP'],
    ['perf_ring', 'PFNMAP'],
    ['tcp_zerocopy', 'MIXEDMAP'],
    ['bpf_arena', '-'],
  ])('%s', async (name, map) => {
    const { drivers } = await checkRecording(here(`./recordings/drivers/${name}`));
    const rows = drivers.filter((row) => !row.name.startsWith('[v'));
    expect(rows.map((row) => row.model)).toEqual(rows.map((row) => row.kernel));
    expect(rows.map((row) => row.model.map)).toEqual([map]);
  });
});

describe('where the kernel puts mappings', () => {
  it.each(['true', 'true_aslr', 'stress2', 'drivers/packet_rx_blk4k'])('%s', async (name) => {
    const choices = await addressChoices(here(`./recordings/${name}`));
    // mmap_base is not known where addresses are randomized
    if (name !== 'true_aslr') expect(choices.equal).toBe(choices.compared);
    expect(choices.compared).toBeGreaterThan(0);
  });
});
