// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The lines of emitted code that are injected, from the {@code first} to the {@code last}. */
public record Injected(Code code, int first, int last) {

    private static final String LAST_INSTRUCTION = "mov rcx, qword ptr [rsp-24]";

    /** Finds them. */
    public static Injected in(Code code) {
        List<String> texts = code.lines().stream().map(Code.Line::text).toList();
        List<String> origins = code.lines().stream().map(Code.Line::origin).toList();
        int first =
                IntStream.range(0, origins.size())
                        .filter(i -> origins.get(i).startsWith("injected at boundary "))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("nothing is injected"));
        int last =
                IntStream.range(first, texts.size())
                        .filter(i -> texts.get(i).equals(LAST_INSTRUCTION))
                        .findFirst()
                        .orElseThrow();
        return new Injected(code, first, last);
    }

    /** {@return the injected lines} */
    public List<Code.Line> lines() {
        return code.lines().subList(first, last + 1);
    }

    /** {@return all other lines} */
    public List<Code.Line> rest() {
        List<Code.Line> rest = new ArrayList<>(code.lines());
        rest.removeAll(lines());
        return rest;
    }

    /** {@return the offset of the first injected byte} */
    public int begin() {
        return code.lines().get(first).offset();
    }

    /** {@return the offset behind the last injected byte} */
    public int end() {
        Code.Line line = code.lines().get(last);
        return line.offset() + line.bytes().length;
    }

    /** {@return whether all of it lies in a range of offsets} */
    public boolean isWithin(int from, int to) {
        return begin() >= from && end() <= to;
    }

    /** {@return the code with a wrong label, and so a wrong descriptor} */
    Code with(String label, int offset) {
        Map<String, Integer> labels = new HashMap<>(code.labels());
        labels.put(label, offset);
        return new Code(code.bytes(), code.lines(), labels);
    }
}
