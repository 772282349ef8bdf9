// SPDX-License-Identifier: Apache-2.0
/*
 * Who registers threads. With GLIBC_TUNABLES=glibc.pthread.rseq=0 glibc does not, and each does it itself, with all
 * bytes that the kernel knows: as glibc does from 2.41 on, and on recent kernels another mode than that of 32 bytes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/auxv.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"

/* AT_RSEQ_FEATURE_SIZE; the size where the kernel states none; the least with an mm_cid. */
enum { FEATURE_SIZE = 27, ORIGINAL_SIZE = 20, MM_CID_END = 28 };
enum { LEAST_BYTES = 32, MOST_BYTES = 256 };

static _Thread_local alignas(64) char own_area[MOST_BYTES];

long area_offset(int of_glibc) {
    return of_glibc ? __rseq_offset : own_area - (char *) __builtin_thread_pointer();
}

static long rseq(long bytes) {
    char *area = (char *) __builtin_thread_pointer() + CPULOCAL_AREA_OFFSET;
    return syscall(SYS_rseq, area, bytes, 0, CPULOCAL_SIGNATURE);
}

void register_thread(void) {
    int of_glibc = __rseq_size > 0;
    long bytes = feature_bytes() < LEAST_BYTES ? LEAST_BYTES : feature_bytes();
    require(area_offset(of_glibc) == CPULOCAL_AREA_OFFSET, "the code was made for another place of struct rseq");
    require(of_glibc || !rseq(bytes), "rseq cannot be registered");
}

/* The kernel says EBUSY to the registration that a thread has, and EINVAL to others. */
long registered_bytes(void) {
    for (long bytes = LEAST_BYTES; bytes <= MOST_BYTES; bytes++)
        if (rseq(bytes) == -1 && errno == EBUSY)
            return bytes;
    return 0;
}

long feature_bytes(void) {
    long stated = getauxval(FEATURE_SIZE);
    return stated ? stated : ORIGINAL_SIZE;
}

int has_concurrency_id(void) {
    return feature_bytes() >= MM_CID_END;
}
