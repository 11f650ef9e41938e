// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * `npm run verified -- FOLDER...` plays transcripts of real kernels and writes into `docs/verified.json` what was compared on
 * which machine, and when: the figures of the site and of the README.
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Verified } from './made/proof.js';
import { ROOT, specialbitJson } from './sources.js';

interface Checked {
  readonly files: readonly {
    readonly file: string;
    readonly arch: string;
    readonly scenarios: number;
    readonly steps: number;
    readonly agreeing: number;
    readonly known: number;
    readonly ptes: number;
  }[];
  readonly fields: Readonly<Record<string, { readonly compared: number; readonly agree: number }>>;
}

/** What a transcript begins with. */
async function headerOf(file: string): Promise<{ readonly kernel: string }> {
  const stream = createReadStream(file);
  const input = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream;
  for await (const line of createInterface({ input })) {
    stream.destroy();
    return JSON.parse(line) as { readonly kernel: string };
  }
  return { kernel: '?' };
}

const folders = process.argv.slice(2);
const { files, fields } = await specialbitJson<Checked>(['verify', ...folders.map((folder) => resolve(folder))]);
const machines = new Map<
  string,
  { -readonly [K in keyof Verified['machines'][number]]: Verified['machines'][number][K] }
>();
for (const { file, arch: machine, scenarios, steps, agreeing, known, ptes } of files) {
  const { kernel } = await headerOf(file);
  // `arm-swap` is arm with swap space
  const folder = basename(dirname(file));
  const arch = folder.startsWith(machine) ? folder : machine;
  const sum = machines.get(`${kernel} ${arch}`) ?? {
    kernel,
    arch,
    scenarios: 0,
    steps: 0,
    differing: 0,
    known: 0,
    ptes: 0,
  };
  sum.scenarios += scenarios;
  sum.steps += steps;
  sum.differing += steps - agreeing - known;
  sum.known += known;
  sum.ptes += ptes;
  machines.set(`${kernel} ${arch}`, sum);
}
const verified: Verified = {
  date: new Date().toISOString().slice(0, 10),
  machines: [...machines.values()],
  fields: Object.entries(fields).map(([field, { compared }]) => ({ field, compared })),
};
writeFileSync(join(ROOT, 'docs/verified.json'), `${JSON.stringify(verified, null, 2)}\n`);
