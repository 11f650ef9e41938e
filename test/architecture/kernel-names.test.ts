// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What the model says of kernel functions, held against the kernels: every function that a reason, a fact or a feature
 * names is in the trees of the kernels for which it says so, in the file that it says. `kernel-functions.json` has the
 * names and files of those trees; scripts/kernel-functions.mjs made it.
 */
import { readFileSync } from 'node:fs';
import {
  defineProfile,
  FEATURES,
  formOn,
  type KernelOrigin,
  MECHANISMS,
  namedKernel,
  PARTS,
  type Profile,
  REASONS,
  type ReasonName,
  reasonView,
} from '@specialbit/core';
import type { Feature } from '@specialbit/core/arch';
import { compareVersions } from '@specialbit/events';
import { describe, expect, it } from 'vitest';

/** By function, then by file: the kernels that define it there, `6.1 6.12`. */
const TABLE: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = JSON.parse(
  readFileSync(new URL('./kernel-functions.json', import.meta.url), 'utf8'),
);

/** Every kernel that the table knows. */
const KERNELS = ['6.1', '6.12', '6.17', '6.18', '6.19', '7.1', '7.2', '7.3'];

/** A point release is what was read: backports are in it. */
const READ: Readonly<Record<string, string>> = { '6.1': '6.1.176', '6.12': '6.12.117', '6.18': '6.18.15' };

const profileOf = (kernel: string): Profile => defineProfile(READ[kernel] ?? kernel);

/** Names of what is no function, or is made by a macro of another name. */
const NO_FUNCTIONS = new Set(['huge_fault', 'vm_pfnmap_normal_page_pfn']);

/** Files in which the kernel defines a function. */
function filesOf(name: string, kernel: string): string[] {
  const files = TABLE[name];
  if (files === undefined) expect.fail(`${name}() was never looked for: run scripts/kernel-functions.mjs again`);
  return Object.keys(files).filter((file) => files[file]!.split(' ').includes(kernel));
}

/** `name()` of a text. */
function namesOf(text: string): string[] {
  const names = [...text.matchAll(/(?<![\w.>])([a-z_]\w+)\(/g)].map(([, name]) => name!);
  return names.filter((name) => !NO_FUNCTIONS.has(name));
}

/** Made by a macro, `DECLARE_VM_GET_PAGE_PROT`, for all architectures that have none of their own. */
const MADE_BY_MACRO = new Set(['vm_get_page_prot() in include/linux/pgtable.h']);

/** What is wrong with saying that `name` is in `file`, which may have a star: nothing, or one line. */
function misplaced(kernel: string, name: string, file: string): string[] {
  if (MADE_BY_MACRO.has(`${name}() in ${file}`)) return [];
  const files = filesOf(name, kernel);
  const glob = new RegExp(`^${file.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  if (files.some((known) => glob.test(known))) return [];
  return [`${name}() in ${file}: ${files.length === 0 ? 'there is none' : `it is in ${files.join(', ')}`}`];
}

const unknown = (kernel: string, text: string): string[] =>
  namesOf(text)
    .filter((name) => filesOf(name, kernel).length === 0)
    .map((name) => `${name}() does not exist: "${text}"`);

/** Reasons that a kernel is not asked for, though no feature says so. */
const NEVER: Readonly<Partial<Record<ReasonName, { readonly before: string; readonly why: string }>>> = {
  flags_merge_guard: { before: '6.19', why: 'the bit is no flag of older kernels' },
};

describe.each(KERNELS)('on %s', (kernel) => {
  const profile = profileOf(kernel);
  const k = namedKernel(profile);
  const older = (version: string): boolean => KERNELS.indexOf(kernel) < KERNELS.indexOf(version);

  it('every reason names functions that are there, where it says', () => {
    const wrong = (Object.keys(REASONS) as ReasonName[]).flatMap((name) => {
      const { since, until } = REASONS[name] as { since?: keyof typeof FEATURES; until?: keyof typeof FEATURES };
      if ((since !== undefined && !k.feature[since]) || (until !== undefined && k.feature[until])) return [];
      if (NEVER[name] !== undefined && older(NEVER[name].before)) return [];
      const { where, file, convention, condition, change = '' } = reasonView(k, name);
      const placed = !convention && !file.startsWith('the ');
      const lines = [...(placed ? misplaced(kernel, where, file) : []), ...unknown(kernel, condition)];
      return [...lines, ...unknown(kernel, change)].map((line) => `${name}: ${line}`);
    });
    expect(wrong).toEqual([]);
  });

  it('every fact names functions that are there, where it says', () => {
    const wrong = Object.entries<KernelOrigin>({ ...MECHANISMS, ...PARTS }).flatMap(([name, origin]) => {
      const { since } = origin;
      if (since !== undefined && !k.feature[since]) return [];
      const { function: place, file } = formOn(k, origin);
      return misplaced(kernel, place, file).map((line) => `${name}: ${line}`);
    });
    expect(wrong).toEqual([]);
  });
});

it('what facts omit names functions of one of the kernels', () => {
  const texts = Object.values<KernelOrigin>({ ...MECHANISMS, ...PARTS }).flatMap(({ omits }) => omits);
  const nowhere = texts
    .flatMap(namesOf)
    .filter((name) => KERNELS.every((kernel) => filesOf(name, kernel).length === 0));
  expect(nowhere).toEqual([]);
});

describe.each(Object.values<Feature>(FEATURES).map((feature) => [feature.name, feature] as const))(
  '%s',
  (_, feature) => {
    const having = KERNELS.filter((kernel) => profileOf(kernel).has(feature));
    const lacking = KERNELS.filter((kernel) => !profileOf(kernel).has(feature));

    it('names functions of the first kernel that has it, where it says', () => {
      // one with a backport may have it in functions of other names
      const first = having.find((kernel) => compareVersions(kernel, feature.since.version) >= 0) ?? having[0];
      if (first === undefined) return;
      const wrong = (feature.where ?? '')
        .split(/; | and (?=\w+\/)/)
        .flatMap((place) => namesOf(place).flatMap((name) => misplaced(first, name, place.split(',')[0]!)));
      expect(wrong).toEqual([]);
    });

    it('speaks of functions of kernels with it, and without it', () => {
      const absent = (text: string, kernels: readonly string[]): string[] =>
        kernels.length === 0
          ? []
          : namesOf(text).filter((name) => kernels.every((of) => filesOf(name, of).length === 0));
      expect(absent(feature.summary.replace(/\w+\(\) is called/g, ''), having)).toEqual([]);
      expect(absent(feature.without, lacking)).toEqual([]);
    });
  },
);
