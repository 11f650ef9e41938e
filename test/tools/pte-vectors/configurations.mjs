// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * The configurations of kernels after 6.12 whose entries differ from 6.12's, and how to build the
 * kernel's helpers for each: Kconfig, compiler, and the run-time state that the machine would have.
 */

/** What x86 decides at boot: no memory encryption, no bit of an entry is masked, no feature of the CPU. */
const X86 = [
  'unsigned long long physical_mask = 0xfffffffffffffull',
  'unsigned long long __supported_pte_mask = ~0ull',
  'unsigned long long __default_kernel_pte_mask = ~0ull',
  'char boot_cpu_data[8192]',
];

/** @type {Record<string, import('./generate.mjs').Configuration>} */
/** powerpc asks at run time which MMU it has: without labels for that, it looks into the CPU's features. */
const POWERPC = ['SWAP', '-JUMP_LABEL_FEATURE_CHECKS', '-MODVERSIONS', '-STACKPROTECTOR', '-FUNCTION_TRACER'];
const ppc64 = (/** @type {boolean} */ radix, /** @type {string} */ pages) => ({
  arch: 'powerpc',
  cross: 'powerpc64-linux-gnu-',
  base: 'ppc64_defconfig',
  config: [...POWERPC, `-PPC_${pages === '4K' ? '64K' : '4K'}_PAGES`, `PPC_${pages}_PAGES`],
  protection: 'arch/powerpc/mm/pgtable.c',
  stubs: [`unsigned long features[512] = { [0 ... 511] = ${radix ? '~0ul' : '0'} }`, 'void *cur_cpu_spec = features'],
  // vm_get_page_prot(): only radix has pages that can be executed and not read
  ...(radix ? {} : { index: '(index & 7) == 4 ? index | 1 : index' }),
  // a hash MMU has huge entries with pages of 64 KiB alone, and pfn_pmd() is no inline function
  ...(radix || pages === '64K'
    ? {
        hugeLike: pages === '64K' ? 'arm64-64k-48' : 'arm64-4k-48',
        functions: { file: 'arch/powerpc/mm/book3s64/pgtable.c', names: ['pmd_set_protbits', 'pfn_pmd'] },
      }
    : {}),
  compile: ['-mabi=elfv1'], // as the C library's objects
  runner: 'qemu-ppc64',
});

export const CONFIGURATIONS = {
  'x86_64-4level': {
    arch: 'x86',
    cross: 'x86_64-linux-gnu-',
    base: 'x86_64_defconfig',
    config: [
      'CHECKPOINT_RESTORE',
      'MEM_SOFT_DIRTY',
      'USERFAULTFD',
      'SWAP',
      'TRANSPARENT_HUGEPAGE',
      'X86_USER_SHADOW_STACK',
      'NUMA',
      'NUMA_BALANCING',
      '-MODVERSIONS',
      '-STACKPROTECTOR',
      '-CPU_MITIGATIONS',
    ],
    protection: 'arch/x86/mm/pgprot.c',
    stubs: X86,
  },
  'x86_64-4level-shstk': {
    arch: 'x86',
    cross: 'x86_64-linux-gnu-',
    base: 'x86_64_defconfig',
    config: [
      'CHECKPOINT_RESTORE',
      'MEM_SOFT_DIRTY',
      'USERFAULTFD',
      'SWAP',
      'TRANSPARENT_HUGEPAGE',
      'X86_USER_SHADOW_STACK',
      'NUMA',
      'NUMA_BALANCING',
      '-MODVERSIONS',
      '-STACKPROTECTOR',
      '-CPU_MITIGATIONS',
    ],
    protection: 'arch/x86/mm/pgprot.c',
    stubs: X86,
    features: true,
  },
  'i386-pae': {
    arch: 'x86',
    cross: 'i686-linux-gnu-',
    base: 'i386_defconfig',
    config: ['X86_PAE', 'SWAP', 'TRANSPARENT_HUGEPAGE', '-MODVERSIONS', '-STACKPROTECTOR', '-CPU_MITIGATIONS'],
    protection: 'arch/x86/mm/pgprot.c',
    stubs: X86,
  },
  'i386-2level': {
    arch: 'x86',
    cross: 'i686-linux-gnu-',
    base: 'i386_defconfig',
    config: [
      'SWAP',
      'TRANSPARENT_HUGEPAGE',
      '-X86_PAE',
      '-HIGHMEM64G',
      'HIGHMEM4G',
      '-MODVERSIONS',
      '-STACKPROTECTOR',
      '-CPU_MITIGATIONS',
    ],
    protection: 'arch/x86/mm/pgprot.c',
    stubs: X86,
  },
  'arm64-4k-48': {
    arch: 'arm64',
    cross: 'aarch64-linux-gnu-',
    base: 'defconfig',
    config: [
      'SWAP',
      'USERFAULTFD',
      'ARM64_4K_PAGES',
      '-ARM64_VA_BITS_52',
      'ARM64_VA_BITS_48',
      'ARM64_PA_BITS_48',
      '-MODVERSIONS',
    ],
    protection: 'arch/arm64/mm/mmap.c',
    runner: 'qemu-aarch64',
  },
  'riscv64-sv39': {
    arch: 'riscv',
    cross: 'riscv64-linux-gnu-',
    base: 'defconfig',
    config: ['SWAP', 'TRANSPARENT_HUGEPAGE', '-MEM_SOFT_DIRTY', '-MODVERSIONS'],
    protection: 'arch/riscv/mm/init.c',
    compile: ['-mabi=lp64d', '-march=rv64gc'], // as the C library's objects
    runner: 'qemu-riscv64',
  },
  'riscv64-sv39-svrsw': {
    arch: 'riscv',
    cross: 'riscv64-linux-gnu-',
    base: 'defconfig',
    config: [
      'SWAP',
      'TRANSPARENT_HUGEPAGE',
      'CHECKPOINT_RESTORE',
      'MEM_SOFT_DIRTY',
      'USERFAULTFD',
      'RISCV_ISA_SVRSW60T59B',
      '-MODVERSIONS',
    ],
    protection: 'arch/riscv/mm/init.c',
    compile: ['-mabi=lp64d', '-march=rv64gc'], // as the C library's objects
    runner: 'qemu-riscv64',
    early: 'riscv-svrsw60t59b.h',
    like: 'riscv64-sv39',
  },
  loongarch64: {
    arch: 'loongarch',
    base: 'loongson64_defconfig loongson3_defconfig',
    config: ['SWAP', 'TRANSPARENT_HUGEPAGE', '-MODVERSIONS'],
    protection: 'arch/loongarch/mm/cache.c',
    cross: 'x86_64-linux-gnu-',
    foreign: [
      '-D__loongarch__',
      '-D__loongarch64',
      '-D__loongarch_lp64',
      '-D__loongarch_grlen=64',
      '-D_LOONGARCH_SZLONG=64',
    ],
  },
  loongarch32: {
    arch: 'loongarch',
    base: 'loongson32_defconfig',
    config: ['SWAP', '-MODVERSIONS'],
    protection: 'arch/loongarch/mm/cache.c',
    cross: 'i686-linux-gnu-',
    foreign: ['-D__loongarch__', '-D__loongarch_ilp32', '-D__loongarch_grlen=32', '-D_LOONGARCH_SZLONG=32'],
    like: 'loongarch64',
    pteBits: 32,
  },
  'um-x86_64': {
    arch: 'um',
    base: 'x86_64_defconfig',
    config: ['SWAP', '-MODVERSIONS'],
    make: ['SUBARCH=x86_64'],
    protection: 'arch/um/kernel/mem.c',
  },
  'um-i386': {
    arch: 'um',
    base: 'i386_defconfig',
    config: ['SWAP', '-MODVERSIONS'],
    make: ['SUBARCH=i386'],
    cross: 'i686-linux-gnu-',
    protection: 'arch/um/kernel/mem.c',
  },
  s390x: {
    arch: 's390',
    cross: 's390x-linux-gnu-',
    base: 'defconfig',
    config: ['SWAP', 'CHECKPOINT_RESTORE', 'MEM_SOFT_DIRTY', '-MODVERSIONS', '-EXPOLINE', '-FUNCTION_TRACER'],
    protection: 'arch/s390/mm/mmap.c',
    // a machine with the no-execute facility
    stubs: ['page_noexec_mask', 'segment_noexec_mask', 'region_noexec_mask']
      .map((mask) => `unsigned long ${mask} = ~0ul`)
      .concat('char vm_layout[256]'),
    runner: 'qemu-s390x',
  },
  'ppc64-radix-64k': ppc64(true, '64K'),
  'ppc64-hash-64k': ppc64(false, '64K'),
  'ppc64-radix-4k': ppc64(true, '4K'),
  'ppc64-hash-4k': ppc64(false, '4K'),
  'arm-v7': {
    arch: 'arm',
    cross: 'arm-linux-gnueabihf-',
    base: 'multi_v7_defconfig',
    config: ['SWAP', '-MODVERSIONS', '-STACKPROTECTOR'],
    protection: 'arch/arm/mm/mmu.c',
    value: 'L_PTE_MT_WRITEALLOC | L_PTE_SHARED', // build_mem_type_table()
    compile: ['-mfloat-abi=hard', '-mfpu=vfpv3-d16'], // as the C library's objects
    runner: 'qemu-arm',
  },
  'arm-lpae': {
    arch: 'arm',
    cross: 'arm-linux-gnueabihf-',
    base: 'multi_v7_defconfig',
    config: ['SWAP', 'TRANSPARENT_HUGEPAGE', 'ARM_LPAE', '-MODVERSIONS', '-STACKPROTECTOR'],
    protection: 'arch/arm/mm/mmu.c',
    value: 'L_PTE_MT_WRITEALLOC | L_PTE_SHARED | PTE_EXT_PXN',
    compile: ['-mfloat-abi=hard', '-mfpu=vfpv3-d16'], // as the C library's objects
    runner: 'qemu-arm',
  },
  alpha: {
    arch: 'alpha',
    cross: 'alpha-linux-gnu-',
    base: 'defconfig',
    config: ['SWAP', '-MODVERSIONS'],
    protection: 'arch/alpha/mm/init.c',
    runner: 'qemu-alpha',
    link: ['-Wl,--no-relax'],
  },
};
