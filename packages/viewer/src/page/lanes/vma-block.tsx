// SPDX-License-Identifier: GPL-2.0-or-later
import type { VmaCells } from '../../protocol.js';
import { CellCanvas } from './cell-canvas.js';
import { CellGrid } from './cell-grid.js';

/** Flags that decide how entries are read: they stand out among the others. */
const TELLING = new Set(['VM_PFNMAP', 'VM_MIXEDMAP']);

interface Shown {
  readonly vma: VmaCells;
  /** There are several processes. */
  readonly several: boolean;
  /** Of one lane: of many each has its own addresses. */
  readonly alone: boolean;
}

/** A mapping: its name, its flags, its entries. */
export function VmaBlock({ vma, several, alone }: Shown) {
  const name = vma.label ?? `0x${vma.start}`;
  return (
    <section class={vma.differs ? 'vma differs' : 'vma'}>
      <header>
        <h4 class="code">
          {several && <span class="faint">mm {vma.mm} </span>}
          {name}
        </h4>
        <span class="code">{vma.letters}</span>
        <span class="faint">
          {vma.pages.toLocaleString('en')} {vma.pages === 1 ? 'page' : 'pages'}
          {vma.open && ', ->mmap runs'}
        </span>
        {alone && (
          <span class="range faint code">
            {vma.start}-{vma.end}
          </span>
        )}
      </header>
      {(vma.flags.length > 0 || vma.file !== null) && (
        <p class="flags code">
          {vma.flags.map((flag) => (
            <span key={flag} class={TELLING.has(flag) ? 'flag telling' : 'flag'}>
              {flag}
            </span>
          ))}
          {vma.file !== null && (
            <span class="flag faint">
              {vma.file}, vm_pgoff {vma.vm_pgoff}
            </span>
          )}
        </p>
      )}
      {vma.cells.frames === undefined ? <CellCanvas vma={vma} /> : <CellGrid vma={vma} />}
      {vma.cells.more > 0 && <p class="faint">and {vma.cells.more.toLocaleString('en')} more entries</p>}
    </section>
  );
}
