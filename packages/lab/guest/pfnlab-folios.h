/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frames and labels of a laboratory with huge pages: what pfnlab.c has, for folios. Included by it, where
 * LAB_HUGE is true.
 */
#define NC	4		/* driver's compound pages */
#define NN	2		/* driver's high-order pages that are not compound */
#define NG	4		/* PMD-sized blocks without struct page */
#define G_PAGES		(1UL << (PMD_SHIFT - PAGE_SHIFT))

static bool have_g;
static struct page *cp[NC], *np[NN];
static const int c_order[NC] = { 2, 3, 4, PMD_SHIFT - PAGE_SHIFT }, n_order[NN] = { 2, 3 };
static unsigned long g_pfn, pfn_base, pfn_span;

extern struct shrinker *deferred_split_shrinker;
extern atomic_t huge_zero_refcount;
#if LAB_73
extern struct list_lru deferred_split_lru;
#endif
#if LAB_618
extern struct shrinker *huge_zero_folio_shrinker;
#define lab_zero_shrinker	huge_zero_folio_shrinker
#define lab_maybe_shared(folio)	folio_maybe_mapped_shared(folio)
#define pmd_devmap(pmd)		false
#else
extern struct shrinker *huge_zero_page_shrinker;
#define lab_zero_shrinker	huge_zero_page_shrinker
#define lab_maybe_shared(folio)	folio_likely_mapped_shared(folio)
#endif

/* which block of the kinds C, N, G a pfn is in; -1: none */
static int c_block(unsigned long pfn)
{
	int i;

	for (i = 0; i < NC; i++)
		if (cp[i] && pfn - page_to_pfn(cp[i]) < 1UL << c_order[i])
			return i;
	return -1;
}

static int n_block(unsigned long pfn)
{
	int i;

	for (i = 0; i < NN; i++)
		if (np[i] && pfn - page_to_pfn(np[i]) < 1UL << n_order[i])
			return i;
	return -1;
}

/*
 * Labels given in order of first appearance: A (anonymous page), F (page cache
 * page), T (large anonymous folio), S (large page cache folio). The table only
 * grows during a scenario; lab_at says which entry a (head) pfn has.
 */
#define NLAB	65536
static struct label {
	unsigned long pfn;
	int idx;
	char kind, order;
	bool used, seen;
	struct address_space *mapping;
} *labels;
static u32 *lab_at;
static int nlabels, first_label;
static int next_label[4];
static const char label_kinds[] = "AFTS";

/* the entry of the folio that a page belongs to, or NULL */
static struct label *label_entry(struct page *page, bool create)
{
	struct folio *folio = page_folio(page);
	unsigned long pfn = folio_pfn(folio);
	struct label *l;
	int order = folio_order(folio), k;

	if (pfn - pfn_base >= pfn_span)
		return NULL;
	k = lab_at[pfn - pfn_base];
	if (k && labels[k - 1].used) {
		l = &labels[k - 1];
		if (l->order == order && (l->kind == 'A' || l->kind == 'T') == !!folio_test_anon(folio)) {
			l->seen = true;
			return l;
		}
		if (!create)
			return NULL;
		l->used = false;
	}
	if (!create || nlabels == NLAB)
		return NULL;
	l = &labels[nlabels++];
	lab_at[pfn - pfn_base] = nlabels;
	l->used = l->seen = true;
	l->pfn = pfn;
	l->order = order;
	l->mapping = folio->mapping;
	k = (order ? 2 : 0) + !folio_test_anon(folio);
	l->kind = label_kinds[k];
	l->idx = next_label[k]++;
	return l;
}

static const char *with_sub(char *buf, unsigned long sub)
{
	if (sub)
		sprintf(buf + strlen(buf), "+%lu", sub);
	return buf;
}

/*
 * P3 R0 D5 H1 Z; C1+3: page 3 of the driver's compound page 1; N0+1; G2+17;
 * Y+5: page 5 of the huge zero folio; A7, F2; T0+17, S0.
 */
static const char *label_of(unsigned long pfn, char *buf, bool create)
{
	struct page *page;
	struct label *l;
	int i;

	if (pfn - p_pfn < NP)
		sprintf(buf, "P%lu", pfn - p_pfn);
	else if (pfn - r_pfn < NR)
		sprintf(buf, "R%lu", pfn - r_pfn);
	else if (have_d && pfn - d_pfn < ND)
		sprintf(buf, "D%lu", pfn - d_pfn);
	else if (have_h && pfn - h_pfn < NH)
		sprintf(buf, "H%lu", pfn - h_pfn);
	else if (have_g && pfn - g_pfn < NG * G_PAGES) {
		sprintf(buf, "G%lu", (pfn - g_pfn) / G_PAGES);
		with_sub(buf, (pfn - g_pfn) % G_PAGES);
	} else if ((i = c_block(pfn)) >= 0) {
		sprintf(buf, "C%d", i);
		with_sub(buf, pfn - page_to_pfn(cp[i]));
	} else if ((i = n_block(pfn)) >= 0) {
		sprintf(buf, "N%d", i);
		with_sub(buf, pfn - page_to_pfn(np[i]));
	} else if (is_zero_pfn(pfn))
		sprintf(buf, "Z");
	else {
		if (!pfn_valid(pfn)) {
			sprintf(buf, "?");
			return buf;
		}
		page = pfn_to_page(pfn);
		if (is_huge_zero_folio(page_folio(page))) {
			sprintf(buf, "Y");
			return with_sub(buf, folio_page_idx(page_folio(page), page));
		}
		l = label_entry(page, create);
		if (!l) {
			sprintf(buf, "?");
			return buf;
		}
		sprintf(buf, "%c%d", l->kind, l->idx);
		with_sub(buf, pfn - l->pfn);
	}
	return buf;
}

/*
 * A label dies with its folio: when no dumped PTE or PMD and no held pin refers
 * to the folio any more (anonymous), or the folio has left its file (page cache)
 * or is not what it was (split).
 */
static void labels_retire(void)
{
	int i, j;

	for (i = first_label; i < nlabels; i++) {
		struct label *l = &labels[i];
		struct page *page;
		bool pinned = false;

		if (!l->used)
			continue;
		page = pfn_to_page(l->pfn);
		for (j = 0; j < npins; j++)
			if (folio_pfn(page_folio(pins[j])) == l->pfn)
				pinned = true;
		if (l->kind == 'A' || l->kind == 'T') {
			if (!l->seen && !pinned)
				l->used = false;
		} else if (PageTail(page) || page->mapping != l->mapping ||
			   folio_order(page_folio(page)) != l->order) {
			l->used = false;
		}
		if (!l->used && lab_at[l->pfn - pfn_base] == i + 1)
			lab_at[l->pfn - pfn_base] = 0;
	}
	while (first_label < nlabels && !labels[first_label].used)
		first_label++;
}

static void labels_reset(void)
{
	int i;

	for (i = 0; i < nlabels; i++)
		lab_at[labels[i].pfn - pfn_base] = 0;
	nlabels = first_label = 0;
	memset(next_label, 0, sizeof(next_label));
}

static void fill_pfn(unsigned long pfn, int val);
static void frame_reset(struct page *page, bool reserved, int val);
static void *g_map;

static bool block_pfn(int kind, int idx, unsigned long n, unsigned long *pfn)
{
	int block = idx / LAB_BLK, page = idx % LAB_BLK;

	if (idx < 0)
		return false;
	switch (kind) {
	case LAB_FC:
		if (block >= NC || !cp[block])
			return false;
		*pfn = page_to_pfn(cp[block]) + page;
		return page + n <= 1UL << c_order[block];
	case LAB_FN:
		if (block >= NN)
			return false;
		*pfn = page_to_pfn(np[block]) + page;
		return page + n <= 1UL << n_order[block];
	case LAB_FG:
		if (!have_g || block >= NG)
			return false;
		*pfn = g_pfn + block * G_PAGES + page;
		return page + n <= G_PAGES;
	}
	return false;
}

static bool is_block_pfn(unsigned long pfn)
{
	return c_block(pfn) >= 0 || n_block(pfn) >= 0 || (have_g && pfn - g_pfn < NG * G_PAGES);
}

/* a compound page of the driver: alloc_pages(order, __GFP_COMP), nothing more */
static void comp_reset(struct page *page, int order, int val)
{
	struct folio *folio = page_folio(page);
	unsigned long clr = 1UL << PG_dirty | 1UL << PG_referenced |
			    1UL << PG_active | 1UL << PG_uptodate |
			    1UL << PG_mlocked | 1UL << PG_unevictable;
	int i;

	lab_pgflags(folio) &= ~clr;
	folio->mapping = NULL;
	set_page_count(page, 1 + BIAS);
	atomic_set(&folio->_large_mapcount, -1);
	atomic_set(&folio->_entire_mapcount, -1);
	atomic_set(&folio->_nr_pages_mapped, 0);
	atomic_set(&folio->_pincount, 0);
#if LAB_618
	if (IS_ENABLED(CONFIG_MM_ID)) {
		folio->_mm_ids = 0;
		folio->_mm_id_mapcount[0] = folio->_mm_id_mapcount[1] = -1;
	}
#endif
	for (i = 0; i < 1 << order; i++) {
		atomic_set(&page[i]._mapcount, -1);
		fill_pfn(page_to_pfn(page) + i, val + (i & 15));
	}
}

static void blocks_reset(void)
{
	int i, j;

	for (i = 0; i < NC; i++)
		if (cp[i])
			comp_reset(cp[i], c_order[i], 0x80 + i * 16);
	for (i = 0; i < NN; i++)
		for (j = 0; j < 1 << n_order[i]; j++) {
			frame_reset(np[i] + j, false, 0x60 + i * 16 + j);
			if (j)
				set_page_count(np[i] + j, 0);
		}
	if (g_map)
		for (i = 0; i < NG * G_PAGES; i++)
			memset(g_map + i * PAGE_SIZE, 0xc0 + i / G_PAGES, 64);
}

/* at boot */
static int blocks_init(bool have_d)
{
	int i;

	for (i = 0; i < NC; i++)
		cp[i] = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP | __GFP_NOWARN, c_order[i]);
	for (i = 0; i < NN; i++) {
		np[i] = alloc_pages(GFP_KERNEL | __GFP_ZERO, n_order[i]);
		if (!np[i])
			return -ENOMEM;
	}
	pfn_base = PHYS_PFN(memblock_start_of_DRAM());
	pfn_span = highest_memmap_pfn + 1 - pfn_base;
	labels = vzalloc(NLAB * sizeof(*labels));
	lab_at = vzalloc(pfn_span * sizeof(*lab_at));
	if (!labels || !lab_at)
		return -ENOMEM;
	/* at the end of the hidden RAM */
	g_pfn = PHYS_PFN((lab_hid + lab_hsz - NG * PMD_SIZE) & PMD_MASK);
	have_g = have_d && lab_hsz >= 0x4000000 && !pfn_valid(g_pfn) && !pfn_valid(g_pfn + NG * G_PAGES - 1);
	if (have_g)
		g_map = map_phys(PFN_PHYS(g_pfn), NG * PMD_SIZE);
	return 0;
}

static void o_blocks(void)
{
	int i;

	for (i = 0; i < NC; i++)
		if (cp[i])
			o(",\"C%d\":\"%lx\"", i, page_to_pfn(cp[i]));
	for (i = 0; i < NN; i++)
		o(",\"N%d\":\"%lx\"", i, page_to_pfn(np[i]));
	for (i = 0; have_g && i < NG; i++)
		o(",\"G%d\":\"%lx\"", i, g_pfn + i * G_PAGES);
}
