// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.lab.Budget;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of a file, what is printed of it, and what is said of files that are none. */
class LitmusFormatTest {

    private static final String STORE_BUFFERING =
            """
            X86 SB
            "Fre PodWR Fre PodWR"
            (* a comment (* in a comment *) { *)
            Key=value
            { x=0; int z[2]={1,2}; p=x; 1:EBX=-1; }
             P0          | P1          ;
             MOV [x],$1  | MOV [y],$1  ;
             MOV EAX,[y] | MOV EAX,[x] ;
            locations [p; z; 1:EBX;]
            exists (0:EAX=0 /\\ 1:EAX=0)
            """;

    @Test
    void outputIsThatOfHerd() {
        assertEquals(
                """
                Test SB Allowed
                States 4
                0:EAX=0; 1:EAX=0; 1:EBX=-1; [p]=x; z={1,2};
                0:EAX=0; 1:EAX=1; 1:EBX=-1; [p]=x; z={1,2};
                0:EAX=1; 1:EAX=0; 1:EBX=-1; [p]=x; z={1,2};
                0:EAX=1; 1:EAX=1; 1:EBX=-1; [p]=x; z={1,2};
                Ok
                Witnesses
                Positive: 1 Negative: 3
                Condition exists (0:EAX=0 /\\ 1:EAX=0)
                Observation SB Sometimes 1 3
                """,
                Litmus.run(STORE_BUFFERING).herdOutput());
    }

    @Test
    void headIsCutFromTheRest() {
        LitmusSource source = LitmusSource.of(Litmus.FILE, STORE_BUFFERING);
        assertEquals("X86", source.architecture());
        assertEquals("SB", source.name());
        assertEquals("value", Objects.requireNonNull(source.info().get("Key")).text());
        assertEquals(5, source.init().line());
    }

    private static Condition condition(String text) {
        return Condition.of(new Section(Litmus.FILE, 1, text), RegisterNames.C_LOCALS);
    }

    @ParameterizedTest
    @CsvSource({
        "exists (x=1),                          exists ([x]=1)",
        "~exists (0:r=1 \\/ y=0x10),            ~exists (0:r=1 \\/ [y]=16)",
        "forall (x=1 /\\ y=2 \\/ z=3),          forall ([x]=1 /\\ [y]=2 \\/ [z]=3)",
        "exists (x=1 /\\ (y=2 \\/ z=3)),        exists ([x]=1 /\\ ([y]=2 \\/ [z]=3))",
        "exists (x=1 => y=2 /\\ z=3),           exists (([x]=1 => [y]=2) /\\ [z]=3)",
        "exists (x!=1 /\\ ~y=&z),               exists (not ([x]=1) /\\ not ([y]=z))",
        "exists (a[1]=2 /\\ [x]=[y]),           exists (a[1]=2 /\\ [x]=[y])",
        "'',                                    forall (true)",
    })
    void conditionPrintsAsHerdPrintsIt(String text, String printed) {
        assertEquals(printed, condition(text).toString());
    }

    @Test
    void budgetThatIsUsedUpIsNoAnswer() {
        LitmusSource source = LitmusSource.of(Litmus.FILE, STORE_BUFFERING);
        LitmusOptions options = new LitmusOptions(null, Budget.DEFAULT.withStates(2), true);
        LitmusResult result = new MachineEngine().run(source, options);
        assertFalse(result.isComplete());
        assertFalse(result.holds());
        assertTrue(Litmus.run(STORE_BUFFERING).holds());
    }

    @Test
    void filterDropsStates() {
        String filtered = STORE_BUFFERING.replace("exists", "filter (0:EAX=1)\nexists");
        LitmusResult result = Litmus.run(filtered);
        assertEquals(2, result.states().states().size());
        assertFalse(result.holds());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "{ x=0; @ { x=0 y=1; @ 5 @ y @ (expected: ;)",
                "{ x=0; @ { x=0; x=1; @ 5 @ x @ this place has a value already",
                "P0          | @ Q0 | @ 6 @ Q0 @ a column begins with it (expected: P0)",
                "MOV [x],$1  @ MOV [x] @ 7 @ MOV [x] @ 1 operands (expected: 2)",
                "MOV EAX,[y] @ JE there @ 8 @ JE there @ label there is nowhere in this thread",
                "exists ( @ exists 9 ( @ 10 @ 9 @ (expected: a place: 0:REGISTER, x, [x] or x[0])",
                "1:EAX=0) @ 7:EAX=0) @ 9 @ 7:EAX @ the test has no such thread",
            })
    void malformedFileIsToldLineAndConstruct(
            String part, String bad, int line, String construct, String reason) {
        String text = STORE_BUFFERING.replace(part, bad);
        Malformed malformed = assertThrows(Malformed.class, () -> Litmus.run(text));
        assertEquals(
                Litmus.FILE + ":" + line + ": " + construct + ": " + reason,
                malformed.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '@',
            value = {
                "X86 SB @ PPC SB @ 1 @ PPC",
                "int z[2]={1,2} @ __int128 z @ 5 @ __int128",
                "MOV EAX,[y] @ CLFLUSH [y] @ 8 @ CLFLUSH [y]",
                "MOV EAX,[y] @ MOVB EAX,[y] @ 7 @ MOV [y],$1",
                "MOV [x],$1 @ L: JMP L @ 7 @ L: JMP L",
            })
    void whatIsNotCoveredIsRefused(String part, String bad, int line, String construct) {
        String text = STORE_BUFFERING.replace(part, bad);
        Refusal refusal = assertThrows(Refusal.class, () -> Litmus.run(text));
        assertEquals(line, refusal.line());
        assertEquals(construct, refusal.construct());
    }
}
