/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the store buffers of tso.pml, and what must never be: BROKEN. Included after the CPUs,
 * so that theirs are the process numbers from 0. */
active proctype Buffers() {
end:
  do
  DRAIN(buffer[0])
#if CPUS > 1
  DRAIN(buffer[1])
#endif
#if CPUS > 2
  DRAIN(buffer[2])
#endif
#if CPUS > 3
  DRAIN(buffer[3])
#endif
#if CPUS > 4
  DRAIN(buffer[4])
#endif
#if CPUS > 5
  DRAIN(buffer[5])
#endif
  :: atomic { BROKEN -> assert(false) }
  od
}
