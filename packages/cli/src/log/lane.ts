/** From a log's header and an architecture to a lane of the model. */
import { defaultContent, defaultMachine, type LaneOptions, linux_6_12, type Profile } from '@specialbit/core';
import type { Architecture } from '@specialbit/core/arch';
import type { LogHeader } from '@specialbit/events';
import { architectureList } from '../architectures.js';
import { InputError, UsageError } from '../failure.js';

const profiles: readonly Profile[] = [linux_6_12];

/** The machine of the header for this architecture, for every other one, or the architecture's own. */
export function laneOf(file: string, header: LogHeader, arch: Architecture): LaneOptions {
  const machines = header.machine ?? {};
  const named = [arch.name, ...arch.aliases].find((name) => machines[name] !== undefined);
  const machine = (named === undefined ? undefined : machines[named]) ?? machines.default ?? defaultMachine(arch);
  return {
    arch,
    machine,
    content: defaultContent(machine),
    profile: profileOf(file, header),
    ...(header.files === undefined ? {} : { files: header.files }),
  };
}

function profileOf(file: string, header: LogHeader): Profile {
  if (header.profile === undefined) return linux_6_12;
  const found = profiles.find((profile) => profile.name === header.profile);
  if (found !== undefined) return found;
  const known = profiles.map((profile) => profile.name).join(', ');
  throw new InputError(`${file}:1: profile: expected one of ${known}, found ${JSON.stringify(header.profile)}`);
}

/** The architectures of the command line, else those of the header, else `fallback`. Throws UsageError. */
export function lanesOf(
  file: string,
  header: LogHeader,
  option: readonly string[] | undefined,
  fallback: readonly string[],
): LaneOptions[] {
  if (option !== undefined) return architectureList(option).map((arch) => laneOf(file, header, arch));
  try {
    return architectureList(header.arch ?? fallback).map((arch) => laneOf(file, header, arch));
  } catch (error) {
    if (error instanceof UsageError) throw new InputError(`${file}:1: arch: ${error.message}`);
    throw error;
  }
}
