// SPDX-License-Identifier: Apache-2.0

/*
 * What rseq(2) answers to right and wrong calls, each made by a process of its own. The C library must
 * not have registered: GLIBC_TUNABLES=glibc.pthread.rseq=0.
 */
#define _GNU_SOURCE
#include "cases.h"
#include <linux/rseq.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define SIGNATURE 0x53053053
#define OTHER 0x12345678
#define LENGTH 32
#define PAGE 4096
#define UNREGISTER RSEQ_FLAG_UNREGISTER
#define TRIES 100

static _Alignas(PAGE) char pages[2 * PAGE];

#define AREA ((uintptr_t)pages)
#define OTHER_AREA (AREA + PAGE)

struct call {
	const char *name;
	int registered;
	uintptr_t area;
	unsigned length;
	int flags;
	unsigned signature;
};

static const struct call calls[] = {
	{"fresh.probe", 0, 0, 0, 0, 0},
	{"fresh.valid", 0, AREA, LENGTH, 0, SIGNATURE},
	{"fresh.flags.-1", 0, AREA, LENGTH, -1, SIGNATURE},
	{"fresh.flags.4", 0, AREA, LENGTH, 4, SIGNATURE},
	{"fresh.unaligned.1", 0, AREA + 1, LENGTH, 0, SIGNATURE},
	{"fresh.unaligned.16", 0, AREA + 16, LENGTH, 0, SIGNATURE},
	{"fresh.length.0", 0, AREA, 0, 0, SIGNATURE},
	{"fresh.length.20", 0, AREA, 20, 0, SIGNATURE},
	{"fresh.length.28", 0, AREA, 28, 0, SIGNATURE},
	{"fresh.length.31", 0, AREA, 31, 0, SIGNATURE},
	{"fresh.length.33", 0, AREA, 33, 0, SIGNATURE},
	{"fresh.length.4096", 0, AREA, PAGE, 0, SIGNATURE},
	{"fresh.length.64.unaligned", 0, AREA + 16, 64, 0, SIGNATURE},
	{"fresh.kernel", 0, -PAGE, LENGTH, 0, SIGNATURE},
	{"fresh.unmapped", 0, 0x1000, LENGTH, 0, SIGNATURE},
	{"fresh.unregister", 0, AREA, LENGTH, UNREGISTER, SIGNATURE},
	{"again.identical", 1, AREA, LENGTH, 0, SIGNATURE},
	{"again.area", 1, OTHER_AREA, LENGTH, 0, SIGNATURE},
	{"again.length", 1, AREA, 64, 0, SIGNATURE},
	{"again.signature", 1, AREA, LENGTH, 0, OTHER},
	{"again.area.signature", 1, OTHER_AREA, LENGTH, 0, OTHER},
	{"again.length.signature", 1, AREA, 64, 0, OTHER},
	{"again.flags", 1, AREA, LENGTH, 4, SIGNATURE},
	{"unregister.identical", 1, AREA, LENGTH, UNREGISTER, SIGNATURE},
	{"unregister.area", 1, OTHER_AREA, LENGTH, UNREGISTER, SIGNATURE},
	{"unregister.length", 1, AREA, 64, UNREGISTER, SIGNATURE},
	{"unregister.length.20", 1, AREA, 20, UNREGISTER, SIGNATURE},
	{"unregister.signature", 1, AREA, LENGTH, UNREGISTER, OTHER},
	{"unregister.area.signature", 1, OTHER_AREA, LENGTH, UNREGISTER, OTHER},
	{"unregister.length.signature", 1, AREA, 64, UNREGISTER, OTHER},
	{"unregister.flags.3", 1, AREA, LENGTH, UNREGISTER | 2, SIGNATURE},
	{"unregister.flags.-1", 1, AREA, LENGTH, -1, SIGNATURE},
};

static long rseq(uintptr_t area, unsigned length, int flags, unsigned signature)
{
	return result(syscall(SYS_rseq, area, length, flags, signature));
}

static long registered(void)
{
	return rseq(AREA, LENGTH, 0, SIGNATURE);
}

static long unregistered(void)
{
	return rseq(AREA, LENGTH, UNREGISTER, SIGNATURE);
}

static volatile struct rseq *area(void)
{
	return (volatile struct rseq *)pages;
}

/* ------------------------- One call ------------------------- */

static long make(const void *argument)
{
	const struct call *call = argument;

	if (call->registered && registered())
		return NOT_PREPARED;
	return rseq(call->area, call->length, call->flags, call->signature);
}

/* ------------------------- More than one call ------------------------- */

static long unregister_twice(const void *argument)
{
	return registered() || unregistered() ? NOT_PREPARED : unregistered();
}

static long register_after_unregister(const void *argument)
{
	return registered() || unregistered() ? NOT_PREPARED : registered();
}

static long field_after_unregister(const void *argument)
{
	if (registered() || (int)area()->cpu_id < 0 || unregistered())
		return NOT_PREPARED;
	return *(volatile unsigned *)(pages + *(const int *)argument);
}

static long garbage_pointer(const void *argument)
{
	area()->rseq_cs = 0x1234567;
	if (registered())
		return NOT_PREPARED;
	sched_yield();
	return area()->rseq_cs;
}

static long read_only_page(const void *argument)
{
	if (mprotect(pages, PAGE, PROT_READ))
		return NOT_PREPARED;
	registered();
	sched_yield();
	return 0;
}

/* The kernel may want to write an id before, and then kills. */
static long unregister_lost_page(const void *argument)
{
	if (registered() || mprotect(pages, PAGE, PROT_NONE))
		return NOT_PREPARED;
	return unregistered();
}

/* ------------------------- Other processes and threads ------------------------- */

static long in_fork(const void *argument)
{
	pid_t child;
	int status;

	if (registered())
		return NOT_PREPARED;
	child = fork();
	if (!child)
		_exit((int)area()->cpu_id < 0 ? 1 : (int)-registered());
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : NOT_PREPARED;
}

static int vm_child(void *answer)
{
	*(long *)answer = unregistered();
	return 0;
}

/* A task that shares the memory, as those of vfork and posix_spawn. */
static long in_clone_vm(const void *argument)
{
	static _Alignas(16) char stack[16 * PAGE];
	long answer = NOT_PREPARED;
	pid_t child;

	if (registered())
		return NOT_PREPARED;
	child = clone(vm_child, stack + sizeof stack, CLONE_VM | SIGCHLD, &answer);
	waitpid(child, NULL, 0);
	return answer;
}

static void *thread_unregisters(void *argument)
{
	return (void *)unregistered();
}

static void *thread_registers(void *argument)
{
	return (void *)rseq(OTHER_AREA, LENGTH, 0, SIGNATURE);
}

static long in_thread(void *(*body)(void *))
{
	pthread_t thread;
	void *answer;

	if (registered() || pthread_create(&thread, NULL, body, NULL) ||
	    pthread_join(thread, &answer))
		return NOT_PREPARED;
	return (long)answer;
}

static long unregister_in_thread(const void *argument)
{
	return in_thread(thread_unregisters);
}

static long register_in_thread(const void *argument)
{
	return in_thread(thread_registers);
}

static long after_exec(const void *program)
{
	if (registered())
		return NOT_PREPARED;
	/* The new program reports. */
	execl(program, program, "valid", NULL);
	return result(-1);
}

/* ------------------------- The fields ------------------------- */

/* In how many of its CPUs a thread reads another number than it is told when it asks. */
static long wrong_cpus(const void *argument)
{
	cpu_set_t allowed, one;
	unsigned cpu, node;
	long wrong = 0;

	if (registered() || sched_getaffinity(0, sizeof allowed, &allowed))
		return NOT_PREPARED;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		if (sched_setaffinity(0, sizeof one, &one) || syscall(SYS_getcpu, &cpu, &node, NULL))
			return NOT_PREPARED;
		wrong += cpu != (unsigned)i || area()->cpu_id != cpu || area()->cpu_id_start != cpu ||
			 (getauxval(27) >= 24 && *(volatile unsigned *)(pages + 20) != node);
	}
	return wrong;
}

int main(int count, char **arguments)
{
	static const int offsets[] = {4, 20, 24};
	char name[64];

	if (count > 1) {
		report("exec", registered());
		return 0;
	}
	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)
		report_child(calls[i].name, make, &calls[i]);
	report_child("unregister.twice", unregister_twice, NULL);
	report_child("unregister.register", register_after_unregister, NULL);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof name, "unregister.field.%d", offsets[i]);
		report_child(name, field_after_unregister, &offsets[i]);
	}
	report_child("fresh.garbage", garbage_pointer, NULL);
	report_child("fresh.readOnly", read_only_page, NULL);
	for (int i = 0; i < TRIES; i++)
		if (report_child("unregister.lostPage", unregister_lost_page, NULL))
			break;
	report_child("fork", in_fork, NULL);
	report_child("cloneVm", in_clone_vm, NULL);
	report_child("thread.unregister", unregister_in_thread, NULL);
	report_child("thread.register", register_in_thread, NULL);
	report_child("exec", after_exec, arguments[0]);
	report_child("wrongCpus", wrong_cpus, NULL);
	return 0;
}
