// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Makes the selection beside this file from the laboratory's transcripts of huge pages:
 *
 *     node test/kernels-thp/select.mjs ../shared/kernel-thp
 *
 * Of one machine almost all curated scenarios, of the others those in which architectures differ; of the random ones
 * the first, and those in which some machine differs from another or a kernel died; and the bugs that the laboratory found.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const [from] = process.argv.slice(2);
if (from === undefined) {
  console.error('usage: node select.mjs FOLDER');
  process.exit(2);
}

/** Two scenarios of 512 single copies and a million events. */
const LONG = /^(?:fork-both-write-all-pages-small|fork-pinned)$/;
const CURATED = {
  x86_64: /./,
  arm64: /^(?:mthp|comp|fork|madv|mremap|split|shm-anon|pfnpmd|mprotect|two-vmas)/,
  'arm-lpae': /^(?:thp|zero|munmap|mprotect-none|split-to-order|pfnpmd|mthp-cold)/,
  'i386-pae': /^(?:pfnpmd|comp-pmd)/,
};
/** Random scenarios: so many from the start, and these. */
const FIRST = { x86_64: 24, arm64: 24, 'arm-lpae': 8, 'i386-pae': 8 };
const ALSO = new Set('h00040 h00068 h00169 h00218 h00284 h00356 h00432 h00626 h00659 h00701 h00774 h00826'.split(' '));

/** The lines of the scenarios that are wanted, and the header. */
function selected(lines, wanted) {
  let on = true;
  return lines.filter((line) => {
    if (line.startsWith('{"begin"')) on = wanted(JSON.parse(line).begin);
    return on && line !== '';
  });
}

for (const machine of Object.keys(CURATED)) {
  const target = join(import.meta.dirname, machine);
  mkdirSync(target, { recursive: true });
  const write = (name, lines) =>
    writeFileSync(join(target, `${name}.jsonl.gz`), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
  const read = (name) =>
    gunzipSync(readFileSync(join(from, machine, `${name}.jsonl.gz`)))
      .toString()
      .split('\n');
  write(
    'curated',
    selected(read('curated'), (name) => CURATED[machine].test(name) && !LONG.test(name)),
  );
  let number = 0;
  write(
    'random',
    selected(read('random'), (name) => number++ < FIRST[machine] || ALSO.has(name)),
  );
  const bugs = readdirSync(join(from, 'bugs')).filter((name) => name.endsWith(`-${machine}.jsonl`));
  const lines = bugs.flatMap((name) => readFileSync(join(from, 'bugs', name), 'utf8').split('\n'));
  if (bugs.length > 0)
    write(
      'bugs',
      lines.filter((line) => line !== ''),
    );
}
