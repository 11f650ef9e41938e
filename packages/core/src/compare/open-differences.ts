/** What differs at present, and since which divergence: so that what only follows is told from what is new. */

interface Open {
  readonly root: number;
  /** What the difference is; the same one is not reported again. */
  readonly signature: string;
}

export class OpenDifferences {
  /** thing -> respect -> difference */
  private readonly things = new Map<string, Map<string, Open>>();
  /** Pages of mappings, in whatever address space: a child's page differs because its parent's did. */
  private readonly pages = new Map<string, number>();

  get empty(): boolean {
    return this.things.size === 0;
  }

  /** The earliest root of what differs about a thing; -1 when nothing does. */
  root(thing: string): number {
    const open = this.things.get(thing);
    if (open === undefined) return -1;
    let root = Number.MAX_SAFE_INTEGER;
    for (const one of open.values()) root = Math.min(root, one.root);
    return root;
  }

  known(thing: string, aspect: string): Open | undefined {
    return this.things.get(thing)?.get(aspect);
  }

  pageRoot(page: string): number {
    return this.pages.get(page) ?? -1;
  }

  open(thing: string, aspect: string, signature: string, root: number): void {
    let open = this.things.get(thing);
    if (open === undefined) {
      open = new Map();
      this.things.set(thing, open);
    }
    open.set(aspect, { root, signature });
  }

  openPage(page: string, root: number): void {
    if (!this.pages.has(page)) this.pages.set(page, root);
  }

  /** Nothing of `aspects` that is not named differs any more. */
  settle(thing: string, stillOpen: ReadonlySet<string> | null, page?: string): void {
    const open = this.things.get(thing);
    if (open === undefined) return;
    for (const aspect of open.keys()) if (stillOpen === null || !stillOpen.has(aspect)) open.delete(aspect);
    if (open.size > 0) return;
    this.things.delete(thing);
    if (page !== undefined) this.pages.delete(page);
  }

  /** Roots of the pages `[first, first + pages)` of a mapping, the earliest; `*` is the mapping as a whole. */
  earliestOfRange(id: number, first: number, pages: number): number {
    let root = this.pages.get(`${id}/*`) ?? Number.MAX_SAFE_INTEGER;
    if (pages <= this.pages.size) {
      for (let i = 0; i < pages; i++) root = Math.min(root, this.pages.get(`${id}/${first + i}`) ?? root);
    } else {
      for (const [page, since] of this.pages) {
        const [owner, index] = page.split('/');
        if (Number(owner) === id && Number(index) >= first && Number(index) < first + pages)
          root = Math.min(root, since);
      }
    }
    return root === Number.MAX_SAFE_INTEGER ? -1 : root;
  }
}
