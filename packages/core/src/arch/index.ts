export type { Pte, PteCodec, SwapEntry } from './contract.js';
export { ArchError, type ArchErrorCode } from './errors.js';
export { bit, bits, hex, type Mask, ones } from './mask.js';
export type {
  Field, FieldSpec, FlagName, FlagSpec, LayoutSpec, NamedBits, OpName, PteLayout, SharedBits, Step, Steps, StepSpec,
  StepsSpec, Test, TestName, TestSpec,
} from './layout.js';
export { anyOf, clear, defineBits, equals, inverted, modify, protections, silentBits } from './formula.js';
export { defineLayout } from './define-layout.js';
export { type CompiledCodec, compileCodec } from './codec.js';
export { formatPte, pteValue, readPte } from './raw.js';
export { type ArchFacts, GENERIC_FACTS, type Recorder } from './facts.js';
export type { AccessOp, AccessRule, MmuSpec, UserAccess } from './user-access.js';
export {
  type ArchFeatures, type Architecture, type ArchitectureSpec, defineArchitecture, type PageTableLevel,
  type SpecialLevels, withProtectionMap,
} from './architecture.js';
