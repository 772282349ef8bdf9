// SPDX-License-Identifier: Apache-2.0

/*
 * A timer that signals the thread that starts it, again and again. The handler counts, and sets the
 * timer anew: were it periodic, a machine that takes longer than the interval to deliver a signal
 * would deliver signals and do nothing else.
 * All functions return a negative error number if they fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { NANOS_PER_SECOND = 1000000000 };

static atomic_long delivered;
static timer_t timer;
static struct itimerspec respite;

static void count(int signal)
{
	int saved = errno;

	(void)signal;
	atomic_fetch_add_explicit(&delivered, 1, memory_order_relaxed);
	/* Fails for a signal that was on its way when the timer was deleted. */
	timer_settime(timer, 0, &respite, NULL);
	errno = saved;
}

long storm_start(long respite_nanos)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = SA_RESTART };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 5 };

	respite.it_value.tv_sec = respite_nanos / NANOS_PER_SECOND;
	respite.it_value.tv_nsec = respite_nanos % NANOS_PER_SECOND;
	event._sigev_un._tid = gettid();
	if (sigaction(event.sigev_signo, &action, NULL) || timer_create(CLOCK_MONOTONIC, &event, &timer)
	    || timer_settime(timer, 0, &respite, NULL))
		return -errno;
	return 0;
}

/* The handler stays, for a signal that is still on its way. */
long storm_stop(void)
{
	return timer_delete(timer) ? -errno : 0;
}

long storm_delivered(void)
{
	return atomic_load(&delivered);
}
