/* SPDX-License-Identifier: Apache-2.0 */
/* CPUS CPUs in a ring, ROUNDS times each: x[me] = round; [smp_mb();] r = x[next].
 * Only CPU i writes x[i], and it writes 1, 2, 3 in this order. So its store buffer is known by
 * what it has issued, (pc + 1) / 2, and what is in memory. */
byte pc[CPUS];
byte memory[CPUS];
byte r[CPUS];

#define ISSUED(i) ((pc[i] + 1) / 2)
#ifdef FENCED
#define FENCE(i) && memory[i] == ISSUED(i)
#else
#define FENCE(i)
#endif

#define CPU(i, next) \
  :: atomic { pc[i] < 2 * ROUNDS && pc[i] % 2 == 0 -> pc[i]++ } \
  :: atomic { pc[i] % 2 == 1 FENCE(i) -> r[i] = memory[next]; pc[i]++ } \
  :: atomic { memory[i] < ISSUED(i) -> memory[i]++ }

active proctype Ring() {
  do
  CPU(0, 1)
  CPU(1, 2 % CPUS)
#if CPUS > 2
  CPU(2, 3 % CPUS)
#endif
#if CPUS > 3
  CPU(3, 4 % CPUS)
#endif
#if CPUS > 4
  CPU(4, 5 % CPUS)
#endif
#if CPUS > 5
  CPU(5, 6 % CPUS)
#endif
#if CPUS > 6
  CPU(6, 7 % CPUS)
#endif
#if CPUS > 7
  CPU(7, 8 % CPUS)
#endif
  od
}
