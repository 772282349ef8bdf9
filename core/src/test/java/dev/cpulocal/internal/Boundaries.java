// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Sequence;
import dev.cpulocal.internal.Target.Injection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The instruction boundaries of an emitted sequence, numbered as {@link Injection} does.
 *
 * @param start the first one inside the section, behind the store of the descriptor
 * @param indexRead the first one behind the read of the index
 * @param commit the one behind the commit instruction, outside
 */
public record Boundaries(int start, int indexRead, int commit) {

    private static final int ANY_STRIDE = 4096;

    /** {@return those of a sequence on this machine} */
    public static Boundaries of(Sequence sequence, IndexMode index) {
        RseqRuntime runtime = RseqRuntime.get();
        return of(runtime.machine().emit(sequence, runtime.target(index, ANY_STRIDE, 2)), index);
    }

    /** {@return those of code into which nothing is injected} */
    public static Boundaries of(Code code, IndexMode index) {
        List<Code.Line> lines =
                code.lines().stream()
                        .filter(line -> line.bytes().length > 0)
                        .filter(line -> line.offset() >= code.offset("entry"))
                        .toList();
        int field = index == IndexMode.CPU_ID ? RseqAbi.CPU_ID : RseqAbi.MM_CID;
        int armed = first(lines, line -> line.offset() == code.offset("start"));
        int areaOffset = threadLocal(lines.get(armed - 1)) - RseqAbi.RSEQ_CS;
        String read = "mov eax, dword ptr fs:[" + (areaOffset + field) + "]";
        return new Boundaries(
                armed,
                first(lines, line -> line.text().equals(read)) + 1,
                first(lines, line -> line.offset() == code.offset("commit")));
    }

    private static int first(List<Code.Line> lines, Predicate<Code.Line> is) {
        return IntStream.range(0, lines.size())
                .filter(i -> is.test(lines.get(i)))
                .findFirst()
                .orElseThrow();
    }

    private static int threadLocal(Code.Line line) {
        return Integer.parseInt(line.text().replaceAll(".*fs:\\[(-?\\d+)].*", "$1"));
    }

    /** {@return the numbers of all of them} */
    public IntStream all() {
        return IntStream.rangeClosed(0, commit);
    }

    /** {@return the numbers of those where a second comparison of the index makes sense} */
    public IntStream comparable() {
        return IntStream.range(indexRead, commit);
    }

    /** {@return whether what is injected there lies in {@code [start, commit)}} */
    public boolean isInside(int point) {
        return point >= start && point < commit;
    }
}
