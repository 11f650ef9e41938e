// SPDX-License-Identifier: GPL-2.0-or-later
/* An area of vmalloc: one handler hands its pages out without a reference, one with, and one by a function of its own. */
static vm_fault_t unheld_fault(struct vm_fault *vmf)
{
	struct area *area = vmf->vma->vm_private_data;

	if (vmf->pgoff >= area->nr)
		return VM_FAULT_SIGBUS;
	vmf->page = vmalloc_to_page(area->start + (vmf->pgoff << PAGE_SHIFT));
	return 0;
}

static vm_fault_t held_fault(struct vm_fault *vmf)
{
	struct area *area = vmf->vma->vm_private_data;
	struct page *page;

	if (vmf->pgoff >= area->nr)
		return VM_FAULT_SIGBUS;
	page = vmalloc_to_page(area->start + (vmf->pgoff << PAGE_SHIFT));
	get_page(page);
	vmf->page = page;
	return 0;
}

static vm_fault_t own_fault(struct vm_fault *vmf)
{
	struct area *area = vmf->vma->vm_private_data;

	if (vmf->pgoff >= area->nr)
		return VM_FAULT_SIGBUS;
	vmf->page = area_get_page(area, vmf->pgoff);
	return 0;
}

static const struct vm_operations_struct unheld_vm_ops = { .fault = unheld_fault };
static const struct vm_operations_struct held_vm_ops = { .fault = held_fault };
static const struct vm_operations_struct own_vm_ops = { .fault = own_fault };

static int unheld_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &unheld_vm_ops;
	return 0;
}

static int held_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &held_vm_ops;
	return 0;
}

static int own_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &own_vm_ops;
	return 0;
}

static const struct file_operations unheld_fops = { .mmap = unheld_mmap };
static const struct file_operations held_fops = { .mmap = held_mmap };
static const struct file_operations own_fops = { .mmap = own_mmap };
