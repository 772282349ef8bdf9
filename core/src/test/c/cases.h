/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Facts about the kernel, reported as lines of name=value. A value is the result of a system call: a
 * number, or the symbol of its errno. Cases that may be killed run in a process of their own; then
 * the value is the signal.
 */
#ifndef CASES_H
#define CASES_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a case answers if it cannot be tried at all. */
enum { NOT_PREPARED = 1000 };

/* The result as the kernel gives it: negative for an error. */
static inline long result(long returned)
{
	return returned == -1 ? -errno : returned;
}

static inline void report(const char *name, long value)
{
	if (value < 0 && strerrorname_np(-value))
		printf("%s=%s\n", name, strerrorname_np(-value));
	else
		printf("%s=%ld\n", name, value);
	fflush(stdout);
}

/* Reports what a case answers that runs in a process of its own; says whether it was not killed. */
static inline int report_child(const char *name, long (*body)(const void *), const void *argument)
{
	struct rlimit no_core = {0, 0};
	long value;
	int status, ends[2];
	pid_t child;

	setrlimit(RLIMIT_CORE, &no_core);
	if (pipe(ends))
		exit(1);
	child = fork();
	if (!child) {
		value = body(argument);
		_exit(write(ends[1], &value, sizeof value) != sizeof value);
	}
	close(ends[1]);
	if (waitpid(child, &status, 0) != child)
		exit(1);
	if (WIFSIGNALED(status)) {
		printf("%s=SIG%s\n", name, sigabbrev_np(WTERMSIG(status)));
		fflush(stdout);
	} else if (read(ends[0], &value, sizeof value) == sizeof value) {
		report(name, value);
	}
	close(ends[0]);
	return !WIFSIGNALED(status);
}

#endif
