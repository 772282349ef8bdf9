// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.cpulocal.Rcu;
import dev.cpulocal.RcuReference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who reads a reference sees what was written to its value before it was passed. */
@JCStressTest
@Outcome(
        id = "0, 0",
        expect = ACCEPTABLE,
        desc = "read -> replace: the value of before, with none of its fields written.")
@Outcome(
        id = "1, 1",
        expect = ACCEPTABLE,
        desc = "first -> second -> replace -> read: the new value, with both fields.")
@Outcome(
        id = {"0, 1", "1, 0"},
        expect = FORBIDDEN,
        desc = "replace -> read -> a field: the value comes before what was written to it.")
@State
public class RcuPublicationStress {

    private static final Rcu DOMAIN = Rcu.builder("stress").build();

    private static final class Fields implements AutoCloseable {
        private int first;
        private int second;

        @Override
        public void close() {}
    }

    private final RcuReference<Fields> reference = RcuReference.of(DOMAIN, new Fields());

    /** Writes plain fields, then passes the value. */
    @Actor
    public void write() {
        Fields fields = new Fields();
        fields.first = 1;
        fields.second = 1;
        reference.replace(fields);
    }

    /** Reads plain fields of whatever there is. */
    @Actor
    public void read(II_Result result) {
        try (RcuReference.Reading<Fields> reading = reference.read()) {
            Fields fields = reading.get();
            result.r2 = fields.second;
            result.r1 = fields.first;
        }
    }
}
