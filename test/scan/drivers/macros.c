// SPDX-License-Identifier: GPL-2.0-or-later
/* What the preprocessor and pointers make of a source. */
#define DECLARE_THING(name) struct thing name __maybe_unused
DECLARE_THING(first);

static int table_mmap(struct file *file, struct vm_area_struct *vma)
{
#ifdef CONFIG_TABLE_COHERENT
	return dma_mmap_coherent(table_dev, vma, table_virt, table_dma, table_size);
#else
	return vm_iomap_memory(vma, table_phys, table_size);
#endif
}

static int pointer_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct thing *thing = file->private_data;

	return thing->ops->map(thing, vma);
}

static int both_ways_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct thing *thing = file->private_data;

	if (thing->ops->map)
		return thing->ops->map(thing, vma);
	switch (vma->vm_pgoff) {
	case 0:
		return remap_vmalloc_range(vma, thing->ring, 0);
	case 1:
		return remap_pfn_range(vma, vma->vm_start, virt_to_phys(thing->page) >> PAGE_SHIFT, PAGE_SIZE,
				       vma->vm_page_prot);
	default:
		return -EINVAL;
	}
}

static int refuses_mmap(struct file *file, struct vm_area_struct *vma)
{
	return -ENODEV;
}

static const struct file_operations __maybe_unused table_fops = {
	.owner = THIS_MODULE,
#ifdef CONFIG_MMU
	.mmap = table_mmap,
#else
	.mmap = NULL,
#endif
};

static struct thing_ops things[] = {
	{ .name = "pointer", .mmap = pointer_mmap },
	[1] = { .name = "both", .mmap = both_ways_mmap },
};

static void set_up(struct miscdevice *misc)
{
	misc->mmap = refuses_mmap;
	misc->mmap = unknown_mmap_handler;
}
