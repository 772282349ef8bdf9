// SPDX-License-Identifier: Apache-2.0
/*
 * Threads that call something in repetitions, all at the same time. A program says what a thread does: a
 * function that calls repeat() once.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 10000 };

struct worker {
    pthread_t thread;
    long index;
    /* In the last repetition. */
    double begin, end;
    long calls;
    /* In all repetitions. */
    long total;
};

static long repetitions;
static atomic_bool stop;
static pthread_barrier_t barrier;

static void fail(int code, const char *message) {
    fprintf(stderr, "%s\n", message);
    exit(code);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void start_thread(pthread_t *thread, void *(*work)(void *), void *argument) {
    if (pthread_create(thread, NULL, work, argument))
        fail(1, "a thread cannot be created");
}

static void *allocate(long count, size_t bytes) {
    /* None is no error. */
    void *memory = calloc(count + 1, bytes);
    if (!memory)
        fail(1, "there is no memory");
    return memory;
}

/* Calls batch, which says how many calls it made, in each repetition until that ends, at least once. */
static void repeat(struct worker *worker, long (*batch)(long index)) {
    for (long i = 0; i < repetitions; i++) {
        pthread_barrier_wait(&barrier);
        worker->calls = 0;
        worker->begin = now();
        do
            worker->calls += batch(worker->index);
        while (!atomic_load_explicit(&stop, memory_order_relaxed));
        worker->end = now();
        worker->total += worker->calls;
        pthread_barrier_wait(&barrier);
    }
}

static void measure(long millis) {
    struct timespec time = {millis / 1000, millis % 1000 * 1000000};
    atomic_store(&stop, 0);
    pthread_barrier_wait(&barrier);
    nanosleep(&time, NULL);
    atomic_store(&stop, 1);
    pthread_barrier_wait(&barrier);
}

/*
 * Starts threads that do work, which gets its struct worker, and prints a line for each of some repetitions:
 * what nanos makes of them. One more, before them, warms up. Returns how many calls there were in all.
 */
static long run(
    long threads, long times, long millis, void *(*work)(void *), double (*nanos)(const struct worker *, long)) {
    struct worker *workers = allocate(threads, sizeof *workers);
    repetitions = times + 1;
    pthread_barrier_init(&barrier, NULL, threads + 1);
    for (long i = 0; i < threads; i++) {
        workers[i].index = i;
        start_thread(&workers[i].thread, work, &workers[i]);
    }
    measure(millis);
    for (long i = 0; i < times; i++) {
        measure(millis);
        printf("%.4f\n", nanos(workers, threads));
    }
    long total = 0;
    for (long i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        total += workers[i].total;
    }
    free(workers);
    return total;
}
