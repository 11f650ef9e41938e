// SPDX-License-Identifier: GPL-2.0-or-later
/** Every skeleton that there can be, as one C file for a kernel: its headers are read once. */
import { type Judged, type SkeletonOptions, skeleton, WAYS } from '@specialbit/advice';
import type { Profile } from '@specialbit/core';

/** What the skeletons take for given, which begins with `foo` and is the driver's. */
const GIVEN = `#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/vmalloc.h>
#if __has_include(<linux/pfn_t.h>)
#include <linux/pfn_t.h>
#endif

MODULE_LICENSE("GPL");

struct foo {
	struct device *dev;
	struct address_space *mapping;
	struct mutex lock;
	bool revoked;
	struct page **pages;
	unsigned long nr_pages;
	unsigned long pfn;
	phys_addr_t phys;
	unsigned long size;
	void *vaddr;
	dma_addr_t dma;
};

unsigned long foo_pfn(struct foo *foo, unsigned long index);
void foo_written(struct foo *foo, unsigned long index);
void foo_closed(struct foo *foo, struct vm_area_struct *vma);
`;

const NAMES =
  /\bfoo_(fault|huge_fault|map_page|mmap|mmap_prepare|vm_ops|fops|dma_buf_ops|revoke|map|close|pfn_mkwrite|page_mkwrite)\b/g;

const EXTRAS: readonly Judged['extras'][] = [
  { flags: [], handlers: [] },
  { flags: ['VM_DONTEXPAND', 'VM_DONTDUMP', 'VM_DONTCOPY', 'VM_IO'], handlers: ['pfn_mkwrite', 'access'] },
  { flags: ['VM_DONTEXPAND'], handlers: ['page_mkwrite'] },
  { flags: [], handlers: ['pfn_mkwrite'], readonly: true },
];
const OPTIONS: readonly SkeletonOptions[] = [
  {},
  { scattered: true, refusePrivate: true },
  { device: true, revoke: true, refusePrivate: true },
  { dmaBuf: true, revoke: true, refusePrivate: true },
];

/** `count`: how many different ones there are. */
export function skeletonUnit(profile: Profile): { readonly text: string; readonly count: number } {
  const codes = new Set<string>();
  for (const way of WAYS) {
    if (way.since === 'mmap_actions' && !has(profile, '6.19')) continue;
    if (way.since === 'insert_pages_warns' && !has(profile, '7.1')) continue;
    for (const extras of EXTRAS)
      for (const options of OPTIONS) codes.add(skeleton({ way, extras }, profile, options).join('\n'));
  }
  const units = [...codes].map((code, i) => {
    const own = code.replace(NAMES, (_, name) => `foo${i}_${name}`);
    const named = [...new Set(own.match(new RegExp(`\\bfoo${i}_(?:fops|dma_buf_ops|revoke|map)\\b`, 'g')))];
    const used = named.map((name) => (/ops$/.test(name) ? `&${name}` : name)).join(', ');
    return `\n${own}\nextern const void *const foo${i}_used[];\nconst void *const foo${i}_used[] = { ${used} };\n`;
  });
  return { text: GIVEN + units.join(''), count: units.length };
}

function has({ version }: Profile, since: string): boolean {
  const [major, minor] = version.split('.').map(Number) as [number, number];
  const [wanted, least] = since.split('.').map(Number) as [number, number];
  return major > wanted || (major === wanted && minor >= least);
}
