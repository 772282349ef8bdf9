// SPDX-License-Identifier: Apache-2.0

/** A wing of the museum. */
package dev.cpulocal.lab.museum.rcu;
