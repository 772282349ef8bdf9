// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.proofs;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.kernel.Kernel;
import dev.cpulocal.lab.proofs.Calls.After;

/** What two threads that call a sequence meet: the role of the third. */
enum Against {

    /** It calls it too. */
    FAST_PATH {
        @Override
        void third(Code c, Calls calls, Arguments arguments) {
            calls.call(c, arguments, After.RETRY);
        }
    },

    /** It completes it on the range of CPU 0, from wherever it runs: CPUs are all alike. */
    VECTOR {
        @Override
        void third(Code c, Calls calls, Arguments arguments) {
            calls.execute(c, Expr.of(0), arguments);
        }
    },

    /** It fences all CPUs. */
    FENCE {
        @Override
        void third(Code c, Calls calls, Arguments arguments) {
            calls.fences().fence(c, calls.kernel());
        }
    };

    abstract void third(Code c, Calls calls, Arguments arguments);

    /** {@return the model} */
    Model model(String name, Setup setup, Workload workload) {
        return Model.build(
                name,
                m -> {
                    Kernel kernel = new Kernel(m, setup.kernel());
                    RangeMemory memory =
                            new RangeMemory(m, workload.items(), setup.kernel().cpus());
                    Fences fences = new Fences(m, this == FENCE);
                    Calls calls = new Calls(m, setup, kernel, memory, fences, this == VECTOR);
                    for (int thread = 0; thread < 2; thread++) {
                        Arguments arguments = workload.arguments(m, thread);
                        kernel.thread(
                                String.valueOf((char) ('A' + thread)),
                                c -> calls.call(c, arguments, After.RETRY));
                    }
                    Arguments arguments = workload.arguments(m, 2);
                    kernel.thread("C", c -> third(c, calls, arguments));
                    m.atEnd("all calls come to an end", Expr.of(1));
                });
    }
}
