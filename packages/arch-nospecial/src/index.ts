import type { Architecture } from '@specialbit/core/arch';
import { arm, arm_v7 } from './arm.js';

export { arm, arm_v7 };

export const architectures: readonly Architecture[] = [arm, arm_v7];
