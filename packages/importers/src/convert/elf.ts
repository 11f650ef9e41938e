// SPDX-License-Identifier: GPL-2.0-or-later
/** The program headers of an ELF file, as far as execve maps them. */

export interface ElfSegment {
  /** PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4. */
  readonly prot: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly filesz: number;
  readonly memsz: number;
}

export interface Elf {
  /** Position independent (ET_DYN). */
  readonly dynamic: boolean;
  readonly segments: readonly ElfSegment[];
  readonly interpreter?: string;
  readonly align: number;
  /** What the loader makes read-only when it is done (PT_GNU_RELRO): first byte and size. */
  readonly relro?: { readonly vaddr: number; readonly memsz: number };
}
