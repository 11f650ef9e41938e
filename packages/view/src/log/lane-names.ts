// SPDX-License-Identifier: GPL-2.0-or-later
/** From a log's header and a name such as `x86_64@6.1` to a lane of the model, among the architectures that somebody knows. */
import {
  laneOf as coreLaneOf,
  DEFAULT_PROFILE,
  findProfile,
  type LaneOptions,
  PROFILES,
  PROVEN_PROFILES,
  type Profile,
  withConfig,
} from '@specialbit/core';
import { type Architecture, findArchitecture } from '@specialbit/core/arch';
import { type LogHeader, suggestion } from '@specialbit/events';
import { InputError, UsageError } from '../errors.js';
import { knownFeatures } from './known-features.js';

/** An architecture, and the kernel where it is not the log's. */
interface LaneSpec {
  readonly arch: Architecture;
  readonly profile: Profile | undefined;
  /** What is set beside the log's own: `CONFIG_KSM`, `swap=64`. */
  readonly settings: readonly string[];
}

/** Names of lanes, read. `known`: asked each time, since plugins add to it. */
export class LaneNames {
  constructor(private readonly known: () => readonly Architecture[]) {}

  /** The architecture of that name or alias. Throws UsageError. */
  architectureNamed(name: string): Architecture {
    const known = this.known();
    const found = findArchitecture(known, name);
    if (found !== undefined) return found;
    const names = known.flatMap((a) => [a.name, ...a.aliases]);
    throw new UsageError(
      'usage.architecture',
      `no such architecture: ${name}${suggestion(name, names)}; \`specialbit arch\` lists them`,
    );
  }

  /** The lane of the header; a kernel that it names and that is not known is an error with the file's name. */
  laneOf(file: string, header: LogHeader, arch: Architecture, profile?: Profile): LaneOptions {
    return coreLaneOf(header, arch, profile ?? this.profileOf(file, header));
  }

  /**
   * The lanes that were asked for, else those of the header, else `fallback`; with `kernels` each of them on
   * each of these kernels, unless it names its own. Throws UsageError, InputError.
   */
  lanesOf(
    file: string,
    header: LogHeader,
    option: readonly string[] | undefined,
    fallback: readonly string[],
    kernels?: readonly string[],
  ): LaneOptions[] {
    const lane = (spec: LaneSpec): LaneOptions =>
      withSettings(this.laneOf(file, header, spec.arch, spec.profile), spec.settings);
    const profiles = kernels === undefined ? undefined : this.kernelsNamed(kernels);
    if (option !== undefined) return this.laneSpecs(option, profiles).map(lane);
    try {
      return this.laneSpecs(header.arch ?? fallback, profiles).map(lane);
    } catch (error) {
      if (error instanceof UsageError) throw new InputError('input.architecture', `${file}:1: arch: ${error.message}`);
      throw error;
    }
  }

  /**
   * `arm`, `arm@6.1`, `arm@6.1:CONFIG_KSM:swap=64`, or `arm@all` for every proven kernel; `all` for every architecture;
   * `kernels`: of one that names none.
   */
  private laneSpec(name: string, kernels: readonly Profile[] | undefined): LaneSpec[] {
    const [lane, ...settings] = name.split(':') as [string, ...string[]];
    const [arch, kernel] = lane.split('@', 2) as [string, string?];
    const profiles = kernel === undefined ? kernels : this.kernelsNamed([kernel]);
    const archs = arch === 'all' ? this.known() : [this.architectureNamed(arch)];
    return archs.flatMap((one) => (profiles ?? [undefined]).map((profile) => ({ arch: one, profile, settings })));
  }

  /** `6.1,7.3`, several of them, or `all`: the kernels that transcripts prove. Throws UsageError. */
  kernelsNamed(names: readonly string[]): Profile[] {
    const list = names.flatMap((part) => part.split(',')).map((name) => name.trim());
    const profiles = list.flatMap((name) => (name === 'all' ? PROVEN_PROFILES : [this.kernelNamed(name)]));
    return profiles.filter((profile, i) => profiles.findIndex(({ name }) => name === profile.name) === i);
  }

  /** `x86_64@6.12,arm` or several of them, each once. Throws UsageError for an unknown one or none at all. */
  private laneSpecs(names: readonly string[], kernels?: readonly Profile[]): LaneSpec[] {
    const list = names.flatMap((part) => part.split(',')).map((name) => name.trim());
    if (list.length === 0 || list.some((name) => name === ''))
      throw new UsageError('usage.architecture', 'expected names of architectures');
    const specs = list.flatMap((name) => this.laneSpec(name, kernels));
    return specs.filter((a, i) => specs.findIndex((b) => sameLane(a, b)) === i);
  }

  /** The architecture called `x86_64`, as the default kernel has it, or `x86_64@6.1`. Throws UsageError. */
  architectureAt(name: string): Architecture {
    const [{ arch, profile }, second] = this.laneSpec(name, undefined) as [LaneSpec, LaneSpec?];
    if (second !== undefined) throw new UsageError('usage.kernel', `expected one kernel, found ${name}`);
    return arch.at(profile ?? DEFAULT_PROFILE);
  }

  /** Architectures of names with commas, as each of their kernels has them; each that differs once, with its kernel. */
  architecturesAt(
    names: readonly string[],
    kernels: readonly string[] | undefined,
  ): { readonly arch: Architecture; readonly kernels: readonly string[] }[] {
    const profiles = kernels === undefined ? undefined : this.kernelsNamed(kernels);
    const found: { arch: Architecture; kernels: string[] }[] = [];
    for (const name of names.flatMap((part) => part.split(','))) {
      for (const { arch, profile = DEFAULT_PROFILE } of this.laneSpec(name.trim(), profiles)) {
        const at = arch.at(profile);
        const same = found.find((known) => known.arch === at);
        if (same === undefined) found.push({ arch: at, kernels: [profile.name] });
        else same.kernels.push(profile.name);
      }
    }
    return found;
  }

  /** The profile called `linux-6.1`, `6.1`, `6.1.0` or `6.12+feature-feature`. Throws UsageError. */
  kernelNamed(name: string): Profile {
    const found = findProfile(name);
    if (found === undefined) {
      const known = PROFILES.map((profile) => profile.name.replace(/^linux-/, '')).join(', ');
      throw new UsageError(
        'usage.kernel',
        `no such kernel: ${name}; known are ${known}, and latest; \`specialbit kernel list\` tells more`,
      );
    }
    if (found.plus.length + found.minus.length === 0) return found;
    const features = knownFeatures(this.known()).map(({ feature }) => feature.name);
    for (const feature of [...found.plus, ...found.minus]) {
      if (features.includes(feature)) continue;
      throw new UsageError('usage.feature', `no such feature: ${feature}${suggestion(feature, features)}`);
    }
    return found;
  }

  private profileOf(file: string, header: LogHeader): Profile {
    if (header.profile === undefined) return DEFAULT_PROFILE;
    try {
      return this.kernelNamed(header.profile);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new InputError('input.kernel', `${file}:1: profile: ${error.message}`);
    }
  }
}

/** A lane under other settings than the log's; its kernel is called by them. Throws UsageError. */
function withSettings(lane: LaneOptions, settings: readonly string[]): LaneOptions {
  let now = lane;
  for (const setting of settings) now = withSetting(now, setting);
  return now;
}

function withSetting(lane: LaneOptions, setting: string): LaneOptions {
  const profile = lane.profile ?? DEFAULT_PROFILE;
  const name = `${profile.name}:${setting}`;
  const swap = /^swap=(\d+)$/.exec(setting);
  if (swap !== null) return { ...lane, profile: { ...profile, name }, swapPages: Number(swap[1]) };
  const { config } = withConfig({ ...profile, config: new Set() }, [setting]);
  if (config.size === 0) {
    throw new UsageError(
      'usage.architecture',
      `no such setting of a lane: ${setting}; known are CONFIG_KSM, CONFIG_TRANSPARENT_HUGEPAGE, swap=PAGES`,
    );
  }
  return { ...lane, profile: { ...profile, name, config: new Set([...profile.config, ...config]) } };
}

function sameLane(a: LaneSpec, b: LaneSpec): boolean {
  return a.arch === b.arch && a.profile?.name === b.profile?.name && a.settings.join() === b.settings.join();
}
