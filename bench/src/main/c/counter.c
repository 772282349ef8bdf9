// SPDX-License-Identifier: Apache-2.0
/*
 * Calls the machine code of a counter's addition in a loop, as the JVM calls it: through a function
 * pointer that the compiler cannot see through, with the same fallback.
 *
 * usage: counter CODE ENTRY START COMMIT ABORT AREA STRIDE RANGES FIRST THREADS COUNTERS REPETITIONS MILLIS
 *
 * CODE is a file with the code; its descriptor is at its beginning. ENTRY, START, COMMIT and ABORT are
 * offsets in it. AREA is the offset of the rseq area that the code was made for, STRIDE and RANGES describe
 * the memory, FIRST is the offset of the first counter in a range.
 *
 * Prints a line for each repetition: nanoseconds for each call, the mean of all threads, as each sees it.
 * Exits 2 if the code does not fit this process, 3 if an addition is lost, 1 on other failures.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include "repeat.h"

enum { PAGE = 4096, ORDER = 4096 };

/* glibc 2.35 and later; weak, so that the program links with any libc. */
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

/* include/uapi/linux/rseq.h: struct rseq_cs */
struct descriptor {
    uint32_t version, flags;
    uint64_t start, length, abort;
};

typedef long (*function)(long base, long offset, long count);

static volatile function increment;
static long base, first, counters;
static long (*order)[ORDER];
static _Atomic long failed;

static void *map(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        fail(1, "mmap failed");
    return memory;
}

static function load(char **argument) {
    FILE *file = fopen(argument[1], "rb");
    char *code = map(PAGE);
    if (!file || fread(code, 1, PAGE, file) == 0)
        fail(1, "the code cannot be read");
    fclose(file);
    uint64_t start = strtoul(argument[3], NULL, 10);
    *(struct descriptor *) code = (struct descriptor){
        .start = (uintptr_t) code + start,
        .length = strtoul(argument[4], NULL, 10) - start,
        .abort = (uintptr_t) code + strtoul(argument[5], NULL, 10),
    };
    if (mprotect(code, PAGE, PROT_READ | PROT_EXEC))
        fail(1, "mprotect failed");
    return (function) (code + strtoul(argument[2], NULL, 10));
}

static void add(long offset) {
    if (__builtin_expect(increment(base, offset, 1) != 0, 0))
        atomic_fetch_add(&failed, 1);
}

static void one(void) {
    for (int i = 0; i < BATCH; i++)
        add(first);
}

static void many(const long *offsets) {
    for (int i = 0; i < BATCH; i++)
        add(offsets[i & (ORDER - 1)]);
}

static long batch(long index) {
    if (counters == 1)
        one();
    else
        many(order[index]);
    return BATCH;
}

static void *adder(void *worker) {
    repeat(worker, batch);
    return NULL;
}

/* Draws the offsets of counters in advance, by Marsaglia's xorshift64. */
static void draw(long *offsets, uint64_t random) {
    for (int i = 0; i < ORDER; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        offsets[i] = first + (long) (random & (uint64_t) (counters - 1)) * 8;
    }
}

static double mean(const struct worker *workers, long threads) {
    double sum = 0;
    for (long i = 0; i < threads; i++)
        sum += (workers[i].end - workers[i].begin) / workers[i].calls;
    return sum / threads;
}

int main(int argc, char **argument) {
    if (argc != 14)
        fail(1, "usage: see counter.c");
    if (&__rseq_offset == NULL || &__rseq_size == NULL || __rseq_size == 0)
        fail(2, "the C library does not register rseq in this process");
    if (__rseq_offset != strtol(argument[6], NULL, 10))
        fail(2, "the rseq area of a C program is elsewhere than in the JVM");
    increment = load(argument);
    long stride = strtol(argument[7], NULL, 10);
    long ranges = strtol(argument[8], NULL, 10);
    first = strtol(argument[9], NULL, 10);
    long threads = strtol(argument[10], NULL, 10);
    counters = strtol(argument[11], NULL, 10);
    base = ((long) map(stride * (ranges + 1)) + stride - 1) & -stride;
    order = allocate(threads, sizeof *order);
    for (long i = 0; i < threads; i++)
        draw(order[i], (i + 1) * 0x9E3779B97F4A7C15ul);

    long added = run(threads, atol(argument[12]), atol(argument[13]), adder, mean);

    long sum = failed;
    for (long range = 0; range < ranges; range++)
        for (long i = 0; i < counters; i++)
            sum += *(long *) (base + range * stride + first + i * 8);
    if (sum != added)
        fail(3, "an addition was lost");
    return 0;
}
