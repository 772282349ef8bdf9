// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.x64;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.IndexMode;
import dev.cpulocal.Op;
import dev.cpulocal.RandomSequences;
import dev.cpulocal.Sequence;
import dev.cpulocal.Sequences;
import dev.cpulocal.Thrown;
import dev.cpulocal.internal.Boundaries;
import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Injected;
import dev.cpulocal.internal.Target;
import dev.cpulocal.internal.Target.CompareTwice;
import dev.cpulocal.internal.Target.Injection;
import dev.cpulocal.internal.Target.Loop;
import dev.cpulocal.internal.Target.Rendezvous;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The form of emitted sections, and their bytes against as. */
class EmittedCodeTest {

    private static final int SIGNATURE = 0x5305_3053;
    private static final int RANDOM_SEQUENCES = 3000;
    private static final long SEED = 20_261_120;

    private static final List<Code> CATALOGUE = catalogue();
    private static final List<Code> RANDOM = random();
    private static final List<Code> SECTIONS = sections();

    private static Target target(IndexMode index, int strideBytes, int ranges, int areaOffset) {
        return new Target(index, strideBytes, ranges, areaOffset, SIGNATURE, Injection.NONE);
    }

    private static Target anyTarget() {
        return target(IndexMode.CPU_ID, 65_536, 2, 2464);
    }

    private static Code emit(Sequence sequence, Target target) {
        return new X64().emit(sequence, target);
    }

    /** Every sequence of the catalogue in every shape. */
    private static List<Code> catalogue() {
        List<Code> codes = new ArrayList<>();
        for (Sequence sequence : Sequences.all()) {
            for (IndexMode index : IndexMode.values()) {
                for (int strideBytes : new int[] {4096, 65_536, 1 << 30}) {
                    for (int ranges : new int[] {1, 2, 127, 128, 300, 65_536}) {
                        for (int area : new int[] {2464, -96, 0, -100_000}) {
                            codes.add(emit(sequence, target(index, strideBytes, ranges, area)));
                        }
                    }
                }
                injections(sequence, index)
                        .forEach(injection -> codes.add(emit(sequence, injection, index)));
            }
        }
        return codes;
    }

    private static Code emit(Sequence sequence, Injection injection, IndexMode index) {
        return emit(sequence, target(index, 65_536, 2, 2464).with(injection));
    }

    /** Every kind of injection at every boundary where it may be. */
    private static Stream<Injection> injections(Sequence sequence, IndexMode index) {
        Boundaries boundaries = boundaries(sequence, index);
        return Stream.concat(
                boundaries
                        .all()
                        .boxed()
                        .flatMap(point ->
                                Stream.of(
                                        new Injection(point, new Loop(1000)),
                                        new Injection(
                                                point,
                                                new Rendezvous(1L << 46, 64, Integer.MAX_VALUE)))),
                boundaries
                        .comparable()
                        .mapToObj(point -> new Injection(point, new CompareTwice(1))));
    }

    private static Boundaries boundaries(Sequence sequence, IndexMode index) {
        return Boundaries.of(emit(sequence, Injection.NONE, index), index);
    }

    private static List<Code> random() {
        RandomSequences sequences = new RandomSequences(SEED);
        List<Code> codes = new ArrayList<>();
        for (int i = 0; i < RANDOM_SEQUENCES; i++) {
            IndexMode index = i % 2 == 0 ? IndexMode.CPU_ID : IndexMode.CONCURRENCY_ID;
            Sequence sequence = sequences.next();
            Target target = target(index, 4096 << i % 19, 1 + i % 300, 2464);
            List<Injection> injections = injections(sequence, index).toList();
            int chosen = i % (injections.size() + 1);
            boolean none = chosen == injections.size();
            codes.add(emit(sequence, target.with(none ? Injection.NONE : injections.get(chosen))));
        }
        return codes;
    }

    private static List<Code> otherCode() {
        List<Code> codes = new ArrayList<>();
        X64 machine = new X64();
        for (int offset : new int[] {0, 4, 127, 128, 2468, -1, -128, -129, -100_000}) {
            codes.add(machine.readThreadLocal(offset));
            codes.add(machine.registerThread(offset, 334));
            codes.add(machine.waitingSection(offset, SIGNATURE));
        }
        codes.add(machine.doNothing());
        return codes;
    }

    /* ------------------------- Bytes ------------------------- */

    @Test
    void bytesOfTheCatalogueAreThoseOfGnuAs() throws Exception {
        GnuAs.assertSameBytes(CATALOGUE);
    }

    @Test
    void bytesOfRandomSequencesAreThoseOfGnuAs() throws Exception {
        GnuAs.assertSameBytes(RANDOM);
    }

    @Test
    void bytesOfOtherCodeAreThoseOfGnuAs() throws Exception {
        GnuAs.assertSameBytes(otherCode());
    }

    @Test
    void oneFlippedBitIsADifference() throws Exception {
        Code good = emit(Sequences.LOAD_CBNE_STORE, anyTarget());
        for (int bit : new int[] {0, 31 * 8, 64 * 8 + 3, good.bytes().length * 8 - 1}) {
            byte[] bytes = good.bytes().clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Code bad = new Code(bytes, good.lines(), good.labels());

            assertTrue(GnuAs.difference(List.of(good, bad, good)).isPresent(), "bit " + bit);
        }
    }

    @Test
    void linesAndBytesAreTheSame() {
        for (Code code : CATALOGUE) {
            byte[] joined = new byte[code.bytes().length];
            int end = 0;
            for (Code.Line line : code.lines()) {
                assertEquals(end, line.offset());
                System.arraycopy(line.bytes(), 0, joined, end, line.bytes().length);
                end += line.bytes().length;
            }
            assertArrayEquals(code.bytes(), joined);
        }
    }

    /* ------------------------- Form ------------------------- */

    private static List<Code> sections() {
        List<Code> sections = new ArrayList<>(CATALOGUE);
        sections.addAll(RANDOM);
        sections.add(new X64().waitingSection(2464, SIGNATURE));
        return sections;
    }

    @Test
    void descriptorIsAlignedTo32AndEntryTo64() {
        for (Code code : SECTIONS) {
            assertEquals(0, code.offset("descriptor") % 32);
            assertEquals(0, code.offset("entry") % 64);
            assertArrayEquals(
                    new byte[32],
                    Arrays.copyOfRange(
                            code.bytes(),
                            code.offset("descriptor"),
                            code.offset("descriptor") + 32));
        }
    }

    @Test
    void abortLiesOutsideBehindTheSignature() {
        for (Code code : SECTIONS) {
            int abort = code.offset("abort");
            ByteBuffer bytes = ByteBuffer.wrap(code.bytes()).order(ByteOrder.LITTLE_ENDIAN);

            assertTrue(abort < code.offset("start") || abort >= code.offset("commit"));
            assertEquals(SIGNATURE, bytes.getInt(abort - Integer.BYTES));
        }
    }

    @Test
    void sectionBeginsBehindTheStoreOfTheDescriptorAndEndsBehindTheCommit() {
        for (Sequence sequence : Sequences.all()) {
            Code code = emit(sequence, anyTarget());
            Code.Line armed = lineEndingAt(code, code.offset("start"));
            Code.Line commit = lineEndingAt(code, code.offset("commit"));

            assertEquals("mov qword ptr fs:[" + (2464 + 8) + "], rax", armed.text());
            String mnemonic = sequence.ops().getLast() instanceof Op.CommitAdd ? "add " : "mov ";
            assertTrue(commit.text().startsWith(mnemonic + "qword ptr [rax+"), commit.text());
        }
    }

    private static Code.Line lineEndingAt(Code code, int offset) {
        return code.lines().stream()
                .filter(line -> line.bytes().length > 0)
                .filter(line -> line.offset() + line.bytes().length == offset)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void sectionMakesNoSystemCallAndNoCall() {
        for (Code code : SECTIONS) {
            for (Code.Line line : inside(code)) {
                String mnemonic = line.text().split(" ", 2)[0];
                assertFalse(
                        Set.of("syscall", "call", "ret", "push", "pop").contains(mnemonic),
                        line.text());
            }
        }
    }

    @Test
    void noJumpFromOutsideLandsInTheSection() {
        for (Code code : SECTIONS) {
            List<Code.Line> inside = inside(code);
            Set<Integer> offsets = inside.stream().map(Code.Line::offset).collect(toSet());
            for (Code.Line line : code.lines()) {
                boolean jump = line.text().matches("(j|loop).*");
                if (jump && !inside.contains(line)) {
                    int target = code.offset(line.text().split(" ", 2)[1]);
                    // What is injected before the section has loops of its own.
                    assertTrue(
                            !offsets.contains(target) || target < code.offset("start"),
                            line.text());
                }
            }
        }
    }

    @Test
    void everySideExitLeadsOutOfTheSectionToAReturn() {
        for (Code code : SECTIONS) {
            List<Code.Line> lines = code.lines();
            for (Code.Line line : inside(code)) {
                String[] words = line.text().split(" ", 2);
                if (words[0].startsWith("j")
                        && !words[1].matches("(delay|wait|go|same|words|bytes|copied)(_\\d+)?")) {
                    int target = code.offset(words[1]);
                    assertTrue(target >= code.offset("commit"), line.text());
                    int exit =
                            IntStream.range(0, lines.size())
                                    .filter(i -> lines.get(i).text().equals(words[1] + ":"))
                                    .findFirst()
                                    .orElseThrow();
                    assertTrue(lines.get(exit + 1).text().startsWith("mov"), words[1]);
                    assertEquals("ret", lines.get(exit + 2).text());
                }
            }
        }
    }

    @Test
    void whatIsInjectedIsInTheSectionIfItsBoundaryIs() {
        for (Sequence sequence : Sequences.all()) {
            for (IndexMode index : IndexMode.values()) {
                Boundaries boundaries = boundaries(sequence, index);
                injections(sequence, index)
                        .forEach(injection -> {
                            Code code = emit(sequence, injection, index);
                            Injected injected = Injected.in(code);
                            boolean inside = boundaries.isInside(injection.point());
                            int start = code.offset("start");
                            int commit = code.offset("commit");
                            assertEquals(inside, injected.isWithin(start, commit));
                            assertTrue(
                                    inside || injected.end() <= start || injected.begin() >= commit,
                                    injection::toString);
                        });
            }
        }
    }

    @Test
    void codeIsTheSameButForWhatIsInjected() {
        for (Sequence sequence : Sequences.all()) {
            for (IndexMode index : IndexMode.values()) {
                List<String> plain = texts(emit(sequence, Injection.NONE, index).lines());
                injections(sequence, index)
                        .filter(injection -> !(injection.action() instanceof CompareTwice))
                        .forEach(injection -> {
                            Code code = emit(sequence, injection, index);
                            assertEquals(plain, texts(Injected.in(code).rest()));
                        });
            }
        }
    }

    private static List<String> texts(List<Code.Line> lines) {
        return lines.stream().map(Code.Line::text).toList();
    }

    /** The instructions after which no flag, and of the registers only rcx, r10 and r11 differ. */
    @Test
    void whatIsInjectedChangesNoFlagAndOnlyRegistersThatItSaves() {
        String saved = "qword ptr \\[(rsp-(24|32|40)|r11)]";
        String harmless =
                "(mov|movabs|lea) (rcx|ecx|r10d?|r11d?|" + saved + "), .*|(jmp|jrcxz|loop) .*";
        for (Sequence sequence : Sequences.all()) {
            injections(sequence, IndexMode.CPU_ID)
                    .map(injection -> Injected.in(emit(sequence, injection, IndexMode.CPU_ID)))
                    .flatMap(injected -> injected.lines().stream())
                    .filter(line -> line.bytes().length > 0)
                    .forEach(line -> assertTrue(line.text().matches(harmless), line.text()));
        }
    }

    @Test
    void indexIsNotComparedAgainBeforeItIsReadOrBehindTheCommit() {
        Boundaries boundaries = boundaries(Sequences.LOAD_ADD_STORE, IndexMode.CPU_ID);
        for (int point : new int[] {0, boundaries.indexRead() - 1, boundaries.commit()}) {
            Injection injection = new Injection(point, new CompareTwice(1));
            Thrown.assertThrown(
                    IllegalArgumentException.class,
                    "point: " + point + " (expected: between",
                    () -> emit(Sequences.LOAD_ADD_STORE, injection, IndexMode.CPU_ID));
        }
    }

    @Test
    void injectionWithoutATurnIsRefused() {
        for (int turns : new int[] {0, -1}) {
            Thrown.assertThrown(
                    IllegalArgumentException.class,
                    "turns: " + turns + " (expected: >= 1)",
                    () -> new Injection(0, turns));
        }
    }

    private static List<Code.Line> inside(Code code) {
        return code.lines().stream()
                .filter(line -> line.bytes().length > 0)
                .filter(line ->
                        line.offset() >= code.offset("start")
                                && line.offset() < code.offset("commit"))
                .toList();
    }

    @Test
    void onlyStoppableSequencesTestTheStopWord() {
        for (Sequence sequence : Sequences.all()) {
            Code code = emit(sequence, anyTarget());
            assertEquals(sequence.stoppable(), code.labels().containsKey("stopped"));
        }
    }

    @Test
    void fieldsOfTheAreaOtherThanTheDescriptorPointerAreOnlyRead() {
        for (Code code : SECTIONS) {
            for (Code.Line line : code.lines()) {
                if (line.text().matches("(mov|add) \\w+ ptr fs:.*")) {
                    assertEquals(code.offset("start"), line.offset() + line.bytes().length);
                }
            }
        }
    }
}
