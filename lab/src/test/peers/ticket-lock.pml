/* SPDX-License-Identifier: Apache-2.0 */
/* CPUS CPUs take a ticket lock ROUNDS times each and count in a place that it protects.
 * Every atomic block is one step. */
#define DEPTH 2
#define LOAD LOAD2
#define MOVE_UP MOVE2
#define PLACES 3
#define INITIAL 0
#define NEXT 0
#define OWNER 1
#define COUNT 2
#include "tso.pml"

active [CPUS] proctype Cpu() {
  byte round, ticket, seen;

take:
  atomic {
    EMPTY -> ticket = memory[NEXT]; memory[NEXT]++
  }
wait:
  atomic {
    seen = LOAD(OWNER);
    if
    :: seen == ticket -> seen = 0
    :: else -> seen = 0; goto wait
    fi
  }
  atomic { seen = LOAD(COUNT) }
  atomic { STORE(COUNT, seen + 1); seen = 0 }
  atomic {
    STORE(OWNER, ticket + 1);
    ticket = 0;
    round++;
    if
    :: round < ROUNDS -> goto take
    :: else
    fi
  }
end:
  false
}

/* All have released it, and nothing is held back. */
#define BROKEN (memory[OWNER] == CPUS * ROUNDS && memory[COUNT] != CPUS * ROUNDS)
#include "buffers.pml"
