/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The dump of a laboratory with huge pages: runs of PTEs, PMDs, folios, statistics, lists and pools. Included by
 * pfnlab.c, where LAB_HUGE is true.
 */
/*
 * Entries of neighbouring pages that differ only by the page they are about are
 * written once, with how many they are: see README.
 */
static struct ptrun {
	bool on, swap;
	unsigned long idx, pfn, n, swp_off;
	int swp_type, step;	/* step: pfn distance of one page to the next; -1: not known yet */
	unsigned long long raw, delta;
	char bits[8], label[16], head[16], normal;	/* normal: n null, = the label, b bad, g garbage, l another label */
	long sub;		/* number of the label, or of the page within its folio */
	char other[16], hw[20];
} run;
static bool run_comma;

static void run_flush(void)
{
	if (!run.on)
		return;
	o("%s[%lu,\"%llx\",", run_comma ? "," : "", run.idx, run.raw);
	if (run.swap) {
		o("\"swap\",%d,\"%lx\"", run.swp_type, run.swp_off);
	} else {
		o("\"%s\",\"%lx\",\"%s\",", run.bits, run.pfn, run.label);
		if (run.normal == 'n')
			o("null");
		else
			o("\"%s\"", run.normal == '=' ? run.label : run.normal == 'b' ? "bad" :
			  run.normal == 'g' ? "garbage" : run.other);
		if (run.hw[0])
			o(",\"%s\"", run.hw);
	}
	if (run.n > 1)
		o(",%lu", run.n);
	if (run.n > 1 && !run.swap && run.step == 0)
		o(",0");
	o("]");
	run_comma = true;
	run.on = false;
}

/* T0+17 -> "T0", 17; A7 -> "A", 7; Z -> "Z", 0 */
static void label_split(const char *l, char *head, long *sub)
{
	const char *plus = strchr(l, '+');
	size_t k;

	*sub = 0;
	if (strchr("TSCNGY", l[0]) && l[1 - (l[0] == 'Y')]) {
		k = plus ? plus - l : strlen(l);
		if (plus && kstrtol(plus + 1, 10, sub))
			*sub = -1;
	} else {
		k = 1;
		if (l[1] && kstrtol(l + 1, 10, sub))
			*sub = -1;
	}
	memcpy(head, l, k);
	head[k] = 0;
}

static void run_add(struct ptrun *x)
{
	bool same;

	x->on = true;
	x->n = 1;
	x->step = -1;
	if (run.on && run.swap == x->swap && x->idx == run.idx + run.n && !x->hw[0]) {
		if (x->swap) {
			if (x->swp_type == run.swp_type && x->swp_off == run.swp_off + run.n) {
				run.n++;
				return;
			}
		} else {
			int step = x->pfn == run.pfn ? 0 : 1;

			same = !strcmp(x->bits, run.bits) && !strcmp(x->head, run.head) &&
			       x->normal == run.normal && strchr("n=", x->normal) &&
			       (run.n == 1 || step == run.step) &&
			       x->pfn == run.pfn + run.n * step &&
			       x->sub == run.sub + (long)run.n * step &&
			       x->label[0] != '?';
			if (same && run.n == 1)
				run.delta = x->raw - run.raw;
			if (same && x->raw == run.raw + run.n * run.delta) {
				run.step = step;
				run.n++;
				return;
			}
		}
	}
	run_flush();
	run = *x;
}

static void lab_dump_vma(struct vm_area_struct *vma, bool first)
{
	unsigned long a, end;
	spinlock_t *ptl;
	char lab[16];
	bool comma = false;

	o("%s{\"start\":\"%lx\",\"end\":\"%lx\",\"flags\":\"%lx\",\"pgoff\":\"%lx\",\"prot\":\"%llx\",\"kind\":\"%s\",\"pt\":[",
	  first ? "" : ",", vma->vm_start, vma->vm_end, (unsigned long)vma->vm_flags,
	  vma->vm_pgoff, (unsigned long long)pgprot_val(vma->vm_page_prot),
	  is_lab_vma(vma) ? "dev" : vma_is_anonymous(vma) ? "anon" :
	  vma_is_shmem(vma) ? "shmem" : "other");
	run.on = run_comma = false;
	for (a = vma->vm_start; a < vma->vm_end; a = end) {
		pmd_t *pmd = lab_pmd(vma->vm_mm, a);

		end = min(vma->vm_end, (a & PMD_MASK) + PMD_SIZE);
		if (!pmd || pmd_none(*pmd) || lab_pmd_leaf(*pmd))
			continue;
		for (; a < end; a += PAGE_SIZE) {
			pte_t *p = lab_pte(vma->vm_mm, a, &ptl), pte;
			struct ptrun x;

			if (!p)
				break;
			pte = ptep_get(p);
			if (pte_none(pte)) {
				pte_unmap_unlock(p, ptl);
				continue;
			}
			memset(&x, 0, sizeof(x));
			x.idx = (a - vma->vm_start) >> PAGE_SHIFT;
			x.raw = raw_pte(pte);
			if (pte_present(pte)) {
				int bad0 = nbad;
				struct page *page;

				x.pfn = pte_pfn(pte);
				bits(pte, x.bits);
				label_of(x.pfn, x.label, true);
				label_split(x.label, x.head, &x.sub);
				page = vm_normal_page(vma, a, pte);
				if (!page) {
					x.normal = nbad != bad0 ? 'b' : 'n';
				} else if (!pfn_valid(page_to_pfn(page))) {
					x.normal = 'g';
				} else if (page_to_pfn(page) == x.pfn) {
					x.normal = '=';
				} else {
					x.normal = 'l';
					label_of(page_to_pfn(page), x.other, false);
				}
#if defined(PTE_HWTABLE_OFF) && !defined(CONFIG_ARM_LPAE)	/* LPAE: the offset is 0, no second table */
				snprintf(x.hw, sizeof(x.hw), "%lx", (unsigned long)*(u32 *)((void *)p + PTE_HWTABLE_OFF));
#endif
			} else {
				swp_entry_t e = pte_to_swp_entry(pte);

				x.swap = true;
				x.swp_type = swp_type(e);
				x.swp_off = swp_offset(e);
			}
			pte_unmap_unlock(p, ptl);
			run_add(&x);
		}
	}
	run_flush();
	o("]");
	for (a = vma->vm_start & PMD_MASK; a < vma->vm_end; a += PMD_SIZE) {
		pmd_t *pp = lab_pmd(vma->vm_mm, a), pmd;
		struct page *page;
		char b[8];

		if (!pp || pmd_none(*pp))
			continue;
		pmd = *pp;
		if (pmd_present(pmd) && !lab_pmd_leaf(pmd))
			continue;
		o("%s[%ld,\"%llx\",", comma ? "," : ",\"pmds\":[", (long)(a - vma->vm_start) >> PAGE_SHIFT,
		  (unsigned long long)pmd_val(pmd));
		comma = true;
		if (!pmd_present(pmd)) {
			o("\"swap\"]");
			continue;
		}
		b[0] = 'P';
		b[1] = pmd_write(pmd) ? 'W' : '-';
		b[2] = pmd_dirty(pmd) ? 'D' : '-';
		b[3] = pmd_young(pmd) ? 'Y' : '-';
		b[4] = pmd_special(pmd) ? 'S' : '-';
		b[5] = 0;
		o("\"%s\",\"%lx\",\"%s\",", b, (unsigned long)pmd_pfn(pmd), label_of(pmd_pfn(pmd), lab, true));
		page = vm_normal_page_pmd(vma, a, pmd);
		if (!page)
			o("null");
		else if (!pfn_valid(page_to_pfn(page)))
			o("\"garbage\"");
		else
			o("\"%s\"", label_of(page_to_pfn(page), lab, false));
		o(",\"%s\"]", is_huge_zero_pmd(pmd) ? "zero" : pmd_devmap(pmd) ? "devmap" :
		  pmd_trans_huge(pmd) ? "trans" : "leaf");
	}
	if (comma)
		o("]");
	/* where there are PTE tables, empty ones included */
	comma = false;
	for (a = vma->vm_start & PMD_MASK; a < vma->vm_end; a += PMD_SIZE) {
		pmd_t *pp = lab_pmd(vma->vm_mm, a);

		if (!pp || pmd_none(*pp) || !pmd_present(*pp) || lab_pmd_leaf(*pp))
			continue;
		o("%s%ld", comma ? "," : ",\"tabs\":[", (long)(a - vma->vm_start) >> PAGE_SHIFT);
		comma = true;
	}
	if (comma)
		o("]");
	o("}");
}

/* ------------------------------------------------- large folios and counters */

#define LF_RUNS(name, get) do {							\
	long i_ = 0, k_;							\
	bool c_ = false;							\
	while (i_ < nr) {							\
		int v_ = (get(i_));						\
		if (!v_) {							\
			i_++;							\
			continue;						\
		}								\
		for (k_ = 1; i_ + k_ < nr && (get(i_ + k_)) == v_; k_++)	\
			;							\
		o("%s[%ld,%ld,%d]", c_ ? "," : ",\"" name "\":[", i_, k_, v_);	\
		c_ = true;							\
		i_ += k_;							\
	}									\
	if (c_)									\
		o("]");								\
} while (0)

/* everything about a folio but its label and index, written to the end of 'out' */
static void folio_body(struct folio *folio, int bias)
{
	long nr = folio_nr_pages(folio);
	struct page *page = &folio->page;
	bool hugetlb = folio_test_hugetlb(folio);
	char fl[24];

	o("\"o\":%d,\"rc\":%d,\"em\":%d,\"lm\":%d,\"np\":\"%x\",\"pin\":%d,\"fm\":%d,\"ls\":%d,\"fl\":\"%s\"",
	  folio_order(folio), folio_ref_count(folio) - bias,
	  atomic_read(&folio->_entire_mapcount) + 1, atomic_read(&folio->_large_mapcount) + 1,
	  atomic_read(&folio->_nr_pages_mapped), atomic_read(&folio->_pincount),
	  folio_mapcount(folio), lab_maybe_shared(folio), page_flags_str(page, fl));
	if (folio_test_large_rmappable(folio))
		o(",\"rm\":1");
	/* hugetlb has its own in their place, and its type in the first page's _mapcount */
	if (hugetlb) {
		o(",\"ht\":1");
#ifdef CONFIG_HUGETLB_PAGE
		if (folio_test_hugetlb_restore_reserve(folio))
			o(",\"rr\":1");
#endif
	}
	if (!hugetlb && folio_order(folio) > 1 && !list_empty(&folio->_deferred_list))
		o(",\"dl\":1");
	if (!hugetlb && folio_order(folio) > 1 && folio_test_partially_mapped(folio))
		o(",\"part\":1");
#define LM(i)	(hugetlb ? 0 : atomic_read(&page[i]._mapcount) + 1)
	LF_RUNS("mc", LM);
#define LX(i)	(folio_test_anon(folio) && PageAnonExclusive(&page[i]))
	LF_RUNS("x", LX);
}

/* folios with neighbouring numbers and indexes that are alike otherwise share an entry */
#define FBODY	16384
static struct folrun {
	bool on;
	char kind;
	int lo, hi, order;
	unsigned long ix;
	size_t len;
	char body[FBODY];
} fr_run;
static bool fr_first;

static void folio_flush(void)
{
	if (!fr_run.on)
		return;
	o("%s\"%c%d", fr_first ? ",\"folios\":{" : ",", fr_run.kind, fr_run.lo);
	if (fr_run.hi > fr_run.lo)
		o("-%c%d", fr_run.kind, fr_run.hi);
	o("\":{\"ix\":\"%lx\",%s}", fr_run.ix, fr_run.body);
	fr_first = false;
	fr_run.on = false;
}

static void lab_dump_folio(char kind, int idx, struct folio *folio, int bias)
{
	unsigned long ix = folio->mapping ? folio->index : 0;
	size_t at = outn, len;

	folio_body(folio, bias);
	len = min_t(size_t, outn - at, FBODY - 1);
	outn = at;
	if (fr_run.on && fr_run.kind == kind && kind != 'C' && idx == fr_run.hi + 1 && len == fr_run.len &&
	    folio_order(folio) == fr_run.order &&
	    ix == fr_run.ix + ((unsigned long)(fr_run.hi - fr_run.lo + 1) << fr_run.order) &&
	    !memcmp(fr_run.body, out + at, len)) {
		fr_run.hi++;
		return;
	}
	/* the new body lies behind what the flush is about to write */
	memmove(out + OUTSZ - FBODY, out + at, len);
	folio_flush();
	fr_run.on = true;
	fr_run.kind = kind;
	fr_run.lo = fr_run.hi = idx;
	fr_run.order = folio_order(folio);
	fr_run.ix = ix;
	fr_run.len = len;
	memcpy(fr_run.body, out + OUTSZ - FBODY, len);
	fr_run.body[len] = 0;
}

static const struct { const char *name; int item; } ev_tab[] = {
#define E(x) { #x, x }
	E(THP_FAULT_ALLOC), E(THP_FAULT_FALLBACK), E(THP_COLLAPSE_ALLOC), E(THP_COLLAPSE_ALLOC_FAILED),
	E(THP_FILE_ALLOC), E(THP_FILE_FALLBACK), E(THP_FILE_MAPPED), E(THP_SPLIT_PAGE),
	E(THP_SPLIT_PAGE_FAILED), E(THP_DEFERRED_SPLIT_PAGE), E(THP_UNDERUSED_SPLIT_PAGE), E(THP_SPLIT_PMD),
	E(THP_SCAN_EXCEED_NONE_PTE), E(THP_SCAN_EXCEED_SWAP_PTE), E(THP_SCAN_EXCEED_SHARED_PTE),
	E(THP_ZERO_PAGE_ALLOC), E(THP_ZERO_PAGE_ALLOC_FAILED), E(THP_SWPOUT), E(THP_SWPOUT_FALLBACK),
	E(COMPACTSTALL),
#undef E
};
static unsigned long ev_base[ARRAY_SIZE(ev_tab)];
static unsigned long ev_all[NR_VM_EVENT_ITEMS];
static const char *const mthp_names[__MTHP_STAT_COUNT] = {
	[MTHP_STAT_ANON_FAULT_ALLOC] = "anon_fault_alloc",
	[MTHP_STAT_ANON_FAULT_FALLBACK] = "anon_fault_fallback",
	[MTHP_STAT_SWPOUT] = "swpout", [MTHP_STAT_SWPOUT_FALLBACK] = "swpout_fallback",
	[MTHP_STAT_SHMEM_ALLOC] = "shmem_alloc", [MTHP_STAT_SHMEM_FALLBACK] = "shmem_fallback",
	[MTHP_STAT_SPLIT] = "split", [MTHP_STAT_SPLIT_FAILED] = "split_failed",
	[MTHP_STAT_SPLIT_DEFERRED] = "split_deferred", [MTHP_STAT_NR_ANON] = "nr_anon",
	[MTHP_STAT_NR_ANON_PARTIALLY_MAPPED] = "nr_anon_partially_mapped",
};
static struct mthp_stat mthp_base;
static const struct { const char *name; int item; } nr_tab[] = {
	{ "anon_thps", NR_ANON_THPS }, { "shmem_thps", NR_SHMEM_THPS }, { "shmem_pmdmapped", NR_SHMEM_PMDMAPPED },
	{ "file_thps", NR_FILE_THPS }, { "file_pmdmapped", NR_FILE_PMDMAPPED },
};
static long nr_base[ARRAY_SIZE(nr_tab)];

static unsigned long mthp_sum(int order, int item)
{
	unsigned long v = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		v += per_cpu(mthp_stats, cpu).stats[order][item];
	return v;
}

static void counters_step(void)
{
	int i, j;

	all_vm_events(ev_all);
	for (i = 0; i < ARRAY_SIZE(ev_tab); i++)
		ev_base[i] = ev_all[ev_tab[i].item];
	for (i = 0; i <= PMD_SHIFT - PAGE_SHIFT; i++)
		for (j = 0; j < __MTHP_STAT_COUNT; j++)
			mthp_base.stats[i][j] = mthp_sum(i, j);
}

static void counters_begin(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(nr_tab); i++)
		nr_base[i] = global_node_page_state_pages(nr_tab[i].item);
}

#if LAB_73
static enum lru_status deferred_show(struct list_head *item, struct list_lru_one *list, void *first)
{
	struct folio *folio = container_of(item, struct folio, _deferred_list);
	char lab[16];

	o("%s\"%s\"", *(bool *)first ? ",\"dq\":[" : ",", label_of(folio_pfn(folio), lab, false));
	*(bool *)first = false;
	return LRU_SKIP;
}

/* the deferred split list, oldest first */
static void deferred_dump(void)
{
	bool first = true;

	list_lru_walk(&deferred_split_lru, deferred_show, &first, ULONG_MAX);
	if (!first)
		o("],\"dqlen\":%lu", list_lru_count(&deferred_split_lru));
}
#else
static void deferred_dump(void)
{
	struct deferred_split *q = &NODE_DATA(0)->deferred_split_queue;
	struct folio *folio;
	unsigned long flags, n;
	bool first = true;
	char lab[16];

	spin_lock_irqsave(&q->split_queue_lock, flags);
	list_for_each_entry(folio, &q->split_queue, _deferred_list) {
		o("%s\"%s\"", first ? ",\"dq\":[" : ",", label_of(folio_pfn(folio), lab, false));
		first = false;
	}
	n = q->split_queue_len;
	spin_unlock_irqrestore(&q->split_queue_lock, flags);
	if (!first)
		o("],\"dqlen\":%lu", n);
	else if (n)
		o(",\"dqlen\":%lu", n);
}
#endif

#ifdef CONFIG_HUGETLB_PAGE
/* pools of hugetlb that have pages: order, nr, free, resv, surplus, overcommit, and the free ones, the next one first */
static void pools_dump(void)
{
	struct hstate *h;
	bool first = true;

	for_each_hstate(h) {
		struct folio *folio;
		bool f = true;

		if (!h->nr_huge_pages && !h->resv_huge_pages && !h->nr_overcommit_huge_pages)
			continue;
		o("%s[%u,%lu,%lu,%lu,%lu,%lu,[", first ? ",\"pools\":[" : ",", huge_page_order(h), h->nr_huge_pages,
		  h->free_huge_pages, h->resv_huge_pages, h->surplus_huge_pages, h->nr_overcommit_huge_pages);
		list_for_each_entry(folio, &h->hugepage_freelists[0], lru) {
			o("%s\"%lx\"", f ? "" : ",", folio_pfn(folio));
			f = false;
		}
		o("]]");
		first = false;
	}
	if (!first)
		o("]");
}

/* reservations that were lost in the scenario before (docs/findings), and pages kept for them, are not the next one's */
static void pools_begin(void)
{
	struct hstate *h;

	for_each_hstate(h) {
		h->resv_huge_pages = h->surplus_huge_pages = 0;
		memset(h->surplus_huge_pages_node, 0, sizeof(h->surplus_huge_pages_node));
	}
}
#else
static void pools_dump(void)
{
}

static void pools_begin(void)
{
}
#endif

static void counters_dump(void)
{
	int i, j;
	bool f = true, g;

	all_vm_events(ev_all);
	for (i = 0; i < ARRAY_SIZE(ev_tab); i++) {
		long d = ev_all[ev_tab[i].item] - ev_base[i];

		if (d)
			o("%s\"%s\":%ld", f ? ",\"ev\":{" : ",", ev_tab[i].name, d), f = false;
	}
	if (!f)
		o("}");
	f = true;
	for (i = 0; i <= PMD_SHIFT - PAGE_SHIFT; i++) {
		g = true;
		for (j = 0; j < __MTHP_STAT_COUNT; j++) {
			long d = mthp_sum(i, j) - mthp_base.stats[i][j];

			if (!d || !mthp_names[j])
				continue;
			if (g)
				o("%s\"%d\":{", f ? ",\"mthp\":{" : ",", i);
			o("%s\"%s\":%ld", g ? "" : ",", mthp_names[j], d);
			f = g = false;
		}
		if (!g)
			o("}");
	}
	if (!f)
		o("}");
	f = true;
	for (i = 0; i < ARRAY_SIZE(nr_tab); i++) {
		long d = global_node_page_state_pages(nr_tab[i].item) - nr_base[i];

		if (d)
			o("%s\"%s\":%ld", f ? ",\"nr\":{" : ",", nr_tab[i].name, d), f = false;
	}
	if (!f)
		o("}");
	deferred_dump();
	pools_dump();
	if (huge_zero_folio)
		o(",\"hz\":[%d,%d]", atomic_read(&huge_zero_refcount), folio_ref_count(huge_zero_folio));
}


/* A, F frames: neighbours (by number) with the same triple share an entry "A5-A516" */
static bool small_frames(bool first)
{
	char fl[24], fl2[24];
	int i, k;

	for (k = 0; k < 2; k++) {
		int lo = -1, hi = -1, rc = 0, mc = 0;

		fl2[0] = 0;
		for (i = first_label; i <= nlabels; i++) {
			struct page *p = NULL;

			if (i < nlabels) {
				if (!labels[i].used || labels[i].kind != label_kinds[k])
					continue;
				p = pfn_to_page(labels[i].pfn);
				page_flags_str(p, fl);
			}
			if (p && lo >= 0 && labels[i].idx == hi + 1 && page_count(p) == rc &&
			    atomic_read(&p->_mapcount) + 1 == mc && !strcmp(fl, fl2)) {
				hi++;
				continue;
			}
			if (lo >= 0) {
				o("%s\"%c%d", first ? "" : ",", label_kinds[k], lo);
				if (hi > lo)
					o("-%c%d", label_kinds[k], hi);
				o("\":[%d,%d,\"%s\"]", rc, mc, fl2);
				first = false;
			}
			if (p) {
				lo = hi = labels[i].idx;
				rc = page_count(p);
				mc = atomic_read(&p->_mapcount) + 1;
				strscpy(fl2, fl, sizeof(fl2));
			}
		}
	}
	return first;
}

/* pages of N that differ from their start, then the folios */
static void blocks_dump(bool first)
{
	char lab[16], fl[24];
	int i, j;

	for (i = 0; i < NN; i++)
		for (j = 0; j < 1 << n_order[i]; j++) {
			struct page *p = np[i] + j;
			int rc = page_count(p) - (j ? 0 : BIAS), mc = atomic_read(&p->_mapcount) + 1;

			page_flags_str(p, fl);
			if (rc == !j && !mc && !fl[0])
				continue;
			o("%s\"%s\":[%d,%d,\"%s\"]", first ? "" : ",", label_of(page_to_pfn(p), lab, false), rc, mc, fl);
			first = false;
		}
	o("}");
	fr_first = true;
	for (i = first_label; i < nlabels; i++)
		if (labels[i].used && labels[i].kind == 'T')
			lab_dump_folio('T', labels[i].idx, page_folio(pfn_to_page(labels[i].pfn)), 0);
	for (i = first_label; i < nlabels; i++)
		if (labels[i].used && labels[i].kind == 'S')
			lab_dump_folio('S', labels[i].idx, page_folio(pfn_to_page(labels[i].pfn)), 0);
	for (i = 0; i < NC; i++) {
		struct folio *c = cp[i] ? page_folio(cp[i]) : NULL;

		if (!c || (folio_ref_count(c) == 1 + BIAS && !folio_mapcount(c) && !page_flags_str(cp[i], fl)[0]))
			continue;
		lab_dump_folio('C', i, c, BIAS);
	}
	folio_flush();
	if (!fr_first)
		o("}");
}
