// SPDX-License-Identifier: Apache-2.0
/* What workers do: each sequence of the catalogue, with arguments whose effect can be checked in the end. */
#include "driver.h"

int64_t tally(int sequence) {
    return offsetof(struct range, tally) + sequence * 8;
}

/* Words of a record tell its number and its writer, so that one half of a record never fits another. */
int64_t word_of_record(int64_t number, int64_t writer, int i) {
    return i == 0 ? writer : number * 1000003 + writer * 101 + i;
}

int64_t record_of(int sequence, int64_t number) {
    int log = sequence == CPULOCAL_LOAD_CBNE_MEMCPY_STORE_RELEASE;
    return offsetof(struct range, log[log][number % RECORDS]);
}

/* Performs a sequence on the range of a CPU, or for -1 on that of the current one. */
static int64_t on_range(struct thread *self, int cpu, int sequence, const int64_t *a) {
    if (cpu < 0)
        return perform(self, sequence, a);
    unsigned before = atomic_load(&switched[cpu]);
    int64_t result = execute(cpu, sequence, a);
    count(&self->elsewhere);
    if (before % 2 == 1 && before == atomic_load(&switched[cpu]))
        count(&self->offline);
    return result;
}

static int64_t append(struct thread *self, int cpu, int sequence, int64_t seen) {
    int64_t record[RECORD_WORDS];
    int64_t writer = self - threads;
    for (int i = 0; i < RECORD_WORDS; i++)
        record[i] = word_of_record(seen, writer, i);
    return on_range(self, cpu, sequence, (int64_t[]){tally(sequence), seen, record_of(sequence, seen),
                                                     (int64_t) record, sizeof record, seen + 1});
}

static int64_t pop(struct thread *self, int cpu, int sequence) {
    if (self->held)
        return CPULOCAL_UNEQUAL;
    int64_t result = on_range(self, cpu, sequence, (int64_t[6]){offsetof(struct range, head), 0,
                                                               offsetof(struct node, next)});
    if (result >= CPULOCAL_LEAST_VALUE)
        self->held = result;
    return result;
}

static int64_t push(struct thread *self, int cpu, int sequence, int64_t head) {
    if (!self->held)
        return CPULOCAL_UNEQUAL;
    int64_t result = on_range(self, cpu, sequence, (int64_t[6]){offsetof(struct range, head), head,
                                                               self->held + offsetof(struct node, next), head,
                                                               self->held});
    if (result >= CPULOCAL_LEAST_VALUE)
        self->held = 0;
    return result;
}

/* As CpuCounter does it: what is aborted is added to a second word by an atomic instruction. */
static int64_t add_to_counter(struct thread *self) {
    int64_t result = attempt(self, CPULOCAL_COUNTER_ADD, (int64_t[6]){tally(CPULOCAL_COUNTER_ADD), 1});
    if (result != CPULOCAL_ABORTED)
        return result;
    atomic_fetch_add_explicit(&range_of(current())->added_atomically, 1, memory_order_relaxed);
    return 0;
}

/* Every fourth time the second comparison is one that must fail. */
static int64_t pass_gate(struct thread *self, int cpu, int sequence, int64_t seen) {
    int open = draw(&self->random, 4) != 0;
    int64_t result = on_range(self, cpu, sequence, (int64_t[6]){tally(sequence), seen, offsetof(struct range, gate),
                                                               GATE + !open, seen + 1});
    if (!open && result != CPULOCAL_UNEQUAL && result != CPULOCAL_UNEQUAL + 1)
        fault = "a comparison was passed that does not hold";
    return result;
}

/* The same with arguments that fit the sequence. */
static int64_t operate(struct thread *self, int cpu, int sequence) {
    struct range *likely = range_of(cpu < 0 ? current() : cpu);
    int64_t word = tally(sequence);
    int64_t seen = __atomic_load_n(at(likely, word), __ATOMIC_RELAXED);

    switch (sequence) {
    case CPULOCAL_LOAD_CBNE_STORE:
        return on_range(self, cpu, sequence, (int64_t[6]){word, seen, seen + 1});
    case CPULOCAL_LOAD_CBEQ_STORE_ADD_LOAD_STORE:
        return pop(self, cpu, sequence);
    case CPULOCAL_LOAD_ADD_STORE:
        return on_range(self, cpu, sequence, (int64_t[6]){word, 1});
    case CPULOCAL_LOAD_ADD_LOAD_LOAD_ADD_STORE:
        return on_range(self, cpu, sequence, (int64_t[6]){offsetof(struct range, pointer), 8, 1});
    case CPULOCAL_LOAD_CBNE_STORE_STORE:
        return push(self, cpu, sequence, __atomic_load_n(&likely->head, __ATOMIC_RELAXED));
    case CPULOCAL_LOAD_CBNE_STORE_STORE_RELEASE:
        return on_range(self, cpu, sequence,
                        (int64_t[6]){word, seen, offsetof(struct range, pair), seen + 1, seen + 1});
    case CPULOCAL_LOAD_CBNE_LOAD_CBNE_STORE:
        return pass_gate(self, cpu, sequence, seen);
    case CPULOCAL_LOAD_CBNE_MEMCPY_STORE:
    case CPULOCAL_LOAD_CBNE_MEMCPY_STORE_RELEASE:
        return append(self, cpu, sequence, seen);
    case CPULOCAL_COUNTER_ADD:
        return cpu < 0 ? add_to_counter(self) : CPULOCAL_UNEQUAL;
    default:
        return CPULOCAL_OUT_OF_RANGE;
    }
}

void step(struct thread *self, int cpu) {
    int sequence = self->turn++ % SEQUENCES;
    int64_t result = operate(self, cpu, sequence);
    if (result >= CPULOCAL_LEAST_VALUE)
        count(&self->committed[sequence]);
    else if (result < CPULOCAL_UNEQUAL)
        fault = "a sequence answered a code that cannot be";
}

void step_on_all(struct thread *self) {
    execute_on_all(CPULOCAL_LOAD_ADD_STORE, (int64_t[6]){tally(CPULOCAL_LOAD_ADD_STORE), 1});
    for (int cpu = 0; cpu < CPUS; cpu++)
        count(&self->committed[CPULOCAL_LOAD_ADD_STORE]);
}
