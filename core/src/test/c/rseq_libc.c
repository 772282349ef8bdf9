// SPDX-License-Identifier: Apache-2.0

/* What the C library has registered, and what becomes of it when that is undone. */
#define _GNU_SOURCE
#include "cases.h"
#include <pthread.h>
#include <sys/rseq.h>

static struct rseq *area(void)
{
	char *thread_pointer;

	__asm__("mov %%fs:0, %0" : "=r"(thread_pointer));
	return (struct rseq *)(thread_pointer + __rseq_offset);
}

static long cpu_id(void)
{
	return (int)((volatile struct rseq *)area())->cpu_id;
}

static void *thread_cpu_id(void *argument)
{
	(void)argument;
	return (void *)cpu_id();
}

static void tell(const char *name, long value)
{
	printf("%s=%ld\n", name, value);
}

static void tell_of_thread(const char *name)
{
	pthread_t thread;
	void *answer;

	if (pthread_create(&thread, NULL, thread_cpu_id, NULL) || pthread_join(thread, &answer))
		exit(1);
	tell(name, (long)answer);
}

static long unregister(unsigned length)
{
	return result(syscall(SYS_rseq, area(), length, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
}

int main(void)
{
	long answer;

	tell("flags", __rseq_flags);
	tell("size", __rseq_size);
	tell("hasOffset", __rseq_offset != 0);
	tell("cpu_id", cpu_id());
	tell_of_thread("cpu_id.thread.before");
	report("unregister.20", unregister(20));
	answer = unregister(32);
	report("unregister", answer == -EINVAL ? unregister(__rseq_size) : answer);
	tell("cpu_id.after", cpu_id());
	tell_of_thread("cpu_id.thread.after");
	return 0;
}
