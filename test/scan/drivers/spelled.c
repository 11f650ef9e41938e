// SPDX-License-Identifier: GPL-2.0-or-later
/* Private mappings are refused, and VM_PFNMAP is set: each in words of its own. */
#define SPELLED_FLAGS (VM_PFNMAP | VM_DONTEXPAND)

static vm_fault_t spelled_fault(struct vm_fault *vmf)
{
	if (vmf->pgoff >= SPELLED_PAGES)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address, spelled_pfn(vmf->pgoff));
}

static const struct vm_operations_struct spelled_vm_ops = { .fault = spelled_fault };

static bool spelled_is_cow(struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

static int macro_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (spelled_is_cow(vma))
		return -EINVAL;
	vm_flags_set(vma, SPELLED_FLAGS);
	vma->vm_ops = &spelled_vm_ops;
	return 0;
}

static int assigned_mmap(struct file *file, struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE)
		return -EINVAL;
	vma->vm_flags = vma->vm_flags | VM_PFNMAP | VM_DONTEXPAND;
	vma->vm_ops = &spelled_vm_ops;
	return 0;
}

static int variable_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;

	if (!(flags & VM_SHARED))
		return -EINVAL;
	vm_flags_set(vma, VM_PFNMAP);
	vma->vm_ops = &spelled_vm_ops;
	return 0;
}

static int other_side_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED) {
		vm_flags_set(vma, VM_PFNMAP);
	} else {
		return -EINVAL;
	}
	vma->vm_ops = &spelled_vm_ops;
	return 0;
}

static int chosen_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_set(vma, file->private_data ? VM_PFNMAP : VM_MIXEDMAP);
	vma->vm_ops = &spelled_vm_ops;
	return 0;
}

static const struct file_operations macro_fops = { .mmap = macro_mmap };
static const struct file_operations assigned_fops = { .mmap = assigned_mmap };
static const struct file_operations variable_fops = { .mmap = variable_mmap };
static const struct file_operations other_side_fops = { .mmap = other_side_mmap };
static const struct file_operations chosen_fops = { .mmap = chosen_mmap };
