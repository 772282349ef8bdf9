// SPDX-License-Identifier: Apache-2.0
/*
 * Puts the machine code of the catalogue under stress, as the only program of a virtual machine, which it ends.
 *
 * Workers perform every operation again and again on the range of their CPU: some attempts, then the slow path, as
 * Ranges.java does it. Meanwhile one thread works on the ranges of other CPUs, one moves workers from CPU to CPU, one
 * sends them signals, and one unplugs CPUs and plugs them in again, all but CPU 0. In the end every committed operation
 * must be found in memory, exactly once. Then mutants are run the same way. Each must lose something, or this stress
 * would not have seen it.
 *
 * Prints lines of a name, a tabulator and a value, behind "cpulocal: ". The last has the name "verdict".
 */
#define _GNU_SOURCE
#include <linux/membarrier.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

enum {
    BURST = 200,
    RUN_SECONDS = 15,
    MUTANT_SECONDS = 1,
    PATIENCE_SECONDS = 60,
    /* So many operations and disturbances of each kind there must be before a run is over. */
    ENOUGH = 20,
};

static const char *const mutant_names[] = {
    [WITHOUT_SECTION] = "lost by mutant without section",
    [WITHOUT_FENCE] = "lost by mutant without fence",
    [WITHOUT_STOP_WORD] = "lost by mutant without stop word",
    [FENCE_OF_NEXT_CPU] = "lost by mutant fencing next CPU",
};

enum mutant mutant;
struct thread threads[WORKERS + 1];
_Atomic int calm, over;
const char *_Atomic fault;

static void print(const char *name, long value) {
    printf("cpulocal: %s\t%ld\n", name, value);
}

static void power_off(void) {
    fflush(stdout);
    reboot(RB_POWER_OFF);
    _exit(1);
}

static void fail(const char *reason, const char *what) {
    printf("cpulocal: verdict\tFAIL: %s%s\n", reason, what);
    power_off();
}

void require(int condition, const char *otherwise) {
    if (!condition)
        fail(otherwise, "");
}

/* ------------------------- A run ------------------------- */

static void *work(void *argument) {
    struct thread *self = argument;
    register_thread();
    // The kernel's own threads, which unplug CPUs, go first.
    nice(19);
    self->tid = gettid();
    while (!over) {
        for (int i = 0; i < BURST; i++)
            step(self, -1);
        // A virtual CPU that never rests is seldom there to be disturbed.
        pause_micros(2000);
    }
    return NULL;
}

static pthread_t start(void *(*routine)(void *), void *argument) {
    pthread_t id;
    require(!pthread_create(&id, NULL, routine, argument), "no thread");
    return id;
}

/* Runs whenever it can, however many workers there are. */
static pthread_t start_urgent(void *(*routine)(void *), void *argument) {
    pthread_t id = start(routine, argument);
    require(!pthread_setschedparam(id, SCHED_FIFO, &(struct sched_param){.sched_priority = 1}), "no priority");
    return id;
}

static void start_workers(void) {
    for (int i = 0; i < WORKERS; i++) {
        threads[i].id = start(work, &threads[i]);
        while (!threads[i].tid)
            sched_yield();
    }
}

/* What there was too little of, or NULL. */
static const char *missing(void) {
    struct {
        const char *name;
        long value;
    } counts[] = {
        {"stopped", TOTAL(stopped)},
        {"completed", TOTAL(completed)},
        {"elsewhere", TOTAL(elsewhere)},
        {"offline", by_cpu() ? TOTAL(offline) : ENOUGH},
        {"migrations", migrations},
        {"signals", signals},
        {"unplugged", unplugged},
        {"plugged", plugged},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].value < ENOUGH)
            return counts[i].name;
    for (int i = 0; i < SEQUENCES; i++)
        if (TOTAL(committed[i]) < ENOUGH || !TOTAL(aborted[i]))
            return cpulocal_sequences[i].name;
    return NULL;
}

static void wait_for_enough(int seconds) {
    time_t began = time(NULL);
    while (time(NULL) < began + seconds || (mutant == SOUND && missing() && time(NULL) < began + PATIENCE_SECONDS))
        pause_micros(100000);
}

static void prepare(void) {
    clear_ranges();
    memset(threads, 0, sizeof threads);
    migrations = signals = unplugged = plugged = 0;
    calm = over = 0;
    for (int i = 0; i <= WORKERS; i++)
        threads[i].random = (i + 1) * 0x9E3779B97F4A7C15ul;
}

static void run(int seconds) {
    prepare();
    start_workers();
    pthread_t disturbers[] = {
        start_urgent(work_elsewhere, &threads[WORKERS]),
        start_urgent(migrate, NULL),
        start_urgent(send_signals, NULL),
        start_urgent(unplug_and_plug, NULL),
    };
    wait_for_enough(seconds);
    calm = 1;
    for (size_t i = 0; i < sizeof disturbers / sizeof *disturbers; i++)
        pthread_join(disturbers[i], NULL);
    over = 1;
    for (int i = 0; i < WORKERS; i++)
        pthread_join(threads[i].id, NULL);
}

/* ------------------------- The whole ------------------------- */

static void on_signal(int number) {
    (void) number;
}

static void set_up(void) {
    require(!mount("sysfs", "/sys", "sysfs", 0, NULL), "no sysfs");
    require(sysconf(_SC_NPROCESSORS_CONF) == CPUS, "the code was made for another number of CPUs");
    register_thread();
    require(by_cpu() || has_concurrency_id(), "the kernel has no mm_cid");
    require(!syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0), "no membarrier");
    signal(SIGUSR1, on_signal);
    map_ranges();
}

static void print_facts(void) {
    struct utsname system;
    uname(&system);
    printf("cpulocal: kernel\t%s\n", system.release);
    printf("cpulocal: membarrier query\t0x%lx\n", syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0));
    print("rseq registered, bytes", registered_bytes());
    print("rseq of this kernel, bytes", feature_bytes());
    printf("cpulocal: index\t%s\n", CPULOCAL_INDEX);
    print("threads", WORKERS);
}

static void print_counts(void) {
    long operations = 0, aborted = 0;
    for (int i = 0; i < SEQUENCES; i++) {
        operations += TOTAL(committed[i]);
        aborted += TOTAL(aborted[i]);
    }
    print("operations", operations);
    print("aborted attempts", aborted);
    print("stopped attempts", TOTAL(stopped));
    print("completed by the slow path", TOTAL(completed));
    print("executed elsewhere", TOTAL(elsewhere));
    if (by_cpu())
        print("... while that CPU was offline", TOTAL(offline));
    print("migrations", migrations);
    print("signals", signals);
    print("CPUs unplugged", unplugged);
    print("CPUs plugged in again", plugged);
}

static void run_sound(void) {
    run(RUN_SECONDS);
    print_counts();
    print("lost", lost());
    require(!fault, fault);
    if (missing())
        fail("too few: ", missing());
    require(!lost(), "updates were lost");
}

static void run_mutant(void) {
    long seen = 0;
    for (int rounds = 0; rounds < PATIENCE_SECONDS / MUTANT_SECONDS && !seen; rounds++) {
        run(MUTANT_SECONDS);
        seen = lost();
    }
    print(mutant_names[mutant], seen);
    if (!seen)
        fail("nothing was ", mutant_names[mutant]);
}

/* Outside of a machine it only says for which place of struct rseq its code must be made. */
int main(int number, char **arguments) {
    if (getpid() != 1) {
        printf("%ld\n", area_offset(number < 2 || strcmp(arguments[1], "optimized")));
        return 0;
    }
    setlinebuf(stdout);
    set_up();
    print_facts();
    run_sound();
    for (mutant = WITHOUT_SECTION; mutant < (by_cpu() ? MUTANTS : FENCE_OF_NEXT_CPU); mutant++)
        run_mutant();
    puts("cpulocal: verdict\tPASS");
    power_off();
}
