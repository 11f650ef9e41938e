// SPDX-License-Identifier: GPL-2.0-or-later
/** Events that a module carries out and that are about no mapping of its own: GUP, references, revocation. */
import type { LogEvent } from '@specialbit/events';
import { bytes } from './driver-calls.js';
import { type Frames, type Not, pfnText } from './frames.js';

/** C with `file` and `c` at hand; undefined: no event of this kind. */
export function plainLines(event: LogEvent, frames: Frames): readonly string[] | Not | undefined {
  switch (event.type) {
    case 'unmap_mapping_range':
      return [
        `unmap_mapping_range(file->f_mapping, ${bytes(event.pgoff)}, ${bytes(event.pages)}, ${Number(event.even_cows)});`,
        'return 0;',
      ];
    case 'get_page':
    case 'put_page': {
      const at = frames.pagesOf(event.frame);
      if ('not' in at) return at;
      return [`${event.type}(pfn_to_page(${pfnText(at)}));`, 'return 0;'];
    }
    case 'pin_user_pages':
    case 'pin_user_pages_fast':
    case 'get_user_pages':
    case 'get_user_pages_fast': {
      if (event.pages > 64) return { not: `${event.pages} pages at once: the module has an array of 64` };
      const flags =
        [...(event.write ? ['FOLL_WRITE'] : []), ...(event.longterm ? ['FOLL_LONGTERM'] : [])].join(' | ') || '0';
      return [`return gup(c->addr, ${event.pages}, ${flags}, ${event.type.toUpperCase()}, ${event.hold});`];
    }
    case 'get_user_pages_fast_only': {
      if (event.pages > 64) return { not: `${event.pages} pages at once: the module has an array of 64` };
      return [
        `return gup(c->addr, ${event.pages}, ${event.write ? 'FOLL_WRITE' : '0'}, GET_USER_PAGES_FAST_ONLY, false);`,
      ];
    }
    case 'unpin_user_pages':
      return ['return unpin_all();'];
    case 'follow_pfnmap':
      return ['return follow(c->addr);'];
    default:
      return undefined;
  }
}

/** What the lines above call. */
export const GUP_TEXT = `enum gup { PIN_USER_PAGES, PIN_USER_PAGES_FAST, GET_USER_PAGES, GET_USER_PAGES_FAST, GET_USER_PAGES_FAST_ONLY };

static struct page *held[256];
static int nheld;

static long __maybe_unused gup(unsigned long addr, int n, unsigned int flags, enum gup how, bool hold)
{
	static struct page *pages[64];
	bool pinned = how == PIN_USER_PAGES || how == PIN_USER_PAGES_FAST;
	long ret = 0, i;

	switch (how) {
	case PIN_USER_PAGES_FAST:
		ret = pin_user_pages_fast(addr, n, flags, pages);
		break;
	case GET_USER_PAGES_FAST:
		ret = get_user_pages_fast(addr, n, flags, pages);
		break;
	case GET_USER_PAGES_FAST_ONLY:
		ret = get_user_pages_fast_only(addr, n, flags, pages);
		break;
	default:
		mmap_read_lock(current->mm);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
		ret = pinned ? pin_user_pages(addr, n, flags, pages, NULL)
			     : get_user_pages(addr, n, flags, pages, NULL);
#else
		ret = pinned ? pin_user_pages(addr, n, flags, pages)
			     : get_user_pages(addr, n, flags, pages);
#endif
		mmap_read_unlock(current->mm);
	}
	for (i = 0; i < ret; i++) {
		if (hold && pinned && nheld < ARRAY_SIZE(held))
			held[nheld++] = pages[i];
		else if (pinned)
			unpin_user_page(pages[i]);
		else if (!hold)
			put_page(pages[i]);
	}
	return ret;
}

static long __maybe_unused unpin_all(void)
{
	long n = nheld;

	while (nheld)
		unpin_user_page(held[--nheld]);
	return n;
}`;

export const FOLLOW_TEXT = `static long follow(unsigned long addr)
{
	struct mm_struct *mm = current->mm;
	long ret = -EINVAL;

	mmap_read_lock(mm);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	{
		struct vm_area_struct *vma = find_vma(mm, addr);
		unsigned long pfn;

		if (vma && vma->vm_start <= addr)
			ret = follow_pfn(vma, addr, &pfn);
	}
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	{
		struct follow_pfnmap_args args = { .vma = find_vma(mm, addr), .address = addr };

		if (args.vma && args.vma->vm_start <= addr)
			ret = follow_pfnmap_start(&args);
		if (!ret)
			follow_pfnmap_end(&args);
	}
#endif
	mmap_read_unlock(mm);
	return ret;
}`;
