// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.museum.fpu;

import dev.cpulocal.lab.Code;
import dev.cpulocal.lab.Expr.Variable;
import dev.cpulocal.lab.Model;
import dev.cpulocal.lab.museum.Never;
import dev.cpulocal.lab.museum.fpu.Preemption.Who;
import java.util.List;

/** XCR0, the register that says which states XSAVE and XRSTOR know, of a host and its guest. */
final class XcrSwitch implements Preemption.Context {

    /*
     * As in Linux 3.9: KVM loads the guest's XCR0 when the guest is entered, and keeps it until the
     * task that runs the guest leaves the CPU or returns to user mode. guest_xcr0_loaded says so.
     * The switch to another task restores that task's registers by XRSTOR, at once, for which XCR0
     * has to be the host's. The guest exits with XSETBV, by which it changes its own XCR0.
     */

    /** What KVM does when it emulates XSETBV. */
    enum Emulation {
        /** Loads the host's XCR0, if the guest's is loaded. */
        PUTS,
        /** Forgets that the guest's is loaded. */
        FORGETS
    }

    /** A step that a model may say is never taken. */
    static final String PUT = "the host's XCR0 comes back when the task leaves the CPU";

    private static final long HOST = 0;
    private static final long GUEST = 1;
    private static final long NEW = 2;

    private final Emulation emulation;
    private final Never never;
    private final Variable xcr0;
    private final Variable guestXcr0;
    private final Variable loaded;
    private final Preemption preemption;

    XcrSwitch(Model.Builder m, Emulation emulation, Never never) {
        this.emulation = emulation;
        this.never = never;
        xcr0 = m.hardware("XCR0", HOST);
        guestXcr0 = m.hardware("vcpu->arch.xcr0", GUEST);
        loaded = m.hardware("guest_xcr0_loaded", 0);
        preemption = new Preemption(m, this, 1, List.of(Who.user("vcpu"), Who.user("other")));
        preemption.runs(c -> c.forever(() -> runGuest(c)));
        preemption.runs(c ->
                c.forever(() -> preemption.inUserMode(c, () -> Preemption.idle(c, "compute"))));
    }

    private void runGuest(Code c) {
        preemption.inUserMode(c, () -> Preemption.idle(c, "compute"));
        c.call("vcpu_enter_guest", () -> c.withoutInterrupts(() -> load(c)));
        Preemption.idle(c, "handle the exit");
        c.call("__kvm_set_xcr", () -> c.withoutInterrupts(() -> emulate(c)));
        Preemption.idle(c, "handle the exit");
        c.call("vcpu_put", () -> c.withoutInterrupts(() -> put(c)));
    }

    private void load(Code c) {
        Preemption.when(
                c,
                "!guest_xcr0_loaded",
                loaded.get().not(),
                () -> {
                    c.as("xsetbv(vcpu->arch.xcr0)").set(xcr0.get(), guestXcr0.get());
                    c.as("guest_xcr0_loaded = 1").set(loaded.get(), 1);
                });
        c.check("the guest has its XCR0", xcr0.get().eq(guestXcr0.get()));
    }

    private void emulate(Code c) {
        if (emulation == Emulation.PUTS) {
            put(c);
        } else {
            c.as("guest_xcr0_loaded = 0").set(loaded.get(), 0);
        }
        c.as("vcpu->arch.xcr0 = xcr0").set(guestXcr0.get(), NEW);
    }

    private void put(Code c) {
        Preemption.when(
                c,
                "guest_xcr0_loaded",
                loaded.get(),
                () -> {
                    c.as("xsetbv(host_xcr0)").set(xcr0.get(), HOST);
                    c.as("guest_xcr0_loaded = 0").set(loaded.get(), 0);
                });
    }

    @Override
    public void switchOut(Code c) {
        if (c.task().number() == 0) {
            Preemption.when(c, "the guest's is loaded", loaded.get(), () -> never.here(c, PUT));
            c.call("kvm_sched_out", () -> put(c));
        }
    }

    @Override
    public void switchIn(Code c) {
        c.as("XRSTOR of the task's registers");
        c.check("the host restores registers with its own XCR0", xcr0.get().eq(HOST));
    }

    @Override
    public void exitToUserMode(Code c) {}
}
