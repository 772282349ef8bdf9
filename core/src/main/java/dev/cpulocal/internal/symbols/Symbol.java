// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.symbols;

import dev.cpulocal.internal.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A name for some bytes of emitted code.
 *
 * @param name what a tool shows
 * @param address of the first byte
 * @param bytes how many
 */
record Symbol(String name, long address, int bytes) {

    private static final String NAMESPACE = "cpulocal::";

    /**
     * {@return the symbols of a block, in order of addresses}
     *
     * <p>A restartable sequence has one for each of its parts: the critical section bears the plain
     * name; what precedes it, each exit, and the abort handler add the label that the listing gives
     * them. Other code is one part.
     *
     * @param name the plain name
     * @param code the block
     * @param address where it is
     */
    static List<Symbol> of(String name, Code code, long address) {
        TreeMap<Integer, String> parts = new TreeMap<>();
        parts.put(code.offset("entry"), NAMESPACE + name);
        if (code.isRestartable()) {
            parts.put(code.offset("entry"), NAMESPACE + name + " entry");
            parts.put(code.offset("start"), NAMESPACE + name);
            code.labels()
                    .forEach((label, offset) -> {
                        if (offset >= code.offset("commit")) {
                            parts.put(offset, NAMESPACE + name + " " + label);
                        }
                    });
        }
        List<Symbol> symbols = new ArrayList<>();
        parts.forEach((offset, part) -> {
            Integer next = parts.higherKey(offset);
            int end = next == null ? code.bytes().length : next;
            symbols.add(new Symbol(part, address + offset, end - offset));
        });
        return symbols;
    }
}
