/* SPDX-License-Identifier: Apache-2.0 */
/* User-space RCU with memory barriers: READERS readers that go on for ever, and a writer that
 * replaces what they read UPDATES times. There are two places for data: while one is published the
 * other is poison. Every atomic block is one step.
 * NO_MB leaves out the writer's barriers, SINGLE_FLIP its second change of phase. The models
 * without smp_wmb() or smp_rmb() are the same as this one: neither does anything on x86. */
#define DEPTH 6
#define LOAD LOAD6
#define MOVE_UP MOVE6
#define CPUS (READERS + 1)
#define PLACES (READERS + 4)
#define PERIOD 0
#define POINTER 1
#define DATA(which) (2 + (which))
#define READER(number) (4 + (number))
#define NESTING 1
#define PHASE 2
#define WINE 1
#define POISON 0
#define INITIAL {NESTING, 0, WINE, POISON}
#include "tso.pml"

#ifdef NO_MB
#define WRITER_MB
#else
#define WRITER_MB EMPTY ->
#endif
#ifdef SINGLE_FLIP
#define FLIPS 1
#else
#define FLIPS 2
#endif

bit read_poison;

active [READERS] proctype Reader() {
  byte seen;

lock:
  atomic { seen = LOAD(PERIOD) }
  atomic { STORE(READER(_pid), seen); seen = 0 }
  atomic { EMPTY -> seen = LOAD(POINTER) }
  atomic { read_poison = (LOAD(DATA(seen)) == POISON); seen = 0 }
  atomic { EMPTY -> seen = LOAD(READER(_pid)) }
  atomic { STORE(READER(_pid), seen - 1); seen = 0; goto lock }
}

active proctype Writer() {
  byte update, flip, reader, phase, seen;
  bit published;

publish:
  atomic { STORE(DATA(1 - published), WINE) }
  atomic { STORE(POINTER, 1 - published); published = 1 - published }
change:
  atomic { WRITER_MB phase = LOAD(PERIOD) ^ PHASE }
  atomic { STORE(PERIOD, phase) }
look:
  atomic {
    WRITER_MB
    seen = LOAD(READER(reader));
    if
    :: (seen & NESTING) && ((seen ^ phase) & PHASE) -> seen = 0; goto look
    :: else -> seen = 0; reader++
    fi;
    if
    :: reader < READERS -> goto look
    :: else -> reader = 0; phase = 0; flip++
    fi;
    if
    :: flip < FLIPS -> goto change
    :: else -> flip = 0
    fi
  }
  atomic {
    WRITER_MB
    STORE(DATA(1 - published), POISON);
    update++;
    if
    :: update < UPDATES -> goto publish
    :: else
    fi
  }
end:
  false
}

#define BROKEN read_poison
#include "buffers.pml"
