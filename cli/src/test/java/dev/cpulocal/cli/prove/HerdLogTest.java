// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.cli.prove.HerdLog.Recorded;
import java.util.List;
import org.junit.jupiter.api.Test;

class HerdLogTest {

    private static final String LOG =
            """
            some heading
            Test one Allowed
            States 2
            0:RAX=0; 1:RAX=1;
            0:RAX=1; 1:RAX=1;
            Ok
            Witnesses
            Positive: 1 Negative: 1
            Condition exists (0:RAX=0)
            Observation one Sometimes 1 1
            Time one 0.00

            Test none Required
            States 0
            No
            Witnesses
            Test cut Allowed
            States 3
            x=1;
            """;

    @Test
    void hasTheTestsThatAreThereFromBeginningToEnd() {
        List<Recorded> tests = HerdLog.of("log", LOG.lines().toList()).tests();

        assertEquals(List.of("one", "none"), tests.stream().map(Recorded::name).toList());
        assertTrue(tests.getFirst().ok());
        assertEquals(2, tests.getFirst().states().size());
        assertFalse(tests.getLast().ok());
        assertEquals(0, tests.getLast().states().size());
    }

    @Test
    void agreementIsAboutAllStatesAndTheAnswer() {
        Recorded one = HerdLog.of("log", LOG.lines().toList()).tests().getFirst();
        List<String> same = List.of("1:RAX=0x1; 0:RAX=1;", "0:RAX=0;1:RAX=1;");

        assertTrue(one.agreesWith(Recorded.of("one", same, true)));
        assertFalse(one.agreesWith(Recorded.of("one", same, false)));
        assertFalse(one.agreesWith(Recorded.of("one", List.of(same.getFirst()), true)));
    }

    @Test
    void orderAndNotationMakeNoDifference() {
        for (List<String> same :
                List.of(
                        List.of("x=1; y=2;", "y=2; x=1;"),
                        List.of("[x]=1;", "x=1;"),
                        List.of("0:X1=0xff;", "0:X1=255;"),
                        List.of("0:X1=0xffffffffffffffff;", "0:X1=-1;"),
                        List.of("0:X1=y; ", "0:X1=y;"))) {
            assertEquals(HerdLog.normal(same.getFirst()), HerdLog.normal(same.getLast()));
        }
        for (List<String> different :
                List.of(
                        List.of("x=1;", "x=-1;"),
                        List.of("x=1;", "y=1;"),
                        List.of("x=1; y=2;", "x=1;"),
                        List.of("x={1,2};", "x={2,1};"),
                        List.of("x[0]=1;", "x[1]=1;"),
                        List.of("x=12345678901234567890;", "x=12345678901234567891;"))) {
            assertNotEquals(
                    HerdLog.normal(different.getFirst()), HerdLog.normal(different.getLast()));
        }
    }
}
