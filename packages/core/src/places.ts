// SPDX-License-Identifier: GPL-2.0-or-later
/** Sets of places in a world: ranges of pages, frames, and things that have a name. */

/** Ranges of virtual page numbers, as they were added. */
export class RangeSet {
  private readonly ranges: { start: number; end: number }[] = [];

  /** `[start, end)`. */
  add(start: number, end: number): void {
    if (start >= end) return;
    const last = this.ranges[this.ranges.length - 1];
    if (last !== undefined && start <= last.end && end >= last.start) {
      last.start = Math.min(last.start, start);
      last.end = Math.max(last.end, end);
      return;
    }
    this.ranges.push({ start, end });
  }

  /** Ascending, those that touch in one. */
  get all(): readonly { readonly start: number; readonly end: number }[] {
    const merged: { start: number; end: number }[] = [];
    for (const { start, end } of [...this.ranges].sort((a, b) => a.start - b.start)) {
      const last = merged[merged.length - 1];
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
      else merged.push({ start, end });
    }
    return merged;
  }

  meets(other: RangeSet): boolean {
    const [a, b] = [this.all, other.all];
    let j = 0;
    for (const { start, end } of a) {
      while (j < b.length && b[j]!.end <= start) j++;
      if (j < b.length && b[j]!.start < end) return true;
    }
    return false;
  }
}

/** What an event reads, or what it writes. */
export class Places {
  private readonly pagesOf = new Map<number, RangeSet>();
  private readonly vmasOf = new Map<number, RangeSet>();
  readonly frames = new Set<number>();
  /** `file 3`, `page 3/17` (of a file), `anon_vma 5`, `rss 0/1`, `brk 0`, `mm 2`, `pins`, `label 0 ring` ... */
  readonly things = new Set<string>();

  /** Page-table entries of an address space, at any level. */
  pages(mm: number): RangeSet {
    return rangesOf(this.pagesOf, mm);
  }

  /** Where its VMAs were asked for, or changed: their ranges, and the gaps that were seen to be gaps. */
  vmas(mm: number): RangeSet {
    return rangesOf(this.vmasOf, mm);
  }

  meets(other: Places): boolean {
    for (const pfn of this.frames) if (other.frames.has(pfn)) return true;
    for (const thing of this.things) {
      if (other.things.has(thing) || other.things.has(everyOf(thing))) return true;
      if (thing.startsWith('mm ') && other.things.has('every mm')) return true;
    }
    for (const [mm, ranges] of this.pagesOf) if (other.pagesOf.get(mm)?.meets(ranges) === true) return true;
    for (const [mm, ranges] of this.vmasOf) if (other.vmasOf.get(mm)?.meets(ranges) === true) return true;
    return false;
  }
}

function rangesOf(sets: Map<number, RangeSet>, mm: number): RangeSet {
  let ranges = sets.get(mm);
  if (ranges === undefined) {
    ranges = new RangeSet();
    sets.set(mm, ranges);
  }
  return ranges;
}

/** `every file` of `file 3`: who went through all of them read each. */
function everyOf(thing: string): string {
  return `every ${thing.slice(0, thing.lastIndexOf(' '))}`;
}
