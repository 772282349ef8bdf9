// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.cpulocal.Availability;
import dev.cpulocal.bench.Measurement;
import dev.cpulocal.bench.Spread;
import dev.cpulocal.bench.rcu.ReadConfiguration;
import dev.cpulocal.bench.rcu.ReadSubject;
import dev.cpulocal.bench.rcu.WriterRun.Kind;
import dev.cpulocal.bench.rcu.WriterRun.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class RcuResultTest {

    private static Measurement<ReadConfiguration> measurement(ReadSubject subject, double nanos) {
        return Measurement.of(new ReadConfiguration(subject, 2, false), List.of(List.of(nanos)));
    }

    private static RcuResult result() {
        return RcuResult.of(
                List.of(measurement(ReadSubject.LIBURCU, 2), measurement(ReadSubject.RCU, 8)),
                List.of(new Row(Kind.SYNCHRONIZE_LIBURCU, 1, 0, new Spread(500, 400, 600))));
    }

    @Test
    void liburcuStandsBesideRcu() {
        RcuResult result = result();

        assertEquals(
                List.of("Rcu", "liburcu memb, C"),
                result.reads().stream().map(RcuResult.Read::label).toList());
        assertNull(result.reads().getFirst().toRcu());
        Spread toRcu = result.reads().getLast().toRcu();
        assertNotNull(toRcu);
        assertEquals(0.25, toRcu.median(), 1e-9);
        assertTrue(RcuText.render(result).contains("synchronize, liburcu, readers running"));
    }

    @Test
    void whatWasMeasuredIsNotMissing() {
        assertEquals(List.of(), result().limits());
        assertEquals(List.of(), RcuResult.limits(Availability.available()));
    }

    @Test
    void saysOnceWhyLiburcuIsMissing() {
        String why = "liburcu in C is missing: there is no liburcu; install liburcu-dev.";
        List<String> limits =
                RcuResult.limits(
                        Availability.unavailable("there is no liburcu", "install liburcu-dev"));

        assertEquals(List.of(why), limits);
        String text = RcuText.render(new RcuResult(limits, List.of(), List.of()));
        assertTrue(text.endsWith("\n\n" + why + "\n"), text);
    }
}
