// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.lkmm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tests of two threads with two accesses each, in the kernel's C, with what can order them. */
final class KernelShapes {

    /** What a thread does to which place: {@code WxRy} writes x and then reads y. */
    private static final Map<String, List<String>> SHAPES =
            Map.of(
                    "SB", List.of("WxRy", "WyRx"),
                    "MP", List.of("WxWy", "RyRx"),
                    "LB", List.of("RxWy", "RyWx"),
                    "S", List.of("WxWy", "RyWx"),
                    "R", List.of("WxWy", "WyRx"),
                    "2+2W", List.of("WxWy", "WyWx"),
                    "CoRR", List.of("WxWx", "RxRx"));

    /** Two accesses, and what is between. */
    private enum Link {
        NOTHING("ONCE", "", "ONCE"),
        MB("ONCE", "smp_mb();", "ONCE"),
        WMB("ONCE", "smp_wmb();", "ONCE"),
        RMB("ONCE", "smp_rmb();", "ONCE"),
        FIRST_ORDERED("ORDERED", "", "ONCE"),
        LAST_ORDERED("ONCE", "", "ORDERED"),
        FIRST_ATOMIC("FULL", "", "ONCE"),
        LAST_RELAXED("ONCE", "", "RELAXED"),
        BEFORE_ATOMIC("ONCE", "smp_mb__before_atomic();", "VOID"),
        LOCKED("ONCE", "spin_unlock(l); spin_lock(l);", "ONCE");

        private final String first;
        private final String between;
        private final String last;

        Link(String first, String between, String last) {
            this.first = first;
            this.between = between;
            this.last = last;
        }
    }

    /** Enough to show what the first thread's link does. */
    private static final List<Link> SECOND =
            List.of(Link.NOTHING, Link.MB, Link.FIRST_ORDERED, Link.LOCKED);

    private KernelShapes() {}

    /** {@return the text of all tests, by name} */
    static Map<String, String> all() {
        Map<String, String> tests = new LinkedHashMap<>();
        SHAPES.forEach((name, threads) -> {
            for (Link first : Link.values()) {
                for (Link second : SECOND) {
                    String whole = name + "+" + first + "+" + second;
                    tests.put(whole, text(whole, threads, List.of(first, second)));
                }
            }
        });
        return tests;
    }

    private static String text(String name, List<String> threads, List<Link> links) {
        StringBuilder text = new StringBuilder("C " + name + "\n{ }\n");
        for (int thread = 0; thread < threads.size(); thread++) {
            String accesses = threads.get(thread);
            Link link = links.get(thread);
            boolean locks = link == Link.LOCKED;
            text.append("P%d(int *x, int *y, spinlock_t *l)\n{\n".formatted(thread));
            text.append(locks ? "spin_lock(l);\n" : "");
            text.append(access(accesses.substring(0, 2), link.first, "r0", 2 * thread + 1));
            text.append("\n" + link.between + "\n");
            text.append(access(accesses.substring(2), link.last, "r1", 2 * thread + 2));
            text.append(locks ? "\nspin_unlock(l);" : "");
            text.append("\n}\n");
        }
        return text.append("locations [0:r0; 0:r1; 1:r0; 1:r1; x; y]\nexists (x=0)\n").toString();
    }

    private static String access(String access, String kind, String register, int value) {
        String place = access.substring(1);
        boolean writes = access.startsWith("W");
        return switch (kind) {
            case "ORDERED" ->
                    writes
                            ? "smp_store_release(%s, %d);".formatted(place, value)
                            : "%s = smp_load_acquire(%s);".formatted(register, place);
            case "FULL" -> atomic(writes, "", place, register, value);
            case "RELAXED" -> atomic(writes, "_relaxed", place, register, value);
            case "VOID" -> "atomic_add(%d, %s);".formatted(value, place);
            default ->
                    writes
                            ? "WRITE_ONCE(*%s, %d);".formatted(place, value)
                            : "%s = READ_ONCE(*%s);".formatted(register, place);
        };
    }

    private static String atomic(
            boolean writes, String order, String place, String register, int value) {
        return writes
                ? "%s = xchg%s(%s, %d);".formatted(register, order, place, value)
                : "%s = atomic_fetch_add%s(1, %s);".formatted(register, order, place);
    }
}
