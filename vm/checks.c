// SPDX-License-Identifier: Apache-2.0
/* What must be in memory before and after. */
#include <stdlib.h>
#include <string.h>

#include "driver.h"

void clear_ranges(void) {
    memset(range_of(0), 0, (size_t) CPUS * CPULOCAL_STRIDE_BYTES);
    for (int cpu = 0; cpu < CPUS; cpu++) {
        struct range *range = range_of(cpu);
        range->gate = GATE;
        range->pointer = offsetof(struct range, table);
        range->table[1] = tally(CPULOCAL_LOAD_ADD_LOAD_LOAD_ADD_STORE);
        for (int i = cpu; i < NODES; i += CPUS) {
            range->nodes[i].next = range->head;
            range->head = offsetof(struct range, nodes[i]);
        }
    }
}

/* Operations that are not in memory, or twice. */
static long lost_tallies(void) {
    long lost = 0;
    for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        if (sequence == CPULOCAL_LOAD_CBEQ_STORE_ADD_LOAD_STORE || sequence == CPULOCAL_LOAD_CBNE_STORE_STORE)
            continue;
        long difference = TOTAL(committed[sequence]);
        for (int cpu = 0; cpu < CPUS; cpu++) {
            difference -= range_of(cpu)->tally[sequence];
            if (sequence == CPULOCAL_COUNTER_ADD)
                difference -= range_of(cpu)->added_atomically;
        }
        lost += labs(difference);
    }
    return lost;
}

/* Nodes that are not on exactly one list or held by exactly one thread. */
static long lost_nodes(void) {
    long seen[NODES] = {0}, lost = 0;
    int64_t first = offsetof(struct range, nodes);
    for (int cpu = 0; cpu < CPUS; cpu++) {
        int64_t offset = range_of(cpu)->head;
        for (int length = 0; offset && length <= NODES; length++) {
            seen[(offset - first) / sizeof(struct node)]++;
            offset = *at(range_of(cpu), offset + offsetof(struct node, next));
        }
    }
    for (int i = 0; i <= WORKERS; i++)
        if (threads[i].held)
            seen[(threads[i].held - first) / sizeof(struct node)]++;
    for (int i = 0; i < NODES; i++)
        lost += seen[i] != 1;
    return lost;
}

static long lost_records(struct range *range, int sequence) {
    long lost = 0;
    int64_t end = range->tally[sequence];
    /* The oldest may have been overwritten by an attempt at the next that did not commit. */
    for (int64_t number = end < RECORDS ? 0 : end - RECORDS + 1; number < end; number++) {
        int64_t *record = at(range, record_of(sequence, number));
        int whole = 1;
        for (int i = 0; i < RECORD_WORDS; i++)
            whole &= record[i] == word_of_record(number, record[0], i);
        lost += !whole;
    }
    return lost;
}

static long lost_contents(void) {
    long lost = 0;
    for (int cpu = 0; cpu < CPUS; cpu++) {
        struct range *range = range_of(cpu);
        int64_t ahead = range->pair - range->tally[CPULOCAL_LOAD_CBNE_STORE_STORE_RELEASE];
        lost += ahead != 0 && ahead != 1;
        lost += lost_records(range, CPULOCAL_LOAD_CBNE_MEMCPY_STORE);
        lost += lost_records(range, CPULOCAL_LOAD_CBNE_MEMCPY_STORE_RELEASE);
        lost += range->stop_word != 0;
    }
    return lost;
}

long lost(void) {
    return lost_tallies() + lost_nodes() + lost_contents();
}
