// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Makes `data` from the transcripts in test/kernels, by what they cover and not by hand:
 *
 *     node select.mjs
 *
 * Of each machine of each kernel the scenarios are taken that bring most that no other brought, for their size: kinds of
 * answers of vm_normal_page() (what decides about an entry, times the answer), each with the operation and with the bits of
 * the entry; and fields of records, with the operation and what it returned. What is left out: scenarios in which a kernel
 * or a worker died, or that are known to diverge (the command is asked), since a model cannot be measured by them. On
 * machines with swap space a scenario depends on those before it: of these the first ones.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '../..');
const kernels = join(root, 'test/kernels');
const data = join(import.meta.dirname, 'data');
/** Of a machine of a kernel, bytes before compression. */
const BUDGET = 560_000;
const PFNMAP = 0x400;
const MIXEDMAP = 0x10000000;
const SHARED = 0x8;
const MAYWRITE = 0x20;

/** What decides about an entry, in the words of the kernel's function. */
function decision(vma, [, , bits, , label, normal], special) {
  const flags = Number.parseInt(vma.flags.slice(-8), 16);
  const kind = (flags & PFNMAP) !== 0 ? 'pfnmap' : (flags & MIXEDMAP) !== 0 ? 'mixedmap' : vma.kind;
  const cow = (flags & (SHARED | MAYWRITE)) === MAYWRITE ? 'cow' : '';
  const bit = special === 1 ? (bits.includes('S') ? 'S' : '-') : 'none';
  return `${bit} ${kind} ${cow} ${label[0]} ${normal === null ? 'NULL' : normal === 'bad' ? 'bad' : 'page'}`;
}

function* tokensOf(step, special) {
  const { op, dump } = step;
  const answer = `${op.name} ${step.err ?? step.signal ?? (step.ret === 0 ? '0' : 'n')}`;
  yield answer;
  for (const key of Object.keys(step))
    if (!['scenario', 'seq', 'mm', 'op', 'dump'].includes(key)) yield `${answer} ${key}`;
  for (const message of step.kmsg ?? []) yield `${op.name} ${message.slice(0, 24)}`;
  if ((dump.warn?.length ?? 0) > 0) yield `${op.name} warn`;
  yield `processes ${Math.min(dump.mms.length, 3)}`;
  for (const { rss, vmas } of dump.mms) {
    yield `${op.name} rss ${rss.map((n) => (n === 0 ? 0 : n > 0 ? 1 : -1)).join()}`;
    for (const vma of vmas) {
      yield `${op.name} ${vma.kind} ${vma.flags}`;
      for (const entry of vma.pt) {
        if (entry[2] === 'swap') yield `${op.name} swap`;
        else {
          const decided = decision(vma, entry, special);
          yield `${decided} ${op.name}`;
          yield `${decided} ${entry[2]}`;
        }
      }
    }
  }
  for (const [label, [count, mapcount, flags]] of Object.entries(dump.frames))
    yield `${op.name} ${label[0]} ${Math.min(count, 4)} ${Math.min(mapcount, 3)} ${flags}`;
}

/** The scenarios of a transcript: its lines, and what it covers. */
function scenariosOf(file, excluded) {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n').filter(Boolean);
  const header = JSON.parse(lines[0]);
  const scenarios = [];
  for (const line of lines.slice(1)) {
    if (line.startsWith('{"begin"'))
      scenarios.push({
        file,
        name: JSON.parse(line).begin,
        lines: [line],
        bytes: 0,
        tokens: new Set(),
        usable: true,
        place: scenarios.length,
      });
    else {
      const scenario = scenarios.at(-1);
      const step = JSON.parse(line);
      scenario.lines.push(line);
      if (step.op === undefined || step.dump === undefined || step.would?.startsWith('worker-'))
        scenario.usable = false;
      else for (const token of tokensOf(step, header.has_pte_special)) scenario.tokens.add(token);
    }
  }
  for (const one of scenarios) one.bytes = one.lines.reduce((n, line) => n + line.length + 1, 0);
  return {
    header: lines[0],
    scenarios: scenarios.filter(({ name, usable }) => usable && !excluded.has(`${file} ${name}`)),
  };
}

function chosen(scenarios, swap) {
  const taken = [];
  let left = BUDGET;
  if (swap) {
    for (const one of [...scenarios].sort((a, b) => a.place - b.place)) {
      if (one.place > taken.length || left < one.bytes) break;
      taken.push(one);
      left -= one.bytes;
    }
    return taken;
  }
  const covered = new Set();
  const gain = (one) => [...one.tokens].reduce((n, token) => (covered.has(token) ? n : n + 1), 0) / one.bytes;
  const queue = scenarios.map((one) => ({ one, gain: gain(one) })).sort((a, b) => a.gain - b.gain);
  while (queue.length > 0) {
    const best = queue.pop();
    const now = gain(best.one);
    if (now === 0) continue;
    // what it would bring has become less: it stands further behind
    if (queue.length > 0 && now < queue.at(-1).gain) {
      let at = queue.length;
      while (at > 0 && queue[at - 1].gain > now) at--;
      queue.splice(at, 0, { one: best.one, gain: now });
      continue;
    }
    if (best.one.bytes > left) continue;
    left -= best.one.bytes;
    for (const token of best.one.tokens) covered.add(token);
    taken.push(best.one);
  }
  return taken;
}

function select(excluded) {
  rmSync(data, { recursive: true, force: true });
  const files = [];
  for (const release of readdirSync(kernels)
    .filter((name) => /^\d/.test(name))
    .sort()) {
    for (const machine of readdirSync(join(kernels, release)).sort()) {
      const folder = join(kernels, release, machine);
      const all = readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl.gz'))
        .sort();
      const transcripts = all.map((name) => ({ name, ...scenariosOf(join(folder, name), excluded) }));
      const swap = machine.endsWith('-swap');
      const pools = swap
        ? transcripts.map(({ scenarios }) => scenarios)
        : [transcripts.flatMap(({ scenarios }) => scenarios)];
      const taken = new Set(pools.flatMap((pool) => chosen(pool, swap)));
      for (const { name, header, scenarios } of transcripts) {
        const own = scenarios.filter((one) => taken.has(one));
        if (own.length === 0) continue;
        const content = `${[header, ...own.flatMap(({ lines }) => lines)].join('\n')}\n`;
        const packed = gzipSync(content, { level: 9 });
        const path = join(release, machine, name);
        mkdirSync(dirname(join(data, path)), { recursive: true });
        writeFileSync(join(data, path), packed);
        const { arch, kernel, config = ['CONFIG_FIND_NORMAL_PAGE'] } = JSON.parse(header);
        const added = ['log', '--diff-filter=A', '--follow', '--format=%cs', '--', join('test/kernels', path)];
        const date = execFileSync('git', added, { cwd: root, encoding: 'utf8' }).trim().split('\n').at(-1);
        const steps = own.reduce((n, { lines }) => n + lines.length - 1, 0);
        const sha256 = createHash('sha256').update(content).digest('hex');
        files.push({
          name: path,
          release,
          kernel,
          machine,
          arch,
          config,
          date,
          scenarios: own.length,
          steps,
          bytes: packed.length,
          sha256,
        });
      }
    }
  }
  writeFileSync(join(data, 'index.jsonl'), files.map((file) => `${JSON.stringify(file)}\n`).join(''));
  return files;
}

/** Scenarios of the selection by which nobody can be measured: the command says which. */
function unfit(files) {
  const command = join(root, 'packages/cli/bin/specialbit.js');
  const known = join(root, 'test/known-divergences.json');
  const run = () =>
    execFileSync(
      process.execPath,
      [command, 'verify', ...files.map(({ name }) => join(data, name)), '--json', '--known', known, '--max', '100000'],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
  let text;
  try {
    text = run();
  } catch (error) {
    text = error.stdout;
  }
  const { apart, mismatches, known: diverging } = JSON.parse(text);
  return [...apart, ...mismatches, ...diverging.flatMap(({ met }) => met)].map(
    ({ file, scenario }) => `${file.replace(data, kernels)} ${scenario}`,
  );
}

if (!existsSync(join(root, 'packages/cli/dist/bin.js'))) throw new Error('not built: run `npm run build` first');
const excluded = new Set();
for (;;) {
  const files = select(excluded);
  const more = unfit(files).filter((name) => !excluded.has(name));
  const bytes = files.reduce((n, file) => n + file.bytes, 0);
  const steps = files.reduce((n, file) => n + file.steps, 0);
  console.log(`${files.length} transcripts, ${steps} steps, ${bytes} bytes; ${more.length} to be left out`);
  if (more.length === 0) break;
  for (const name of more) excluded.add(name);
}
