// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal;

import dev.cpulocal.Workers.Background;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A test of a structure in per-CPU memory, in every mode alike. */
@ParameterizedClass
@EnumSource
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class StructureContract {

    static final int STRIDE = 1 << 14;

    final Mode mode;
    final CpuMemory memory;
    private @Nullable Background stopper;

    StructureContract(Mode mode) {
        this.mode = mode;
        memory = new CpuMemory(mode.engine(), STRIDE);
    }

    @BeforeEach
    void startStopping() {
        stopper = mode == Mode.STOPPED ? Background.stopping(memory) : null;
    }

    @AfterEach
    void endStopping() {
        if (stopper != null) {
            stopper.close();
        }
    }

    /** Ranges that no memory has. */
    int[] noRanges() {
        return new int[] {-1, memory.ranges(), Integer.MAX_VALUE, Integer.MIN_VALUE};
    }
}
