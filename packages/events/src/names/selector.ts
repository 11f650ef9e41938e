// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Which lanes an expectation is about. A selector is one or more alternatives joined by `|`, each
 * `ARCH`, `ARCH@KERNEL`, `@KERNEL` (with `*` for any text), `pte_special` or `feature:NAME`, and `!` before
 * it for the opposite. A KERNEL is the name of one (`6.12+feature`) or its version (`6.12.117`); a series
 * (`6.12`) is every kernel of it.
 */

const ALTERNATIVE = /^!?(feature:[a-z0-9_]+|[A-Za-z0-9_+.*-]+(@[A-Za-z0-9_+.*-]+)?|@[A-Za-z0-9_+.*-]+)$/;

/** What a selector may ask of a lane. */
export interface SelectableLane {
  readonly arch: string;
  /** The name of the kernel, `6.12`, `6.1.0`, `6.12+feature`. */
  readonly kernel: string;
  /** Its version to the point release, `6.12.117`. */
  readonly version: string;
  /** CONFIG_ARCH_HAS_PTE_SPECIAL. */
  readonly pteSpecial: boolean;
  hasFeature(name: string): boolean;
}

/** Has a text the form of a selector? */
export function isSelector(text: string): boolean {
  return text.split('|').every((alternative) => ALTERNATIVE.test(alternative));
}

/** Does the lane fit the selector? */
export function selects(selector: string, lane: SelectableLane): boolean {
  return selector.split('|').some((alternative) => {
    const not = alternative.startsWith('!');
    return fits(not ? alternative.slice(1) : alternative, lane) !== not;
  });
}

function fits(alternative: string, lane: SelectableLane): boolean {
  if (alternative === 'pte_special') return lane.pteSpecial;
  if (alternative.startsWith('feature:')) return lane.hasFeature(alternative.slice('feature:'.length));
  const [arch = '', kernel = ''] = alternative.split('@');
  return (arch === '' || glob(arch, lane.arch)) && (kernel === '' || isKernel(kernel, lane));
}

function isKernel(pattern: string, { kernel, version }: SelectableLane): boolean {
  if (/^\d+\.\d+$/.test(pattern) && version.startsWith(`${pattern}.`)) return true;
  return glob(pattern, kernel) || glob(pattern, version);
}

function glob(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+-]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
