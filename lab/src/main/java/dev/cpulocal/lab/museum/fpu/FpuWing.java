// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import dev.cpulocal.lab.museum.Exhibit;
import java.util.List;

/** The entries about this mechanism. */
public final class FpuWing {

    private FpuWing() {}

    /** {@return them, by id} */
    public static List<Exhibit> all() {
        return List.of(
                Fpu01.exhibit(),
                Fpu02.exhibit(),
                Fpu03.exhibit(),
                Fpu04.exhibit(),
                Fpu05.exhibit(),
                Fpu06.exhibit(),
                Fpu07.exhibit(),
                Fpu08.exhibit(),
                Fpu09.exhibit(),
                Fpu10.exhibit(),
                Fpu11.exhibit(),
                Fpu13.exhibit(),
                Fpu14.exhibit(),
                Fpu15.exhibit(),
                Fpu16.exhibit(),
                Kvm01.exhibit(),
                Kvm03.exhibit(),
                Kvm04.exhibit(),
                Kvm05.exhibit(),
                Kvm06.exhibit());
    }
}
