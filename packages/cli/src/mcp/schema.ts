// SPDX-License-Identifier: GPL-2.0-or-later
/** The schemas of what tools are asked with: precise, since what does not fit them never reaches a command line. */

export interface Property {
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  readonly description: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly items?: { readonly type: 'string'; readonly pattern?: string; readonly enum?: readonly string[] };
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

export type Properties = Readonly<Record<string, Property>>;

export interface InputSchema {
  readonly [name: string]: unknown;
  readonly type: 'object';
  readonly properties: { readonly [name: string]: Property };
  readonly required: string[];
  readonly additionalProperties: false;
}

/** Names of lanes and kernels: what a word of a command line can be and no option is. */
const LANE = '^[A-Za-z0-9_][A-Za-z0-9_.:=@+-]{0,120}$';
const KERNEL = '^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,120}$';

export const lanes = (fallback: string): Property => ({
  type: 'array',
  items: { type: 'string', pattern: LANE },
  minItems: 1,
  maxItems: 8,
  uniqueItems: true,
  description: `architectures on kernels: "arm", "x86_64@6.12", "arm@7.3" (default: ${fallback})`,
});

export const kernels: Property = {
  type: 'array',
  items: { type: 'string', pattern: KERNEL },
  minItems: 1,
  maxItems: 6,
  description: 'play each lane on each of these kernels: ["6.1","6.12","6.18","7.3"]',
};

export const kernel = (description: string): Property => ({ type: 'string', pattern: KERNEL, description });

export const count = (minimum: number, maximum: number, description: string): Property => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

export const at: Property = count(0, 1_000_000, 'after this many events (default: all)');

export const flag = (description: string): Property => ({ type: 'boolean', description });

export const page: Property = {
  type: 'string',
  pattern: '^(0x[0-9a-fA-F]{1,16}|[A-Za-z_][A-Za-z0-9_.-]{0,80}(\\[[0-9]{1,9}\\])?)$',
  description: 'a page of the log: "ring[2]", "ring", or an address "0x20001000"',
};

/** Words with letters, digits and what names of goals, events and frames have. */
export const words = (description: string, maxItems: number): Property => ({
  type: 'array',
  items: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.:+-]{0,60}$' },
  minItems: 1,
  maxItems,
  description,
});

/** The log itself, or where the server may read files its name. */
export function logProperties(files: boolean): Properties {
  const log: Property = {
    type: 'string',
    maxLength: 1_048_576,
    description:
      'the text of the log, JSON Lines; the tool "explain" and the resource specialbit://log-format tell how to write one',
  };
  if (!files) return { log };
  const file: Property = {
    type: 'string',
    maxLength: 4096,
    description: 'instead of "log": the path of a log below a folder that the server was started for',
  };
  return { log, file };
}

export const fromLine: Properties = {
  from_line: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    description: 'show the answer from this line on; answers are at most 4 kB',
  },
};

export function schemaOf(properties: Properties, required: readonly string[]): InputSchema {
  return { type: 'object', properties: { ...properties }, required: [...required], additionalProperties: false };
}
