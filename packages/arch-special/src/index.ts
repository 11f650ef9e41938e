import type { Architecture } from '@specialbit/core/arch';
export const architectures: readonly Architecture[] = [];
