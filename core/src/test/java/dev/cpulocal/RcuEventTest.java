// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grace periods are events of the flight recorder. */
class RcuEventTest {

    private static final String NAME = "dev.cpulocal.RcuGracePeriod";

    @TempDir private Path directory = Path.of("");

    @Test
    void gracePeriodTellsItsDomainAndWhetherItWaited() throws IOException {
        Rcu rcu = Rcu.builder("recorded").build();
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(NAME).withThreshold(Duration.ZERO);
            recording.start();
            rcu.synchronize();
            recording.stop();
            recording.dump(file);
        }

        List<RecordedEvent> events =
                RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getString("domain").equals("recorded"))
                        .toList();
        assertEquals(1, events.size());
        assertEquals(NAME, events.getFirst().getEventType().getName());
        assertEquals(1, events.getFirst().getLong("number"));
        assertEquals(false, events.getFirst().getBoolean("waitedForReaders"));
    }
}
