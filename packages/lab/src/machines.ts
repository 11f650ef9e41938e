// SPDX-License-Identifier: GPL-2.0-or-later
/** The machines that the laboratory boots: how a kernel is made for one, and how QEMU is asked for it. */
import { LabError } from './errors.js';

const MIB = 2 ** 20;

export interface Machine {
  /** As transcripts and architectures call it. */
  readonly name: string;
  /** ARCH= of the kernel's make. */
  readonly arch: string;
  /** CROSS_COMPILE= of the kernel's make. */
  readonly cross: string;
  /** What make is to make. */
  readonly target: string;
  /** The kernel, below the folder it is built in. */
  readonly image: string;
  /** The compiler of the init program, and what it needs beside `-O2 -static`. */
  readonly cc: string;
  readonly cflags: readonly string[];
  /** Fragments of configuration, merged over tinyconfig in this order. */
  readonly configs: readonly string[];
  readonly qemu: string;
  readonly qemuArgs: readonly string[];
  /** Bytes of RAM, the physical address of the first, and of the first that Linux is told not to use. */
  readonly ram: number;
  readonly base: number;
  readonly hidden: number;
  /** A physical address without struct page below highest_memmap_pfn. */
  readonly hole?: number;
  readonly append: string;
  /** Debian packages: QEMU, and the compilers. */
  readonly packages: { readonly qemu: string; readonly compilers: readonly string[] };
}

type Differences = Partial<Machine> & Pick<Machine, 'name'>;

const ARM: Machine = {
  name: 'arm',
  arch: 'arm',
  cross: 'arm-linux-gnueabihf-',
  target: 'zImage',
  image: 'arch/arm/boot/zImage',
  cc: 'arm-linux-gnueabihf-gcc',
  cflags: [],
  configs: ['common', 'arm'],
  qemu: 'qemu-system-arm',
  qemuArgs: ['-M', 'virt,highmem=off', '-cpu', 'cortex-a15'],
  ram: 512 * MIB,
  base: 0x40000000,
  hidden: 0x50000000,
  hole: 0x20000000,
  append: 'console=ttyAMA0 mem=256M',
  packages: { qemu: 'qemu-system-arm', compilers: ['gcc-arm-linux-gnueabihf', 'libc6-dev-armhf-cross'] },
};

const X86_64: Machine = {
  name: 'x86_64',
  arch: 'x86',
  cross: 'x86_64-linux-gnu-',
  target: 'bzImage',
  image: 'arch/x86/boot/bzImage',
  cc: 'x86_64-linux-gnu-gcc',
  cflags: [],
  configs: ['common', 'x86_64'],
  qemu: 'qemu-system-x86_64',
  qemuArgs: ['-M', 'pc', '-cpu', 'qemu64'],
  ram: 768 * MIB,
  base: 0,
  hidden: 0x20000000,
  hole: 0x10000000,
  append: 'console=ttyS0 mem=512M memmap=128M$256M',
  packages: { qemu: 'qemu-system-x86', compilers: ['gcc-x86-64-linux-gnu', 'libc6-dev-amd64-cross'] },
};

const I386: Machine = {
  ...X86_64,
  name: 'i386',
  cross: 'i686-linux-gnu-',
  cc: 'i686-linux-gnu-gcc',
  cflags: ['-no-pie'],
  configs: ['common', 'i386'],
  qemu: 'qemu-system-i386',
  qemuArgs: ['-M', 'pc', '-cpu', 'qemu32'],
  ram: 512 * MIB,
  hidden: 0x18000000,
  append: 'console=ttyS0 mem=384M',
  packages: { qemu: 'qemu-system-x86', compilers: ['gcc-i686-linux-gnu', 'libc6-dev-i386-cross'] },
};

const MIPS: Machine = {
  name: 'mips32r2',
  arch: 'mips',
  cross: 'mipsel-linux-gnu-',
  target: 'vmlinux',
  image: 'vmlinux',
  cc: 'mipsel-linux-gnu-gcc',
  cflags: [],
  configs: ['common', 'mips32r2'],
  qemu: 'qemu-system-mipsel',
  qemuArgs: ['-M', 'malta', '-cpu', '24Kf'],
  ram: 256 * MIB,
  base: 0,
  hidden: 0x08000000,
  append: 'console=ttyS0 mem=128M',
  packages: { qemu: 'qemu-system-mips', compilers: ['gcc-mipsel-linux-gnu', 'libc6-dev-mipsel-cross'] },
};

const ARM64: Machine = {
  ...ARM,
  name: 'arm64',
  arch: 'arm64',
  cross: 'aarch64-linux-gnu-',
  target: 'Image',
  image: 'arch/arm64/boot/Image',
  cc: 'aarch64-linux-gnu-gcc',
  configs: ['common', 'arm64'],
  qemu: 'qemu-system-aarch64',
  qemuArgs: ['-M', 'virt,highmem=off', '-cpu', 'cortex-a57'],
  packages: { qemu: 'qemu-system-arm', compilers: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'] },
};

const like = (machine: Machine, differences: Differences): Machine => ({ ...machine, ...differences });

/** Every machine, in the order in which they are listed. */
export const MACHINES: readonly Machine[] = [
  X86_64,
  I386,
  like(I386, { name: 'i386-pae', configs: ['common', 'i386-pae'], qemuArgs: ['-M', 'pc', '-cpu', 'qemu64'] }),
  ARM,
  like(ARM, { name: 'arm-lpae', configs: ['common', 'arm-lpae'] }),
  ARM64,
  {
    name: 'm68k',
    arch: 'm68k',
    cross: 'm68k-linux-gnu-',
    target: 'vmlinux',
    image: 'vmlinux',
    cc: 'm68k-linux-gnu-gcc',
    cflags: [],
    configs: ['common', 'm68k'],
    qemu: 'qemu-system-m68k',
    qemuArgs: ['-M', 'virt', '-cpu', 'm68040'],
    ram: 256 * MIB,
    base: 0,
    hidden: 0x08000000,
    append: 'console=ttyGF0',
    packages: { qemu: 'qemu-system-misc', compilers: ['gcc-m68k-linux-gnu', 'libc6-dev-m68k-cross'] },
  },
  like(MIPS, { name: 'mips32r1', configs: ['common', 'mips32r1'] }),
  MIPS,
  like(MIPS, {
    name: 'mips32r6',
    cc: 'mipsisa32r6el-linux-gnu-gcc',
    configs: ['common', 'mips32r6'],
    qemuArgs: ['-M', 'malta', '-cpu', 'mips32r6-generic'],
    packages: {
      qemu: 'qemu-system-mips',
      compilers: ['gcc-mipsel-linux-gnu', 'gcc-mipsisa32r6el-linux-gnu', 'libc6-dev-mipsr6el-cross'],
    },
  }),
  {
    name: 'riscv64',
    arch: 'riscv',
    cross: 'riscv64-linux-gnu-',
    target: 'Image',
    image: 'arch/riscv/boot/Image',
    cc: 'riscv64-linux-gnu-gcc',
    cflags: [],
    configs: ['common', 'riscv64'],
    qemu: 'qemu-system-riscv64',
    qemuArgs: ['-M', 'virt'],
    ram: 512 * MIB,
    base: 0x80000000,
    hidden: 0x90000000,
    hole: 0x60000000,
    append: 'console=ttyS0 mem=256M',
    packages: { qemu: 'qemu-system-misc', compilers: ['gcc-riscv64-linux-gnu', 'libc6-dev-riscv64-cross'] },
  },
  {
    name: 's390x',
    arch: 's390',
    cross: 's390x-linux-gnu-',
    target: 'bzImage',
    image: 'arch/s390/boot/bzImage',
    cc: 's390x-linux-gnu-gcc',
    cflags: ['-O1'],
    configs: ['common', 's390x'],
    qemu: 'qemu-system-s390x',
    qemuArgs: ['-M', 's390-ccw-virtio'],
    ram: 512 * MIB,
    base: 0,
    hidden: 0x10000000,
    append: 'console=ttysclp0 mem=256M',
    packages: { qemu: 'qemu-system-misc', compilers: ['gcc-s390x-linux-gnu', 'libc6-dev-s390x-cross'] },
  },
  {
    name: 'alpha',
    arch: 'alpha',
    cross: 'alpha-linux-gnu-',
    target: 'vmlinux',
    image: 'vmlinux',
    cc: 'alpha-linux-gnu-gcc',
    cflags: ['-Wl,--no-relax'],
    configs: ['common', 'alpha'],
    qemu: 'qemu-system-alpha',
    qemuArgs: ['-M', 'clipper'],
    ram: 512 * MIB,
    base: 0,
    hidden: 0x10000000,
    append: 'console=ttyS0 mem=256M',
    packages: { qemu: 'qemu-system-misc', compilers: ['gcc-alpha-linux-gnu', 'libc6.1-dev-alpha-cross'] },
  },
  // with swap space on a RAM disk, made anew for every scenario
  like(ARM, { name: 'arm-swap', configs: ['common', 'arm-swap'], append: `${ARM.append} labswap=1` }),
  like(X86_64, { name: 'x86_64-swap', configs: ['common', 'x86_64-swap'], append: `${X86_64.append} labswap=1` }),
  // with transparent huge pages, hugetlbfs and the files of /proc and /sys that show and set them
  like(X86_64, { name: 'x86_64-huge', configs: ['common', 'x86_64', 'x86_64-huge'] }),
];

/** Throws LabError for a name that no machine has. */
export function findMachine(name: string): Machine {
  const found = MACHINES.find((machine) => machine.name === name);
  if (found !== undefined) return found;
  const names = MACHINES.map((machine) => machine.name).join(', ');
  throw new LabError('lab.machine', `no machine for ${name}: the laboratory boots ${names}`);
}
