// SPDX-License-Identifier: Apache-2.0

/*
 * Runs a command in a confined environment:
 *
 *     confine [cpu=N | deny=NUMBER:ERRNO[:ARGUMENT:MASK:VALUE]]... COMMAND...
 *
 * cpu=N pins it to one CPU. deny makes a system call fail with an error number, always or only where
 * (argument & mask) == value, in the low halves of all three.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { MAX_FILTER = 256, EXIT_USAGE = 64, EXIT_REFUSED = 77 };

static struct sock_filter filter[MAX_FILTER];
static unsigned short length;

static void add(unsigned short code, unsigned char if_true, unsigned char if_false, unsigned k)
{
	if (length == MAX_FILTER)
		exit(EXIT_USAGE);
	filter[length++] = (struct sock_filter)BPF_JUMP(code, k, if_true, if_false);
}

static void deny(const char *what)
{
	unsigned number, error, argument, mask, value;
	int fields = sscanf(what, "%u:%u:%u:%u:%u", &number, &error, &argument, &mask, &value);

	if (fields != 2 && fields != 5)
		exit(EXIT_USAGE);
	add(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	add(BPF_JMP | BPF_JEQ | BPF_K, 0, fields == 5 ? 4 : 1, number);
	if (fields == 5) {
		add(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args[argument]));
		add(BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
		add(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
	}
	add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | error);
}

static void pin(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus)) {
		perror("sched_setaffinity");
		exit(EXIT_REFUSED);
	}
}

static void install(void)
{
	struct sock_fprog program = {.len = length, .filter = filter};

	add(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
	program.len = length;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("seccomp");
		exit(EXIT_REFUSED);
	}
}

int main(int count, char **arguments)
{
	int i = 1;

	for (; i < count; i++) {
		if (!strncmp(arguments[i], "cpu=", 4))
			pin(atoi(arguments[i] + 4));
		else if (!strncmp(arguments[i], "deny=", 5))
			deny(arguments[i] + 5);
		else
			break;
	}
	if (i == count)
		return EXIT_USAGE;
	if (length)
		install();
	execvp(arguments[i], arguments + i);
	perror(arguments[i]);
	return EXIT_REFUSED;
}
