// SPDX-License-Identifier: GPL-2.0-or-later
/* What looks like the others, and does nothing wrong. */

/* The reference is handed out with the page. */
static vm_fault_t page_fault(struct vm_fault *vmf)
{
	struct pages *pages = vmf->vma->vm_private_data;

	if (vmf->pgoff >= pages->nr)
		return VM_FAULT_SIGBUS;
	vmf->page = pages->page[vmf->pgoff];
	get_page(vmf->page);
	return 0;
}

/* ->mmap says that there will be pages, and the reference is dropped again. */
static vm_fault_t insert_fault(struct vm_fault *vmf)
{
	struct page *page = insert_page_at(vmf->pgoff);
	vm_fault_t ret;

	get_page(page);
	ret = vmf_insert_page(vmf->vma, vmf->address, page);
	put_page(page);
	return ret;
}

/* Private mappings do not come here. */
static vm_fault_t pfn_fault(struct vm_fault *vmf)
{
	if (vmf->pgoff >= PFNS)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address, pfn_at(vmf->pgoff));
}

static const struct vm_operations_struct page_vm_ops = { .fault = page_fault };
static const struct vm_operations_struct insert_vm_ops = { .fault = insert_fault };
static const struct vm_operations_struct pfn_vm_ops = { .fault = pfn_fault };

static int page_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma_pages(vma) > 4)
		return -EINVAL;
	vma->vm_ops = &page_vm_ops;
	return 0;
}

static int insert_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_MIXEDMAP);
	vma->vm_ops = &insert_vm_ops;
	return 0;
}

static int pfn_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (is_cow_mapping(vma->vm_flags))
		return -EINVAL;
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND);
	vma->vm_ops = &pfn_vm_ops;
	return 0;
}

static int range_mmap(struct file *file, struct vm_area_struct *vma)
{
	return vm_iomap_memory(vma, RANGE_START, RANGE_SIZE);
}

static const struct file_operations page_fops = { .mmap = page_mmap };
static const struct file_operations insert_fops = { .mmap = insert_mmap };
static const struct file_operations pfn_fops = { .mmap = pfn_mmap };
static const struct file_operations range_fops = { .mmap = range_mmap };
