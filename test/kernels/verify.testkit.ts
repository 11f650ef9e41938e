// SPDX-License-Identifier: GPL-2.0-or-later
/** Running `specialbit verify` from tests, in their process. */
import { fileURLToPath } from 'node:url';
import { processTerminal, run } from '@specialbit/cli';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const repository = path('../..');
export const selection = path('6.12');
/** The selections of transcripts, one folder for each release. */
export const releases = path('.');
export const known = path('../known-divergences.json');

/** The parts of verify's JSON that tests look at. */
export interface Verified {
  readonly total: {
    readonly scenarios: number;
    readonly steps: number;
    readonly agreeing: number;
    readonly known: number;
  };
  readonly architectures: readonly { readonly arch: string; readonly steps: number; readonly agreeing: number }[];
  readonly fields: Readonly<Record<string, { readonly compared: number; readonly agree: number }>>;
  readonly mismatches: readonly unknown[];
  readonly apart: readonly {
    readonly arch: string;
    readonly scenario: string;
    readonly kind: string;
    readonly where?: string;
  }[];
  readonly known: readonly KnownEntry[];
}

export interface KnownEntry {
  readonly id: string;
  readonly where: { readonly fields?: readonly string[] };
  readonly met: readonly { readonly arch: string }[];
}

/** A command line in this process: exit code, standard output and standard error. */
export async function specialbit(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const terminal = {
    ...processTerminal(),
    live: false,
    out: async (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  const code = await run(args, terminal);
  return { code, out, err };
}

/** Verifies in this process, on the sources. */
export async function verifyHere(...paths: string[]): Promise<Verified> {
  const { out, err } = await specialbit('verify', '--json', '--jobs', '1', '--known', known, ...paths);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as Verified;
}
