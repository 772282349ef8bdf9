// SPDX-License-Identifier: Apache-2.0

/*
 * What membarrier(2) answers in a fresh process, in a fixed order of calls, since registrations stay.
 * With the argument "threads" a second thread exists meanwhile: the kernel has a shortcut for one.
 */
#define _GNU_SOURCE
#include "cases.h"
#include <limits.h>
#include <linux/membarrier.h>
#include <pthread.h>

enum { FLAG_CPU = 1, NO_CPU = 9999 };

static const struct command {
	const char *name;
	int number;
} commands[] = {
	{"QUERY", 0},
	{"GLOBAL", 1},
	{"GLOBAL_EXPEDITED", 2},
	{"REGISTER_GLOBAL_EXPEDITED", 4},
	{"PRIVATE_EXPEDITED", 8},
	{"REGISTER_PRIVATE_EXPEDITED", 16},
	{"PRIVATE_EXPEDITED_SYNC_CORE", 32},
	{"REGISTER_PRIVATE_EXPEDITED_SYNC_CORE", 64},
	{"PRIVATE_EXPEDITED_RSEQ", 128},
	{"REGISTER_PRIVATE_EXPEDITED_RSEQ", 256},
	{"GET_REGISTRATIONS", 512},
};

enum { COMMANDS = sizeof commands / sizeof *commands };
enum { GLOBAL_EXPEDITED = 2, PRIVATE = 8, SYNC_CORE = 32, RSEQ = 128, GET_REGISTRATIONS = 512 };

static long membarrier(int command, unsigned flags, int cpu)
{
	return result(syscall(SYS_membarrier, command, flags, cpu));
}

static void tell(const char *when, const char *what, int command, unsigned flags, int cpu)
{
	char name[128];

	snprintf(name, sizeof name, "%s.%s", when, what);
	report(name, membarrier(command, flags, cpu));
}

/* Calls that fail whatever is registered. */
static void tell_invalid(void)
{
	static const int unknown[] = {-1, 3, 1 << 30};
	static const unsigned flags[] = {1, 2, 3, -1U};
	char when[64];

	for (int i = 0; i < 3; i++) {
		snprintf(when, sizeof when, "%d", unknown[i]);
		tell("unknown", when, unknown[i], 0, 0);
	}
	for (int i = 0; i < 4; i++) {
		snprintf(when, sizeof when, "flags.%d", (int)flags[i]);
		for (int k = 0; k < COMMANDS; k++)
			tell(when, commands[k].name, commands[k].number, flags[i], 0);
	}
}

/* What may be executed, and what is registered. */
static void tell_barriers(const char *when)
{
	tell(when, "GLOBAL_EXPEDITED", GLOBAL_EXPEDITED, 0, 0);
	tell(when, "PRIVATE_EXPEDITED", PRIVATE, 0, 0);
	tell(when, "PRIVATE_EXPEDITED_SYNC_CORE", SYNC_CORE, 0, 0);
	tell(when, "PRIVATE_EXPEDITED_RSEQ", RSEQ, 0, 0);
	tell(when, "PRIVATE_EXPEDITED_RSEQ.cpu", RSEQ, FLAG_CPU, 0);
	tell(when, "GET_REGISTRATIONS", GET_REGISTRATIONS, 0, 0);
}

static void register_and_tell(const char *name, int registration)
{
	char when[64];

	snprintf(when, sizeof when, "register.%s", name);
	tell(when, "first", registration, 0, 0);
	tell(when, "second", registration, 0, 0);
	tell_barriers(when);
}

static void tell_cpus(void)
{
	static const int cpus[] = {0, NO_CPU, INT_MAX, -1, INT_MIN};
	char what[32];

	for (int i = 0; i < 5; i++) {
		snprintf(what, sizeof what, "%d", cpus[i]);
		tell("cpu", what, RSEQ, FLAG_CPU, cpus[i]);
	}
}

static void *wait_for_end(void *lock)
{
	pthread_mutex_lock(lock);
	return NULL;
}

static long fork_tells(const void *argument)
{
	tell_barriers("fork");
	return 0;
}

int main(int count, char **arguments)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_t thread;

	if (count > 1 && !strcmp(arguments[1], "exec")) {
		tell_barriers("exec");
		return 0;
	}
	pthread_mutex_lock(&lock);
	if (count > 1 && pthread_create(&thread, NULL, wait_for_end, &lock))
		return 1;
	tell("query", "QUERY", 0, 0, 0);
	tell_invalid();
	tell("global", "GLOBAL", 1, 0, 0);
	tell_barriers("fresh");
	register_and_tell("RSEQ", 256);
	tell_cpus();
	register_and_tell("SYNC_CORE", 64);
	register_and_tell("PRIVATE", 16);
	register_and_tell("GLOBAL", 4);
	report_child("forked", fork_tells, NULL);
	fflush(stdout);
	execl(arguments[0], arguments[0], "exec", NULL);
	return 1;
}
