// SPDX-License-Identifier: Apache-2.0

/*
 * What the kernel does to a thread whose descriptor is wrong: with the thread in the section, where a
 * timer's signal finds it, and elsewhere, where it sends itself a signal. Each case is a process of
 * its own. The C library must not have registered: GLIBC_TUNABLES=glibc.pthread.rseq=0.
 */
#define _GNU_SOURCE
#include "cases.h"
#include <linux/rseq.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>

#define SIGNATURE 0x53053053
#define LENGTH 32
#define TIMER_MICROS 1000
#define TURNS 20000000000L

/* long section(area, descriptor, turns): 0 if the turns were used up, 1 aborted, 2 aborted badly. */
__asm__(".text\n"
	"section:\n"
	"	mov %rsi, 8(%rdi)\n"
	"section_start:\n"
	"	sub $1, %rdx\n"
	"	jnz section_start\n"
	"section_commit:\n"
	"	xor %eax, %eax\n"
	"	ret\n"
	"	.byte 0x0f, 0xb9, 0x3d\n"
	"	.long 0x53053053\n"
	"section_abort:\n"
	"	mov $1, %eax\n"
	"	ret\n"
	"	.long 0x12345678\n"
	"section_bad_abort:\n"
	"	mov $2, %eax\n"
	"	ret\n");

long section(struct rseq *area, struct rseq_cs *descriptor, long turns);
extern char section_start[], section_commit[], section_abort[], section_bad_abort[];

static struct rseq area __attribute__((aligned(32)));
static struct rseq_cs descriptor __attribute__((aligned(32)));

#define START ((uintptr_t)section_start)
#define BYTES ((uintptr_t)(section_commit - section_start))
#define ABORT ((uintptr_t)section_abort)
#define KERNEL (-4096UL)

#define VALID .start = START, .bytes = BYTES, .abort = ABORT

static char copies[4096] __attribute__((aligned(4096)));

struct fault {
	const char *name;
	uint32_t version, flags, area_flags;
	uintptr_t start, bytes, abort;
};

static void handle(int number)
{
	(void)number;
}

static int prepare(const struct fault *fault)
{
	struct sigaction action = {.sa_handler = handle};

	descriptor.version = fault->version;
	descriptor.flags = fault->flags;
	descriptor.start_ip = fault->start;
	descriptor.post_commit_offset = fault->bytes;
	descriptor.abort_ip = fault->abort;
	if (sigaction(SIGALRM, &action, NULL) || syscall(SYS_rseq, &area, LENGTH, 0, SIGNATURE))
		return -1;
	area.flags = fault->area_flags;
	return 0;
}

static long enter(struct rseq_cs *with)
{
	struct itimerval timer = {{0, TIMER_MICROS}, {0, TIMER_MICROS}};

	return setitimer(ITIMER_REAL, &timer, NULL) ? NOT_PREPARED : section(&area, with, TURNS);
}

static long in_section(const void *fault)
{
	return prepare(fault) ? NOT_PREPARED : enter(&descriptor);
}

/* With a valid descriptor elsewhere, in a page that cannot be written. */
static long in_section_by_copy(const void *copy)
{
	struct fault valid = {VALID};

	if (prepare(&valid))
		return NOT_PREPARED;
	memcpy((void *)copy, &descriptor, sizeof descriptor);
	return mprotect(copies, sizeof copies, PROT_READ) ? NOT_PREPARED : enter((void *)copy);
}

/* 0 if the kernel has taken the pointer away. */
static long point_to(uintptr_t pointer)
{
	volatile struct rseq *shared = &area;

	shared->rseq_cs = pointer;
	raise(SIGALRM);
	return shared->rseq_cs != 0;
}

static long elsewhere(const void *fault)
{
	return prepare(fault) ? NOT_PREPARED : point_to((uintptr_t)&descriptor);
}

static long pointer(const void *to)
{
	static const struct fault none;

	return prepare(&none) ? NOT_PREPARED : point_to((uintptr_t)to);
}

/* Addresses are not constants in C, so the table is made at run time. */
static void report_faults(void)
{
	const struct fault faults[] = {
		{"valid", VALID},
		{"signature", .start = START, .bytes = BYTES, .abort = (uintptr_t)section_bad_abort},
		{"version", .version = 1, VALID},
		{"flags.1", .flags = 1, VALID},
		{"flags.2", .flags = 2, VALID},
		{"flags.4", .flags = 4, VALID},
		{"flags.8", .flags = 8, VALID},
		{"area.flags.1", .area_flags = 1, VALID},
		{"area.flags.2", .area_flags = 2, VALID},
		{"area.flags.4", .area_flags = 4, VALID},
		{"area.flags.8", .area_flags = 8, VALID},
		{"start.kernel", .start = KERNEL, .bytes = 16, .abort = ABORT},
		{"end.kernel", .start = START, .bytes = KERNEL - START, .abort = ABORT},
		{"end.overflow", .start = START, .bytes = -1UL, .abort = ABORT},
		{"abort.kernel", .start = START, .bytes = BYTES, .abort = KERNEL},
		{"abort.inside", .start = START, .bytes = BYTES, .abort = START},
	};
	char name[64];

	for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
		snprintf(name, sizeof name, "inside.%s", faults[i].name);
		report_child(name, in_section, &faults[i]);
		snprintf(name, sizeof name, "outside.%s", faults[i].name);
		report_child(name, elsewhere, &faults[i]);
	}
}

int main(void)
{
	report_child("pointer.unmapped", pointer, (void *)0x1000);
	report_child("pointer.kernel", pointer, (void *)0xffff800000000000);
	report_child("inside.misaligned", in_section_by_copy, copies + 8);
	report_child("inside.readOnly", in_section_by_copy, copies);
	report_faults();
	return 0;
}
