// SPDX-License-Identifier: GPL-2.0-or-later
/** Plugins that are refused: each with both sides, and with what to change. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root, specialbit } from '../cli/specialbit.testkit.js';

const folder = 'test/conformance/fixtures';
const REFUSED: Readonly<Record<string, string>> = {
  names:
    'PTE_TYPE_MASK (0x18) and PTE_CACHE (0x70) overlap in 0x10. Correct one of the masks, or name the kind of entry that it is about (absent, swap, directory)',
  'special-in-field':
    'the special bit 0x10 lies inside PTE_TYPE_MASK (0x18: memory type). Choose a bit that neither hardware nor software uses',
  'special-lost':
    'modify turns 0x5125 into 0x5021, which is no longer special: mprotect would lose it. Add the bits that tests.special looks at to what ops.modify keeps (_PAGE_CHG_MASK)',
  'pfn-too-small':
    'the pfn field holds 20 bits, but 36-bit physical addresses with pages of 2^12 bytes need 24. Give the pfn more bits, or correct maxPhysmemBits',
  'swap-present':
    'swap entry (type 1, offset 1) is 0x101, which is present: present looks at PTE_VALID (0x1). Keep swap.type, swap.offset and swp_exclusive away from these bits',
  'protection-map':
    'protectionMap has 15 entries, vm_get_page_prot needs 16. Give one protection for each combination of VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8',
  'protection-pfn':
    'protectionMap[7] (0x1025) reaches into the pfn field (0xfffff000). A protection holds no address bits: correct the protection or the field',
  operation:
    'mkyoung turns 0x5025 into 0x5065, which changes dirty too. Let ops.mkyoung leave alone what tests.dirty looks at',
  levels:
    'a pte table of 512 entries of 2^12 bytes covers 2^21 bytes, but a pgd entry covers 2^22. Correct a shift or the number of entries',
};

describe('a broken layout is refused', () => {
  it('one file for each', () => {
    const files = readdirSync(`${root}${folder}/broken`).map((file) => file.replace('.mjs', ''));
    expect(files.sort()).toEqual(Object.keys(REFUSED).sort());
  });
  it.each(Object.entries(REFUSED))('%s', async (name, problem) => {
    const plugin = `${folder}/broken/${name}.mjs`;
    const { code, out, err } = await specialbit(['arch', 'check', plugin]);
    expect({ code, out, err }).toEqual({
      code: 2,
      out: '',
      err: `specialbit: ${plugin}: its layout is refused: toy: ${problem}\n`,
    });
  });
});

describe('a plugin that cannot be used', () => {
  it.each([
    [
      'nothing.mjs',
      'expected an export that defineArchitecture of @specialbit/core/arch made, or an array of them, found answer',
    ],
    ['throws.mjs', 'cannot be loaded: TypeError: not today'],
    ['clash.mjs', "an architecture is called arm already: ARM, short descriptors, uniprocessor; rename the plugin's"],
    ['toy.ts', 'no such file or folder'],
  ])('%s', async (file, problem) => {
    const plugin = `${folder}/${file}`;
    const { code, err } = await specialbit(['replay', 'examples/s10-binder.jsonl', '--plugin', plugin]);
    expect([code, err]).toEqual([2, `specialbit: ${plugin}: ${problem}\n`]);
  });
  it('TypeScript, an empty folder, an unbuilt package, an unknown name', async () => {
    const message = async (plugin: string): Promise<string> =>
      (await specialbit(['arch', 'list', '--plugin', plugin])).err;
    expect(await message('test/conformance/all.test.ts')).toMatch(
      /expected a JavaScript module, found TypeScript; build it/,
    );
    expect(await message('./test/conformance')).toMatch(/expected a package, found a folder without package.json/);
    expect(await message('./test')).toMatch(/its module .*index.js does not exist; build the package first/);
    expect(await message('specialbit-arch-nowhere')).toMatch(
      /no such file or folder, and no package of that name is installed/,
    );
  });
});

describe('a plugin that breaks laws', () => {
  it('is loaded, and fails the kit', async () => {
    const { code, out } = await specialbit(['arch', 'check', `${folder}/lawless.mjs`]);
    expect(code).toBe(1);
    expect(
      out,
    ).toContain(`fails: protections/private: a private protection is never writable: the first store must copy the page
  protection 3 (private rw-) makes 0x1027, which is writable`);
    expect(out).toMatch(/\d+ checks hold, 0 deviate as the layout says, 2 do not apply, 12 fail\n$/);
  });
  it('can be used all the same', async () => {
    const { code, out } = await specialbit([
      'replay',
      'examples/s10-binder.jsonl',
      '--arch',
      'lawless',
      '--plugin',
      `./${folder}/lawless.mjs`,
    ]);
    expect([code, out.length > 0]).toEqual([0, true]);
  });
});
