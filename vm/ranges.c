// SPDX-License-Identifier: Apache-2.0
/* The memory, the machine code, and the slow path: as in Ranges.java, CodeMemory.java and Interpreter.java. */
#define _GNU_SOURCE
#include <linux/membarrier.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"

enum { TRIES = 9, SPINS = 100, PAGE = 4096 };

/* include/uapi/linux/rseq.h: the fields of struct rseq that tell the range, and struct rseq_cs */
enum { CPU_ID = 4, MM_CID = 24 };

struct descriptor {
    uint32_t version, flags;
    uint64_t start, length, abort;
};

typedef int64_t (*function)(char *, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);

/* delayed.c */
extern const struct cpulocal_sequence *const delayed_sequences;

static char *base;
/* With or without a section, and with or without a delay before the commit. */
static function functions[2][2][SEQUENCES];

struct range *range_of(int cpu) {
    return (struct range *) (base + (long) cpu * CPULOCAL_STRIDE_BYTES);
}

int64_t *at(struct range *range, int64_t offset) {
    return (int64_t *) ((char *) range + offset);
}

int by_cpu(void) {
    return !strcmp(CPULOCAL_INDEX, "cpu_id");
}

int current(void) {
    const char *area = (const char *) __builtin_thread_pointer() + CPULOCAL_AREA_OFFSET;
    return *(const volatile int *) (area + (by_cpu() ? CPU_ID : MM_CID));
}

/* ------------------------- Machine code ------------------------- */

static void *map(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(memory != MAP_FAILED, "no memory");
    return memory;
}

/* A section of length 0 is none: the kernel never finds a thread inside. */
static function publish(const struct cpulocal_sequence *sequence, int section) {
    char *code = map(PAGE);
    require(sequence->size <= PAGE, "too much code");
    memcpy(code, sequence->bytes, sequence->size);
    *(struct descriptor *) (code + sequence->descriptor) = (struct descriptor){
        .start = (uintptr_t) code + sequence->start,
        .length = section ? sequence->commit - sequence->start : 0,
        .abort = (uintptr_t) code + sequence->abort,
    };
    require(!mprotect(code, PAGE, PROT_READ | PROT_EXEC), "no executable memory");
    return (function) (code + sequence->entry);
}

void map_ranges(void) {
    uintptr_t memory = (uintptr_t) map((size_t) (CPUS + 1) * CPULOCAL_STRIDE_BYTES);
    base = (char *) ((memory + CPULOCAL_STRIDE_BYTES - 1) & -(uintptr_t) CPULOCAL_STRIDE_BYTES);
    for (int section = 0; section < 2; section++)
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            functions[section][0][sequence] = publish(&cpulocal_sequences[sequence], section);
            functions[section][1][sequence] = publish(&delayed_sequences[sequence], section);
        }
}

/* Now and then one takes longer than a fence, so that disturbances find it in the section, and a fence must end it. */
int64_t attempt(struct thread *self, int sequence, const int64_t *a) {
    int section = mutant != WITHOUT_SECTION;
    int delayed = draw(&self->random, 128) == 0;
    int64_t result = functions[section][delayed][sequence](base, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (result == CPULOCAL_ABORTED)
        count(&self->aborted[sequence]);
    return result;
}

/* ------------------------- The slow path ------------------------- */

/* About as long as the interpreter in Java takes, so that a sequence that is not kept out has time to come between. */
static void linger(void) {
    for (volatile int i = 0; i < 1000; i++)
        ;
}

static void store(int64_t *to, int64_t value) {
    linger();
    *to = value;
}

/* A sequence in C, for a range where none runs. */
static int64_t plain(int sequence, struct range *range, const int64_t *a) {
    int64_t *v = at(range, a[0]);
    int64_t seen = *v;

    switch (sequence) {
    case CPULOCAL_LOAD_CBNE_STORE:
        if (seen != a[1])
            return CPULOCAL_UNEQUAL;
        store(v, a[2]);
        return 0;
    case CPULOCAL_LOAD_CBEQ_STORE_ADD_LOAD_STORE:
        if (seen == a[1])
            return CPULOCAL_UNEQUAL;
        store(v, *at(range, seen + a[2]));
        return seen;
    case CPULOCAL_LOAD_ADD_STORE:
        store(v, seen + a[1]);
        return 0;
    case CPULOCAL_LOAD_ADD_LOAD_LOAD_ADD_STORE:
        v = at(range, *at(range, seen + a[1]));
        store(v, *v + a[2]);
        return 0;
    case CPULOCAL_LOAD_CBNE_STORE_STORE:
    case CPULOCAL_LOAD_CBNE_STORE_STORE_RELEASE:
        if (seen != a[1])
            return CPULOCAL_UNEQUAL;
        *at(range, a[2]) = a[3];
        store(v, a[4]);
        return 0;
    case CPULOCAL_LOAD_CBNE_LOAD_CBNE_STORE:
        if (seen != a[1])
            return CPULOCAL_UNEQUAL;
        if (*at(range, a[2]) != a[3])
            return CPULOCAL_UNEQUAL + 1;
        store(v, a[4]);
        return 0;
    case CPULOCAL_LOAD_CBNE_MEMCPY_STORE:
    case CPULOCAL_LOAD_CBNE_MEMCPY_STORE_RELEASE:
        if (seen != a[1])
            return CPULOCAL_UNEQUAL;
        memcpy(at(range, a[2]), (const void *) a[3], a[4]);
        store(v, a[5]);
        return 0;
    default:
        return CPULOCAL_OUT_OF_RANGE;
    }
}

static void take(struct range *range) {
    int64_t clear = 0;
    for (int tries = 0; !atomic_compare_exchange_strong(&range->stop_word, &clear, 1); tries++) {
        clear = 0;
        if (tries >= SPINS)
            pause_micros(20);
    }
}

static void stop(struct range *range) {
    if (mutant != WITHOUT_STOP_WORD)
        take(range);
}

static void resume(struct range *range) {
    atomic_store_explicit(&range->stop_word, 0, memory_order_release);
}

static void membarrier(int flags, int cpu) {
    if (mutant != WITHOUT_FENCE && syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, flags, cpu))
        fault = "membarrier failed";
}

static void fence_all(void) {
    membarrier(0, 0);
}

/* The kernel cannot address one concurrency id. */
static void fence(int cpu) {
    if (by_cpu())
        membarrier(MEMBARRIER_CMD_FLAG_CPU, mutant == FENCE_OF_NEXT_CPU ? (cpu + 1) % CPUS : cpu);
    else
        fence_all();
}

int64_t execute(int cpu, int sequence, const int64_t *a) {
    stop(range_of(cpu));
    fence(cpu);
    int64_t result = plain(sequence, range_of(cpu), a);
    resume(range_of(cpu));
    return result;
}

void execute_on_all(int sequence, const int64_t *a) {
    for (int cpu = 0; cpu < CPUS; cpu++)
        stop(range_of(cpu));
    fence_all();
    for (int cpu = 0; cpu < CPUS; cpu++) {
        plain(sequence, range_of(cpu), a);
        resume(range_of(cpu));
    }
}

int64_t perform(struct thread *self, int sequence, const int64_t *a) {
    for (int tries = 0; tries < TRIES; tries++) {
        int64_t result = attempt(self, sequence, a);
        if (result == CPULOCAL_STOPPED)
            count(&self->stopped);
        else if (result != CPULOCAL_ABORTED)
            return result;
    }
    count(&self->completed);
    return execute(current(), sequence, a);
}
