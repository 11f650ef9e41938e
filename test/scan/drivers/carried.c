// SPDX-License-Identifier: GPL-2.0-or-later
/* The mapping in a structure, behind a macro, and in a block that two sides of an #if open. */
#define carried_offset(vma, addr) (((addr) - (vma)->vm_start) >> PAGE_SHIFT)

struct walk {
	struct vm_area_struct *vma;
	unsigned long at;
};

static int carried_one(struct walk *walk, struct page *page)
{
	return vm_insert_page(walk->vma, walk->at, page);
}

static int carried_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct walk walk = { .at = vma->vm_start };

	walk.vma = vma;
	return carried_one(&walk, carried_page(carried_offset(vma, walk.at)));
}

static int block_mmap(struct file *file, struct vm_area_struct *vma)
{
#ifdef BLOCK_OLD
	if (!block_ok(OLD, vma->vm_start)) {
#else
	if (!block_ok(vma->vm_start)) {
#endif
		return -EINVAL;
	}
	return vm_iomap_memory(vma, block_start, block_size);
}

/* Called from a table of a file that knows nothing of mappings. */
int elsewhere_mmap(struct ucontext *context, struct vm_area_struct *vma)
{
	return io_remap_pfn_range(vma, vma->vm_start, context->res->start >> PAGE_SHIFT, PAGE_SIZE, vma->vm_page_prot);
}

/* What returns early is the function that is called: who called it goes on. */
static int early_one(struct early *early, struct vm_area_struct *vma)
{
	if (early->res)
		return vm_iomap_memory(vma, early->res->start, PAGE_SIZE);
	return remap_vmalloc_range(vma, early->ring, 0);
}

static int early_mmap(struct file *file, struct vm_area_struct *vma)
{
	int err = early_one(file->private_data, vma);

	vm_flags_set(vma, VM_DONTCOPY);
	return err;
}

/* It writes the entries itself. */
static int entries_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_PFNMAP);
	return apply_to_page_range(vma->vm_mm, vma->vm_start, PAGE_SIZE, set_one, file);
}

static const struct file_operations carried_fops = { .mmap = carried_mmap };
static const struct file_operations early_fops = { .mmap = early_mmap };
static const struct file_operations block_fops = { .mmap = block_mmap };
static const struct file_operations entries_fops = { .mmap = entries_mmap };
