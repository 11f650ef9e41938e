// SPDX-License-Identifier: GPL-2.0-or-later
/** Work whose processes and folders do not outlive it. */
import { Attendance } from '@specialbit/lab';

export async function attended<T>(work: (attendance: Attendance) => Promise<T>): Promise<T> {
  const attendance = new Attendance();
  try {
    return await work(attendance);
  } finally {
    attendance.leave();
  }
}
