// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which bit each VM_* flag is in kernels, by their own include/linux/mm.h: compiles the part of it that has them, for
 * each machine, and writes what it says.
 *
 *   node generate.mjs --out ../../vm-flags.json.gz 6.12=LINUX 7.3=LINUX
 *
 * Needs x86 compilers of both word sizes (Debian: gcc, gcc-i686-linux-gnu).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

/** @type {Record<string, { bits: 32 | 64, config: string[] }>} what a kernel of each machine has configured */
const MACHINES = {
  'x86/64': { bits: 64, config: ['X86', 'ARCH_HAS_PKEYS', 'X86_USER_SHADOW_STACK'] },
  'x86/32': { bits: 32, config: ['X86'] },
  'arm64/64': { bits: 64, config: ['ARM64', 'ARM64_MTE', 'ARCH_HAS_PKEYS', 'ARM64_GCS', 'ARM64_BTI'] },
  'arm/32': { bits: 32, config: ['ARM'] },
  'powerpc/64': { bits: 64, config: ['PPC', 'PPC64', 'ARCH_HAS_PKEYS'] },
  'powerpc/32': { bits: 32, config: ['PPC', 'PPC32'] },
  'sparc/64': { bits: 64, config: ['SPARC64'] },
  'parisc/32': { bits: 32, config: ['PARISC', 'STACK_GROWSUP'] },
  'riscv/64': { bits: 64, config: ['RISCV', 'RISCV_USER_CFI'] },
  's390/64': { bits: 64, config: ['S390'] },
};
/** Of every 64-bit one, and of every one. */
const WIDE = ['64BIT', 'ARCH_USES_HIGH_VMA_FLAGS', 'HAVE_ARCH_USERFAULTFD_MINOR', 'USERFAULTFD_RWP'];
const ALL = ['MMU', 'MEM_SOFT_DIRTY', 'USERFAULTFD', 'HAVE_ARCH_USERFAULTFD_WP'];
/** CONFIG_ARCH_PKEY_BITS */
const PKEY_BITS = { 'x86/64': 4, 'arm64/64': 3, 'powerpc/64': 5 };

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
if (!values.out || positionals.length === 0) throw new Error('--out FILE and RELEASE=LINUX are needed');

/** What the architecture's Kconfig speaks of. @param {string} tree @param {string} machine */
function configured(tree, machine) {
  const kconfig = readFileSync(join(tree, 'arch', machine.split('/')[0], 'Kconfig'), 'utf8');
  return MACHINES[machine].config.filter(
    (symbol) => !symbol.includes('_') || new RegExp(`\\b${symbol}\\b`).test(kconfig),
  );
}

/** The flags of one machine, by name. @param {string} header @param {string} tree @param {string} machine */
function flagsOf(header, tree, machine) {
  const start = header.search(/^#define VM_NONE\b/m);
  const end = header.search(/^#define VM_(?:DATA_FLAGS_TSK_EXEC|STACK_INCOMPLETE_SETUP)\b/m);
  const block = header.slice(start, end).replace(/[^\n]*\/\*(?![\s\S]*\*\/)[\s\S]*$/, '');
  const names = [...new Set([...block.matchAll(/^#\s*define\s+(VM_\w+)\s/gm)].map(([, name]) => name))].filter(
    (name) => !/_BIT(?:_\d)?$|SHIFT|VM_NONE|INIT|_FLAGS|VM_STACK|ARCH_CLEAR|MAPPED_COPY|VM_PKEY_MASK/.test(name),
  );
  const { bits } = MACHINES[machine];
  const symbols = [...ALL, ...(bits === 64 ? WIDE : []), ...configured(tree, machine)];
  const source = `#include <stdio.h>
#define __bitwise
#define __force
#define BIT(n) (1ull << (n))
#define _BITUL(n) (1ull << (n))
${symbols.map((symbol) => `#define CONFIG_${symbol} 1`).join('\n')}
#define CONFIG_ARCH_PKEY_BITS ${PKEY_BITS[machine] ?? 0}
${block}
int main(void)
{
${names.map((name) => `#ifdef ${name}\n	printf("${name} %llx\\n", (unsigned long long)(${name}));\n#endif`).join('\n')}
	return 0;
}
`;
  const folder = mkdtempSync(join(tmpdir(), 'vm-flags-'));
  try {
    writeFileSync(join(folder, 'flags.c'), source);
    const compiler = bits === 64 ? 'gcc' : 'i686-linux-gnu-gcc';
    execFileSync(compiler, ['-static', '-w', '-o', join(folder, 'flags'), join(folder, 'flags.c')]);
    const lines = execFileSync(join(folder, 'flags'), { encoding: 'utf8' }).trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(' ')).filter(([, value]) => value !== '0'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const result = {};
for (const word of positionals) {
  const [release, tree] = word.split('=');
  const header = readFileSync(join(tree, 'include/linux/mm.h'), 'utf8');
  result[release] = Object.fromEntries(
    Object.keys(MACHINES).map((machine) => [machine, flagsOf(header, tree, machine)]),
  );
}
const machines = Object.entries(result).map(([release, of]) => {
  const rows = Object.entries(of).map(([machine, flags]) => `    ${JSON.stringify(machine)}: ${JSON.stringify(flags)}`);
  return `  ${JSON.stringify(release)}: {\n${rows.join(',\n')}\n  }`;
});
writeFileSync(values.out, gzipSync(`{\n${machines.join(',\n')}\n}\n`, { level: 9 }));
