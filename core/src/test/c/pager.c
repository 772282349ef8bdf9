// SPDX-License-Identifier: Apache-2.0

/*
 * A page that can be taken away and comes back, with its content, when a thread touches it: what
 * swapping does, on demand, by userfaultfd(2). The thread sleeps until another has fetched the page.
 *
 * That other one is no Java thread: it would wait for a safepoint that waits for the sleeper. It runs
 * where the thread that starts it may run.
 * All functions return a negative error number if they fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

static char *page;
static char content[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static int faults = -1;
static atomic_long fetched;

static void *fetch(void *unused)
{
	struct uffd_msg fault;

	while (read(faults, &fault, sizeof(fault)) == sizeof(fault)) {
		struct uffdio_copy copy = {
			.dst = (unsigned long)page, .src = (unsigned long)content, .len = PAGE_BYTES
		};
		atomic_fetch_add(&fetched, 1);
		ioctl(faults, UFFDIO_COPY, &copy);
	}
	return unused;
}

long pager_start(long address)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = address, .len = PAGE_BYTES }, .mode = UFFDIO_REGISTER_MODE_MISSING
	};
	pthread_t thread;

	page = (char *)address;
	if (faults < 0) {
		faults = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
		if (faults < 0 && errno == EINVAL)
			faults = syscall(SYS_userfaultfd, O_CLOEXEC);
		if (faults < 0 || ioctl(faults, UFFDIO_API, &api))
			return -errno;
		errno = pthread_create(&thread, NULL, fetch, NULL);
		if (errno || (errno = pthread_detach(thread)))
			return -errno;
	}
	return ioctl(faults, UFFDIO_REGISTER, &range) ? -errno : 0;
}

long pager_evict(void)
{
	memcpy(content, page, PAGE_BYTES);
	return madvise(page, PAGE_BYTES, MADV_DONTNEED) ? -errno : 0;
}

long pager_fetched(void)
{
	return atomic_load(&fetched);
}
