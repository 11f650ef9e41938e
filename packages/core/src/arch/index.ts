// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What an architecture says, and what is made of it: plugins begin with `defineArchitecture`.
 * @module @specialbit/core/arch
 */

export {
  type ArchFeatures,
  type Architecture,
  type ArchitectureChange,
  type ArchitectureSpec,
  checkArchitecture,
  declareArchitecture,
  defineArchitecture,
  type PageTableLevel,
  type PassingChange,
  type SpecialLevels,
  withProtectionMap,
} from './architecture.js';
export {
  factsWithout,
  layoutWithout,
  noDevmap,
  noHugePfnmap,
  noPerVmaLock,
  rmapNotDelayed,
  swapWithoutExclusive,
  uffdBitsRenamed,
  withoutBits,
} from './change.js';
export { type CompiledCodec, compileCodec } from './codec.js';
export type { Pte, PteCodec, SwapEntry } from './contract.js';
export { defineLayout } from './define-layout.js';
export { ARCH_ERRORS, ArchError, type ArchErrorCode } from './errors.js';
export { type ArchFacts, type ExecutableLook, GENERIC_FACTS, type Recorder } from './facts.js';
export type { Evidence, Feature, FeatureSet, Origin } from './feature.js';
export { namedValue } from './field-values.js';
export { anyOf, clear, defineBits, equals, inverted, modify, protections, silentBits } from './formula.js';
export type { HugeCodec, HugeLevels, HugeSpec } from './huge.js';
export {
  delayed_rmap,
  huge_pfnmap,
  per_vma_lock,
  pte_devmap,
  pte_swp_exclusive_everywhere,
} from './kernel-features.js';
export type {
  EntryKind,
  Field,
  FieldSpec,
  FlagName,
  FlagSpec,
  LayoutSpec,
  NamedBits,
  OpName,
  PteLayout,
  Step,
  StepSpec,
  Steps,
  StepsSpec,
  Test,
  TestName,
  TestSpec,
} from './layout.js';
export { bit, bits, hex, type Mask, ones } from './mask.js';
export { PfnSteps, type PtepApi, type PtepSpec, type RawPtes } from './ptep.js';
export { formatPte, pteValue, readPte } from './raw.js';
export { type ArchitectureRegistry, createRegistry, findArchitecture } from './registry.js';
export type { AccessOp, AccessRule, MmuSpec, UserAccess } from './user-access.js';
