// SPDX-License-Identifier: GPL-2.0-or-later
import type { CompiledCodec } from './codec.js';
import { ArchError, type ArchErrorCode } from './errors.js';
import type { Field, PteLayout } from './layout.js';
import { hex, ones } from './mask.js';

/** What the checks share: the codec of the layout under test, names for masks, and accepted deviations. */
export class Checker {
  readonly pfnMask: bigint;
  readonly #met = new Set<string>();

  constructor(
    readonly layout: PteLayout,
    readonly codec: CompiledCodec,
  ) {
    this.pfnMask = fieldsMask(layout.pfn.fields);
  }

  /** A check that failed: an error, unless the layout accepts it by this name. */
  fail(check: string, code: ArchErrorCode, problem: string, remedy: string): void {
    this.#met.add(check);
    if (!(check in this.layout.accepted)) throw new ArchError(code, problem, remedy);
  }

  finish(): void {
    for (const check of Object.keys(this.layout.accepted)) {
      // names with a slash are laws of the conformance kit, which checks them in the same way
      if (this.#met.has(check) || check.includes('/')) continue;
      throw new ArchError(
        'layout.accepted',
        `the layout accepts '${check}', but that check holds`,
        'Take the entry out of accepted',
      );
    }
  }

  /** `_PAGE_SPECIAL (0x200)`, or the mask alone where the header has no name for it. */
  name(mask: bigint): string {
    const named =
      this.layout.bits.find((b) => b.kind === 'page' && b.mask === mask) ??
      this.layout.bits.find((b) => b.mask === mask);
    return named ? `${named.name} (${hex(mask)})` : hex(mask);
  }
}

export const fieldMask = (f: Field): bigint => ones(f.count) << BigInt(f.at);
export const fieldsMask = (fields: readonly Field[]): bigint => fields.reduce((mask, f) => mask | fieldMask(f), 0n);
