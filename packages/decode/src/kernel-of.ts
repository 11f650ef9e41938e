// SPDX-License-Identifier: GPL-2.0-or-later
/** Which architecture and which kernel a report is decoded by: given, said by the report, or assumed and said so. */
import { DEFAULT_PROFILE, defineProfile, findProfile, type Profile } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import { compareVersions, inKernel, type KernelRange, VM_FLAG_BITS } from '@specialbit/events';
import {
  certainMachine,
  commonRange,
  configurationOf,
  FORMAT_SIGNS,
  guessMachine,
  type KernelReport,
  kernelVersion,
  type Machine,
  rangeText,
} from '@specialbit/importers';
import { UsageError } from '@specialbit/view';
import type { Known } from './known.js';

export interface Given {
  /** `arm64`, `arm64@5.10`. */
  readonly arch?: string;
  /** `5.10`, `6.12.3`: any release, also one that no profile has. */
  readonly kernel?: string;
}

export interface KernelOf {
  readonly arch: Architecture | undefined;
  readonly machine: Machine | undefined;
  /** The release whose layouts, callers and names are used. */
  readonly version: string;
  readonly profile: Profile;
  /** Kernels that it can be, where neither the report nor the command line says which. */
  readonly range?: KernelRange;
  /** As the report has it. */
  readonly release: string | undefined;
  /** What says which architecture and kernel it is. */
  readonly because: readonly string[];
  /** What neither the report nor the command line says. */
  readonly assumed: readonly string[];
  /** Architectures that it might be, where it is not clear. */
  readonly candidates: readonly string[];
}

/** Throws UsageError where what is given means nothing. */
export function kernelOf(report: KernelReport, given: Given, { architectures, architectureNamed }: Known): KernelOf {
  const [archName, atVersion] = (given.arch ?? '').split('@', 2) as [string, string?];
  const because: string[] = [];
  const assumed: string[] = [];
  const found = versionOf(report, given.kernel ?? atVersion, because, assumed);
  const { version } = found;
  const profile = profileOf(version);
  const guesses = guessMachine(report);
  const certain = certainMachine(guesses);
  if (archName !== '') {
    const arch = architectureNamed(archName);
    const family =
      certain === undefined
        ? undefined
        : architectures.find(({ name }) => name === configurationOf(certain.machine, report).arch);
    if (certain !== undefined && family !== undefined && family.family !== arch.family)
      assumed.push(`${arch.name}, as given; the report looks like ${certain.machine} (${certain.because[0]})`);
    return {
      arch: arch.at(profile),
      machine: machineOf(arch),
      ...found,
      profile,
      because,
      assumed,
      candidates: [],
    };
  }
  if (certain === undefined) {
    const candidates = guesses.slice(0, 3).map(({ machine }) => configurationOf(machine, report).arch);
    return { arch: undefined, machine: undefined, ...found, profile, because, assumed, candidates };
  }
  const configuration = configurationOf(certain.machine, report);
  const known = architectures.find(({ name }) => name === configuration.arch);
  because.push(...certain.because.filter((reason) => !because.includes(reason)).slice(0, 3));
  if (configuration.assumed !== undefined) assumed.push(`${configuration.arch}: ${configuration.assumed}`);
  return {
    arch: known?.at(profile),
    machine: certain.machine,
    ...found,
    profile,
    because,
    assumed,
    candidates: [],
  };
}

/** Which architecture walked entries are of, by the tables in them; undefined where they do not say. */
export function archOfEntries(
  entries: readonly { readonly level: string; readonly value: string }[],
): string | undefined {
  const tables = entries.filter(({ level }) => level !== 'pte').map(({ value }) => value.replace(/^0+(?=.)/, ''));
  if (tables.length === 0) return undefined;
  // _PAGE_TABLE of x86; a table descriptor of arm64; PAGE_TABLE of riscv
  if (tables.every((value) => /(?:67|63|27|e7)$/.test(value))) return 'x86_64';
  if (tables.every((value) => value.length > 8 && /3$/.test(value))) return 'arm64-4k-48';
  if (tables.every((value) => /[048c]01$/.test(value))) return 'riscv64-sv39';
  return undefined;
}

/** The machine's name in the tables of reports, for an architecture of ours. */
export function machineOf({ name, family, bits }: Architecture): Machine | undefined {
  const wide = bits === 64;
  const machines: Readonly<Record<string, Machine>> = {
    x86: wide ? 'x86_64' : 'i386',
    powerpc: wide ? 'powerpc64' : 'powerpc32',
    mips: wide ? 'mips64' : 'mips32',
    riscv: wide ? 'riscv64' : 'riscv32',
    sparc: wide ? 'sparc64' : 'sparc32',
  };
  return machines[family] ?? ((family === 'um' ? undefined : family) as Machine | undefined) ?? (name as Machine);
}

function versionOf(
  report: KernelReport,
  given: string | undefined,
  because: string[],
  assumed: string[],
): { version: string; release: string | undefined; range?: KernelRange } {
  const release = report.cpu?.release;
  const said = kernelVersion(release);
  if (given !== undefined) {
    const version = kernelVersion(given.replace(/^linux-/, ''));
    if (version === undefined)
      throw new UsageError('usage.kernel', `--kernel: expected a release such as 5.10 or 6.12.3, found ${given}`);
    if (said !== undefined && said !== version) assumed.push(`kernel ${version}, as given; the report says ${release}`);
    return { version, release };
  }
  if (said !== undefined) {
    because.push(`kernel ${release}`);
    return { version: said, release };
  }
  const signs = FORMAT_SIGNS.filter(({ like }) => report.text_lines.some((line) => like.test(line)));
  const range = commonRange([...signs, ...flagRanges(report, commonRange(signs))]);
  const fits = inKernel([range], DEFAULT_PROFILE.version).length > 0;
  const version = fits ? seriesOf(DEFAULT_PROFILE.version) : (range.since ?? lastBefore(range.until!));
  const why = signs.length === 0 ? '' : `; its lines are of ${rangeText(range)}`;
  assumed.push(`kernel ${version}: the report does not say which${why}`);
  return { version, release, range };
}

/** Where a bit of vm_flags has a name in only one part of the range, the kernel is of that part. */
function flagRanges(report: KernelReport, range: KernelRange): KernelRange[] {
  if (report.kind !== 'bad-page-map' || report.vm_flags === undefined) return [];
  const value = BigInt(`0x${report.vm_flags}`);
  const ranges: KernelRange[] = [];
  for (let bit = 0; value >> BigInt(bit); bit++) {
    if (((value >> BigInt(bit)) & 1n) === 0n) continue;
    const rows = VM_FLAG_BITS.filter((row) => row.bit === bit);
    const fits = rows.filter((row) => overlap(row, range));
    if (fits.length === 1 && rows.length > fits.length) ranges.push(fits[0]!);
  }
  return ranges;
}

/** Some kernel is in both. */
export function overlap(a: KernelRange, b: KernelRange): boolean {
  const { since, until } = commonRange([a, b]);
  return since === undefined || until === undefined || compareVersions(since, until) < 0;
}

/** `6.12` of `6.12.117`. */
const seriesOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** A release just before the one that ended a format: 6.18 -> 6.17, 5.1 -> 5.0, 4.0 -> 3.19. */
function lastBefore(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return minor > 0 ? `${major}.${minor - 1}` : `${major - 1}.19`;
}

/** A profile for any release: the model's own where it has one. */
export function profileOf(version: string): Profile {
  return findProfile(version) ?? defineProfile(version);
}
