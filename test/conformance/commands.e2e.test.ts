// SPDX-License-Identifier: GPL-2.0-or-later
/** `specialbit arch ...` as users run it. */
import { describe, expect, it } from 'vitest';
import { specialbit } from '../cli/specialbit.testkit.js';

async function json<T>(args: readonly string[], input?: string): Promise<T> {
  const { out, err } = await specialbit([...args, '--json'], input === undefined ? {} : { input });
  expect(err).toBe('');
  return JSON.parse(out) as T;
}

describe('arch list', () => {
  it('has every configuration with its special bits', async () => {
    const { code, out } = await specialbit(['arch', 'list']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^x86_64 +bit 9 +yes +yes +4K +4 +x86-64, 4 levels +arch\/x86\/include\/asm\/pgtable_types.h$/m,
    );
    expect(out).toMatch(/^arm +none +- +- +4K +2 /m);
    expect(out).toMatch(/^71 configurations: 47 with a special bit in a PTE, 24 without\.$/m);
  });
  it('as JSON', async () => {
    const list = await json<{ name: string; special: { pte: boolean }; protectionMap: string[] }[]>(['arch', 'list']);
    expect(list).toHaveLength(71);
    expect(list.find(({ name }) => name === 'arm')).toMatchObject({ special: { pte: false, pmd: false, pud: false } });
    expect(list[0]?.protectionMap).toHaveLength(16);
  });
});

describe('arch show', () => {
  it('draws an entry', async () => {
    const { out } = await specialbit(['arch', 'show', 'arm']);
    expect(out).toContain(`entry of a page
3322 2222 2222 1111 1111 1100 0000 0000
1098 7654 3210 9876 5432 1098 7654 3210
#### #### #### #### #### cbxU wDaa aaYP
# 31..12  pfn: page frame number
`);
    expect(out).toContain('-w-  38f P--YU-  30f PW-YU-');
    expect(out.split('\n').every((line) => line.length <= 78)).toBe(true);
  });
  it('stands side by side', async () => {
    const { out } = await specialbit(['arch', 'show', 'x86_64', 'arm']);
    expect(out).toMatch(/^x86_64: x86-64, 4 levels +\| arm: ARM, short descriptors, uniprocessor$/m);
    expect(out).toMatch(/^#### #### #### #### #### gfSP eDYc bUWP +\|/m);
  });
});

describe('arch decode and encode', () => {
  it('decodes a page, a swap entry and nothing', async () => {
    const { out } = await specialbit(['arch', 'decode', 'arm', '0x4087034f', '4004', '0']);
    expect(out).toContain(
      '0x4087034f on arm: a page, pfn 0x40870, at 0x40870000\n  present, write, dirty, young, user, read; not',
    );
    expect(out).toContain("the hardware's own entry is 0x4087083f");
    expect(out).toContain('0x4004 on arm: a swap entry, type 1, offset 0x40');
    expect(out).toContain('0x0 on arm: an empty entry');
  });
  it('encodes', async () => {
    const { out } = await specialbit(['arch', 'encode', 'arm', '40870', '--prot', 'rw', '--shared', '--do', 'mkdirty']);
    expect(out).toMatch(/^4087034f\n/);
    expect(await json(['arch', 'encode', 'x86_64', '--swap', '1:0x40'])).toMatchObject({
      swap: { type: 1, offset: '40' },
    });
  });
  it.each([
    [['arch', 'decode', 'arm', '0x1234567890'], '0x1234567890: expected at most 32 bits, found 37'],
    [['arch', 'decode', 'arm', 'hello'], 'expected a hexadecimal number, found "hello"'],
    [['arch', 'encode', 'arm', '123456'], 'pfn 0x123456: the pfn field of arm cannot hold it (reads back as 0x23456)'],
    [['arch', 'encode', 'arm'], 'encode needs a pfn, or --swap TYPE:OFFSET'],
    [['arch', 'encode', 'arm', '1', '--prot', 'q'], '--prot: expected letters such as rw or r-x, found "q"'],
    [['arch', 'encode', 'arm', '--swap', '1'], '--swap: expected TYPE:OFFSET, such as 1:0x40, found 1'],
    [['arch', 'decode', 'armm', '1'], 'no such architecture: armm (did you mean "arm"?); `specialbit arch` lists them'],
    [['arch', 'decode', 'arm', '-'], 'standard input: expected a report with "pte:", as "BUG: Bad page map" has it'],
  ])('%j', async (args, message) => {
    const { code, err } = await specialbit(args);
    expect([code, err]).toEqual([2, `specialbit: ${message}\n`]);
  });
});

interface Explained {
  readonly branch: string[];
  readonly origins: { valid: boolean; path: { name: string } }[];
  readonly elsewhere: { valid: boolean; groups: { decision: string; unmapping: string; archs: string[] }[] }[];
}
const report = (pte: string, vm_flags: string, index: string, more = ''): string => `
[   12.345678] BUG: Bad page map in process probe  pte:${pte} pmd:01234067
${more}[   12.345680] addr:00007f1234567000 vm_flags:${vm_flags} anon_vma:0000000000000000 mapping:ffff888003c1f2a8 index:${index}
[   12.345690] file:dev fault:0x0 mmap:dev_mmap [dev] read_folio:0x0`;
const with_bit = (e: Explained, arch: string) =>
  e.elsewhere.flatMap(({ groups }) => groups).filter((g) => g.archs.includes(arch));

describe('a pasted "Bad page map" report', () => {
  it('special where nothing may be special', async () => {
    const text = report('8000000047c00227', '080000fb', '0');
    const e = await json<Explained>(['arch', 'decode', 'x86_64', text]);
    expect(e.origins.map(({ path }) => path.name)).toEqual(['bad_special', 'bad_special']);
    expect(with_bit(e, 'arm64').map((g) => g.decision)).toEqual(['bad_special', 'bad_special']);
    // without the bit: a page if there is a struct page, reported if there is none
    expect(with_bit(e, 'arm').map((g) => g.decision)).toEqual(['bad_pfn', 'normal']);
    expect(with_bit(e, 'arm')[1]?.unmapping).toBe('a report, drops a reference and a map count that nobody took');
  });
  it('a frame behind the memory map, by standard input', async () => {
    const e = await json<Explained>(['arch', 'decode', 'x86_64', '-'], report('8000000147c00027', '000000fb', '3'));
    expect(e.origins.map(({ valid, path }) => [valid, path.name])).toEqual([[false, 'bad_pfn']]);
    expect(with_bit(e, 'arm').map((g) => g.decision)).toEqual(['bad_pfn']);
  });
  it('a private VM_PFNMAP that broke the linear rule, on arm', async () => {
    const e = await json<Explained>(['arch', 'decode', 'arm', report('4787038f', '00000473', '12345')]);
    expect(e.origins.map(({ path }) => path.name)).toEqual(['bad_pfn']);
    // with the bit and a plain entry: the same; it is the special bit that the driver's entry would have had
    expect(with_bit(e, 'x86_64').map((g) => g.decision)).toEqual(['bad_pfn']);
  });
  it('a page whose map count fell below 0', async () => {
    const page = '[   12.345679] page: refcount:0 mapcount:-1 mapping:0000000000000000 index:0x0 pfn:0x47c00\n';
    const e = await json<Explained>(['arch', 'decode', 'x86_64', report('8000000047c00027', '000000fb', '0', page)]);
    expect(e.branch[0]).toMatch(/^zap_present_folio_ptes/);
    expect(e.elsewhere.map(({ valid }) => valid)).toEqual([true]);
  });
  it('a report that this architecture does not make', async () => {
    const { code, out } = await specialbit(['arch', 'decode', 'x86_64', report('8000000047c00227', '000004fb', '0')]);
    expect(code).toBe(0);
    expect(out).toContain('Not vm_normal_page() of x86_64: with these flags and this entry it reports');
  });
  it('a report with something missing: what there is, and what is not', async () => {
    const { code, out } = await specialbit([
      'arch',
      'decode',
      'x86_64',
      'BUG: Bad page map in process a  pte:80 pmd:1',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/missing +addr, vm_flags, index/);
  });
});

describe('arch check', () => {
  it('takes what is built in', async () => {
    const { code, out } = await specialbit(['arch', 'check', 'loongarch64', '--all', '--runs', '50']);
    expect(code).toBe(0);
    expect(out).toMatch(/^accepted +/m);
    expect(out).toMatch(/ 0 fail\n$/);
  });
  it('takes golden vectors', async () => {
    const { code, out } = await specialbit(['arch', 'check', 'alpha', '--vectors', 'test/vectors/alpha.json.gz']);
    expect([code, out.includes('91 checks hold')]).toEqual([0, false]);
    const wrong = await specialbit(['arch', 'check', 'arm-lpae', '--vectors', 'test/vectors/arm-v5.json.gz']);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('fails: vectors/all: every golden vector comes out bit for bit');
  });
  it('knows no other', async () => {
    const { code, err } = await specialbit(['arch', 'check', 'alpah']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^specialbit: alpah: no such file or folder, .*, and no architecture is called so \(did you mean "alpha"\?\)\n$/,
    );
  });
});

interface Diff {
  readonly parted: string[];
  readonly agree: string[];
  readonly skipped: { name: string }[];
  readonly logs: {
    name: string;
    findings: { event: number; differences: { area: string; what: string; values: string[] }[] }[];
  }[];
}

describe('arch diff', () => {
  it('says what the bit changes on alpha', async () => {
    const diff = await json<Diff>(['arch', 'diff', 'alpha', 'alpha+special']);
    // the kernel of alpha has no hugetlb
    expect(diff.skipped.map(({ name }) => name)).toEqual(['gallery/s40-hugetlb-promised-twice']);
    expect(diff.parted).toContain('s01-same-driver');
    expect(diff.agree).toContain('s10-binder');
    const s01 = diff.logs.find(({ name }) => name === 's01-same-driver');
    expect(s01?.findings[0]?.differences).toContainEqual({ area: 'references', what: 'P0 count', values: ['2', '1'] });
    const areas = new Set(diff.logs.flatMap((log) => log.findings.flatMap((f) => f.differences.map((d) => d.area))));
    expect([...areas].sort()).toEqual(['entries', 'errors', 'gup', 'handlers', 'references', 'rss', 'zap']);
  });
  it('as Markdown, which names GUP-fast', async () => {
    const { code, out } = await specialbit(['arch', 'diff', 'arm', 'arm-lpae', '--markdown']);
    expect(code).toBe(1);
    expect(out).toMatch(/^# arm and arm-lpae\n/);
    expect(out).toContain('| GUP-fast | not selected | works |');
    expect(out).toContain('## References and map counts');
  });
  it('of two that differ in nothing a driver sees', async () => {
    const { code, out } = await specialbit(['arch', 'diff', 'x86_64', 'x86_64-4level', '--no-kit']);
    expect(code).toBe(0);
    expect(out).toMatch(/part in 0 of \d+ logs\.\n$/);
  });
  it.each([
    [['arch', 'diff', 'arm', 'arm'], 'arch diff needs two architectures, found arm and arm'],
    [['arch', 'diff', 'arm', 'alpha', 'nowhere.jsonl'], 'nowhere.jsonl: cannot be read: ENOENT'],
  ])('%j', async (args, message) => {
    const { code, err } = await specialbit(args);
    expect([code, err]).toEqual([2, `specialbit: ${message}\n`]);
  });
});

it.each(['list', 'show', 'decode', 'encode', 'new', 'check', 'diff'])('arch %s has help', async (command) => {
  const { code, out } = await specialbit(['arch', command, '--help']);
  expect(code).toBe(0);
  expect(out).toContain('--plugin <module>');
  expect(out.split('\n').every((line) => line.length <= 78)).toBe(true);
});
