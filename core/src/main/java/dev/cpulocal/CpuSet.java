// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** An immutable set of CPU numbers. They may be sparse. */
public final class CpuSet {

    /** Above every number that Linux can be configured for ({@code CONFIG_NR_CPUS}). */
    private static final int LIMIT = 1 << 16;

    private static final Pattern RANGE = Pattern.compile("[0-9]{1,9}(-[0-9]{1,9})?");

    private final BitSet cpus;

    private CpuSet(BitSet cpus) {
        this.cpus = cpus;
    }

    /**
     * {@return the set of these CPUs}
     *
     * @param cpus their numbers
     * @throws IllegalArgumentException if one is negative or no CPU number
     */
    public static CpuSet of(int... cpus) {
        BitSet bits = new BitSet();
        Arrays.stream(cpus).forEach(cpu -> bits.set(check(cpu)));
        return new CpuSet(bits);
    }

    /**
     * {@return the set that a list of the kernel means, such as {@code 0-3,8}}
     *
     * @param list the list; blank for the empty set (see {@code cpuset(7)}, "List format")
     * @throws IllegalArgumentException if it is no such list
     */
    public static CpuSet parse(String list) {
        BitSet bits = new BitSet();
        for (String range : list.strip().split(",", -1)) {
            if (range.isEmpty() && list.isBlank()) {
                continue;
            }
            if (!RANGE.matcher(range).matches()) {
                throw noList(list);
            }
            String[] ends = range.split("-", 2);
            int first = check(Integer.parseInt(ends[0]));
            int last = check(Integer.parseInt(ends[ends.length - 1]));
            if (last < first) {
                throw noList(list);
            }
            bits.set(first, last + 1);
        }
        return new CpuSet(bits);
    }

    private static IllegalArgumentException noList(String list) {
        return new IllegalArgumentException("CPU list: " + list + " (expected: such as 0-3,8)");
    }

    private static int check(int cpu) {
        if (cpu < 0 || cpu >= LIMIT) {
            throw new IllegalArgumentException(
                    "cpu: " + cpu + " (expected: 0 to " + (LIMIT - 1) + ")");
        }
        return cpu;
    }

    /**
     * {@return whether the CPU is in the set}
     *
     * @param cpu its number; any int
     */
    public boolean contains(int cpu) {
        return cpu >= 0 && cpus.get(cpu);
    }

    /** {@return how many CPUs it has} */
    public int size() {
        return cpus.cardinality();
    }

    /** {@return the largest number in it; -1 if it is empty} */
    public int last() {
        return cpus.length() - 1;
    }

    /** {@return the numbers, ascending} */
    public IntStream stream() {
        return cpus.stream();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpuSet that && cpus.equals(that.cpus);
    }

    @Override
    public int hashCode() {
        return cpus.hashCode();
    }

    /** {@return the list in the kernel's form, such as {@code 0-3,8}} */
    @Override
    public String toString() {
        StringBuilder list = new StringBuilder();
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            list.append(list.isEmpty() ? "" : ",").append(first);
            if (end - 1 > first) {
                list.append('-').append(end - 1);
            }
            first = cpus.nextSetBit(end);
        }
        return list.toString();
    }
}
