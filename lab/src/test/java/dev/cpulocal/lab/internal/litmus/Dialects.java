// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.List;

/** The architectures that tests are generated for. */
enum Dialects implements Dialect {
    /** Places are named in instructions. */
    X86("X86") {
        @Override
        public List<String> links(String directions) {
            return List.of("po", "MFENCE", "XCHG");
        }

        @Override
        public List<String> thread(
                Shape.Access first, int value, String link, Shape.Access second, int other) {
            List<String> lines = new ArrayList<>();
            access(lines, first, value, "EAX", link.equals("XCHG"));
            if (link.equals("MFENCE")) {
                lines.add(link);
            }
            access(lines, second, other, "EBX", false);
            return lines;
        }

        private void access(
                List<String> lines, Shape.Access access, int value, String to, boolean locked) {
            String place = "[" + access.place() + "]";
            if (!access.write()) {
                lines.add("MOV " + to + "," + place);
            } else if (locked) {
                lines.add("MOV ECX,$" + value);
                lines.add("XCHG " + place + ",ECX");
            } else {
                lines.add("MOV " + place + ",$" + value);
            }
        }

        @Override
        public List<String> registers(int thread) {
            return List.of();
        }

        @Override
        public String result(int index) {
            return index == 0 ? "EAX" : "EBX";
        }
    },

    /** Places are in X10 and X11. */
    AARCH64("AArch64") {
        @Override
        public List<String> links(String directions) {
            return switch (directions) {
                case "WW" -> List.of("po", "DMB SY", "DMB ST", "rel", "SWPAL", "STXR");
                case "WR" -> List.of("po", "DMB SY", "rel-acq", "rel-acqpc", "SWPAL");
                case "RR" ->
                        List.of("po", "DMB LD", "addr", "ctrl", "ctrl-isb", "acq", "CAS", "csel");
                default -> List.of("po", "DMB SY", "addr", "data", "ctrl", "rel", "csel");
            };
        }

        @Override
        public List<String> thread(
                Shape.Access first, int value, String link, Shape.Access second, int other) {
            List<String> lines = new ArrayList<>();
            first(lines, first, value, link);
            switch (link) {
                case "DMB SY", "DMB ST", "DMB LD" -> lines.add(link);
                case "addr", "data" -> lines.add("EOR W4,W1,W1");
                case "ctrl", "ctrl-isb" -> {
                    lines.add("CBNZ W1,L" + second.place());
                    lines.add("L" + second.place() + ":");
                }
                case "csel" -> {
                    lines.add("CMP W1,#1");
                    lines.add("CSEL W4,WZR,WZR,EQ");
                }
                default -> {}
            }
            if (link.equals("ctrl-isb")) {
                lines.add("ISB");
            }
            second(lines, second, other, link);
            return lines;
        }

        private void first(List<String> lines, Shape.Access access, int value, String link) {
            String place = place(access);
            if (!access.write()) {
                switch (link) {
                    case "acq" -> lines.add("LDAR W1,[" + place + "]");
                    case "CAS" -> {
                        lines.add("MOV W1,#1");
                        lines.add("CAS W1,W6,[" + place + "]");
                    }
                    default -> lines.add("LDR W1,[" + place + "]");
                }
                return;
            }
            lines.add("MOV W3,#" + value);
            switch (link) {
                case "SWPAL" -> lines.add("SWPAL W3,W5,[" + place + "]");
                case "STXR" -> {
                    lines.add("LDXR W5,[" + place + "]");
                    lines.add("STXR W7,W3,[" + place + "]");
                }
                case "rel-acq", "rel-acqpc" -> lines.add("STLR W3,[" + place + "]");
                default -> lines.add("STR W3,[" + place + "]");
            }
        }

        private void second(List<String> lines, Shape.Access access, int value, String link) {
            boolean indexed = link.equals("addr") || (link.equals("csel") && !access.write());
            String place = "[" + place(access) + (indexed ? ",W4,SXTW]" : "]");
            if (!access.write()) {
                String name =
                        switch (link) {
                            case "rel-acq" -> "LDAR";
                            case "rel-acqpc" -> "LDAPR";
                            default -> "LDR";
                        };
                lines.add(name + " W2," + place);
                return;
            }
            boolean depends = link.equals("data") || link.equals("csel");
            lines.add(depends ? "ADD W8,W4,#" + value : "MOV W8,#" + value);
            lines.add((link.equals("rel") ? "STLR W8," : "STR W8,") + place);
        }

        private String place(Shape.Access access) {
            return access.place().equals("x") ? "X10" : "X11";
        }

        @Override
        public List<String> registers(int thread) {
            return List.of(thread + ":X10=x", thread + ":X11=y");
        }

        @Override
        public String result(int index) {
            return index == 0 ? "X1" : "X2";
        }
    },

    /** Places are in x20 and x21. */
    RISCV("RISCV") {
        @Override
        public List<String> links(String directions) {
            return switch (directions) {
                case "WW" -> List.of("po", "fence w,w", "fence.tso", "rl", "amo", "sc");
                case "WR" -> List.of("po", "fence rw,rw", "fence.tso", "fence w,r", "amo");
                case "RR" -> List.of("po", "fence r,r", "addr", "ctrl", "aq", "fence.tso");
                default -> List.of("po", "fence r,w", "addr", "data", "ctrl", "rl");
            };
        }

        @Override
        public List<String> thread(
                Shape.Access first, int value, String link, Shape.Access second, int other) {
            List<String> lines = new ArrayList<>();
            first(lines, first, value, link);
            if (link.startsWith("fence")) {
                lines.add(link);
            } else if (link.equals("ctrl")) {
                lines.add("bne x6,x0,L" + second.place());
                lines.add("L" + second.place() + ":");
            } else if (link.equals("addr") || link.equals("data")) {
                lines.add("xor x9,x6,x6");
            }
            second(lines, second, other, link);
            return lines;
        }

        private void first(List<String> lines, Shape.Access access, int value, String link) {
            String place = "0(" + place(access) + ")";
            if (!access.write()) {
                lines.add((link.equals("aq") ? "lw.aq x6," : "lw x6,") + place);
                return;
            }
            lines.add("li x8," + value);
            switch (link) {
                case "amo" -> lines.add("amoswap.w.aq.rl x5,x8," + place);
                case "sc" -> {
                    lines.add("lr.w x5," + place);
                    lines.add("sc.w x12,x8," + place);
                }
                default -> lines.add("sw x8," + place);
            }
        }

        private void second(List<String> lines, Shape.Access access, int value, String link) {
            String base = place(access);
            if (link.equals("addr")) {
                lines.add("add x11,x9," + base);
                base = "x11";
            }
            if (!access.write()) {
                lines.add("lw x7,0(" + base + ")");
                return;
            }
            lines.add(link.equals("data") ? "addi x10,x9," + value : "li x10," + value);
            lines.add((link.equals("rl") ? "sw.rl x10,0(" : "sw x10,0(") + base + ")");
        }

        private String place(Shape.Access access) {
            return access.place().equals("x") ? "x20" : "x21";
        }

        @Override
        public List<String> registers(int thread) {
            return List.of(thread + ":x20=x", thread + ":x21=y");
        }

        @Override
        public String result(int index) {
            return index == 0 ? "x6" : "x7";
        }
    };

    private final String word;

    Dialects(String word) {
        this.word = word;
    }

    @Override
    public String word() {
        return word;
    }
}
