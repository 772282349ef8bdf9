// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import dev.cpulocal.lab.MemoryModel;
import dev.cpulocal.lab.internal.machine.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * A test, ready to be run.
 *
 * @param file where it comes from
 * @param name its name
 * @param model the memory model that it is for
 * @param program what the machine runs
 * @param display what is looked at in the end
 * @param condition what is asked
 * @param symbols the named places
 */
public record LitmusProgram(
        String file,
        String name,
        MemoryModel model,
        Program program,
        Display display,
        Condition condition,
        Symbols symbols) {

    /** {@return the same for another memory model} */
    LitmusProgram under(MemoryModel newModel) {
        return new LitmusProgram(file, name, newModel, program, display, condition, symbols);
    }

    /**
     * {@return the values of {@link Display#all() all places} in a final state}
     *
     * @param observed the numbers of {@link Program#observed}
     */
    public List<Value> values(List<Long> observed) {
        List<Value> values = new ArrayList<>();
        int next = 0;
        for (Place place : display.all()) {
            Type type = display.type(place);
            if (type.isArray()) {
                List<Value> elements = new ArrayList<>();
                for (int i = 0; i < type.length(); i++) {
                    elements.add(symbols.value(observed.get(next++)));
                }
                values.add(new Value.Vector(elements));
            } else {
                values.add(symbols.value(observed.get(next++)));
            }
        }
        return values;
    }
}
