// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.symbols;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.Libc;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells profilers and debuggers what emitted code is called, where that is asked for. */
public final class Symbols {

    /*
     * Emitted code is in no file, so no tool knows a name for it. gdb's own interface for such code,
     * __jit_debug_register_code, must be a symbol of a file that gdb reads: the JVM defines none, and
     * a Java library cannot add one. So gdb is given files that look like programs, and loads them
     * when it is told to; perf finds its file by itself.
     *
     * Nobody depends on any of this: what cannot be written is reported once and not tried again.
     */

    private static final String PROPERTY = "cpulocal.symbols";

    /** Who is told. */
    private enum Tool {
        PERF,
        GDB
    }

    private static final Set<Tool> failed = EnumSet.noneOf(Tool.class);
    private static @Nullable GdbScript script;

    private Symbols() {}

    /**
     * Checks the setting.
     *
     * @throws IllegalArgumentException if it means nothing
     */
    public static void checkSetting() {
        requested();
    }

    private static Set<Tool> requested() {
        String value = System.getProperty(PROPERTY);
        return switch (value) {
            case null -> Set.of();
            case "perf" -> Set.of(Tool.PERF);
            case "gdb" -> Set.of(Tool.GDB);
            case "perf,gdb", "gdb,perf" -> Set.of(Tool.PERF, Tool.GDB);
            default ->
                    throw new IllegalArgumentException(
                            PROPERTY + ": " + value + " (expected: perf, gdb or perf,gdb)");
        };
    }

    /**
     * Makes a block known.
     *
     * @param name what to call it
     * @param code the block
     * @param address where it is
     */
    public static void publish(String name, Code code, long address) {
        Set<Tool> tools = requested();
        if (!tools.isEmpty()) {
            List<Symbol> symbols = Symbol.of(name, code, address);
            tools.forEach(tool -> tell(tool, code, address, symbols));
        }
    }

    private static synchronized void tell(
            Tool tool, Code code, long address, List<Symbol> symbols) {
        if (failed.contains(tool)) {
            return;
        }
        try {
            switch (tool) {
                case PERF -> PerfMap.append(Libc.getpid(), symbols);
                case GDB -> tellGdb(code, address, symbols);
            }
        } catch (IOException | RuntimeException e) {
            failed.add(tool);
            System.getLogger("dev.cpulocal").log(Level.WARNING, warning(tool, e));
        }
    }

    private static String warning(Tool tool, Exception e) {
        return PROPERTY + ": no names for " + tool.name().toLowerCase(Locale.ROOT) + ": " + e;
    }

    private static void tellGdb(Code code, long address, List<Symbol> symbols) throws IOException {
        if (script == null) {
            script = new GdbScript(Libc.getpid());
        }
        byte[] published = Libc.memory(address, code.bytes().length).toArray(JAVA_BYTE);
        script.add(address, SymbolFile.of(code, address, published, symbols));
    }
}
