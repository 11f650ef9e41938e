// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that calls what drivers call, on an ordinary kernel, and writes down with what arguments and with what
 * result: what a recording of it has to agree with. Its dump has the entries of its mappings as they are in memory.
 */
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#include <linux/pfn_t.h>
typedef pfn_t mixed_pfn;
#define mixed(pfn)	__pfn_to_pfn_t(pfn, PFN_DEV)
#else
typedef unsigned long mixed_pfn;
#define mixed(pfn)	(pfn)
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define zap_ptes	zap_special_vma_range
#else
#define zap_ptes	zap_vma_ptes
#endif
#include "trial.h"

static unsigned long long hid;	/* memory that Linux was told not to use */
module_param(hid, ullong, 0);

#define NP	8
#define OUT	(256 << 10)
static struct page *block;
static char *out;
static size_t used;
static struct trial_mmap next;
static struct platform_device *pdev;
static void *coherent, *vmem;
static dma_addr_t coherent_dma;
/* not exported: found as a probe finds them */
static struct page *(*normal_page)(struct vm_area_struct *vma, unsigned long addr, pte_t pte);
static vm_fault_t (*mixed_mkwrite)(struct vm_area_struct *vma, unsigned long addr, mixed_pfn pfn);

static __printf(1, 2) void o(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	used += vscnprintf(out + used, OUT - used, fmt, ap);
	va_end(ap);
}

static unsigned long pfn_of(int frame)
{
	return frame >= 100 ? (hid >> PAGE_SHIFT) + frame - 100 : page_to_pfn(block) + frame;
}

#define called(name, addr, pfn, n, ret) \
	o("call " name " pid=%d addr=%lx pfn=%lx n=%d ret=%ld\n", current->pid, (unsigned long)(addr), \
	  (unsigned long)(pfn), (int)(n), (long)(ret))

static long run(struct vm_area_struct *vma, struct trial_op *c)
{
	unsigned long addr = c->addr, pfn = pfn_of(c->frame), n = c->n ?: 1, num = n, size = n * PAGE_SIZE;
	struct page *pages[NP];
	int i, step = c->odd ? 2 : 1;
	long ret = 0;

	for (i = 0; i < n && i < NP; i++)
		pages[i] = pfn_to_page(pfn + i * step);
	switch (c->op) {
	case T_FLAGS:
		vm_flags_set(vma, (c->flags & T_PFNMAP ? VM_PFNMAP | VM_IO : 0) | (c->flags & T_MIXEDMAP ? VM_MIXEDMAP : 0));
		return 0;
	case T_REMAP:
		ret = remap_pfn_range(vma, addr, pfn, size, vma->vm_page_prot);
		called("remap_pfn_range", addr, pfn, n, ret);
		break;
	case T_INSERT_PAGE:
		ret = vm_insert_page(vma, addr, pages[0]);
		called("vm_insert_page", addr, pfn, 1, ret);
		break;
	case T_INSERT_PAGES:
		ret = vm_insert_pages(vma, addr, pages, &num);
		called("vm_insert_pages", addr, pfn, n, ret);
		break;
	case T_MAP_PAGES:
		ret = vm_map_pages(vma, pages, n);
		called("vm_map_pages", vma->vm_start, pfn, n, ret);
		break;
	case T_MAP_PAGES_ZERO:
		ret = vm_map_pages_zero(vma, pages, n);
		called("vm_map_pages_zero", vma->vm_start, pfn, n, ret);
		break;
	case T_INSERT_PFN:
		ret = vmf_insert_pfn(vma, addr, pfn);
		called("vmf_insert_pfn", addr, pfn, 1, ret);
		break;
	case T_INSERT_PFN_PROT:
		ret = vmf_insert_pfn_prot(vma, addr, pfn, vm_get_page_prot(VM_READ | VM_SHARED));
		called("vmf_insert_pfn_prot", addr, pfn, 1, ret);
		break;
	case T_MIXED:
		ret = vmf_insert_mixed(vma, addr, mixed(pfn));
		called("vmf_insert_mixed", addr, pfn, 1, ret);
		break;
	case T_MIXED_MKWRITE:
		ret = mixed_mkwrite(vma, addr, mixed(pfn));
		called("vmf_insert_mixed_mkwrite", addr, pfn, 1, ret);
		break;
	case T_IOMAP:
		ret = vm_iomap_memory(vma, (phys_addr_t)pfn << PAGE_SHIFT, size);
		called("vm_iomap_memory", vma->vm_start, pfn, n, ret);
		break;
	case T_VMALLOC:
		ret = remap_vmalloc_range(vma, vmem, vma->vm_pgoff);
		for (i = 0; i < vma_pages(vma); i++)
			called("vm_insert_page", vma->vm_start + i * PAGE_SIZE,
			       vmalloc_to_pfn(vmem + (vma->vm_pgoff + i) * PAGE_SIZE), 1, ret);
		break;
	case T_DMA:
		ret = dma_mmap_coherent(&pdev->dev, vma, coherent, coherent_dma, size);
		called("remap_pfn_range", vma->vm_start, virt_to_phys(coherent) >> PAGE_SHIFT, n, ret);
		break;
	case T_ZAP:
		zap_ptes(vma, addr, size);
		called("zap_vma_ptes", addr, 0, n, 0);
		break;
	default:
		ret = -EINVAL;
	}
	return ret;
}

static vm_fault_t trial_fault(struct vm_fault *vmf)
{
	struct trial_mmap *m = vmf->vma->vm_private_data;
	struct trial_op c = { .op = m->fault, .addr = vmf->address };

	c.frame = m->frame + (vmf->pgoff - vmf->vma->vm_pgoff);
	return run(vmf->vma, &c);
}

static vm_fault_t trial_mkwrite(struct vm_fault *vmf)
{
	return 0;
}

static const struct vm_operations_struct trial_ops = { .fault = trial_fault, .pfn_mkwrite = trial_mkwrite };

static int trial_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct trial_mmap *m = kmemdup(&next, sizeof(next), GFP_KERNEL);
	int i;
	long ret = 0;

	memset(&next, 0, sizeof(next));
	if (!m)
		return -ENOMEM;
	vma->vm_private_data = m;	/* never freed: the machine lives for one recording */
	if (m->fault)
		vma->vm_ops = &trial_ops;
	for (i = 0; i < 3 && !ret && m->pre[i].op; i++) {
		m->pre[i].addr += vma->vm_start;
		ret = run(vma, &m->pre[i]);
		if (m->pre[i].op >= T_INSERT_PFN && m->pre[i].op <= T_MIXED_MKWRITE)
			ret = ret & VM_FAULT_ERROR ? -EFAULT : 0;
	}
	return ret;
}

static pte_t *walk(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_bad(*pud))
		return NULL;
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd) || pmd_bad(*pmd))
		return NULL;
	return pte_offset_kernel(pmd, addr);
}

static const struct file_operations trial_fops;

static void dump(void)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	VMA_ITERATOR(vmi, mm, 0);
	unsigned long a;

	mmap_read_lock(mm);
	for_each_vma(vmi, vma) {
		if (!vma->vm_file || vma->vm_file->f_op != &trial_fops)
			continue;
		o("vma pid=%d %lx-%lx flags=%lx pgoff=%lx\n", current->pid, vma->vm_start, vma->vm_end,
		  (unsigned long)vma->vm_flags, vma->vm_pgoff);
		for (a = vma->vm_start; a < vma->vm_end; a += PAGE_SIZE) {
			pte_t *p = walk(mm, a), pte;
			struct page *page;
			unsigned long pfn;

			if (!p)
				continue;
			pte = *p;
			if (pte_none(pte))
				continue;
			pfn = pte_pfn(pte);
			page = normal_page(vma, a, pte);
			o("pte pid=%d addr=%lx raw=%llx pfn=%lx normal=%d", current->pid, a,
			  (unsigned long long)pte_val(pte), pfn, page != NULL);
			if (pfn_valid(pfn))
				o(" ref=%d map=%d", page_count(pfn_to_page(pfn)),
				  atomic_read(&pfn_to_page(pfn)->_mapcount) + 1);
			o("\n");
		}
	}
	mmap_read_unlock(mm);
}

static long trial_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	struct trial_op c;

	switch (cmd) {
	case TRIAL_NEXT:
		return copy_from_user(&next, (void __user *)arg, sizeof(next)) ? -EFAULT : 0;
	case TRIAL_OP:
		if (copy_from_user(&c, (void __user *)arg, sizeof(c)))
			return -EFAULT;
		if (c.op == T_UNMAP) {
			unmap_mapping_range(file->f_mapping, (loff_t)c.addr << PAGE_SHIFT, (loff_t)c.n << PAGE_SHIFT, 1);
			called("unmap_mapping_range", c.addr, 0, c.n, 0);
			return 0;
		}
		mmap_write_lock(mm);
		vma = vma_lookup(mm, c.addr & PAGE_MASK);
		if (vma)
			vma_start_write(vma);
		c.ret = vma ? run(vma, &c) : -ENOENT;
		mmap_write_unlock(mm);
		return copy_to_user((void __user *)arg, &c, sizeof(c)) ? -EFAULT : 0;
	case TRIAL_DUMP:
		dump();
		return 0;
	}
	return -ENOTTY;
}

static ssize_t trial_read(struct file *file, char __user *buf, size_t n, loff_t *pos)
{
	return simple_read_from_buffer(buf, n, pos, out, used);
}

static const struct file_operations trial_fops = {
	.owner = THIS_MODULE,
	.mmap = trial_mmap,
	.unlocked_ioctl = trial_ioctl,
	.read = trial_read,
};

static struct miscdevice trial_dev = { .minor = MISC_DYNAMIC_MINOR, .name = "trial", .fops = &trial_fops };

static void *find(const char *name)
{
	struct kprobe where = { .symbol_name = name };

	if (register_kprobe(&where))
		return NULL;
	unregister_kprobe(&where);
	return where.addr;
}

static int __init trial_init(void)
{
	int err;

	normal_page = find("vm_normal_page");
	mixed_mkwrite = find("vmf_insert_mixed_mkwrite");
	if (!normal_page || !mixed_mkwrite)
		return -ENOENT;
	out = vzalloc(OUT);
	vmem = vmalloc_user(4 * PAGE_SIZE);
	block = alloc_pages(GFP_KERNEL | __GFP_ZERO, get_order(NP * PAGE_SIZE));
	pdev = platform_device_register_simple("trial", -1, NULL, 0);
	if (!out || !vmem || !block || IS_ERR(pdev))
		return -ENOMEM;
	split_page(block, get_order(NP * PAGE_SIZE));
	err = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	coherent = dma_alloc_coherent(&pdev->dev, 4 * PAGE_SIZE, &coherent_dma, GFP_KERNEL);
	if (!coherent)
		return -ENOMEM;
	return misc_register(&trial_dev);
}
module_init(trial_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("calls what drivers call to map memory, and writes it down");
