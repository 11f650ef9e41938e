// SPDX-License-Identifier: GPL-2.0-or-later
/** Every architecture that is built in. */
import { architectures as nospecial } from '@specialbit/arch-nospecial';
import { architectures as special } from '@specialbit/arch-special';
import { architectures as x86 } from '@specialbit/arch-x86';

export const architectures = [...x86, ...nospecial, ...special];
