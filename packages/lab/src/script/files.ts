// SPDX-License-Identifier: GPL-2.0-or-later
/** Which file of the laboratory stands for each file of a log: the driver's, or one of those of tmpfs and hugetlbfs. */
import type { FileSpec, LogEvent, LogHeader } from '@specialbit/events';

/** Pages of tmp0 and tmp1. */
export const TMP_PAGES = 8;

/** Files of tmpfs of three PMD ranges, by how they are mounted (huge=), and pages of each. */
const BIG: Readonly<Record<string, string>> = { always: 'big0', never: 'big1', advise: 'big2' };
const BIG_PAGES = 3 * 512;
/** Pages of huge0 and huge1: four huge ones each. */
const HUGETLB_PAGES = 4 * 512;

export interface LabFile {
  /** `dev`, `tmp0`, `tmp1`, `big0` to `big2`, `huge0`, `huge1`. */
  readonly name: string;
  readonly spec: FileSpec;
}

/** Names of the log's files; a text says why one has none. */
export function labFilesOf(header: LogHeader, events: readonly LogEvent[]): ReadonlyMap<string, LabFile | string> {
  const files = new Map<string, LabFile | string>();
  const specs = Object.entries(header.files ?? {});
  const devices = specs.filter(([, { kind }]) => kind === 'device');
  const revoked = events.some(({ type }) => type === 'unmap_mapping_range');
  const free = ['tmp1', 'tmp0'];
  const pools = ['huge0', 'huge1'];
  const big = { ...BIG };
  for (const [name, spec] of specs) {
    if (spec.kind === 'device') {
      const other = devices.length > 1 && revoked;
      files.set(
        name,
        other ? 'two devices and unmap_mapping_range: the laboratory has one device' : { name: 'dev', spec },
      );
    } else if (spec.kind === 'hugetlbfs') {
      files.set(name, hugetlbFile(spec, pools));
    } else if (spec.kind === 'shmem' && spec.huge !== undefined) {
      const lab = big[spec.huge];
      delete big[spec.huge];
      const fits = lab !== undefined && (spec.content ?? []).length === 0;
      const why = `a file of tmpfs with huge=${spec.huge}: the laboratory has one empty file each of always, never and advise`;
      files.set(name, fits ? { name: lab, spec } : why);
    } else if (spec.kind === 'file') files.set(name, 'a file of a file system: the laboratory has tmpfs alone');
    else {
      const lab = free.shift();
      files.set(name, lab === undefined ? 'a third file of tmpfs: the laboratory has two' : { name: lab, spec });
    }
  }
  return files;
}

function hugetlbFile(spec: FileSpec, pools: string[]): LabFile | string {
  if (spec.huge_page === 'pud') return 'pages of hugetlb that a PUD maps: no machine of the laboratory has them';
  const lab = pools.shift();
  return lab === undefined ? 'a third file of hugetlbfs: the laboratory has two' : { name: lab, spec };
}

/** Pages that a file has when a scenario begins; undefined for the driver's. */
export function pagesAtStart(name: string): number | undefined {
  if (name.startsWith('tmp')) return TMP_PAGES;
  if (name.startsWith('big')) return BIG_PAGES;
  return name.startsWith('huge') ? HUGETLB_PAGES : undefined;
}

/** Lines that make files as long as the log has them. */
export function sizeLines(files: ReadonlyMap<string, LabFile | string>): string[] {
  return [...files.values()].flatMap((file) => {
    if (typeof file === 'string' || file.name === 'dev' || file.name.startsWith('tmp')) return [];
    const { name, spec } = file;
    return spec.pages === pagesAtStart(name) ? [] : [`ftrunc mm=0 file=${name} n=${spec.pages}`];
  });
}
