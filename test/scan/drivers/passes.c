// SPDX-License-Identifier: GPL-2.0-or-later
/* Handlers that leave the mapping to what another table names. */
static int exporter_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct buffer *buffer = file->private_data;

	if (vma->vm_pgoff + vma_pages(vma) > buffer->pages)
		return -EINVAL;
	return buffer->ops->mmap(buffer, vma);
}

static int named_mmap(struct file *file, struct vm_area_struct *vma)
{
	const auto mmap = entry_of(file)->ops->proc_mmap;

	return mmap ? mmap(file, vma) : -EIO;
}

static int backing_mmap(struct file *file, struct vm_area_struct *vma)
{
	return call_mmap(backing_of(file), vma);
}

static int object_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct object *object = file->private_data;

	vma->vm_ops = object->funcs->vm_ops;
	return 0;
}

/* One kind of page is its own, the other is somebody else's. */
static int own_or_passed_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct buffer *buffer = file->private_data;

	if (vma->vm_pgoff)
		return buffer->ops->mmap(buffer, vma);
	return remap_vmalloc_range(vma, buffer->ring, 0);
}

/* A pointer that is no handler's says nothing. */
static int hook_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct buffer *buffer = file->private_data;

	return buffer->hooks->prepare(buffer, vma);
}

static vm_fault_t lazy_fault(struct vm_fault *vmf)
{
	if (vmf->pgoff >= LAZY_PAGES)
		return VM_FAULT_SIGBUS;
	return vmf_insert_mixed(vmf->vma, vmf->address, page_to_pfn(lazy_page(vmf->pgoff)));
}

static const struct vm_operations_struct lazy_vm_ops = { .fault = lazy_fault };
static const struct vm_operations_struct eager_vm_ops = {};

static int either_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_MIXEDMAP);
	vma->vm_ops = is_lazy(file) ? &lazy_vm_ops : &eager_vm_ops;
	return 0;
}

static const struct file_operations exporter_fops = { .mmap = exporter_mmap };
static const struct file_operations named_fops = { .mmap = named_mmap };
static const struct file_operations backing_fops = { .mmap = backing_mmap };
static const struct file_operations object_fops = { .mmap = object_mmap };
static const struct file_operations own_or_passed_fops = { .mmap = own_or_passed_mmap };
static const struct file_operations hook_fops = { .mmap = hook_mmap };
static const struct file_operations either_fops = { .mmap = either_mmap };
