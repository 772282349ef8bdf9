// SPDX-License-Identifier: Apache-2.0
/* The sequences with a delay before their commit. Their header has the same names as that without. */
#include "delayed.h"

extern const struct cpulocal_sequence *const delayed_sequences;
const struct cpulocal_sequence *const delayed_sequences = cpulocal_sequences;
