/** What is wrong with a plugin. The code names the rule, so that a maintainer can look it up. */
export type ArchErrorCode =
  | 'layout.mask'
  | 'layout.width'
  | 'layout.overlap'
  | 'layout.pfn-range'
  | 'layout.pfn-width'
  | 'layout.modify'
  | 'layout.swap-entry'
  | 'layout.swap-fields'
  | 'layout.empty'
  | 'layout.protection-map'
  | 'layout.operation'
  | 'layout.missing'
  | 'arch.geometry'
  | 'arch.facts'
  | 'arch.name';

/** A plugin (layout or architecture) that cannot be right. Thrown when it is defined, never later. */
export class ArchError extends Error {
  override readonly name = 'ArchError';
  constructor(
    readonly code: ArchErrorCode,
    /** What disagrees with what; names both sides. */
    readonly problem: string,
    /** What to change. */
    readonly remedy: string,
  ) {
    super(`${problem}. ${remedy}`);
  }
}
