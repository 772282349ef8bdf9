// SPDX-License-Identifier: Apache-2.0
/* What the files of the driver share: see driver.c. */
#pragma once

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sequences.h"

enum {
    CPUS = CPULOCAL_RANGES,
    /* librseq's operations and the counter's. Behind them come those of structures, made of the same steps. */
    SEQUENCES = CPULOCAL_COUNTER_ADD + 1,
    WORKERS = 4 * CPUS,

    NODES = 8 * CPUS,
    RECORDS = 8,
    RECORD_WORDS = 32,
    GATE = 42,
};

/* What is wrong on purpose, to see that it is found. The last is only wrong where ranges belong to CPUs. */
enum mutant { SOUND, WITHOUT_SECTION, WITHOUT_FENCE, WITHOUT_STOP_WORD, FENCE_OF_NEXT_CPU, MUTANTS };

struct node {
    int64_t unused, next;
};

struct range {
    alignas(64) _Atomic int64_t stop_word;
    /* The word that counts the commits of a sequence, by its place in the catalogue. */
    alignas(64) int64_t tally[SEQUENCES];
    _Atomic int64_t added_atomically;
    int64_t pair, gate, pointer, table[2];
    int64_t head;
    /* A node is on the list of some range, as the node of the same offset there, or held by a thread. */
    struct node nodes[NODES];
    int64_t log[2][RECORDS][RECORD_WORDS];
};
_Static_assert(sizeof(struct range) <= CPULOCAL_STRIDE_BYTES, "a range does not fit into the stride");

/* A worker, or the thread that works on other ranges. It counts, and all threads read. */
struct thread {
    pthread_t id;
    _Atomic pid_t tid;
    uint64_t random;
    int64_t held;
    unsigned turn;
    _Atomic long committed[SEQUENCES], aborted[SEQUENCES], stopped, completed, elsewhere, offline;
};

/* ------------------------- driver.c ------------------------- */

extern enum mutant mutant;
/* The last is the one that works on other ranges. */
extern struct thread threads[WORKERS + 1];
/* Disturbances end when it is calm, work when it is over. */
extern _Atomic int calm, over;
/* What went wrong, or NULL. */
extern const char *_Atomic fault;

/* Ends the machine with a failure unless a condition holds. */
void require(int condition, const char *otherwise);

/* ------------------------- registration.c ------------------------- */

/* Where struct rseq is, relative to the thread pointer: glibc's, or that of this program. */
long area_offset(int of_glibc);
/* Registers the calling thread unless glibc did. */
void register_thread(void);
long registered_bytes(void);
long feature_bytes(void);
int has_concurrency_id(void);

/* ------------------------- ranges.c ------------------------- */

void map_ranges(void);
struct range *range_of(int cpu);
int64_t *at(struct range *range, int64_t offset);
/* Whether ranges belong to CPUs, and not to concurrency ids. */
int by_cpu(void);
/* The number of the range that the calling thread would use now. */
int current(void);

/* Tries a sequence once. */
int64_t attempt(struct thread *self, int sequence, const int64_t *arguments);
/* Completes a sequence on the current range. */
int64_t perform(struct thread *self, int sequence, const int64_t *arguments);
/* Completes a sequence on any range. */
int64_t execute(int cpu, int sequence, const int64_t *arguments);
/* The same on all ranges, with one fence. */
void execute_on_all(int sequence, const int64_t *arguments);

/* ------------------------- operations.c ------------------------- */

/* The offset of the word that counts the commits of a sequence. */
int64_t tally(int sequence);
int64_t record_of(int sequence, int64_t number);
int64_t word_of_record(int64_t number, int64_t writer, int i);
/* Performs the thread's next operation on a range, or for -1 on the current one. */
void step(struct thread *self, int cpu);
void step_on_all(struct thread *self);

/* ------------------------- checks.c ------------------------- */

void clear_ranges(void);
/* How many operations are not found in memory, or twice, or torn. */
long lost(void);

/* ------------------------- disturbances.c ------------------------- */

extern _Atomic long migrations, signals, unplugged, plugged;
/* Counts up whenever a CPU is unplugged or plugged in; odd while it is unplugged. */
extern _Atomic unsigned switched[CPUS];

/* Routines of threads, until it is calm. */
void *work_elsewhere(void *thread);
void *migrate(void *unused);
void *send_signals(void *unused);
void *unplug_and_plug(void *unused);

/* ------------------------- Small things ------------------------- */

/* Of a counter that only the caller writes. */
static inline void count(_Atomic long *counter) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* By Marsaglia's xorshift64. */
static inline unsigned draw(uint64_t *random, unsigned bound) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (*random >> 16) % bound;
}

void pause_micros(long micros);

/* A number of all threads together. */
#define TOTAL(field) ({                                                 \
    long total = 0;                                                     \
    for (struct thread *one = threads; one <= threads + WORKERS; one++) \
        total += one->field;                                            \
    total;                                                              \
})
