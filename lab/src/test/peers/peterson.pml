/* SPDX-License-Identifier: Apache-2.0 */
/* CPUS CPUs take Peterson's lock ROUNDS times each and count in a place that it protects. Two CPUs
 * are his algorithm for two, more are the one for many, with CPUS - 1 levels. Every atomic block is
 * one step. FENCED has a barrier between the stores and the loads of each level. */
#ifdef FENCED
#define SMP_MB EMPTY ->
#define DEPTH 4
#define LOAD LOAD4
#define MOVE_UP MOVE4
#else
#define SMP_MB
#define DEPTH 6
#define LOAD LOAD6
#define MOVE_UP MOVE6
#endif
#define PLACES (2 * CPUS)
#define INITIAL 0
#define LEVEL(cpu) (cpu)
#define LAST(level) (CPUS + (level) - 1)
#define COUNT (2 * CPUS - 1)
#include "tso.pml"

byte ended;

/* From one of the other CPUs to the next, then to the next level, then on. */
#define PASS \
  other++; \
  if :: other == _pid -> other++ :: else fi; \
  if \
  :: other < CPUS -> goto look \
  :: else -> \
    other = 0; \
    level++; \
    if \
    :: level < CPUS -> goto climb \
    :: else -> level = 1; goto critical \
    fi \
  fi

active [CPUS] proctype Cpu() {
  byte round, other, seen;
  byte level = 1;

climb:
  atomic { STORE(LEVEL(_pid), level) }
  atomic { STORE(LAST(level), _pid); other = (_pid == 0 -> 1 : 0) }
look:
  atomic {
    SMP_MB
    seen = LOAD(LEVEL(other));
    if
    :: seen < level -> seen = 0; PASS
    :: else -> seen = 0
    fi
  }
  atomic {
    seen = LOAD(LAST(level));
    if
    :: seen == _pid -> seen = 0; goto look
    :: else -> seen = 0; PASS
    fi
  }
critical:
  atomic { seen = LOAD(COUNT) }
  atomic { STORE(COUNT, seen + 1); seen = 0 }
  atomic {
    STORE(LEVEL(_pid), 0);
    round++;
    if
    :: round < ROUNDS -> goto climb
    :: else -> ended++
    fi
  }
end:
  false
}

/* All have released it, and nothing is held back. */
#if CPUS == 2
#define HELD_BACK (buffer[0].length + buffer[1].length)
#elif CPUS == 3
#define HELD_BACK (buffer[0].length + buffer[1].length + buffer[2].length)
#elif CPUS == 4
#define HELD_BACK (buffer[0].length + buffer[1].length + buffer[2].length + buffer[3].length)
#endif
#define BROKEN (ended == CPUS && HELD_BACK == 0 && memory[COUNT] != CPUS * ROUNDS)
#include "buffers.pml"
