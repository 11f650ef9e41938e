// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * By what a report gives its architecture away. A sign has a weight: 4 where nothing else prints so, 1 where it is only
 * likely. Origins: arch/ARCH/kernel/traps.c, process.c and stacktrace.c (show_regs, show_stack), entry code for the
 * symbols, asm/page.h for where kernel addresses lie.
 */

/** A family of architectures in one width. */
export type Machine =
  | 'x86_64'
  | 'i386'
  | 'arm64'
  | 'arm'
  | 'powerpc64'
  | 'powerpc32'
  | 'mips64'
  | 'mips32'
  | 'riscv64'
  | 'riscv32'
  | 's390'
  | 'sparc64'
  | 'sparc32'
  | 'parisc'
  | 'loongarch'
  | 'm68k'
  | 'sh'
  | 'alpha'
  | 'arc'
  | 'csky'
  | 'xtensa'
  | 'microblaze'
  | 'openrisc'
  | 'nios2';

/** The part of a report that a sign is looked for in. */
export type Place =
  /** Lines of registers. */
  | 'registers'
  /** Names of functions. */
  | 'symbols'
  /** `Call trace:` and lines of a stack, as printed. */
  | 'style'
  /** Of `CPU: ...`. */
  | 'release'
  | 'build'
  | 'hardware'
  /** Kernel pointers. */
  | 'pointer'
  /** `addr:` and the entries, as printed. */
  | 'addr'
  | 'entry'
  | 'pmd'
  /** A complaint's text. */
  | 'text';

export interface Sign {
  readonly says: readonly Machine[];
  readonly at: Place;
  readonly like: RegExp;
  readonly weight: number;
  /** Against: it cannot be one of these. */
  readonly not?: true;
}

const sign = (says: Machine | readonly Machine[], at: Place, like: RegExp, weight = 4): Sign => ({
  says: typeof says === 'string' ? [says] : says,
  at,
  like,
  weight,
});
const never = (says: readonly Machine[], at: Place, like: RegExp): Sign => ({ says, at, like, weight: 100, not: true });

const WIDE: readonly Machine[] = [
  'x86_64',
  'arm64',
  'powerpc64',
  'mips64',
  'riscv64',
  's390',
  'sparc64',
  'loongarch',
  'alpha',
];
const NARROW: readonly Machine[] = [
  'i386',
  'arm',
  'powerpc32',
  'mips32',
  'riscv32',
  'sparc32',
  'm68k',
  'sh',
  'arc',
  'csky',
  'xtensa',
  'microblaze',
  'openrisc',
  'nios2',
];

export const SIGNS: readonly Sign[] = [
  // %0*llx with 2 * sizeof(long) digits (%0*Lx, (int)(2 * sizeof(addr)))
  never(NARROW, 'addr', /^[0-9a-f]{16}$/),
  never(WIDE, 'addr', /^[0-9a-f]{8}$/),
  never(
    ['arm', 'powerpc32', 'm68k', 'sh', 'arc', 'csky', 'xtensa', 'microblaze', 'openrisc', 'nios2', 'sparc32'].filter(
      (m) => m !== 'arm' && m !== 'powerpc32' && m !== 'sh',
    ) as Machine[],
    'entry',
    /^(?!0{8})[0-9a-f]{9,}$/,
  ),

  sign('x86_64', 'registers', /^(?:RIP|RSP|RAX|R1\d|CS: {2}0010 DS)/),
  sign('i386', 'registers', /^(?:EIP|EAX|ESI)\b/),
  sign('arm64', 'registers', /^(?:pstate|x\d+\s*:|lr : .*\+0x|pc : .*\+0x)/),
  sign('arm', 'registers', /^(?:PC is at|LR is at|r\d+\s*: [0-9a-f]{8}\b|sp : [0-9a-f]{8} )/),
  sign(['powerpc64'], 'registers', /^(?:NIP|GPR\d\d:?) .*[0-9a-f]{16}/),
  sign(['powerpc32'], 'registers', /^NIP:? +[0-9a-f]{8}\b(?! *[0-9a-f])/),
  sign(['riscv64', 'riscv32'], 'registers', /^(?:epc : .* ra :|gp : .*tp :|status: .*cause)/),
  sign(['mips64', 'mips32'], 'registers', /^(?:\$\s?\d+\s*:|Cause\s*:|PrId\s*:|epc {2,}:)/),
  sign('s390', 'registers', /^(?:Krnl (?:PSW|GPRS|Code)|R:0 )/),
  sign('sparc64', 'registers', /^(?:TSTATE|TPC|g0:|o0:|l0:|i0:|I7:)/, 3),
  sign('parisc', 'registers', /^(?:IAOQ|IASQ|r\d\d-\d\d)/),
  sign('loongarch', 'registers', /^(?:pc [0-9a-f]{16} ra|estat|CSRs|era |PRMD)/),
  sign('m68k', 'registers', /^(?:d\d: |PC: \[<)/),

  sign(
    'x86_64',
    'symbols',
    /^(?:entry_SYSCALL_64\w*|do_syscall_64|__?x64_sys_\w+|asm_(?:exc|sysvec)_\w+|stub_\w+|ret_from_fork_asm|exc_page_fault|async_page_fault)$/,
    3,
  ),
  sign(
    'i386',
    'symbols',
    /^(?:do_(?:fast|int80)_syscall_32|entry_(?:SYSENTER|INT80)_32|__ia32_sys_\w+|sysenter_\w+|do_SYSENTER_32)$/,
    3,
  ),
  sign('x86_64', 'symbols', /^(?:entry_SYSCALL_compat\w*|entry_SYSENTER_compat\w*|asm_int80_emulation)$/, 5),
  sign(
    ['x86_64', 'i386'],
    'symbols',
    /^(?:do_user_addr_fault|tlb_finish_mmu_x86|get_pat_info|track_pfn_\w+|untrack_pfn\w*|reserve_pfn_range)$/,
    1,
  ),
  sign(
    'arm64',
    'symbols',
    /^(?:el[01]_\w+|el[01]t?h?_\d\d_\w+|el0_svc\w*|invoke_syscall|__arm64_sys_\w+|do_el0_svc|do_mem_abort|ret_to_user|el0t_64_sync\w*)$/,
    4,
  ),
  sign(
    'arm',
    'symbols',
    /^(?:ret_fast_syscall|do_(?:Data|Prefetch)Abort|__dabt_usr|__pabt_usr|ret_from_exception_arm|unwind_backtrace|do_work_pending|slow_work_pending|__ret_fast_syscall)$/,
    3,
  ),
  sign(
    ['powerpc64', 'powerpc32'],
    'symbols',
    /^(?:system_call_\w+|ret_from_syscall|handle_page_fault|ret_from_except\w*|hash__do_page_fault|data_access_common_virt|interrupt_return\w*|DataAccess_virt)$/,
    2,
  ),
  sign(
    ['riscv64', 'riscv32'],
    'symbols',
    /^(?:do_trap_ecall_u|ret_from_exception|handle_exception|walk_stackframe|__riscv_sys_\w+|do_page_fault_riscv)$/,
    2,
  ),
  sign(
    ['mips64', 'mips32'],
    'symbols',
    /^(?:handle_sys\w*|syscall_common|ret_from_irq|tlb_do_page_fault_\d|work_notifysig|handle_tlbl|stack_top_mips)$/,
    3,
  ),
  sign(
    's390',
    'symbols',
    /^(?:sysc_\w+|system_call$|pgm_check_handler|do_dat_exception|__s390x_sys_\w+|__do_pgm_check|do_protection_exception)/,
    2,
  ),
  sign(
    'sparc64',
    'symbols',
    /^(?:linux_sparc_syscall\w*|sun4v_\w+|sparc64_\w+|rtrap\w*|do_sparc64_fault|__handle_signal)$/,
    4,
  ),
  sign('parisc', 'symbols', /^(?:syscall_exit\w*|intr_check_sig|intr_return|handle_interruption|fault_vector_\w+)$/, 3),
  sign('loongarch', 'symbols', /^(?:handle_syscall|do_syscall$|handle_tlb_\w+|la_abs_\w+)/, 2),
  sign('m68k', 'symbols', /^(?:buserr_c|send_fault_sig|do_040_\w+|ret_from_signal)$/, 3),
  sign('sh', 'symbols', /^(?:ret_from_exception_sh|tlb_miss_\w+|handle_tlbmiss|__restore_all)$/, 3),
  sign('alpha', 'symbols', /^(?:entMM|entSys|do_entArith)$/, 4),

  sign('arm', 'style', /\[<[0-9a-f]{8}>\] \(\w+.*\) from|^\s*\w+ from \w+\+0x/, 4),
  sign('sparc64', 'style', /^\[<[0-9a-f]{16}>\] \w+\+0x/, 2),
  sign('x86_64', 'style', /^\[<ffffffff[0-9a-f]{8}>\]/, 4),
  sign(['mips64'], 'style', /^\[<ffffffff8[0-9a-f]{7}>\]/, 2),
  sign('x86_64', 'style', /^PGD [0-9a-f]+ P/, 4),
  sign('mips32', 'style', /^\[<8[0-9a-f]{7}>\] \w+\+0x/, 3),
  sign('i386', 'style', /^\[<c[0-9a-f]{7}>\] \w+\+0x/, 2),
  sign('powerpc64', 'style', /^\[c[0-9a-f]{15}\] \[/, 5),
  sign('powerpc32', 'style', /^\[[c-f][0-9a-f]{7}\] \[/, 5),
  sign('riscv64', 'style', /^\[<ff[0-9a-f]{14}>\] \w+\+0x/, 2),
  sign(
    's390',
    'style',
    /^(?:\[<[0-9a-f]{16}>\]|([0-9a-f]{16})) ?\(?\[<[0-9a-f]{8,16}>\]|^\s*\[<0{4,}[0-9a-f]+>\] \w+\+0x/,
    2,
  ),
  sign('arm64', 'style', /^Call trace:/, 2),
  sign('parisc', 'style', /^\s*\[<[0-9a-f]{8,16}>\] show_stack\+0x.*parisc/, 2),
  sign(['x86_64', 'i386'], 'style', /<(?:IRQ|NMI|EOI)>/, 1),

  sign('arm64', 'release', /(?:-v8(?:-16k)?\+?$|aarch64|arm64|-v8-|-rockchip-arm64|\bandroid1[2-9])/),
  sign('arm', 'release', /(?:-v7l?\+?$|armv[5-7]|armhf|-armmp|-omap|-imx6)/),
  sign(
    'x86_64',
    'release',
    /(?:x86_64|amd64|\bel[6-9]\w*$|-fc\d+$|\.fc\d+$|syzkaller|-lp\d{6}|-Unraid|-pve$|-microsoft-standard|-xanmod|-zen)/,
    2,
  ),
  sign('i386', 'release', /(?:-686|i[3-6]86|-pae$)/i),
  sign('powerpc64', 'release', /(?:ppc64|powerpc64|-PowerNV|pseries)/i),
  sign('powerpc32', 'release', /(?:PMacG[34]|powerpc$|ppc32|-smp-ppc)/i),
  sign('s390', 'release', /s390x?/),
  sign('riscv64', 'release', /riscv/i),
  sign('mips32', 'release', /(?:mips|malta|octeon32|ar71xx|ath79|ramips)/i, 3),
  sign('loongarch', 'release', /(?:loong)/i),
  sign('sparc64', 'release', /sparc64/i),
  sign('parisc', 'release', /(?:parisc|hppa)/i),
  sign('m68k', 'release', /(?:m68k|-mac$|amiga|atari)/i),

  sign(
    'x86_64',
    'hardware',
    /(?:QEMU (?:Standard PC|Ubuntu)|i440FX|Q35|Google Compute Engine|VMware|VirtualBox|Dell|PowerEdge|ProLiant|Supermicro|ThinkPad|Gigabyte|ASUS|MSI|BIOS \S|Intel|Micro-Star|HP \w|H3C|Amazon EC2 \w+\.)/i,
    2,
  ),
  sign(
    'arm64',
    'hardware',
    /(?:ZynqMP|linux,dummy-virt|Rockchip|Raspberry Pi (?:3|4|5|Compute Module [345])|rock-?pi|Qualcomm|ThunderX|Jetson|HiSilicon|Ampere|RK3|Graviton|Apple|Kirin|Exynos|MT\d{4}|Juno)/i,
    2,
  ),
  sign(
    'arm',
    'hardware',
    /(?:ASpeed|BCM2835|BCM2708|BCM2709|OMAP|AM335|Generic AM|Allwinner|sun[4-8]i|i\.MX6|Freescale i\.MX|Marvell Armada|Zynq(?!MP)|Versatile|Versatile Express|Cubie)/i,
    2,
  ),
  sign('s390', 'hardware', /IBM \d{4} .*(?:LPAR|KVM|z\/VM)|IBM \d{4} \w\d{2}/, 4),
  sign('powerpc64', 'hardware', /(?:pSeries|PowerNV|POWER\d|IBM,\d{4}-)/, 4),
  sign('powerpc32', 'hardware', /(?:PowerMac3|PowerBook|MPC8|PowerPC 7\d)/i, 3),
  sign('riscv64', 'hardware', /(?:riscv|SiFive|StarFive|VisionFive|Milk-V|sophgo|BananaPi F3|SpacemiT)/i, 4),
  sign('loongarch', 'hardware', /Loongson/i, 3),
  sign('mips32', 'hardware', /(?:MediaTek MT7[56]|Atheros|ar71xx|BCM63|Malta)/i, 3),

  // where kernel addresses lie: PAGE_OFFSET of asm/page.h
  sign('x86_64', 'pointer', /^ffff(?:8[89a-f]|[9abc])[0-9a-f]{10}$/, 3),
  sign('arm64', 'pointer', /^(?:ffff(?:0[0-9a-f]|8000)[0-9a-f]{8,10}|ffffff[89abc][0-9a-f]{9})$/, 3),
  sign('riscv64', 'pointer', /^ff(?:d|ff[de]8|6|1c|fa[ef])[0-9a-f]+$/, 1),
  sign('riscv64', 'pointer', /^(?:ff[126][0-9a-f]{13}|ffffaf[0-9a-f]{10}|ffffffd[0-9a-f]{9})$/, 3),
  sign('sparc64', 'pointer', /^fffff[89][0-9a-f]{10}$/, 4),
  sign('powerpc64', 'pointer', /^c0{3}[0-9a-f]{12}$/, 4),
  sign(['mips64'], 'pointer', /^(?:98|a8)0{2}[0-9a-f]{12}$/, 4),
  sign('loongarch', 'pointer', /^9[0-9]{1}0{2}[0-9a-f]{12}$/, 4),
  sign('alpha', 'pointer', /^fffffc[0-9a-f]{10}$/, 4),
  sign('s390', 'pointer', /^0{4}[0-9a-f]{4}(?!0{8})[0-9a-f]{8}$/, 3),
  sign(['mips32'], 'pointer', /^8[0-9a-f]{7}$/, 1),
  sign(['i386', 'arm', 'powerpc32'], 'pointer', /^[c-f][0-9a-f]{7}$/, 1),

  // an entry of the level above: x86's _PAGE_TABLE, arm64's table descriptor, arm's L1 page table descriptor
  sign(['x86_64', 'i386'], 'pmd', /^[0-9a-f]*[0-9a-f]0(?:67|63|6f)$|^[0-9a-f]+(?:067|063)$/, 3),
  sign('arm64', 'pmd', /^(?:[08]8?0{0,4})?[0-9a-f]*[0-9a-f]00[3]$|^800000[0-9a-f]*003$/, 3),
  sign('arm', 'pmd', /^[0-9a-f]{5}[048c][13]1$|^[0-9a-f]{5}[8c]31$/, 3),
  sign('mips32', 'pmd', /^8[0-9a-f]{4}000$/, 3),
  sign(['riscv64', 'riscv32'], 'pmd', /^[0-9a-f]+[048c]01$/, 3),
  sign('powerpc32', 'pmd', /^[0-7][0-9a-f]{4}000$/, 2),
  sign('sparc64', 'pmd', /^[0-9a-f]{5}000$/, 0.5),
  sign('s390', 'pmd', /^[0-9a-f]{5}[08]00$/, 0.5),
];

/** Modules and symbols that only one architecture has, in complaints. */
export const TEXT_SIGNS: readonly Sign[] = [sign(['x86_64', 'i386'], 'text', /x86\/PAT/, 4)];
