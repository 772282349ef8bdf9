// SPDX-License-Identifier: Apache-2.0
/*
 * Read sections and grace periods of liburcu's flavour "memb", which has membarrier in grace periods so that
 * readers need no fence. Sections are inlined, as in programs that define _LGPL_SOURCE.
 *
 * usage: urcu read THREADS REPETITIONS MILLIS
 *        urcu synchronize READERS CALLERS REPETITIONS MILLIS
 *
 * Prints a line for each repetition. "read": nanoseconds for each section, in which an object is read by its
 * pointer, as one thread sees it. "synchronize": the time in nanoseconds, divided by the calls of
 * synchronize_rcu() of all CALLERS, while READERS read all the time. One thread more is registered and reads
 * nothing: if there were none, a call would return at once.
 * Exits 3 if a section read something wrong, 1 on other failures.
 */
#define _LGPL_SOURCE
#if !__has_include(<urcu/urcu-memb.h>)
#error "there is no liburcu"
#endif
#include <string.h>
#include <urcu/urcu-memb.h>
#include "repeat.h"

struct object {
    long value;
};

static struct object *current;
static atomic_bool over;
static pthread_barrier_t reading;

/* From the first call of any thread to the end of the last, divided by the calls of all. */
static double shared(const struct worker *workers, long threads) {
    double begin = workers[0].begin, end = workers[0].end;
    long calls = 0;
    for (long i = 0; i < threads; i++) {
        begin = workers[i].begin < begin ? workers[i].begin : begin;
        end = workers[i].end > end ? workers[i].end : end;
        calls += workers[i].calls;
    }
    return (end - begin) / calls;
}

/* As one thread sees it, waiting for a CPU included, even if some threads begin late for want of one. */
static double seen(const struct worker *workers, long threads) {
    return shared(workers, threads) * threads;
}

static long read_sections(long index) {
    (void) index;
    long sum = 0;
    for (int i = 0; i < BATCH; i++) {
        urcu_memb_read_lock();
        sum += rcu_dereference(current)->value;
        urcu_memb_read_unlock();
    }
    if (sum != BATCH)
        fail(3, "a section read something wrong");
    return BATCH;
}

static long synchronize(long index) {
    (void) index;
    urcu_memb_synchronize_rcu();
    return 1;
}

static void *reader(void *worker) {
    urcu_memb_register_thread();
    repeat(worker, read_sections);
    urcu_memb_unregister_thread();
    return NULL;
}

static void *caller(void *worker) {
    repeat(worker, synchronize);
    return NULL;
}

static void *background(void *unused) {
    urcu_memb_register_thread();
    pthread_barrier_wait(&reading);
    while (!atomic_load_explicit(&over, memory_order_relaxed))
        read_sections(0);
    urcu_memb_unregister_thread();
    return unused;
}

static void grace_periods(long readers, long callers, long times, long millis) {
    pthread_t *threads = allocate(readers, sizeof *threads);
    pthread_barrier_init(&reading, NULL, readers + 1);
    for (long i = 0; i < readers; i++)
        start_thread(&threads[i], background, NULL);
    pthread_barrier_wait(&reading);
    urcu_memb_register_thread();
    run(callers, times, millis, caller, shared);
    atomic_store(&over, 1);
    for (long i = 0; i < readers; i++)
        pthread_join(threads[i], NULL);
    urcu_memb_unregister_thread();
    free(threads);
}

int main(int argc, char **argument) {
    static struct object object = {1};
    rcu_assign_pointer(current, &object);
    if (argc == 5 && strcmp(argument[1], "read") == 0)
        run(atol(argument[2]), atol(argument[3]), atol(argument[4]), reader, seen);
    else if (argc == 6 && strcmp(argument[1], "synchronize") == 0)
        grace_periods(atol(argument[2]), atol(argument[3]), atol(argument[4]), atol(argument[5]));
    else
        fail(1, "usage: see urcu.c");
    return 0;
}
