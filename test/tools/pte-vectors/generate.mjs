// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Golden vectors of a kernel release: compiles the release's own PTE helpers (probe.c) with the flags
 * that its build uses, asks them what the vectors of 6.12 ask, and writes their answers.
 *
 *   node generate.mjs --tree LINUX --release 7.3.4 --work FOLDER --out FOLDER [CONFIGURATION ...]
 *
 * The tree stays as it is; configured builds are kept in the work folder. Needs cross compilers and,
 * for what cannot run here, qemu-user. A configuration with `foreign` is compiled by another architecture's
 * compiler of the same word size: the helpers are plain C, and only their numbers count.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CONFIGURATIONS } from './configurations.mjs';

/**
 * @typedef {object} Configuration
 * @property {string} arch ARCH= of the kernel's build
 * @property {string} [cross] CROSS_COMPILE=, or for `foreign` the compiler of another architecture
 * @property {string} base the defconfig to start from, or several names that releases have for it
 * @property {readonly string[]} config symbols to set, or with `-` to unset
 * @property {readonly string[]} [make] more arguments of make
 * @property {string} protection the file with protection_map
 * @property {string} [index] which entry of protection_map is used, as an expression of `index`
 * @property {string} [value] what the machine adds to every protection when it boots
 * @property {readonly string[]} [stubs] definitions of what the helpers read at run time
 * @property {string} [early] a header that is included before all others
 * @property {string} [runner] what runs the program
 * @property {readonly string[]} [compile] more arguments of the compiler
 * @property {readonly string[]} [link] more arguments of the linker
 * @property {readonly string[]} [foreign] macros of the compiler that the kernel would be built with
 * @property {boolean} [features] all CPU features are there
 * @property {string} [like] the configuration of 6.12 whose questions are asked
 * @property {string} [hugeLike] the same for entries that map huge pages, where 6.12's vectors have none of its own
 * @property {{ file: string, names: string[] }} [functions] functions of a source file that helpers call
 * @property {number} [pteBits] the width, where it is not that of `like`
 */

const here = dirname(fileURLToPath(import.meta.url));
const questions = join(here, '../../vectors');
const hugeQuestions = join(here, '../../vectors-pmd');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tree: { type: 'string' },
    release: { type: 'string' },
    work: { type: 'string' },
    out: { type: 'string' },
  },
});
const { tree, release, work, out } = /** @type {Record<string, string>} */ (values);
if (!tree || !release || !work || !out) throw new Error('--tree, --release, --work and --out are needed');

/** @param {Configuration} c @param {string} build @param {readonly string[]} args */
function make(c, build, args) {
  const fixed = [
    `O=${build}`,
    `ARCH=${c.arch}`,
    ...(c.cross && !c.foreign ? [`CROSS_COMPILE=${c.cross}`] : []),
    ...(c.make ?? []),
  ];
  const { status, stdout, stderr } = spawnSync('make', ['-C', tree, ...fixed, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`make ${args.join(' ')}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** A compiler, and what it says first where it fails. @param {string} command @param {readonly string[]} args @param {string} [cwd] */
function run(command, args, cwd) {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command}: ${stderr.slice(0, 2000)}`);
}

/** @param {Configuration} c @param {string} build */
function configure(c, build) {
  if (existsSync(join(build, '.probe-configured'))) return;
  mkdirSync(build, { recursive: true });
  const base = c.base.split(' ').find((name) => existsSync(join(tree, 'arch', c.arch, 'configs', name))) ?? c.base;
  make(c, build, [base]);
  const flags = c.config.flatMap((name) => (name.startsWith('-') ? ['-d', name.slice(1)] : ['-e', name]));
  execFileSync(join(tree, 'scripts/config'), ['--file', join(build, '.config'), ...flags]);
  make(c, build, ['olddefconfig']);
  if (c.foreign === undefined) make(c, build, ['prepare0', '-j2']);
  else {
    make(c, build, ['syncconfig']);
    make(c, build, ['asm-generic', 'include/generated/uapi/linux/version.h']);
    const hz = /^CONFIG_HZ=(\d+)$/m.exec(readFileSync(join(build, '.config'), 'utf8'))?.[1];
    const constants = execFileSync('bc', ['-q', join(tree, 'kernel/time/timeconst.bc')], { input: `${hz}\n` });
    writeFileSync(join(build, 'include/generated/timeconst.h'), constants);
  }
  writeFileSync(join(build, '.probe-configured'), '');
}

/** The compiler's command line for a small file of the kernel, without the file. @param {Configuration} c @param {string} build */
function compiler(c, build) {
  if (c.foreign !== undefined) {
    const arch = join(tree, 'arch', c.arch, 'include');
    const include = [
      arch,
      join(build, 'arch', c.arch, 'include/generated'),
      join(tree, 'include'),
      join(build, 'include'),
    ];
    const uapi = [
      join(arch, 'uapi'),
      join(build, 'arch', c.arch, 'include/generated/uapi'),
      join(tree, 'include/uapi'),
    ];
    return [
      `${c.cross}gcc`,
      '-nostdinc',
      `-I${join(here, 'foreign')}`,
      ...[...include, ...uapi, join(build, 'include/generated/uapi')].map((folder) => `-I${folder}`),
      '-include',
      join(tree, 'include/linux/compiler-version.h'),
      '-include',
      join(tree, 'include/linux/kconfig.h'),
      '-include',
      join(tree, 'include/linux/compiler_types.h'),
      '-D__KERNEL__',
      '-DCOMPILE_OFFSETS',
      '-O2',
      '-std=gnu11',
      '-fms-extensions',
      '-fno-strict-aliasing',
      '-fno-pie',
      '-fno-common',
      '-fshort-wchar',
      '-fno-stack-protector',
      '-w',
      '-ffreestanding',
      '-DKBUILD_MODNAME="probe"',
      '-DKBUILD_BASENAME="probe"',
      '-DKBUILD_MODFILE="probe"',
      '-D__KBUILD_MODNAME=kmod_probe',
      ...c.foreign,
    ];
  }
  rmSync(join(build, 'lib/ctype.o'), { force: true });
  const printed = make(c, build, ['V=1', 'lib/ctype.o']);
  const line = printed.split('\n').find((l) => / -c -o lib\/ctype\.o /.test(l));
  if (line === undefined) throw new Error('no command for lib/ctype.o');
  const words = /** @type {string[]} */ (
    line
      .replace(/;.*$/s, '')
      .trim()
      .match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"])+/g)
  );
  const plain = words.map((word) => word.replace(/'([^']*)'/g, '$1').replace(/\\(.)/g, '$1'));
  const end = plain.indexOf('-c');
  return [
    ...plain.slice(0, end).filter((word) => !/^(-Wp,|-W|-flto|-pg|-mrecord-mcount|-mfentry|-fpatchable)/.test(word)),
    ...plain.slice(end).filter((word) => word.startsWith('-I') || word.startsWith('-D')),
    '-w',
  ];
}

/**
 * A preprocessed file for a foreign compiler: variables that live in a register of the architecture live
 * in memory instead. No helper reads one. @param {readonly string[]} command @param {string} file @param {string} to
 */
function preprocess([cc, ...flags], file, to) {
  const text = execFileSync(/** @type {string} */ (cc), [...flags, '-E', '-P', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const register = /\bregister\b([^;()=]*?)\b(?:__asm__|asm)\s*\("[^"]*"\)(\s*[;=])/g;
  writeFileSync(
    to,
    text.replace(register, (_, what, end) => (end.trim() === ';' ? `extern ${what};` : `${what} =`)),
  );
  return to;
}

/** include/generated/bounds.h, which the kernel's build makes by compiling. @param {readonly string[]} command @param {string} build */
function bounds(command, build) {
  const file = join(build, 'include/generated/bounds.h');
  if (existsSync(file)) return;
  const source = preprocess(
    [...command, '-D__GENERATING_BOUNDS_H'],
    join(tree, 'kernel/bounds.c'),
    join(build, 'bounds.i'),
  );
  const [cc, ...flags] = /** @type {[string, ...string[]]} */ (command);
  const text = execFileSync(cc, [...flags, '-S', '-o', '-', source], { encoding: 'utf8' });
  const lines = [...text.matchAll(/->(\w+) \$?(-?\d+)/g)].map(([, name, value]) => `#define ${name} ${value}\n`);
  writeFileSync(file, lines.join(''));
}

/**
 * `probe_protection(index)` from the kernel's own protection_map: its initialiser, or the function that
 * fills it at boot. What boot adds to it is the configuration's `value`, and what vm_get_page_prot() does to
 * the index its `index`. @param {Configuration} c
 */
function protectionHeader(c) {
  const source = readFileSync(join(tree, c.protection), 'utf8');
  const filled = /protection_map\[16\][^=;]*=\s*(\{[^}]*\})/.exec(source)?.[1];
  const filler = /setup_protection_map\(void\)\s*(\{[^}]*\})/.exec(source)?.[1];
  if (filled === undefined && filler === undefined) throw new Error(`${c.protection}: no protection_map`);
  const before = [...source.matchAll(/^#define (?:_PAGE_[PS]|PM)\(.*$/gm)].map(([line]) => line).join('\n');
  const map =
    filled === undefined
      ? `static pgprot_t probe_map[16];\n__attribute__((constructor)) static void probe_fill(void)\n${filler?.replaceAll('protection_map', 'probe_map')}`
      : `static pgprot_t probe_map[16] = ${filled};`;
  return `${before}
#undef __init
#define __init
${map}
static pgprot_t probe_protection(int index)
{
	pgprot_t prot = probe_map[${c.index ?? 'index'}];

	return ${c.value === undefined ? 'prot' : `__pgprot(pgprot_val(prot) | (${c.value}))`};
}
`;
}

/** The functions that helpers call and no header has, out of their source file. @param {Configuration} c */
function functionsHeader({ functions }) {
  if (functions === undefined) return '';
  const source = readFileSync(join(tree, functions.file), 'utf8');
  return functions.names
    .map((name) => {
      const text = new RegExp(`^[a-z_].*\\b${name}\\([\\s\\S]*?^\\}\\n`, 'm').exec(source)?.[0];
      if (text === undefined) throw new Error(`${functions.file}: no ${name}()`);
      return text;
    })
    .join('\n');
}

/** @param {string} name @param {Configuration} c */
function build(name, c) {
  const folder = join(work, name);
  configure(c, folder);
  const probe = join(folder, 'probe');
  mkdirSync(probe, { recursive: true });
  writeFileSync(join(probe, 'probe-protection.h'), protectionHeader(c));
  writeFileSync(join(probe, 'probe-functions.h'), functionsHeader(c));
  const stubs = (c.stubs ?? []).map((stub) => `${stub};\n`).join('');
  const features = c.features
    ? '__attribute__((constructor)) static void all(void) { for (int i = 0; i < sizeof(boot_cpu_data); i++) boot_cpu_data[i] = -1; }\n'
    : '';
  writeFileSync(join(probe, 'stubs.c'), stubs + features);
  const command = /** @type {[string, ...string[]]} */ (compiler(c, folder));
  if (c.foreign !== undefined) bounds(command, folder);
  const [cc, ...flags] = command;
  const early = c.early === undefined ? [] : ['-include', join(here, c.early)];
  const all = [...flags, ...(c.compile ?? []), ...early, `-I${probe}`, `-I${here}`];
  let source = join(here, 'probe.c');
  if (c.foreign !== undefined) source = preprocess([cc, ...all], source, join(probe, 'probe.i'));
  run(cc, [...all, '-c', '-o', join(probe, 'probe.o'), source], folder);
  const objects = [join(probe, 'probe.o'), join(here, 'main.c'), join(probe, 'stubs.c')];
  run(`${c.cross ?? ''}gcc`, [
    '-O1',
    '-static',
    '-no-pie',
    '-w',
    ...(c.link ?? []),
    '-Wl,--unresolved-symbols=ignore-all',
    '-Wl,-z,noexecstack',
    '-o',
    join(probe, 'probe'),
    ...objects,
  ]);
  return join(probe, 'probe');
}

/** Asks all questions in one run. @param {string} program @param {Configuration} c @param {readonly string[]} lines */
function ask(program, c, lines) {
  const command = c.runner === undefined ? [program] : [c.runner, program];
  const { status, signal, stdout } = spawnSync(command[0], command.slice(1), {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${program}: exit ${status ?? signal}`);
  return stdout.trimEnd().split('\n');
}

/**
 * Chains of operations on entries that map huge pages, as in the vectors of 6.12, where the release has such entries.
 * @param {string} program @param {Configuration} c @param {string} name @param {(answer: string) => string} hex
 * @returns {{ pmdFlags?: string[], pmd?: unknown[] }}
 */
function askPmd(program, c, name, hex) {
  const asked = join(hugeQuestions, `${c.hugeLike ?? c.like ?? name}.json.gz`);
  const [names] = /** @type {[string]} */ (ask(program, c, ['pmd-names']));
  const [tests, ops] = /** @type {[string[], string[]]} */ (names.split(';').map((list) => list.split(' ')));
  if (!existsSync(asked) || ops.length === 1) return {};
  const old = JSON.parse(gunzipSync(readFileSync(asked)).toString());
  /** @type {[string, number, string][]} */
  const rows = old.pmd.filter((/** @type {[string, number, string]} */ [, , chain]) =>
    chain.split(',').every((op) => op === '' || ops.includes(op)),
  );
  // what a release can do and 6.12 could not
  if (ops.includes('mkspecial') && !rows.some(([, , chain]) => chain.endsWith('mkspecial')))
    rows.push(
      .../** @type {typeof rows} */ (
        rows.filter(([, , chain]) => chain === 'mkhuge').map(([pfn, prot]) => [pfn, prot, 'mkhuge,mkspecial'])
      ),
    );
  let pmds = ask(
    program,
    c,
    rows.map(([pfn, prot]) => `pmd-make ${pfn.slice(2)} ${prot.toString(16)}`),
  );
  const chains = rows.map(([, , chain]) => chain.split(',').filter((op) => op !== ''));
  for (let link = 0; chains.some((chain) => chain.length > link); link++) {
    const answers = ask(
      program,
      c,
      chains.map((chain, i) => `pmd-op ${chain[link] ?? 'mkhuge'} ${pmds[i]}`),
    );
    pmds = pmds.map((pmd, i) => (chains[i].length > link ? /** @type {string} */ (answers[i]) : pmd));
  }
  const flags = ask(
    program,
    c,
    pmds.map((pmd) => `pmd-tests ${pmd}`),
  );
  const pfns = ask(
    program,
    c,
    pmds.map((pmd) => `pmd-pfn ${pmd}`),
  );
  const pmd = rows.map(([pfn, prot, chain], i) => [
    pfn,
    prot,
    chain,
    hex(/** @type {string} */ (pmds[i])),
    `0x${flags[i]}`,
    `0x${pfns[i]}`,
  ]);
  return { pmdFlags: tests, pmd };
}

/** @param {string} name @param {Configuration} c */
function generate(name, c) {
  const program = build(name, c);
  const old = JSON.parse(gunzipSync(readFileSync(join(questions, `${c.like ?? name}.json.gz`))).toString());
  const [names] = /** @type {[string]} */ (ask(program, c, ['names']));
  const [tests, ops] = /** @type {[string[], string[]]} */ (names.split(';').map((list) => list.split(' ')));
  const bits = c.pteBits ?? old.pteBits;
  const mask = (1n << BigInt(bits)) - 1n;
  const hex = (/** @type {string} */ answer) => `0x${(BigInt(`0x${answer}`) & mask).toString(16)}`;
  const cut = (/** @type {string} */ value) => (BigInt(value) & mask).toString(16);
  const protectionMap = ask(
    program,
    c,
    Array.from({ length: 16 }, (_, i) => `prot ${i.toString(16)}`),
  ).map(hex);

  // chains of operations, link by link, all vectors at once
  const possible = old.vectors.filter((/** @type {[string, number, string]} */ [, , chain]) =>
    chain.split(',').every((op) => op === '' || op.startsWith('modify:') || ops.includes(op)),
  );
  // a narrower entry has no room for every page frame
  const made = ask(
    program,
    c,
    possible.map((/** @type {[string, number]} */ [pfn, prot]) => `make ${pfn.slice(2)} ${prot.toString(16)}`),
  );
  const kept = ask(
    program,
    c,
    made.map((pte) => `pfn ${pte}`),
  );
  const fits = (/** @type {number} */ i) => bits === old.pteBits || BigInt(`0x${kept[i]}`) === BigInt(possible[i][0]);
  const known = possible.filter((/** @type {unknown} */ _, /** @type {number} */ i) => fits(i));
  let ptes = made.filter((_, i) => fits(i));
  const chains = known.map((/** @type {[string, number, string]} */ [, , chain]) =>
    chain.split(',').filter((op) => op !== ''),
  );
  for (let link = 0; chains.some((/** @type {string[]} */ chain) => chain.length > link); link++) {
    const lines = chains.map((/** @type {string[]} */ chain, /** @type {number} */ i) => {
      const op = chain[link];
      if (op === undefined) return `op none ${ptes[i]}`;
      if (op.startsWith('modify:')) return `modify ${ptes[i]} ${Number(op.slice(7)).toString(16)}`;
      return `op ${op} ${ptes[i]}`;
    });
    const answers = ask(program, c, lines);
    ptes = ptes.map((pte, i) => (chains[i].length > link ? /** @type {string} */ (answers[i]) : pte));
  }
  const flags = ask(
    program,
    c,
    ptes.map((pte) => `tests ${pte}`),
  );
  const pfns = ask(
    program,
    c,
    ptes.map((pte) => `pfn ${pte}`),
  );
  const vectors = known.map((/** @type {unknown[]} */ row, /** @type {number} */ i) => [
    row[0],
    row[1],
    row[2],
    hex(/** @type {string} */ (ptes[i])),
    `0x${flags[i]}`,
    `0x${pfns[i]}`,
  ]);

  const asked = old.swap.map(
    (/** @type {[number, string]} */ [type, offset]) => `swap ${type.toString(16)} ${offset.slice(2)}`,
  );
  const swapPtes = ask(program, c, asked);
  const types = ask(
    program,
    c,
    swapPtes.map((pte) => `type ${pte}`),
  );
  const offsets = ask(
    program,
    c,
    swapPtes.map((pte) => `offset ${pte}`),
  );
  const exclusive = ask(
    program,
    c,
    swapPtes.map((pte) => `op swp_mkexclusive ${pte}`),
  );
  const swapTests = ask(
    program,
    c,
    swapPtes.map((pte) => `tests ${pte}`),
  );
  const swap = old.swap
    .map((/** @type {[number, string]} */ [type, offset], /** @type {number} */ i) => [
      type,
      offset,
      hex(/** @type {string} */ (swapPtes[i])),
      Number.parseInt(/** @type {string} */ (types[i]), 16),
      `0x${offsets[i]}`,
      hex(/** @type {string} */ (exclusive[i])),
      `0x${swapTests[i]}`,
    ])
    // what does not fit the entry is no question of this configuration
    .filter((/** @type {unknown[]} */ row) => row[0] === row[3] && row[1] === row[4]);

  const raws = [...new Set(old.probes.map((/** @type {[string]} */ [raw]) => cut(raw)))];
  const rawTests = ask(
    program,
    c,
    raws.map((raw) => `tests ${raw}`),
  );
  const results = ask(
    program,
    c,
    raws.flatMap((raw) => ops.map((op) => `op ${op} ${raw}`)),
  );
  const probes = raws.map((raw, i) => [
    `0x${raw}`,
    `0x${rawTests[i]}`,
    ops.map((_, j) => hex(/** @type {string} */ (results[i * ops.length + j]))),
  ]);
  const pmd = askPmd(program, c, name, hex);
  const text = JSON.stringify({
    config: name,
    kernel: release,
    pteBits: bits,
    tests,
    protectionMap,
    vectors,
    swap,
    probeOps: ops,
    probes,
    ...pmd,
  });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json.gz`), gzipSync(text, { level: 9 }));
  console.log(
    `${name}: ${vectors.length} vectors, ${swap.length} swap entries, ${probes.length} probes, ${pmd.pmd?.length ?? 0} huge entries`,
  );
}

const chosen = positionals.length === 0 ? Object.keys(CONFIGURATIONS) : positionals;
let failed = false;
for (const name of chosen) {
  const configuration = CONFIGURATIONS[name];
  if (configuration === undefined)
    throw new Error(`no configuration ${name}; there are ${Object.keys(CONFIGURATIONS).join(', ')}`);
  try {
    generate(name, configuration);
  } catch (error) {
    failed = true;
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
process.exitCode = failed ? 1 : 0;
