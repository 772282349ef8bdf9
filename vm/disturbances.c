// SPDX-License-Identifier: Apache-2.0
/* What disturbs the workers. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

_Atomic long migrations, signals, unplugged, plugged;
_Atomic unsigned switched[CPUS];

void pause_micros(long micros) {
    nanosleep(&(struct timespec){0, micros * 1000}, NULL);
}

void *work_elsewhere(void *argument) {
    struct thread *self = argument;
    while (!calm) {
        step(self, draw(&self->random, CPUS));
        if (draw(&self->random, 64) == 0)
            step_on_all(self);
        pause_micros(50);
    }
    return NULL;
}

static void allow(pid_t tid, int first, int last) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    for (int cpu = first; cpu <= last; cpu++)
        CPU_SET(cpu, &cpus);
    if (!sched_setaffinity(tid, sizeof cpus, &cpus))
        count(&migrations);
}

void *migrate(void *argument) {
    uint64_t random = 1;
    while (!calm) {
        int cpu = draw(&random, CPUS);
        pid_t tid = threads[draw(&random, WORKERS)].tid;
        if (draw(&random, 4) == 0)
            allow(tid, 0, CPUS - 1);
        else
            allow(tid, cpu, cpu);
        pause_micros(200);
    }
    return argument;
}

void *send_signals(void *argument) {
    uint64_t random = 2;
    while (!calm) {
        if (!tgkill(getpid(), threads[draw(&random, WORKERS)].tid, SIGUSR1))
            count(&signals);
        pause_micros(100);
    }
    return argument;
}

static int write_online(int cpu, const char *value) {
    char path[64];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/online", cpu);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    int written = write(file, value, 1) == 1;
    close(file);
    return written;
}

static void plug(int cpu) {
    atomic_fetch_add(&switched[cpu], 1);
    if (write_online(cpu, "1"))
        count(&plugged);
    else
        fault = "a CPU cannot be plugged in again";
}

static void unplug(int cpu) {
    if (write_online(cpu, "0")) {
        atomic_fetch_add(&switched[cpu], 1);
        count(&unplugged);
    }
}

/* At most half of the CPUs are unplugged at a time. */
void *unplug_and_plug(void *argument) {
    uint64_t random = 3;
    int missing = 0;
    while (!calm) {
        int cpu = 1 + draw(&random, CPUS - 1);
        if (switched[cpu] % 2 == 1)
            plug(cpu);
        else if (missing < CPUS / 2)
            unplug(cpu);
        missing = 0;
        for (int i = 0; i < CPUS; i++)
            missing += switched[i] % 2;
        pause_micros(50000);
    }
    for (int cpu = 1; cpu < CPUS; cpu++)
        if (switched[cpu] % 2 == 1)
            plug(cpu);
    return argument;
}
